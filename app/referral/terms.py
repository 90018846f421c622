"""How long each step of a referral may take. Settings give the first six."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Terms:
    """Times of a referral's life. Those of `take`, `alarm` and `lapse` count only while the office is open."""

    take_urgent: timedelta = timedelta(minutes=30)
    take: timedelta = timedelta(hours=4)
    alarm: timedelta = timedelta(hours=2)
    lapse: timedelta = timedelta(hours=4)
    follow_up_urgent: timedelta = timedelta(hours=24)
    follow_up: timedelta = timedelta(days=3)
    asked: timedelta = timedelta(days=14)
    """How long a question of ours stays answerable."""
    unclaimed: timedelta = timedelta(days=7)
    """After this, of a referral that nobody took, neither box nor number is left."""
    last_word: timedelta = timedelta(days=2)
    """How long before that the person is told: Saturday evening to Monday morning is 40 hours without a bell."""
    left_open: timedelta = timedelta(days=60)
    """A referral that an office took and never closed is closed then."""
    thread: timedelta = timedelta(days=7)
    """How long what was written through the line is kept after an office has closed it."""
    kept: timedelta = timedelta(days=14)
    """How long the box and number of a closed referral are kept, and the bare record of any that ended."""

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value <= timedelta():
                raise ValueError(f"{name} must be longer than nothing, got {value!r}")
