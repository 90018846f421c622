"""Answering machines, floods and days that cost too much: who gets an answer, who one line, who silence. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from flows.definition import Graph
from flows.effects import Turn
from flows.session import Session

SAME_TEXTS, SAME_WITHIN = 5, 120  # an answering machine repeats itself, and at once
MISSED_TEXTS, HOUR = 12, 3600
CEILING = 100  # understood texts an hour: far above any person
REFERRAL = "referral"  # the flow in which a request is made; its answer `urgent` says for whom


class Verdict(Enum):
    """What one text gets."""

    SPEAK = "speak"
    LAST_LINE = "last line"
    TOO_MANY = "too many"
    OVER_CAP = "over the cap"
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
    capped: str = ""  # the day on which this person was told that the day's segments are spent

    def to_json(self) -> dict[str, Any]:
        """Plain data for the store."""
        return {"same": self.same, "same_at": self.same_at, "missed_at": self.missed_at} | {
            "hour": self.hour,
            "heard": self.heard,
            "quiet": self.quiet,
            "capped": self.capped,
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
    after = Traffic(hour=now if fresh else traffic.hour, heard=heard, capped=traffic.capped)
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


# --- a day whose segments are spent --------------------------------------------------------------


def within_cap(traffic: Traffic, verdict: Verdict, day: str) -> tuple[Traffic, Verdict]:
    """What becomes of a verdict on a day whose segments are spent: one line that says so, and then silence."""
    if verdict is Verdict.SILENCE or traffic.capped == day:
        return traffic, Verdict.SILENCE
    return replace(traffic, capped=day), Verdict.OVER_CAP


def is_answered_over_cap(graph: Graph, before: Session | None, turn: Turn) -> bool:
    """True for what is answered whatever it costs.

    That is what `passes` (NOW, a crisis, opt-out, erase, help); first aid, as long as one is in it or comes to it; a
    request for somebody who is held; and a request that is open: the news that we rang for, and taking it back.
    """
    if turn.passes:
        return True
    places = [session for session in (before, turn.session) if session is not None and session.node]
    flows = {_flow(session.node) for session in places} | {_flow(reply.message) for reply in turn.replies}
    open_requests = {_flow(graph.commands[name]) for name in ("code", "withdraw") if name in graph.commands}
    return bool(flows & (graph.first_aid | open_requests)) or any(map(_is_urgent_request, places))


def _is_urgent_request(session: Session) -> bool:
    return _flow(session.node) == REFERRAL and session.answers.get("urgent") == "urgent"


def _flow(name: str | None) -> str:
    return (name or "").partition(".")[0]
