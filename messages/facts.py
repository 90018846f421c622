"""The register: the legal facts that texts rest on, and the numbers and links they give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from types import MappingProxyType
from typing import TypedDict, TypeVar

from messages.yaml_reader import Entry, Node, each, one_of, read_yaml, refuse, table, text, texts

# How many days a check holds. S1: settled law; S2: may change; S3: changes; S4: in the courts right now.
INTERVALS: dict[str, int] = {"S1": 365, "S2": 182, "S3": 31, "S4": 7}
# A check is due this long before its last day, and never earlier than a quarter of its interval.
NEAR = timedelta(days=14)
CONFIDENCE = ("high", "medium", "low")


@dataclass(frozen=True)
class Checked:
    """Anything that somebody checked on a day, and that must be checked again."""

    id: str
    checked_on: date
    interval: str

    @property
    def check_by(self) -> date:
        """The last day on which the check still holds."""
        return self.checked_on + timedelta(days=INTERVALS[self.interval])

    def is_past(self, today: date) -> bool:
        """True if the check does not hold any more."""
        return self.check_by < today


def near(entry: Checked) -> timedelta:
    """How long before its last day a check is due."""
    return min(NEAR, timedelta(days=INTERVALS[entry.interval] // 4))


@dataclass(frozen=True)
class Fact(Checked):
    """One statement of law in our words; `as_of` is a day, a month or a year (ISO)."""

    says: str
    source: str
    as_of: str
    confidence: str
    reviewer: str

    @property
    def signed(self) -> bool:
        """True where a lawyer put a name to it."""
        return bool(self.reviewer)


@dataclass(frozen=True)
class Given(Checked):
    """What a text may send a person to: whose it is, when it answers, in which languages, and whom it serves."""

    owner: str
    hours: str
    languages: tuple[str, ...]
    serves: str


@dataclass(frozen=True)
class Number(Given):
    """A telephone number."""

    number: str

    @property
    def digits(self) -> frozenset[str]:
        """As `phones_in` finds it in a text."""
        return phones_in(self.number) or frozenset({self.number})


@dataclass(frozen=True)
class Link(Given):
    """A web address."""

    link: str


@dataclass(frozen=True)
class Register:
    """Everything the texts may rest on, by id."""

    facts: Mapping[str, Fact]
    numbers: Mapping[str, Number]
    links: Mapping[str, Link]

    def __post_init__(self) -> None:
        for name in ("facts", "numbers", "links"):
            object.__setattr__(self, name, MappingProxyType(dict(getattr(self, name))))

    @property
    def entries(self) -> Mapping[str, Fact | Number | Link]:
        """Facts, numbers and links together, by id."""
        return {**self.facts, **self.numbers, **self.links}

    @property
    def checked_through(self) -> date:
        """The last day on which anybody looked at a fact: the date of the content."""
        return max((fact.checked_on for fact in self.facts.values()), default=date.min)

    def past(self, today: date) -> frozenset[str]:
        """Ids of the facts whose check does not hold any more."""
        return frozenset(fact.id for fact in self.facts.values() if fact.is_past(today))


def read_facts(path: Path) -> Register:
    """Reads the register.

    Raises:
        ReadError: with every fault in the file.
    """
    root = table(read_yaml(path), required=("facts",), optional=("numbers", "links"))
    found = each(_records(root.entries), _read_record)
    _each_once(root.entries)
    return Register(_by_id(found, Fact), _by_id(found, Number), _by_id(found, Link))


def _each_once(sections: Mapping[str, Entry]) -> None:
    """An id names one thing in all sections: `amparo facts suspend` must know what is meant."""
    seen: set[str] = set()
    for _, entry in _records(sections):
        if entry.key in seen:
            raise refuse(entry, f"{entry.key!r} names two things", "Give one of them another id.")
        seen.add(entry.key)


Kind = TypeVar("Kind", bound=Checked)


def _by_id(found: list[Fact | Number | Link], kind: type[Kind]) -> dict[str, Kind]:
    return {record.id: record for record in found if isinstance(record, kind)}


def _records(sections: Mapping[str, Entry]) -> list[tuple[str, Entry]]:
    return [
        (section, entry)
        for section, found in sections.items()
        for entry in table(found.value).entries.values()
    ]


def _read_record(item: tuple[str, Entry]) -> Fact | Number | Link:
    section, entry = item
    if section == "facts":
        return _read_fact(entry)
    return _read_number(entry) if section == "numbers" else _read_link(entry)


def _read_fact(entry: Entry) -> Fact:
    required = ("says", "source", "as_of", "checked_on", "interval", "confidence")
    fields = table(entry.value, required, optional=("reviewer",)).entries
    return Fact(
        id=entry.key,
        says=text(fields["says"].value),
        source=text(fields["source"].value),
        as_of=partial_date(fields["as_of"].value),
        checked_on=_date(fields["checked_on"].value),
        interval=one_of(fields["interval"].value, tuple(INTERVALS)),
        confidence=one_of(fields["confidence"].value, CONFIDENCE),
        reviewer=_optional(fields, "reviewer"),
    )


def _read_number(entry: Entry) -> Number:
    fields = _given(entry, "number")
    node = fields["number"].value
    if not phones_in(text(node)) and not _SHORT_CODE.fullmatch(text(node)):
        raise refuse(node, f"{text(node)!r} is no telephone number", "Write it as 1-202-555-0142, or 911.")
    return Number(number=text(node), **_shared(entry, fields))


def _read_link(entry: Entry) -> Link:
    fields = _given(entry, "link")
    node = fields["link"].value
    if len(links_in(text(node))) != 1:
        raise refuse(node, f"{text(node)!r} is no web address", "Write it as example.org/help.")
    return Link(link=text(node), **_shared(entry, fields))


def _given(entry: Entry, name: str) -> Mapping[str, Entry]:
    required = (name, "owner", "checked_on", "interval", "for")
    return table(entry.value, required, optional=("hours", "languages")).entries


class _Shared(TypedDict):
    id: str
    checked_on: date
    interval: str
    owner: str
    hours: str
    languages: tuple[str, ...]
    serves: str


def _shared(entry: Entry, fields: Mapping[str, Entry]) -> _Shared:
    return _Shared(
        id=entry.key,
        checked_on=_date(fields["checked_on"].value),
        interval=one_of(fields["interval"].value, tuple(INTERVALS)),
        owner=text(fields["owner"].value),
        hours=_optional(fields, "hours"),
        languages=texts(fields["languages"].value) if "languages" in fields else (),
        serves=text(fields["for"].value),
    )


def _optional(fields: Mapping[str, Entry], name: str) -> str:
    return text(fields[name].value, blank=True) if name in fields else ""


def _date(node: Node) -> date:
    try:
        return date.fromisoformat(_dashed(text(node)))
    except ValueError as error:
        raise refuse(node, f"{text(node)!r} is no date", "Write year-month-day, as in 2026-11-23.") from error


def partial_date(node: Node) -> str:
    """Takes `node` as a year, a month or a day (2026, 2026-11, 2026-11-23)."""
    found = text(node)
    rest = {4: "-01-01", 7: "-01"}.get(len(found), "")
    try:
        date.fromisoformat(_dashed(found + rest))
    except ValueError as error:
        mend = "Write 2026, 2026-11 or 2026-11-23."
        raise refuse(node, f"{found!r} is no year, month or day", mend) from error
    return found


def _dashed(found: str) -> str:
    """`found`, if it is written with dashes: Python would also take 20261123 and 2026-W48-1."""
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", found, re.ASCII):
        raise ValueError(found)
    return found


_PHONE = re.compile(
    r"""(?<![\w.-])(?:
        (?:\+?1[ .-]?)?(?:\(\d{3}\)[ ]?|\d{3}[ .-]?)\d{3}[ .-]?\d{4}    # North America
        | \d{3}[.-]\d{4}                                                # the same, within a city
        | \+(?!1)\d(?:[ .-]?\d){6,13}                                   # elsewhere
        | \d{6}                                                         # a short code: 741741
        | (?<=\bto[ ])\d{5} | (?<=\bal[ ])\d{5}                         # "text START to 88788"
        | [2-9]11 | 988                                                 # 911, 988
    )(?![\w-])""",
    re.VERBOSE | re.ASCII,
)
# Five digits are a ZIP code as well, so that they are a number only where the register says so, or after "to" and "al".
_SHORT_CODE = re.compile(r"\d{5,6}", re.ASCII)
_LINK = re.compile(
    r"(?:https?://[^\s/]+|(?<![\w@.-])(?:[a-z0-9-]+\.)+(?:gov|org|com|net|edu|us|info|io|mil)\b)(?:/[^\s]*)?",
    re.IGNORECASE | re.ASCII,
)


def phones_in(words: str) -> frozenset[str]:
    """The telephone numbers that `words` give, as bare digits without the leading 1 of North America."""
    return frozenset(_digits(match) for match in _PHONE.findall(_LINK.sub(" ", words)))


def figures_in(words: str) -> frozenset[str]:
    """Every other figure of three digits or more: years, forms, sums of money."""
    return frozenset(re.findall(r"\d{3,}", _PHONE.sub(" ", _LINK.sub(" ", words)), re.ASCII))


def _digits(number: str) -> str:
    digits = re.sub(r"\D", "", number)
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def links_in(words: str) -> frozenset[str]:
    """The web addresses that `words` give, without scheme, www, case or closing punctuation."""
    return frozenset(_bare(match.group()) for match in _LINK.finditer(words))


def _bare(link: str) -> str:
    return re.sub(r"^(https?://)?(www\.)?", "", link.lower()).rstrip(".,;:!?)/'\"")
