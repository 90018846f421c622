"""How often somebody lately tried to sign in, by name and by address: under pseudonyms of the day, in the volatile memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from app.store import keys, peppers

# Counted before anything is compared, so that a hundred tries at once are a hundred.
# One that is over its limit counts no further: whoever is refused at one address must not lock a name for all the others.
# KEYS: what is counted, the narrowest first. ARGV: life, then the limit of each. Answers for how long to wait, or 0.
_COUNT = """
for i = 1, #KEYS do
  local tries = redis.call('INCR', KEYS[i])
  if tries == 1 then redis.call('EXPIRE', KEYS[i], ARGV[1]) end
  if tries > tonumber(ARGV[i + 1]) then return math.max(redis.call('TTL', KEYS[i]), 1) end
end
return 0
"""
# KEYS: of both, then those that get back what one sign-in counted. ARGV: how many.
_GIVE_BACK = """
redis.call('DEL', KEYS[1])
for i = 2, #KEYS do
  local left = redis.call('DECRBY', KEYS[i], ARGV[1])
  if left <= 0 then redis.call('DEL', KEYS[i]) end
end
"""
A_SIGN_IN = 2  # tries: one for each secret


@dataclass(frozen=True)
class Limits:
    """How many tries in a quarter of an hour: of one name from one address, of one address, of one name."""

    both: int = 6
    address: int = 60
    name: int = 30


class Tries:
    """Counts tries. Every method raises MemoryDown if the volatile memory does not answer, and LockedError on a locked line."""

    def __init__(
        self,
        volatile: Redis,
        clock: Callable[[], datetime],
        refuse: Callable[[], None],
        limits: Limits | None = None,
    ) -> None:
        self._redis = volatile
        self._clock = clock
        self._refuse = refuse
        self._limits = limits or Limits()
        self._count = volatile.register_script(_COUNT)
        self._give_back = volatile.register_script(_GIVE_BACK)

    def count(self, name: str, address: str) -> int:
        """Counts one try; for how many seconds this name or this address has to wait, or 0."""
        args = [keys.TRIES_LIFE, self._limits.both, self._limits.address, self._limits.name]
        return cast("int", self._count(keys=self._names(name, address), args=args))

    def succeeded(self, name: str, address: str) -> None:
        """Forgets the tries of this name from this address, for a person may mistype; and counts none for a sign-in that was right.

        Thirty people of one office come in through one address each morning.
        """
        self._give_back(keys=self._names(name, address), args=[A_SIGN_IN])

    def _names(self, name: str, address: str) -> list[str]:
        today = peppers.load(self._redis, self._clock(), self._refuse).today
        texts = (f"both\x00{name}\x00{address}", f"address\x00{address}", f"name\x00{name}")
        return [keys.TRIES(today.pseudonym("tries", text)) for text in texts]
