"""The day's pepper: a secret in RAM, two days old at most, under which numbers become pseudonyms."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import cast

from redis import Redis

from app.store import keys
from app.store.lockdown import LockedError


@dataclass(frozen=True)
class Pepper:
    """One UTC day's secret. Once it is destroyed nobody can tell whose pseudonym was whose."""

    day: str
    secret: bytes = field(repr=False)

    def pseudonym(self, purpose: str, text: str) -> str:
        """The same 32 hex digits for the same text on the same day; apart for every purpose."""
        message = f"{purpose}\x00{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self.secret, message, sha256).hexdigest()[:32]


@dataclass(frozen=True)
class Peppers:
    """Today's pepper, and yesterday's while it lives: a session from before midnight is found under it."""

    today: Pepper
    yesterday: Pepper | None

    def pseudonyms(self, purpose: str, text: str) -> tuple[str, ...]:
        """The pseudonym of today, then that of yesterday if there is one."""
        peppers = (self.today,) if self.yesterday is None else (self.today, self.yesterday)
        return tuple(pepper.pseudonym(purpose, text) for pepper in peppers)


def day_of(now: datetime) -> str:
    """The UTC day a moment belongs to, as 20261123.

    Raises:
        ValueError: the moment has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError(f"moment must have a time zone, got {now!r}")
    return now.astimezone(UTC).strftime("%Y%m%d")


def _unlocked() -> None:
    """Nobody asks."""


def load(volatile: Redis, now: datetime, refuse: Callable[[], None] = _unlocked) -> Peppers:
    """Today's and yesterday's pepper; today's is made by whoever asks first, while the line is not locked.

    `refuse` (Watch.refuse) is asked before, so that a locked line makes none, and once more after: whoever locks
    writes the lock first and then destroys the peppers, so that one which was seen before an answer "not locked" is
    one that is destroyed.

    Raises:
        LockedError: from `refuse`.
        MemoryDown: a memory does not answer.
    """
    refuse()
    today, yesterday = day_of(now), day_of(now - timedelta(days=1))
    pipe = volatile.pipeline(transaction=True)
    pipe.set(keys.PEPPER(today), secrets.token_bytes(32), nx=True, ex=keys.PEPPER_LIFE)
    pipe.get(keys.PEPPER(today))
    pipe.get(keys.PEPPER(yesterday))
    _, secret, old = cast("tuple[object, bytes, bytes | None]", tuple(pipe.execute()))
    try:
        refuse()
    except LockedError:
        volatile.delete(keys.PEPPER(today))  # made while somebody locked: it may be younger than the emptying
        raise
    return Peppers(Pepper(today, secret), Pepper(yesterday, old) if old else None)
