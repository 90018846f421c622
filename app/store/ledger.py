"""The books: every referral's record, and every list that says where a referral is; read whole, to hold them together."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import cast

from redis import Redis

from app.logs import of_referral
from app.referral.life import LifeError, Referral
from app.referral.record import from_json
from app.store import keys

log = logging.getLogger(__name__)

AT_ONCE = 200  # records read in one round trip: some hundred kilobytes


@dataclass(frozen=True)
class Books:
    """What was found. `unreadable` are the ids of records that are there and cannot be read."""

    records: Mapping[str, Referral]
    outbox: frozenset[str]
    open: frozenset[str]
    inboxes: Mapping[str, frozenset[str]]
    references: Mapping[str, str]
    unreadable: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Reconciled:
    """When the books were last held together; how many referrals nobody works for, and how many stand elsewhere wrong."""

    at: datetime
    owed: int
    other: int

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        return json.dumps({"at": self.at.isoformat(), "owed": self.owed, "other": self.other})

    @classmethod
    def from_json(cls, text: str | bytes) -> Reconciled:
        """The result that `to_json` wrote.

        Raises:
            ValueError: the text is no such result.
        """
        try:
            found = json.loads(text)
            return cls(datetime.fromisoformat(found["at"]), int(found["owed"]), int(found["other"]))
        except (KeyError, TypeError) as error:
            raise ValueError("not the result of a reconciliation") from error


class Ledger:
    """Reads all of it. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable

    def read(self) -> Books:
        """Every record, and every list, as they are found one after the other: the line goes on meanwhile.

        What is read while a referral changes may disagree for a moment: whoever looks for faults looks twice.
        """
        records, unreadable = self._records()
        return Books(
            records=records,
            outbox=_ids(cast("list[bytes]", self._redis.zrange(keys.OUTBOX(), 0, -1))),
            open=_ids(cast("list[bytes]", self._redis.zrange(keys.OPEN(), 0, -1))),
            inboxes={
                name: _ids(cast("list[bytes]", self._redis.zrange(keys.INBOX(name), 0, -1)))
                for name in self._named(keys.INBOX)
            },
            references=self._references(),
            unreadable=unreadable,
        )

    def save(self, result: Reconciled) -> None:
        """Keeps the result for /readyz, in the place of the last one."""
        self._redis.set(keys.RECONCILED(), result.to_json())

    def last(self) -> Reconciled | None:
        """The last result; None if nobody has looked yet, or if what is there cannot be read."""
        found = cast("bytes | None", self._redis.get(keys.RECONCILED()))
        try:
            return Reconciled.from_json(found) if found else None
        except ValueError:
            log.warning("the result of the last reconciliation cannot be read; the next night writes it anew")
            return None

    def _records(self) -> tuple[dict[str, Referral], frozenset[str]]:
        records: dict[str, Referral] = {}
        unreadable = set()
        for identity, text in self._texts(keys.REFERRAL):
            try:
                records[identity] = from_json(text)
            except LifeError:
                log.exception("a stored referral cannot be read", extra=of_referral(identity))
                unreadable.add(identity)
        return records, frozenset(unreadable)

    def _references(self) -> dict[str, str]:
        return {reference: identity.decode() for reference, identity in self._texts(keys.REFERENCE)}

    def _texts(self, family: keys.Key) -> Iterator[tuple[str, bytes]]:
        """Every id of this family with its value, many at a time. One that went meanwhile is left out."""
        ids = self._named(family)
        while batch := list(islice(ids, AT_ONCE)):
            found = cast("list[bytes | None]", self._redis.mget([family(each) for each in batch]))
            yield from ((each, text) for each, text in zip(batch, found, strict=True) if text is not None)

    def _named(self, family: keys.Key) -> Iterator[str]:
        """The ids of this family. SCAN names each key that stays at least once, and never holds the server up."""
        head = family.pattern.removesuffix("{}")
        for name in cast("Iterator[bytes]", self._redis.scan_iter(match=f"{head}*", count=1000)):
            yield name.decode().removeprefix(head)


def _ids(names: Iterable[bytes]) -> frozenset[str]:
    return frozenset(name.decode() for name in names)
