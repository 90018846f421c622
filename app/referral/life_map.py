"""The life of a referral as a picture and a table, drawn from the one table of lawful moves. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import get_args

from app.cards import Card, Way, picture, text_of
from app.referral.life import DECLINES, LAWFUL, OUTCOMES, State

MEANS: dict[State, str] = {
    "requested": "The person agreed. It waits to be put to its office; after a decline, to the next one they agreed to.",
    "offered": "It stands in the office's inbox, the office was told, and its time to take it runs.",
    "accepted": "An office took it. The other boxes are destroyed. Urgent: a call is due within two open hours.",
    "contacted": "Somebody spoke with the person.",
    "closed": "The office has done what it could. Box and number are wiped after 14 days.",
    "declined": "No office takes it. The boxes are destroyed, and the number within two days, when the person was told.",
    "expired": "Nobody took it. The boxes are destroyed; after seven days nothing is left.",
    "withdrawn": "The person took it back. Boxes and number are destroyed in the same write.",
}
_WHO = {"texter": "person", "line": "line", "office": "office"}
_GROUPS = {"a reason": frozenset(DECLINES), "an outcome": frozenset(OUTCOMES)}
_LAYERS: dict[State, int] = {
    "requested": 0,
    "offered": 1,
    "accepted": 2,
    "contacted": 3,
    "declined": 3,
    "expired": 3,
    "closed": 4,
    "withdrawn": 4,
}


def life_picture() -> str:
    """docs/referrals/life.svg, whole."""
    cards = {
        state: Card(state, "state", text_of(MEANS[state]), (), tuple(_ways(state)))
        for state in get_args(State)
    }
    return picture(
        cards, {state: _LAYERS[state] for state in get_args(State)}, "The life of a referral", reach=1
    )


def life_table() -> str:
    """The lawful moves as a table of Markdown: from, to, by whom, and why."""
    rows = [
        f"| {before} | {after} | {actor} | {', '.join(sorted(reasons))} |"
        for (before, after), allowed in LAWFUL.items()
        for actor, reasons in _by_actor(allowed)
    ]
    return "\n".join(("| From | To | By | For |", "|---|---|---|---|", *rows))


def _ways(state: State) -> Iterator[Way]:
    for (before, after), allowed in LAWFUL.items():
        if before == state:
            for actor, reasons in _by_actor(allowed):
                yield Way(f"{_WHO[actor]}: {_told(reasons)}", after)


def _by_actor(allowed: frozenset[tuple[str, str]]) -> Iterator[tuple[str, frozenset[str]]]:
    for actor, pairs in groupby(sorted(allowed), key=lambda pair: pair[0]):
        yield actor, frozenset(reason for _, reason in pairs)


def _told(reasons: frozenset[str]) -> str:
    """One reason as it is, and a closed list of them by its name."""
    for name, group in _GROUPS.items():
        if reasons == group:
            return name
    return ", ".join(sorted(reasons)).replace("_", " ")
