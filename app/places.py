"""Which place a text names: a ZIP code, a state in either language, or a city that only one state can mean."""

from __future__ import annotations

import re
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import zipcodes

from flows.heard import fold
from flows.phrases import ONE_EDIT, distance, forgiven

SHARE = 0.8  # of a city's ZIP codes that a state must have before the city's name alone means that state
RIVAL, RIVAL_SHARE = (
    3,
    0.05,
)  # ZIP codes, part of the owner's, up to which another state's city is passed over
BIG = 10  # ZIP codes that make a city so well known that its name needs no "in" before it
LONG_ENOUGH_ALONE = 9  # letters a word needs to be a state with a typing error, where no place was asked for
LONGEST_NAME = 5  # words in the longest name that is looked for
# Post offices of the forces abroad and of states in free association: no state or territory of ours.
ELSEWHERE = frozenset({"AA", "AE", "AP", "FM", "MH", "PW"})
# Short names that are no ordinary word; other short ones ("del", "miss", "ill") are states only as the whole text.
_SHORT_NAMES = frozenset({"ohio", "iowa", "utah", "guam", "nyc"})
# Words of several states' names, and towns as well: they say nothing.
_HALF_NAMES = frozenset({"carolina", "dakota"})
# A name that stands after one of these is a place, even if it is a person's name or an ordinary word as well.
_BEFORE_A_PLACE = frozenset({"in", "at", "near", "from", "en", "cerca", "desde", "to", "a", "is"})
_BETWEEN = frozenset({"de", "of", "the", "city", "ciudad", "downtown"})
_ARTICLES = frozenset({"el", "la", "los", "las", "the", "a", "my", "mi"})
# Small towns that people are held in; other small towns mean a place only if the whole text is their name.
_HELD_IN = frozenset(
    {
        *(
            "adelanto",
            "basile",
            "calexico",
            "conroe",
            "dilley",
            "eloy",
            "ferriday",
            "folkston",
            "harlingen",
            "jena",
        ),
        *("laredo", "lumpkin", "mcallen", "ocilla", "pearsall", "tutwiler", "winnfield"),
    }
)
# Cities whose names are people's names or ordinary words: only after "in" or "en".
_ALSO_NAMES = frozenset({"adelanto", "charlotte", "orlando", "savannah", "tyler", "plano", "flint", "irving"})
# And those that are not even then: "en mi pueblo", "la mesa", "in spring".
_ORDINARY = frozenset({"jamaica", "mesa", "mobile", "pueblo", "spring"})
_ZIP = re.compile(r"(?<![0-9\-/.,:])([0-9]{5})(?:-[0-9]{4})?(?![0-9\-/.,:])")

# The package says that it has types; this function has none.
_rows_with: Callable[[str], list[dict[str, Any]]] = zipcodes.similar_to


class Finder:
    """Finds the state in a folded text. Built once; the ZIP codes are read when the first text needs them."""

    def __init__(self, names: Mapping[str, Iterable[str]]) -> None:
        """`names` are the names and accepted words of each state or territory, by its two-letter code."""
        self._spellings = {
            fold(spelling): code for code, spellings in names.items() for spelling in (code, *spellings)
        }
        self._long = {
            spelling: code
            for spelling, code in self._spellings.items()
            if len(spelling) >= ONE_EDIT or spelling in _SHORT_NAMES
        }

    def find(self, text: str) -> str | None:
        """The code of the one state or territory this folded text names; None if it names none, or several.

        A name that is said outright goes before a ZIP code, and both before a city. Two letters are a state only when
        they are the whole text, or follow a city of that state: "me", "in", "or" and "de" are words.
        """
        words = text.split()
        if text in self._spellings:
            return self._spellings[text]
        return (
            _only(self._zips(text))
            or _only(self._named(words))
            or self._misspelt(words)
            or _only(self._after_a_city(words))
            or _only(self._cities(words))
        )

    def named(self, text: str) -> str | None:
        """The state, if this folded text is a ZIP code or a state's name and nothing else.

        At a menu "hi", "ok" and "main" are no states: short names, and short words near one, are none here.
        """
        if _ZIP.fullmatch(text):
            return _only(self._zips(text)) if text[:5] in zips().counties else None  # 15000 may be dollars
        if text in self._long:
            return self._long[text]
        return _only(self._near(text)) if len(text) >= LONG_ENOUGH_ALONE else None

    def county(self, text: str) -> str | None:
        """The county of the one ZIP code in this text, as most of its post offices have it: probable, never certain."""
        codes = {found.group(1) for found in _ZIP.finditer(text)}
        return zips().counties.get(codes.pop()) if len(codes) == 1 else None

    def _zips(self, text: str) -> Iterator[str]:
        for found in _ZIP.finditer(text):
            state = zips().state(found.group(1))
            if state is not None:
                yield state

    def _named(self, words: Sequence[str]) -> Iterator[str]:
        """States named in the words; of two names on the same words the longer ("West Virginia")."""
        at = 0
        while at < len(words):
            length, code = self._longest_at(words, at)
            if code is not None and not self._is_a_city(words, at, length):
                yield code
            at += length

    def _longest_at(self, words: Sequence[str], at: int) -> tuple[int, str | None]:
        for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            code = self._long.get(" ".join(words[at : at + length]))
            if code is not None:
                return length, code
        return 1, None

    def _is_a_city(self, words: Sequence[str], at: int, length: int) -> bool:
        """True for "Kansas City" and the like, where a longer city's name begins with the state's."""
        longer = " ".join(words[at : at + length + 1])
        return longer.endswith(" city") and longer in zips().owners

    def _misspelt(self, words: Sequence[str]) -> str | None:
        """A state whose name the text, or what follows "in" or "en", is a small typing error of."""
        tails = [words, *(words[at + 1 :] for at, word in enumerate(words) if word in _BEFORE_A_PLACE)]
        for tail in tails:
            said = " ".join(tail)
            long_enough = len(said) >= (ONE_EDIT if len(tail) < len(words) else ONE_EDIT - 1)
            if len(tail) <= LONGEST_NAME and long_enough and said not in zips().owners:
                state = _only(self._near(said))
                if state is not None:
                    return state
        return None

    def _near(self, said: str) -> Iterator[str]:
        for spelling, code in self._long.items():
            limit = forgiven(spelling)
            if spelling[0] == said[0] and limit and distance(said, spelling, limit) <= limit:
                yield code

    def _after_a_city(self, words: Sequence[str]) -> Iterator[str]:
        """The state in "houston tx": two letters right after a city that this state has."""
        for at, word in enumerate(words[1:], 1):
            code = self._spellings.get(word) if len(word) == 2 else None
            if code and any(
                zips().has(code, " ".join(words[start:at])) for start in range(max(0, at - 3), at)
            ):
                yield code

    def _cities(self, words: Sequence[str]) -> Iterator[str]:
        """States that own a city or county named in the words."""
        at = 0
        while at < len(words):
            length, state = self._city_at(words, at)
            if state is not None:
                yield state
            at += length

    def _city_at(self, words: Sequence[str], at: int) -> tuple[int, str | None]:
        for length in range(min(LONGEST_NAME, len(words) - at), 0, -1):
            name = " ".join(words[at : at + length])
            if name in zips().cities:
                meant = length == len(words) or _is_meant(name, words, at)
                return length, (zips().cities[name] if meant else None)
        return 1, None


def _is_meant(name: str, words: Sequence[str], at: int) -> bool:
    """True if this name within a sentence is a city: a big one, a town people are held in, or a long name after "in"."""
    before = next((word for word in reversed(words[:at]) if word not in _BETWEEN), "")
    if name in _ORDINARY or (name in _ALSO_NAMES and before not in _BEFORE_A_PLACE):
        return False
    if name in zips().big or name in _HELD_IN:
        return True
    return " " in name and before in _BEFORE_A_PLACE and words[at] not in _ARTICLES


def _only(states: Iterable[str]) -> str | None:
    found = set(states)
    return found.pop() if len(found) == 1 else None


class _Zips:
    """What is kept of the 42,789 rows of `zipcodes`: first three digits to state, and which states have a city.

    Read in a hundred parts, because all rows at once are 150 MB.
    """

    def __init__(self) -> None:
        regions: dict[str, dict[str, str]] = defaultdict(dict)
        self.counties: dict[str, str] = {}
        counts: dict[str, Counter[str]] = defaultdict(Counter)
        folded = cache(fold)
        for prefix in range(100):
            for row in _rows_with(f"{prefix:02}"):
                _count(row, folded, regions, counts)
                if row["county"] and row["state"] not in ELSEWHERE:
                    self.counties[row["zip_code"]] = sys.intern(row["county"])
        shared = {region for region, zips in regions.items() if len(set(zips.values())) > 1}
        self._regions = {region: next(iter(zips.values())) for region, zips in regions.items()}
        self._zips = {code: state for region in shared for code, state in regions[region].items()}
        self._shared = frozenset(shared)
        self.owners = {name: "".join(sorted(states)) for name, states in counts.items()}
        self.cities = {
            name: state
            for name, states in counts.items()
            if name not in _HALF_NAMES and (state := _owner(states))
        }
        self.big = frozenset(name for name in self.cities if counts[name].total() >= BIG)

    def state(self, code: str) -> str | None:
        """The state of a ZIP code: its first three digits say it, save for a few regions that states share."""
        region = code[:3]
        return self._zips.get(code) if region in self._shared else self._regions.get(region)

    def has(self, state: str, city: str) -> bool:
        """True if this state has a city or county of this name."""
        return state in re.findall("..", self.owners.get(city, ""))


@cache
def zips() -> _Zips:
    """The table of ZIP codes, read once in a process: about a second and 45 MB. Call it early to have it read early."""
    return _Zips()


def counties_of(state: str) -> frozenset[str]:
    """The counties of a state as `Finder.county` names them: those that a ZIP code lies in."""
    table = zips()
    return frozenset(county for code, county in table.counties.items() if table.state(code) == state)


def _count(
    row: Mapping[str, Any],
    folded: Callable[[str], str],
    regions: Mapping[str, dict[str, str]],
    counts: Mapping[str, Counter[str]],
) -> None:
    code, state = row["zip_code"], sys.intern(row["state"])
    if state in ELSEWHERE:
        return
    regions[code[:3]][code] = state
    for name in _spellings({folded(row["city"]), folded(row["county"] or "")} - {""}):
        counts[name][state] += 1


def _spellings(names: Iterable[str]) -> set[str]:
    short = {"saint ": "st ", "fort ": "ft ", "mount ": "mt "}
    written = {
        name.replace(long, brief, 1)
        for name in names
        for long, brief in short.items()
        if name.startswith(long)
    }
    return {*names, *written}


def _owner(states: Counter[str]) -> str | None:
    """The state that people mean by this name: it has nearly all its ZIP codes, and no other state has many."""
    (state, most), *others = states.most_common(2)
    rivals = others[0][1] if others else 0
    return state if most >= SHARE * states.total() and rivals <= max(RIVAL, RIVAL_SHARE * most) else None
