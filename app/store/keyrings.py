"""The offices' keyrings, in the durable memory; with the recipients of each office, which they decide."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from redis import Redis

from app.staff.account import StaffError
from app.staff.keyring import Keyring
from app.store import keys

CHANGE_TRIES = 8

# KEYS: keyring. ARGV: version that was read, keyring. One that is not there has version 0.
_REPLACE = """
local found = redis.call('GET', KEYS[1])
local version = found and cjson.decode(found).version or 0
if version ~= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class Keyrings:
    """One of each office. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable
        self._replace = durable.register_script(_REPLACE)

    def of(self, office: str) -> Keyring:
        """The keyring of an office; an empty one if it has none yet.

        Raises:
            StaffError: the stored record cannot be read.
        """
        found = cast("bytes | None", self._redis.get(keys.KEYRING(office)))
        return Keyring.from_json(found) if found else Keyring()

    def change(self, office: str, step: Callable[[Keyring], Keyring]) -> Keyring:
        """Applies a pure step to the keyring as it is at the moment of writing; `step` may run more than once.

        Raises:
            StaffError: from the step; or others wrote first, again and again.
        """
        for _ in range(CHANGE_TRIES):
            seen = self.of(office)
            new = replace(step(seen), version=seen.version + 1)
            if self._replace(keys=[keys.KEYRING(office)], args=[seen.version, new.to_json()]):
                return new
        raise StaffError("Others changed the key again and again. Try once more.", permanent=False)
