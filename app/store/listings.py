"""The listed services in the durable memory. One import is one batch: there whole or not at all, and it can be undone."""

from __future__ import annotations

import json
import logging
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from redis import Redis
from redis.client import Pipeline
from redis.exceptions import WatchError

from app.directory.listed import Listed, ListedError
from app.directory.report import Tick, no_tick
from app.directory.turning_points import SOURCE, turning_points
from app.store import keys

log = logging.getLogger(__name__)

CHUNK = 1000  # services written at once: far less than what the memory takes in within its time-out


class ListingsError(Exception):
    """An import that cannot be made as asked; the sentence says why. Nothing was changed."""


@dataclass(frozen=True)
class Batch:
    """What one import does, by ids; nothing at all if the same was imported before."""

    source: str
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True if it changes nothing."""
        return not (self.added or self.changed or self.removed)


@dataclass(frozen=True)
class Done:
    """The last import that can be undone: when it was, and how many services it added, changed and removed."""

    at: datetime
    source: str
    added: int
    changed: int
    removed: int


class Listings:
    """All listed services. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable
        self._held: tuple[bytes | None, tuple[Listed, ...]] | None = None

    def at_hand(self) -> tuple[Listed, ...]:
        """The same as `all`, read anew only after an import: for every text that names a number."""
        stamp = cast("bytes | None", self._redis.get(keys.LISTINGS_LAST()))
        held = self._held
        if held is None or held[0] != stamp:
            held = self._held = stamp, self.all()
        return held[1]

    def all(self) -> tuple[Listed, ...]:
        """What was imported and the turning points of the whole country, by id."""
        return tuple(sorted((*turning_points(), *self.imported()), key=lambda each: each.id))

    def imported(self) -> tuple[Listed, ...]:
        """What was imported, by id."""
        found = _stored(self._redis)
        return tuple(listed for _, record in sorted(found.items()) if (listed := _readable(record)))

    def get(self, identity: str) -> Listed | None:
        """The listed service with this id."""
        found = cast("bytes | None", self._redis.hget(keys.LISTINGS(), identity))
        if found:
            return _readable(found)
        return next((each for each in turning_points() if each.id == identity), None)

    def plan(self, source: str, listed: Sequence[Listed]) -> Batch:
        """What an import of these would do; nothing is changed.

        Raises:
            ListingsError: these cannot be imported as this source.
        """
        _refuse(source, listed)
        return _batch(source, _stored(self._redis), {each.id: each.to_json().encode() for each in listed})

    def replace(self, source: str, listed: Sequence[Listed], at: datetime, tick: Tick = no_tick) -> Batch:
        """Makes these the services of the source, all in one step; those of it that are not among them go.

        Raises:
            ListingsError: these cannot be imported as this source, or another import came between.
        """
        _refuse(source, listed)
        new = {each.id: each.to_json().encode() for each in listed}
        with self._redis.pipeline(transaction=True) as pipe:
            _watch(pipe)
            old = _stored(pipe)
            batch = _batch(source, old, new)
            if not batch.empty:
                prepared = keys.LISTINGS_NEXT(secrets.token_hex(8))
                self._prepare(prepared, batch, new, tick)
                self._put(pipe, prepared, bool(old), batch, at)
        return batch

    def _prepare(self, prepared: str, batch: Batch, new: Mapping[str, bytes], tick: Tick) -> None:
        """Writes beside the others what will be there; if this process dies, it is gone within the hour."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.copy(keys.LISTINGS(), prepared)
        pipe.expire(prepared, keys.HOUR)
        pipe.execute()
        ids = (*batch.added, *batch.changed)
        for start in range(0, len(ids), CHUNK):
            part = ids[start : start + CHUNK]
            pipe = self._redis.pipeline(transaction=False)
            pipe.hset(prepared, mapping={identity: new[identity] for identity in part})
            pipe.expire(prepared, keys.HOUR)
            pipe.execute()
            tick(start + len(part), len(ids))
        for start in range(0, len(batch.removed), CHUNK):
            self._redis.hdel(prepared, *batch.removed[start : start + CHUNK])

    def _put(self, pipe: Pipeline, prepared: str, any_before: bool, batch: Batch, at: datetime) -> None:
        done = Done(at, batch.source, len(batch.added), len(batch.changed), len(batch.removed))
        pipe.multi()
        pipe.delete(keys.LISTINGS_BEFORE())
        if any_before:
            pipe.rename(keys.LISTINGS(), keys.LISTINGS_BEFORE())
        pipe.rename(prepared, keys.LISTINGS())
        pipe.persist(keys.LISTINGS())
        pipe.set(keys.LISTINGS_LAST(), json.dumps({**asdict(done), "at": at.isoformat()}))
        _execute(pipe)

    def last(self) -> Done | None:
        """The import that `undo` would take back."""
        return _done(cast("bytes | None", self._redis.get(keys.LISTINGS_LAST())))

    def undo(self) -> Done | None:
        """Restores what was there before the last import; None if there is none to undo.

        Raises:
            ListingsError: an import came between.
        """
        with self._redis.pipeline(transaction=True) as pipe:
            _watch(pipe)
            done = _done(cast("bytes | None", pipe.get(keys.LISTINGS_LAST())))
            any_before = pipe.exists(keys.LISTINGS_BEFORE())
            if done is None:
                return None
            pipe.multi()
            pipe.delete(keys.LISTINGS(), keys.LISTINGS_LAST())
            if any_before:
                pipe.rename(keys.LISTINGS_BEFORE(), keys.LISTINGS())
            _execute(pipe)
        return done


def _stored(redis: Redis) -> dict[str, bytes]:
    found = cast("dict[bytes, bytes]", redis.hgetall(keys.LISTINGS()))
    return {name.decode(): record for name, record in found.items()}


def _batch(source: str, old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Batch:
    of_source = {identity for identity in old if identity.partition("_")[0] == source}
    return Batch(
        source,
        added=tuple(sorted(new.keys() - old.keys())),
        changed=tuple(sorted(each for each in new.keys() & old.keys() if new[each] != old[each])),
        removed=tuple(sorted(of_source - new.keys())),
    )


def _refuse(source: str, listed: Sequence[Listed]) -> None:
    if source == SOURCE:
        raise ListingsError(f"The source {SOURCE!r} is the turning points' own. Give another: --source NAME")
    if not listed:
        raise ListingsError(
            "No service of the file can be listed, so nothing was changed. The problems say why."
        )
    strangers = [each.id for each in listed if each.id.partition("_")[0] != source or each.source != source]
    if strangers:
        raise ListingsError(f"{strangers[0]!r} is not of the source {source!r}.")


def _watch(pipe: Pipeline) -> None:
    """From here on nothing is written if another import comes between."""
    watch: Callable[..., object] = pipe.watch  # redis-py gives this one no types
    watch(keys.LISTINGS(), keys.LISTINGS_LAST())


def _execute(pipe: Pipeline) -> None:
    try:
        pipe.execute()
    except WatchError as error:
        raise ListingsError("Another import came between. Nothing was changed: do it again.") from error


def _done(record: bytes | None) -> Done | None:
    if record is None:
        return None
    entry = json.loads(record)
    return Done(**{**entry, "at": datetime.fromisoformat(entry["at"])})


def _readable(record: bytes) -> Listed | None:
    """The service, or None: one that cannot be read must not keep people from all the others."""
    try:
        return Listed.from_json(record)
    except ListedError:
        log.exception("a stored listed service cannot be read")
        return None
