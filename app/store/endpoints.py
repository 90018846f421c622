"""Where the offices take hooks, in the durable memory."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import cast

from redis import Redis

from app.directory.endpoint import Endpoint, EndpointError
from app.store import keys

log = logging.getLogger(__name__)

CHANGE_TRIES = 8

# KEYS: record. ARGV: what was read, what shall stand there.
_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class Endpoints:
    """All endpoints, one an office. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable
        self._replace = durable.register_script(_REPLACE)

    def save(self, endpoint: Endpoint) -> None:
        """Writes the office's endpoint in the place of any it had."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.set(keys.ENDPOINT(endpoint.office), endpoint.to_json())
        pipe.sadd(keys.ENDPOINTS(), endpoint.office)
        pipe.execute()

    def remove(self, office: str) -> None:
        """Forgets the office's endpoint and its secrets."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.delete(keys.ENDPOINT(office))
        pipe.srem(keys.ENDPOINTS(), office)
        pipe.execute()

    def get(self, office: str) -> Endpoint | None:
        """The office's endpoint.

        Raises:
            EndpointError: the stored record cannot be read.
        """
        found = self._read(office)
        return Endpoint.from_json(found) if found else None

    def all(self) -> tuple[Endpoint, ...]:
        """Every endpoint that can be read, in the order of the offices' ids."""
        offices = sorted(cast("set[bytes]", self._redis.smembers(keys.ENDPOINTS())))
        found = (self._read(each.decode()) for each in offices)
        return tuple(endpoint for record in found if record and (endpoint := _readable(record)))

    def change(self, office: str, change: Callable[[Endpoint], Endpoint]) -> Endpoint | None:
        """Applies a change to what is there now, over nobody else's; None if the office has no endpoint.

        Raises:
            EndpointError: the change is refused, or others changed it again and again.
        """
        for _ in range(CHANGE_TRIES):
            found = self._read(office)
            if not found:
                return None
            new = change(Endpoint.from_json(found))
            if self._replace(keys=[keys.ENDPOINT(office)], args=[found, new.to_json()]):
                return new
        raise EndpointError(f"others changed the endpoint of {office!r} again and again")

    def _read(self, office: str) -> bytes | None:
        return cast("bytes | None", self._redis.get(keys.ENDPOINT(office)))


def _readable(record: bytes) -> Endpoint | None:
    """The endpoint, or None: one that cannot be read must not hide the others."""
    try:
        return Endpoint.from_json(record)
    except EndpointError:
        log.exception("a stored endpoint cannot be read")
        return None
