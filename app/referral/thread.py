"""A thread: what an office and the person have written to each other through the line. Sealed; only times are in clear. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, get_args

By = Literal["office", "person", "line"]

# More belongs on the telephone; and one record holds the whole thread.
MOST_LINES = 120
# Of the office's texts without an answer in between. Whoever does not answer does not want to be written to.
MOST_UNANSWERED = 3
# For so long after the office's last text an answer goes to the office.
HEARS = timedelta(days=7)
# In closed hours the line says so once a night.
SAID_ONCE_IN = timedelta(hours=12)


class ThreadError(ValueError):
    """A line of a thread that cannot be as it is, or cannot be written now; in words for the office."""


@dataclass(frozen=True)
class Said:
    """One text. `box` is sealed to the office; `out`, only until it is sent, to the worker; neither for a line of our own.

    `id` is opaque, and the same for the same text delivered twice. `who` is the account that wrote it, `errand` the name of
    the errand that carries it.
    """

    id: str
    at: datetime
    by: By
    box: bytes = field(default=b"", repr=False)
    out: bytes = field(default=b"", repr=False)
    who: str = ""
    errand: str = ""

    def __post_init__(self) -> None:
        if self.by not in get_args(By):
            raise ThreadError(f"by must be one of {', '.join(get_args(By))}, got {self.by!r}")
        if self.at.tzinfo is None:
            raise ThreadError(f"at must have a time zone, got {self.at!r}")


def last(thread: Sequence[Said], by: By) -> datetime | None:
    """When this side last wrote."""
    return next((said.at for said in reversed(thread) if said.by == by), None)


def unanswered(thread: Sequence[Said]) -> int:
    """How many texts the office has written since the person did."""
    since = last(thread, "person")
    return sum(said.by == "office" and (since is None or said.at > since) for said in thread)


def has_room(thread: Sequence[Said]) -> bool:
    """True while something can be added."""
    return len(thread) < MOST_LINES
