"""Which office is asked first, and why: pure, and the same answer for the same question."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Literal

from app.directory.issues import DETENTION, IMMIGRATION
from app.directory.office import Office, fold_county

Near = Literal["county", "state", "nationwide", "county_not_known"]
Why = Literal[
    "county",
    "state",
    "nationwide",
    "county_not_known",
    "names_issue",
    "takes_field",
    "detained",
    "always_open",
    "open_now",
    "opens_later",
    "speaks",
    "interpreter",
    "other_language",
    "made_up",
]
Unable = Literal["state", "county", "issue", "whom", "detained", "full"]

# The nearest first. An office that may not take people of her county comes after all that do.
_NEAREST: tuple[Near, ...] = ("county", "state", "nationwide", "county_not_known")
_SPEAKS: Mapping[str, Why] = {"itself": "speaks", "interpreter": "interpreter", "no": "other_language"}
NO_LOAD: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True)
class Wanted:
    """What is looked for: a state code and a county (or "" where one is not known), a LIST code, and how it stands."""

    place: str
    spoken: str
    urgent: bool
    held: bool
    issue: str = IMMIGRATION
    county: str = ""

    @property
    def matter(self) -> str:
        """What it is about: where somebody is held and nothing narrower is known, it is about that."""
        return DETENTION if self.held and self.issue == IMMIGRATION else self.issue


@dataclass(frozen=True)
class Ranked:
    """An office that can take it, with the reasons that a person may be shown."""

    office: Office
    reasons: tuple[Why, ...]


def match(
    wanted: Wanted, offices: Iterable[Office], now: datetime, load: Mapping[str, int] = NO_LOAD
) -> tuple[Ranked, ...]:
    """The offices that can take such a request, the best first; `load` is open referrals by the office's id.

    When it is urgent, an office that is open comes before everything else, so that outside the hours of the others a
    line that is always answered is first; otherwise the nearest, then one that speaks the language. A made-up office
    is asked only where there is no other. The last word is the id's, so that the order never wavers.
    """
    able = [office for office in offices if _hindrance(office, wanted, load) is None]
    ranked = sorted(able, key=lambda office: _rank(office, wanted, now))
    return tuple(Ranked(office, _reasons(office, wanted, now)) for office in ranked)


def unable(wanted: Wanted, offices: Iterable[Office], load: Mapping[str, int] = NO_LOAD) -> dict[str, Unable]:
    """Why each of the other offices is left out, by its id: the first of the reasons that hold."""
    hindered = ((office.id, _hindrance(office, wanted, load)) for office in offices)
    return {identity: hindrance for identity, hindrance in sorted(hindered) if hindrance}


def _hindrance(office: Office, wanted: Wanted, load: Mapping[str, int]) -> Unable | None:
    hindrances: tuple[tuple[Unable, bool], ...] = (
        ("state", not office.serves(wanted.place)),
        ("county", _elsewhere(office, wanted)),
        ("issue", not office.takes(wanted.matter)),
        ("whom", not office.may_take(wanted.matter, wanted.held)),
        ("detained", wanted.held and not office.takes_detained),
        ("full", office.capacity is not None and load.get(office.id, 0) >= office.capacity),
    )
    return next((name for name, holds in hindrances if holds), None)


def _elsewhere(office: Office, wanted: Wanted) -> bool:
    """True if it takes people from this state, and none from this county."""
    counties = office.counties_in(wanted.place)
    return bool(counties and wanted.county) and fold_county(wanted.county) not in counties


def _near(office: Office, wanted: Wanted) -> Near:
    """How near an office is that is not elsewhere."""
    if office.nationwide:
        return "nationwide"
    if not office.counties_in(wanted.place):
        return "state"
    return "county" if wanted.county else "county_not_known"


def _rank(office: Office, wanted: Wanted, now: datetime) -> tuple[object, ...]:
    near = _near(office, wanted)
    distance = _NEAREST.index(near)
    language = tuple(_SPEAKS).index(office.speaks(wanted.spoken))
    closed, opens = not office.open_at(now), office.opens_next(now)
    if wanted.urgent:
        return (office.made_up, closed, near == "county_not_known", opens, distance, language, office.id)
    return (office.made_up, distance, language, closed, opens, office.id)


def _reasons(office: Office, wanted: Wanted, now: datetime) -> tuple[Why, ...]:
    opening = office.opening(now)
    reasons: list[Why] = [_near(office, wanted)]
    reasons.append("names_issue" if office.names(wanted.matter) else "takes_field")
    if wanted.held:
        reasons.append("detained")
    reasons.append("always_open" if opening.always else "open_now" if opening.open_now else "opens_later")
    reasons.append(_SPEAKS[office.speaks(wanted.spoken)])
    if office.made_up:
        reasons.append("made_up")
    return tuple(reasons)
