"""What an office can do with a request, in the words of its pages: the button, before it is done, and after."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.referral.desk import What
from app.referral.life import DECLINES, OUTCOMES, Decline, Outcome, State
from app.staff.audit import Did


@dataclass(frozen=True)
class Act:
    """One thing an office can do: its button, what the page says before it is done and after, what the audit notes."""

    what: What
    button: str
    says: str
    done: str
    did: Did
    reasons: tuple[Decline | Outcome, ...] = ()


ACTS: Mapping[What, Act] = {
    "accept": Act(
        "accept",
        "Take it",
        "Your office calls the person. The other offices the person agreed to do not get it, and their copies are destroyed.",
        "Taken. Call now, or when it is a decent hour where the person is.",
        "took",
    ),
    "contacted": Act(
        "contacted",
        "We spoke",
        "Somebody of your office has spoken with the person.",
        "Noted: you have spoken.",
        "contacted",
    ),
    "tried": Act(
        "tried",
        "Nobody answered",
        "You called and did not reach the person. After three calls we ask them for a better time.",
        "Noted. Try again at another hour of the day.",
        "tried",
    ),
    "hand": Act(
        "hand",
        "Hand to a colleague",
        "A colleague has it in hand from now on. Everybody of your office goes on seeing it.",
        "Handed over. Tell your colleague.",
        "handed_over",
    ),
    "close": Act(
        "close",
        "Close",
        "Your office has done what it could. The details are destroyed 14 days from now.",
        "Closed. The details are destroyed in 14 days; print nothing you need not keep.",
        "closed",
        OUTCOMES,
    ),
    "decline": Act(
        "decline",
        "Decline",
        "Your office does not take it, or hands it back. The next office the person agreed to is asked at once; with none left, "
        "the person is told. Your copy is destroyed.",
        "Declined. Please delete what you noted.",
        "declined",
        DECLINES,
    ),
}

# What can be done with a request that stands so, the likeliest first.
POSSIBLE: Mapping[State, tuple[What, ...]] = {
    "offered": ("accept", "decline"),
    "accepted": ("contacted", "tried", "hand", "close", "decline"),
    "contacted": ("contacted", "tried", "hand", "close"),
}


def said_of(what: str | None) -> str:
    """What a page says after something was done; nothing for what is no act."""
    return next((act.done for name, act in ACTS.items() if name == what), "")
