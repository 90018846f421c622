"""The accounts of staff, in the durable memory."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import cast

from redis import Redis

from app.staff.account import Account, StaffError
from app.store import keys

log = logging.getLogger(__name__)

CHANGE_TRIES = 8

# KEYS: names, record. ARGV: name, id, record.
_ADD = """
if redis.call('HSETNX', KEYS[1], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('SET', KEYS[2], ARGV[3])
return 1
"""
# KEYS: record. ARGV: version that was read, record.
_REPLACE = """
local found = redis.call('GET', KEYS[1])
if not found or cjson.decode(found).version ~= tonumber(ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1
"""


class Accounts:
    """All accounts. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable
        self._add = durable.register_script(_ADD)
        self._replace = durable.register_script(_REPLACE)

    def add(self, account: Account) -> bool:
        """Writes a new account; False, and nothing, if there is one of this name."""
        names = [keys.ACCOUNTS(), keys.ACCOUNT(account.id)]
        return bool(self._add(keys=names, args=[account.name, account.id, account.to_json()]))

    def get(self, identity: str) -> Account | None:
        """The account with this id.

        Raises:
            StaffError: the stored record cannot be read.
        """
        found = cast("bytes | None", self._redis.get(keys.ACCOUNT(identity)))
        return Account.from_json(found) if found else None

    def named(self, name: str) -> Account | None:
        """The account with this sign-in name. Raises StaffError as `get`."""
        found = cast("bytes | None", self._redis.hget(keys.ACCOUNTS(), name))
        return self.get(found.decode()) if found else None

    def all(self) -> Iterator[Account]:
        """Every account that can be read; of another the log says so."""
        for identity in cast("list[bytes]", self._redis.hvals(keys.ACCOUNTS())):
            try:
                account = self.get(identity.decode())
            except StaffError:
                log.exception("a stored account cannot be read")
                continue
            if account is not None:
                yield account

    def of(self, office: str) -> tuple[Account, ...]:
        """The people of an office who may sign in now, by name."""
        found = (each for each in self.all() if each.office == office and not each.disabled)
        return tuple(sorted(found, key=lambda each: each.name))

    def change(self, identity: str, step: Callable[[Account], Account | None]) -> Account | None:
        """Applies a pure step to the account as it is at the moment of writing; the written account.

        `step` may run more than once; None from it, or no such account, changes nothing and returns None.

        Raises:
            StaffError: from the step; or others wrote first, again and again.
        """
        for _ in range(CHANGE_TRIES):
            seen = self.get(identity)
            wanted = step(seen) if seen else None
            if seen is None or wanted is None:
                return None
            new = replace(wanted, version=seen.version + 1)
            if self._replace(keys=[keys.ACCOUNT(identity)], args=[seen.version, new.to_json()]):
                return new
        raise StaffError("others changed this account again and again; try once more", permanent=False)
