"""The clock on the wall."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def in_utc(moment: datetime) -> str:
    """A moment on the one clock of all lists, whosever clock it stands on."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"
