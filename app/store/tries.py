"""How often somebody lately tried to sign in, by name and by address: under pseudonyms of the day, in the volatile memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from app.store import keys, peppers

# Counted before anything is compared, so that a hundred tries at once are a hundred.
# KEYS: what is counted. ARGV: life, then the limit of each. Answers for how long no more are let through, or 0.
_COUNT = """
local wait = 0
for i = 1, #KEYS do
  local tries = redis.call('INCR', KEYS[i])
  if tries == 1 then redis.call('EXPIRE', KEYS[i], ARGV[1]) end
  if tries > tonumber(ARGV[i + 1]) then wait = math.max(wait, redis.call('TTL', KEYS[i])) end
end
return wait
"""


@dataclass(frozen=True)
class Limits:
    """How many tries in a quarter of an hour: of one name from one address, of one name, of one address."""

    both: int = 6
    name: int = 30
    address: int = 60


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

    def count(self, name: str, address: str) -> int:
        """Counts one try; for how many seconds this name or this address has to wait, or 0."""
        args = [keys.TRIES_LIFE, self._limits.both, self._limits.name, self._limits.address]
        return cast("int", self._count(keys=self._names(name, address), args=args))

    def succeeded(self, name: str, address: str) -> None:
        """Forgets the tries of this name from this address: a person may mistype."""
        self._redis.delete(self._names(name, address)[0])

    def _names(self, name: str, address: str) -> list[str]:
        today = peppers.load(self._redis, self._clock(), self._refuse).today
        texts = (f"both\x00{name}\x00{address}", f"name\x00{name}", f"address\x00{address}")
        return [keys.TRIES(today.pseudonym("tries", text)) for text in texts]
