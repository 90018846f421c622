"""Which office is asked first, and why: pure, and the same answer for the same question."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from app.directory.office import Office

Why = Literal[
    "state",
    "nationwide",
    "detained",
    "always_open",
    "open_now",
    "opens_later",
    "speaks",
    "interpreter",
    "other_language",
]


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a state code (or "" where it is not known), and how it stands."""

    place: str
    spoken: str
    urgent: bool
    held: bool


@dataclass(frozen=True)
class Ranked:
    """An office that can take it, with the reasons that a person may be shown."""

    office: Office
    reasons: tuple[Why, ...]


def match(wanted: Wanted, offices: Iterable[Office], now: datetime) -> tuple[Ranked, ...]:
    """The offices that take such a request, the best first.

    An office outside the state, or one that takes nobody who is held when somebody is, is left out.
    When it is urgent, an office that is open comes before everything else; otherwise one of the person's own
    state, then one that speaks their language. A made-up office is asked only where there is no other. The last word is the id's, so that the order never wavers.
    """
    able = [office for office in offices if _takes(office, wanted)]
    ranked = sorted(able, key=lambda office: _rank(office, wanted, now))
    return tuple(Ranked(office, _reasons(office, wanted, now)) for office in ranked)


def _takes(office: Office, wanted: Wanted) -> bool:
    return office.serves(wanted.place) and (office.takes_detained or not wanted.held)


def _rank(office: Office, wanted: Wanted, now: datetime) -> tuple[object, ...]:
    open_now = office.open_at(now)
    home = not office.nationwide
    language = ("itself", "interpreter", "no").index(office.speaks(wanted.spoken))
    opens = office.opens_next(now)
    if wanted.urgent:
        return (office.made_up, not open_now, opens, not home, language, office.id)
    return (office.made_up, not home, language, not open_now, opens, office.id)


def _reasons(office: Office, wanted: Wanted, now: datetime) -> tuple[Why, ...]:
    opening = office.opening(now)
    reasons: list[Why] = ["nationwide" if office.nationwide else "state"]
    if wanted.held:
        reasons.append("detained")
    reasons.append("always_open" if opening.always else "open_now" if opening.open_now else "opens_later")
    spoken: dict[str, Why] = {"itself": "speaks", "interpreter": "interpreter", "no": "other_language"}
    reasons.append(spoken[office.speaks(wanted.spoken)])
    return tuple(reasons)
