"""Answering machines and floods: who gets an answer, who one last line, and who silence. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

SAME_TEXTS, SAME_WITHIN = 5, 120  # an answering machine repeats itself, and at once
MISSED_TEXTS, HOUR = 12, 3600
CEILING = 100  # understood texts an hour: far above any person


class Verdict(Enum):
    """What one text gets."""

    SPEAK = "speak"
    LAST_LINE = "last line"
    TOO_MANY = "too many"
    SILENCE = "silence"


@dataclass(frozen=True)
class Traffic:
    """What is remembered of one person's texts to tell a machine from a person. Times are in seconds."""

    same: str = ""  # fingerprint of the last text that was not understood
    same_at: tuple[float, ...] = ()
    missed_at: tuple[float, ...] = ()
    hour: float = 0.0
    heard: int = 0
    quiet: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain data for the store."""
        return {"same": self.same, "same_at": self.same_at, "missed_at": self.missed_at} | {
            "hour": self.hour,
            "heard": self.heard,
            "quiet": self.quiet,
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Traffic:
        """The traffic that `to_json` wrote."""
        times = {name: tuple(data[name]) for name in ("same_at", "missed_at")}
        return cls(**{**data, **times})


def heed(
    traffic: Traffic, now: float, fingerprint: str, understood: bool, passes: bool
) -> tuple[Traffic, Verdict]:
    """Counts one text, and says what it gets.

    Only texts that were not understood make a machine: pressing 1 at three menus is three equal texts.
    What `passes` (opt-out, help, erase, an emergency) is always answered.
    """
    if passes:
        return replace(traffic, quiet=False, same="", same_at=(), missed_at=()), Verdict.SPEAK
    if understood:
        return _understood(traffic, now)
    return _missed(traffic, now, fingerprint)


def _understood(traffic: Traffic, now: float) -> tuple[Traffic, Verdict]:
    fresh = now - traffic.hour >= HOUR
    heard = 1 if fresh else traffic.heard + 1
    after = Traffic(hour=now if fresh else traffic.hour, heard=heard)
    if heard <= CEILING:
        return after, Verdict.SPEAK
    return after, Verdict.TOO_MANY if heard == CEILING + 1 else Verdict.SILENCE


def _missed(traffic: Traffic, now: float, fingerprint: str) -> tuple[Traffic, Verdict]:
    before = traffic.same_at if traffic.same == fingerprint else ()
    same_at = (*(at for at in before if now - at < SAME_WITHIN), now)
    missed_at = (*(at for at in traffic.missed_at if now - at < HOUR), now)
    loud = len(same_at) >= SAME_TEXTS or len(missed_at) >= MISSED_TEXTS
    after = replace(
        traffic,
        same=fingerprint,
        same_at=same_at[-SAME_TEXTS:],
        missed_at=missed_at[-MISSED_TEXTS:],
        quiet=traffic.quiet or loud,
    )
    if traffic.quiet:
        return after, Verdict.SILENCE
    return after, Verdict.LAST_LINE if loud else Verdict.SPEAK
