"""Hooks that no system took: ids and times, no contents."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from app.store import keys


class FailedHookError(ValueError):
    """A record of a failed hook that cannot be as it is written."""


@dataclass(frozen=True)
class FailedHook:
    """One hook that was given up.

    `since` is its first attempt; `status` the last answer, None where none came: then `why` says what was in the way.
    """

    message_id: str
    office: str
    referral: str
    kind: str
    since: datetime
    status: int | None = None
    why: str = ""

    def __post_init__(self) -> None:
        _matches("message_id", self.message_id, r"[A-Za-z0-9_-]{1,64}")
        _matches("office", self.office, r"[a-z][a-z0-9-]{1,31}")
        _matches("referral", self.referral, r"[A-Za-z0-9_-]{8,64}")
        _matches("kind", self.kind, r"[a-z0-9_.]{1,64}")
        if self.since.tzinfo is None:
            raise FailedHookError(f"since must have a time zone, got {self.since!r}")

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        record = {**asdict(self), "since": self.since.isoformat()}
        return json.dumps(record, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> FailedHook:
        """The record that `to_json` wrote.

        Raises:
            FailedHookError: the text is not such a record.
        """
        try:
            record = json.loads(text)
            return cls(**{**record, "since": datetime.fromisoformat(record["since"])})
        except (ValueError, KeyError, TypeError) as error:
            raise FailedHookError(f"a stored failure cannot be read ({type(error).__name__})") from error


class FailedHooks:
    """What no system took. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable

    def note_failed(self, failed: FailedHook) -> None:
        """Keeps it until it is sent again or forgotten; noted twice, it stands there once, as it was noted last."""
        self._redis.hset(keys.FAILED_HOOKS(), failed.message_id, failed.to_json())

    def get(self, message_id: str) -> FailedHook | None:
        """The failed hook with this id."""
        found = cast("bytes | None", self._redis.hget(keys.FAILED_HOOKS(), message_id))
        return FailedHook.from_json(found) if found else None

    def failed(self) -> tuple[FailedHook, ...]:
        """All of them, the oldest first."""
        return _all(self._redis, keys.FAILED_HOOKS())

    def forget(self, message_id: str) -> None:
        """Forgets it."""
        self._redis.hdel(keys.FAILED_HOOKS(), message_id)


def _all(durable: Redis, name: str) -> tuple[FailedHook, ...]:
    found = cast("list[bytes]", durable.hvals(name))
    return tuple(sorted(map(FailedHook.from_json, found), key=lambda each: (each.since, each.message_id)))


def _matches(name: str, value: str, pattern: str) -> None:
    if not re.fullmatch(pattern, value):
        raise FailedHookError(f"{name} must match {pattern}, got {value!r}")
