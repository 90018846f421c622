"""The legal services in the durable memory."""

from __future__ import annotations

import logging
from typing import cast

from redis import Redis

from app.directory.office import Office, OfficeError
from app.store import keys

log = logging.getLogger(__name__)


class Offices:
    """All partner offices. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable

    def save(self, office: Office) -> None:
        """Writes the office, new or changed."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(keys.OFFICE(office.id), office.to_json())
        pipe.sadd(keys.OFFICES(), office.id)
        pipe.execute()

    def get(self, identity: str) -> Office | None:
        """The office with this id.

        Raises:
            OfficeError: the stored record cannot be read.
        """
        found = cast("bytes | None", self._redis.get(keys.OFFICE(identity)))
        return Office.from_json(found) if found else None

    def find(self, identity: str) -> Office | None:
        """The office with this id; None too if its record cannot be read."""
        found = cast("bytes | None", self._redis.get(keys.OFFICE(identity)))
        return _readable(found) if found else None

    def all(self) -> tuple[Office, ...]:
        """Every office, in the order of the ids."""
        ids = sorted(cast("set[bytes]", self._redis.smembers(keys.OFFICES())))
        if not ids:
            return ()
        found = cast("list[bytes | None]", self._redis.mget([keys.OFFICE(each.decode()) for each in ids]))
        return tuple(office for record in found if record and (office := _readable(record)))


def _readable(record: bytes) -> Office | None:
    """The office, or None: one that cannot be read must not keep people from all the others."""
    try:
        return Office.from_json(record)
    except OfficeError:
        log.exception("a stored office cannot be read")
        return None
