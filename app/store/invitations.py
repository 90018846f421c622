"""Invitations of staff, in the durable memory: each is good once, and three days at most."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import cast

from redis import Redis

from app.staff.account import Role, check
from app.store import keys

# KEYS: names, the new invitation. ARGV: name, mark, invitation, life. Answers the mark that the name had before.
_ADD = """
local before = redis.call('HGET', KEYS[1], ARGV[1])
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
redis.call('SET', KEYS[2], ARGV[3], 'EX', ARGV[4])
return before
"""


@dataclass(frozen=True)
class Invitation:
    """As what somebody may join, and who says so. With an `account`, they set new secrets for it, of this `epoch`, instead."""

    name: str
    role: Role
    office: str
    by: str
    account: str = ""
    epoch: int = 0

    def __post_init__(self) -> None:
        check(self.name, self.role, self.office)


class Invitations:
    """By the fingerprint of their code. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable
        self._add = durable.register_script(_ADD)

    def add(self, mark: str, invitation: Invitation) -> None:
        """Writes an invitation, in the place of one that this name had: nobody holds two codes."""
        names = [keys.INVITED(), keys.INVITATION(mark)]
        args: list[str | int] = [invitation.name, mark, json.dumps(asdict(invitation)), keys.INVITATION_LIFE]
        before = cast("bytes | None", self._add(keys=names, args=args))
        if before and before.decode() != mark:
            self._redis.delete(keys.INVITATION(before.decode()))

    def withdraw(self, name: str) -> bool:
        """Takes back the invitation of a name; False if there is none."""
        mark = cast("bytes | None", self._redis.hget(keys.INVITED(), name))
        return bool(mark and self._redis.delete(keys.INVITATION(mark.decode())))

    def get(self, mark: str) -> Invitation | None:
        """The invitation of this code; None if it never was, was used, or is too old."""
        return _read(cast("bytes | None", self._redis.get(keys.INVITATION(mark))))

    def use(self, mark: str) -> Invitation | None:
        """Takes it, so that nobody else can."""
        return _read(cast("bytes | None", self._redis.getdel(keys.INVITATION(mark))))


def _read(found: bytes | None) -> Invitation | None:
    return Invitation(**json.loads(found)) if found else None
