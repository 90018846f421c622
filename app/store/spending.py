"""How many segments the line has sent today, and how many it may: a flood must not spend what a raid will need."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime
from typing import Literal, cast

from redis import Redis

from app.store import keys
from app.store.memory import MemoryDown
from app.store.peppers import day_of

log = logging.getLogger(__name__)

NEAR = 80  # percent of what may be sent: time to look, and to raise it or to find the flood

State = Literal["fine", "near", "spent"]


class Spending:
    """Segments of one UTC day, in the volatile memory; `most` of 0 is no limit.

    Answers are counted by store.sessions, in the very write that saves the turn, so that a text that is delivered twice
    counts once; what the line sends by itself is counted by `add`.
    """

    def __init__(self, volatile: Redis, most: int, clock: Callable[[], datetime]) -> None:
        self.most = most
        self._volatile = volatile
        self._clock = clock

    def add(self, count: int) -> None:
        """Counts segments that went. A memory that is down is no error: the text has gone."""
        name = keys.SPENT(day_of(self._clock()))
        pipe = self._volatile.pipeline(transaction=True)
        pipe.incrby(name, count)
        pipe.expire(name, keys.SPENT_LIFE)
        try:
            total, _ = cast("tuple[int, bool]", tuple(pipe.execute()))
        except MemoryDown:
            log.warning("segments were sent that could not be counted", extra={"count": count})
            return
        self.note(count, total)

    def today(self) -> int:
        """How many were sent today.

        Raises:
            MemoryDown: the volatile memory does not answer.
        """
        return int(cast("bytes | None", self._volatile.get(keys.SPENT(day_of(self._clock())))) or 0)

    def state(self, total: int) -> State:
        """How a day with so many segments stands."""
        if not self.most:
            return "fine"
        if total >= self.most:
            return "spent"
        return "near" if total * 100 >= self.most * NEAR else "fine"

    def note(self, count: int, total: int) -> None:
        """Writes into the log, once a day, that these `count` segments, which made it `total`, were those that did it."""
        if self.state(total) == "spent" and self.state(total - count) != "spent":
            log.error(
                "the day's segments are spent: only emergencies are answered until midnight, UTC",
                extra={"count": total},
            )

    def sentence(self, total: int) -> str | None:
        """What an operator should know of the day; None if nothing."""
        match self.state(total):
            case "fine":
                return None
            case "near":
                return (
                    f"{total} of the {self.most} segments of a day (MOST_SEGMENTS_A_DAY) are sent: beyond them only "
                    "emergencies are answered."
                )
            case "spent":
                return (
                    f"All {self.most} segments of a day (MOST_SEGMENTS_A_DAY) are sent: until midnight, UTC, only "
                    "emergencies are answered. Raise it if these are people."
                )
