"""Invitations of staff, in the durable memory: each is good once, and three days at most."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import cast

from redis import Redis

from app.staff.account import Role, check
from app.store import keys


@dataclass(frozen=True)
class Invitation:
    """As what somebody may join, and who says so. With an `account`, they set new secrets for it instead."""

    name: str
    role: Role
    office: str
    by: str
    account: str = ""

    def __post_init__(self) -> None:
        check(self.name, self.role, self.office)


class Invitations:
    """By the fingerprint of their code. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable

    def add(self, mark: str, invitation: Invitation) -> None:
        """Writes an invitation."""
        self._redis.set(keys.INVITATION(mark), json.dumps(asdict(invitation)), ex=keys.INVITATION_LIFE)

    def get(self, mark: str) -> Invitation | None:
        """The invitation of this code; None if it never was, was used, or is too old."""
        return _read(cast("bytes | None", self._redis.get(keys.INVITATION(mark))))

    def use(self, mark: str) -> Invitation | None:
        """Takes it, so that nobody else can."""
        return _read(cast("bytes | None", self._redis.getdel(keys.INVITATION(mark))))


def _read(found: bytes | None) -> Invitation | None:
    return Invitation(**json.loads(found)) if found else None
