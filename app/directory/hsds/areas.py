"""Whom a service takes by where they live: states and counties out of service areas and addresses in free text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from app.directory.states import state_code
from flows.heard import fold

_EVERYWHERE = frozenset(
    {
        *("nationwide", "national", "nation wide", "all states", "all 50 states", "entire country"),
        *("united states", "united states of america", "usa", "us", "u s a", "the united states"),
    }
)
_WHOLE = re.compile(
    r"^(?:all of|statewide in|state of|entire state of|the state of)\s+|\s+(?:statewide|state)$", re.I
)
# A town of one state may have the name of another: "Indiana, PA", "Washington, D.C.".
_TOWN = re.compile(r"[A-Za-z .]{3,}, *[A-Z]{2}")
_CAPITAL = re.compile(r"\bWashington,? *D\.? ?C\b\.?", re.IGNORECASE)
_AFTER_COUNTY = re.compile(r"\b(County|Parish|Borough|Municipio)\s+(?=\S)", re.IGNORECASE)
_COUNTY = re.compile(r"(?P<name>[A-Z][\w.' -]{1,50}? (?:County|Parish|Borough|Municipio))", re.IGNORECASE)


@dataclass
class Area:
    """What is known so far: everywhere, whole states, counties of states, counties whose state nobody said."""

    everywhere: bool = False
    whole: set[str] = field(default_factory=set)
    narrowed: set[str] = field(default_factory=set)
    loose: set[str] = field(default_factory=set)

    @property
    def states(self) -> tuple[str, ...]:
        """All states of which it takes anybody."""
        return tuple(sorted(self.whole | {county[:2] for county in self.narrowed}))

    @property
    def counties(self) -> tuple[str, ...]:
        """The counties of the states that it does not take as a whole."""
        return tuple(sorted(county for county in self.narrowed if county[:2] not in self.whole))

    def settle(self, states: Iterable[str]) -> None:
        """Gives the loose counties to the one state that is said elsewhere, if it is one; else they stay loose."""
        around = set(self.states) or set(states)
        if len(around) == 1:
            state = next(iter(around))
            self.narrowed |= {f"{state}:{name}" for name in self.loose}
            self.loose = set()


def add_area(area: Area, text: str) -> bool:
    """Takes in a text such as "TX, NM", "Harris County, Texas" or "Nationwide"; False if it says no area plainly."""
    plain = _CAPITAL.sub("DC", text).strip()
    if fold(plain) in _EVERYWHERE:
        area.everywhere = True
        return True
    parts = [
        part.strip() for part in re.split(r"[;,\n]| and ", _AFTER_COUNTY.sub(r"\1, ", plain)) if part.strip()
    ]
    read = [found for part in parts if (found := _part(part))]
    if not read or len(read) < len(parts) or _is_town(plain):
        return False
    _add(area, read)
    return True


def _add(area: Area, parts: list[tuple[str, str]]) -> None:
    """Counties belong to the state that follows them."""
    pending: set[str] = set()
    for kind, value in parts:
        if kind == "county":
            pending.add(value)
        elif pending:
            area.narrowed |= {f"{value}:{name}" for name in pending}
            pending = set()
        else:
            area.whole.add(value)
    area.loose |= pending


def _is_town(text: str) -> bool:
    """True for a state's name with the two letters of another behind it: nobody writes a list of states so."""
    state = state_code(text.rpartition(",")[0])
    return bool(_TOWN.fullmatch(text)) and state not in (None, state_code(text[-2:]))


def _part(part: str) -> tuple[str, str] | None:
    state = state_code(_WHOLE.sub("", part)) or state_code(part)
    if state:
        return "state", state
    county = _COUNTY.fullmatch(" ".join(part.split()))
    if not county:
        return None
    name = county["name"]
    return "county", name.title() if name.islower() or name.isupper() else name
