"""Which open referrals belong to the person who texts: by a pseudonym of the day, never by a number.

There is no lasting index of numbers. Each day (and after a restart of the volatile memory) the worker writes the
open referrals under the new pepper; STOPs that came before it did are noted, sealed to the worker, and applied then.
"""

from __future__ import annotations

from typing import cast

from redis import Redis

from app.store import keys
from app.store.memory import MemoryDown
from app.store.peppers import Peppers

PURPOSE = "contact"

# Nothing is noted under a pepper that was destroyed meanwhile, by a restart or a lockdown: nobody would find it, and
# a day marked as re-keyed would be deaf to STOP. KEYS: pepper, what is written. ARGV: the pepper's secret, life, member.
_ADD = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SADD', KEYS[2], ARGV[3])
redis.call('EXPIRE', KEYS[2], ARGV[2])
return 1
"""
_MARK = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[2], '1', 'EX', ARGV[2])
return 1
"""


class Contacts:
    """Pseudonym of the day -> ids of that person's referrals: the open ones, and those that ended since.

    Every method raises MemoryDown if the volatile memory does not answer.
    """

    def __init__(self, volatile: Redis) -> None:
        self._redis = volatile
        self._add = volatile.register_script(_ADD)
        self._mark = volatile.register_script(_MARK)

    def find(self, peppers: Peppers, address: str) -> tuple[str, ...]:
        """The ids noted for this address, under today's pepper and yesterday's."""
        found = cast("set[bytes]", self._redis.sunion(_names(peppers, address)))
        return tuple(sorted(identity.decode() for identity in found))

    def add(self, peppers: Peppers, address: str, identity: str) -> None:
        """Notes an open referral of this address, under today's pepper; MemoryDown too if that pepper is gone."""
        names = [keys.PEPPER(peppers.today.day), _names(peppers, address)[0]]
        _still(self._add(keys=names, args=[peppers.today.secret, keys.PEPPER_LIFE, identity]))

    def mark_rekeyed(self, peppers: Peppers) -> None:
        """Notes that all open referrals stand under today's pepper; MemoryDown too if that pepper is gone."""
        names = [keys.PEPPER(peppers.today.day), keys.REKEYED(peppers.today.day)]
        _still(self._mark(keys=names, args=[peppers.today.secret, keys.PEPPER_LIFE]))

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


def _still(written: object) -> None:
    if not written:
        raise MemoryDown("the day's pepper is gone: the volatile memory was emptied")


def _names(peppers: Peppers, address: str) -> list[str]:
    return [keys.CONTACT(pseudonym) for pseudonym in peppers.pseudonyms(PURPOSE, address)]
