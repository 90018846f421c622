"""Which open referrals belong to the person who texts: by a pseudonym of the day, never by a number.

There is no lasting index of numbers. Each day (and after a restart of the volatile memory) the worker writes the
open referrals under the new pepper; STOPs that came before it did are noted, sealed to the worker, and applied then.
"""

from __future__ import annotations

from typing import cast

from redis import Redis

from app.store import keys
from app.store.peppers import Peppers

PURPOSE = "contact"


class Contacts:
    """Pseudonym of the day -> ids of that person's referrals: the open ones, and those that ended since.

    Every method raises MemoryDown if the volatile memory does not answer.
    """

    def __init__(self, volatile: Redis) -> None:
        self._redis = volatile

    def find(self, peppers: Peppers, address: str) -> tuple[str, ...]:
        """The ids noted for this address, under today's pepper and yesterday's."""
        found = cast("set[bytes]", self._redis.sunion(_names(peppers, address)))
        return tuple(sorted(identity.decode() for identity in found))

    def add(self, peppers: Peppers, address: str, identity: str) -> None:
        """Notes an open referral of this address, under today's pepper."""
        name = _names(peppers, address)[0]
        pipe = self._redis.pipeline(transaction=True)
        pipe.sadd(name, identity)
        pipe.expire(name, keys.PEPPER_LIFE)
        pipe.execute()

    def mark_rekeyed(self, day: str) -> None:
        """Notes that all open referrals stand under this day's pepper."""
        self._redis.set(keys.REKEYED(day), b"1", ex=keys.PEPPER_LIFE)

    def rekeyed(self, day: str) -> bool:
        """True if all open referrals stand under this day's pepper."""
        return bool(self._redis.exists(keys.REKEYED(day)))

    def note_stop(self, sealed_address: bytes) -> None:
        """Keeps a STOP whose referrals cannot be found yet; the address is sealed to the worker."""
        self._redis.rpush(keys.STOPPED(), sealed_address)

    def noted_stops(self) -> tuple[bytes, ...]:
        """The sealed addresses of those STOPs, the oldest first."""
        return tuple(cast("list[bytes]", self._redis.lrange(keys.STOPPED(), 0, -1)))

    def stop_done(self, sealed_address: bytes) -> None:
        """Forgets one of them, after it was applied."""
        self._redis.lrem(keys.STOPPED(), 1, cast("str", sealed_address))

    def rekey_wanted(self, day: str) -> bool:
        """True if the day has not been re-keyed, or a STOP still waits to be applied."""
        pipe = self._redis.pipeline(transaction=True)
        pipe.exists(keys.REKEYED(day))
        pipe.llen(keys.STOPPED())
        done, waiting = cast("tuple[int, int]", tuple(pipe.execute()))
        return not done or waiting > 0


def _names(peppers: Peppers, address: str) -> list[str]:
    return [keys.CONTACT(pseudonym) for pseudonym in peppers.pseudonyms(PURPOSE, address)]
