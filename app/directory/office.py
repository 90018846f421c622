"""A legal service: whom it takes, what it speaks, when it is open, to whom its letters are sealed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STATES = """
    AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND
    OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY
"""
STATES = frozenset(_STATES.split())
# Any spoken language, by an interpreter on the telephone.
ANY = "any"

# It stands in the consent, with all that goes to the office.
LONGEST_NAME = 40

Speaks = Literal["itself", "interpreter", "no"]


class OfficeError(ValueError):
    """An office that cannot be as it is written, with the value that is wrong."""


@dataclass(frozen=True)
class Span:
    """One opening of a week: a day and two times of the office's own clock; `closes` 24:00 is midnight."""

    day: str
    opens: str
    closes: str

    def __post_init__(self) -> None:
        if self.day not in DAYS:
            raise OfficeError(f"day must be one of {', '.join(DAYS)}, got {self.day!r}")
        if not _minutes(self.opens) < _minutes(self.closes):
            raise OfficeError(
                f"hours must open before they close (split a night at 24:00), got {self.opens}-{self.closes}"
            )

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The two moments of this span on a day, in UTC: right on the days when the clock changes too."""
        return _moment(day, self.opens, zone), _moment(day, self.closes, zone)


@dataclass(frozen=True)
class Opening:
    """Whether an office is open now and, if not, when it opens; `at` is in the office's own zone."""

    open_now: bool
    always: bool
    at: datetime


@dataclass(frozen=True)
class Office:
    """One partner legal service. No `states` means nationwide; no `hours` means always open.

    `spoken` and `interpreters` hold codes such as es, mam, kiche; `interpreters` may hold `any`.
    `recipients` are age1... keys, the next one beside the present one while they change.
    """

    id: str
    name: str
    phone: str
    email: str
    zone: str
    recipients: tuple[str, ...]
    states: tuple[str, ...] = ()
    spoken: tuple[str, ...] = ("en",)
    interpreters: tuple[str, ...] = ()
    takes_detained: bool = False
    hours: tuple[Span, ...] = ()
    made_up: bool = False  # of the sample: nobody is behind it, and any other office goes before it

    def __post_init__(self) -> None:
        _matches("id", self.id, r"[a-z][a-z0-9-]{1,31}")
        _matches("phone", self.phone, r"\+[1-9][0-9]{6,14}")
        _matches("email", self.email, r"[^@\s<>]+@[^@\s<>]+")
        if not self.name.strip() or not self.name.isprintable() or len(self.name) > LONGEST_NAME:
            raise OfficeError(f"name must be a line of at most {LONGEST_NAME} characters, got {self.name!r}")
        for code in (*self.spoken, *self.interpreters):
            _matches("language", code, r"[a-z][a-z0-9_-]{1,15}")
        for state in self.states:
            if state not in STATES:
                raise OfficeError(f"states must be codes such as TX, got {state!r}")
        for recipient in self.recipients:
            _matches("recipient", recipient, r"age1[0-9a-z]{58}")
        if not self.recipients:
            raise OfficeError(f"recipients must hold at least one age1... key, got none for {self.id!r}")
        _zone(self.zone)
        spans = sorted((DAYS.index(span.day), span.opens, span.closes) for span in self.hours)
        for (day, _, closes), (next_day, opens, _) in pairwise(spans):
            if day == next_day and opens < closes:
                raise OfficeError(
                    f"hours of a day must not overlap, got {DAYS[day]} until {closes} and from {opens}"
                )

    @property
    def always_open(self) -> bool:
        """True for a line that is answered at any hour."""
        return not self.hours

    @property
    def nationwide(self) -> bool:
        """True for a service that takes people from every state."""
        return not self.states

    def serves(self, state: str) -> bool:
        """True if it takes people from this state; where the state is not known, only a nationwide one does."""
        return self.nationwide or state in self.states

    def speaks(self, language: str) -> Speaks:
        """How somebody who speaks this language would be understood."""
        if language in self.spoken:
            return "itself"
        return "interpreter" if {language, ANY} & set(self.interpreters) else "no"

    def open_at(self, moment: datetime) -> bool:
        """True if it is open at this moment."""
        return self.always_open or next(self._spans(moment))[0] <= moment

    def opens_next(self, moment: datetime) -> datetime:
        """When it is open next, in its own zone: the moment itself if it is open."""
        zone = _zone(self.zone)
        if self.always_open:
            return moment.astimezone(zone)
        start, _ = next(self._spans(moment))
        return max(start, moment).astimezone(zone)

    def opening(self, moment: datetime) -> Opening:
        """What a text to the person says of its hours."""
        return Opening(self.open_at(moment), self.always_open, self.opens_next(moment))

    def deadline(self, moment: datetime, within: timedelta) -> datetime:
        """When `within` of the office's open time has passed since the moment, in its own zone."""
        zone = _zone(self.zone)
        if self.always_open:
            return (moment + within).astimezone(zone)
        for start, end in self._spans(moment):
            begun = max(start, moment)
            if end - begun >= within:
                return (begun + within).astimezone(zone)
            within -= end - begun
        raise AssertionError("the weeks have no end")

    def _spans(self, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The openings that end after the moment, in order, without end; in UTC."""
        zone = _zone(self.zone)
        day = moment.astimezone(zone).date() - timedelta(days=1)
        while True:
            spans = (span for span in self.hours if DAYS[day.weekday()] == span.day)
            for start, end in sorted(span.on(day, zone) for span in spans):
                if end > moment:
                    yield start, end
            day += timedelta(days=1)

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        return json.dumps(asdict(self), separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Office:
        """The office that `to_json` wrote.

        Raises:
            OfficeError: the text is not such a record.
        """
        try:
            record: dict[str, Any] = json.loads(text)
            for name in ("recipients", "states", "spoken", "interpreters"):
                record[name] = tuple(record[name])
            record["hours"] = tuple(Span(**span) for span in record["hours"])
            return cls(**record)
        except (KeyError, TypeError, json.JSONDecodeError) as error:
            raise OfficeError(f"a stored office cannot be read: {error}") from error


def read_hours(text: str) -> tuple[Span, ...]:
    """The hours of a line such as `mon-fri 09:00-17:00, sat 10:00-14:00`, or `always`.

    Raises:
        OfficeError: it is not such a line.
    """
    if text.strip().casefold() == "always":
        return ()
    spans = tuple(span for part in text.split(",") for span in _spans_of(part.strip()))
    if not spans:
        raise OfficeError(f"hours must be `always` or such as mon-fri 09:00-17:00, got {text!r}")
    return spans


def _spans_of(part: str) -> Iterator[Span]:
    form = r"(?P<first>[a-z]{3})(-(?P<last>[a-z]{3}))? +(?P<opens>\d\d:\d\d)-(?P<closes>\d\d:\d\d)"
    found = re.fullmatch(form, part.casefold())
    if not found:
        raise OfficeError(f"hours must be `always` or such as mon-fri 09:00-17:00, got {part!r}")
    first, last = found["first"], found["last"] or found["first"]
    if first not in DAYS or last not in DAYS or DAYS.index(last) < DAYS.index(first):
        raise OfficeError(f"days must run from mon to sun, got {part!r}")
    for day in DAYS[DAYS.index(first) : DAYS.index(last) + 1]:
        yield Span(day, found["opens"], found["closes"])


def office_from(values: Mapping[str, Any], recipients: tuple[str, ...]) -> Office:
    """The office of a mapping as an operator writes it: lists may be one line, `states` may be nationwide.

    Raises:
        OfficeError: a value is missing or wrong.
    """
    try:
        states = _list(values["states"])
        return Office(
            id=values["id"],
            name=values["name"],
            phone=values["phone"],
            email=values["email"],
            zone=values["zone"],
            recipients=recipients,
            states=() if states == ("nationwide",) else states,
            spoken=_list(values["spoken"]),
            interpreters=_list(values.get("interpreters", "")),
            takes_detained=_yes_or_no("takes_detained", values.get("takes_detained", "no")),
            hours=read_hours(values["hours"]),
        )
    except KeyError as error:
        raise OfficeError(f"an office must have {error.args[0]}, it is missing") from error


def _list(value: str | list[str]) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split() if isinstance(value, str) else value)


def _yes_or_no(name: str, value: str | bool) -> bool:
    if value not in ("yes", "no", True, False):
        raise OfficeError(f"{name} must be yes or no, got {value!r}")
    return value in ("yes", True)


def _minutes(text: str) -> int:
    found = re.fullmatch(r"([01]\d|2[0-4]):([0-5]\d)", text)
    minutes = int(found[1]) * 60 + int(found[2]) if found else -1
    if not 0 <= minutes <= 24 * 60:
        raise OfficeError(f"a time must be from 00:00 to 24:00, got {text!r}")
    return minutes


def _moment(day: date, text: str, zone: ZoneInfo) -> datetime:
    days, minutes = divmod(_minutes(text), 24 * 60)
    clock = time(minutes // 60, minutes % 60)
    return datetime.combine(day + timedelta(days=days), clock, tzinfo=zone).astimezone(UTC)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise OfficeError(f"zone must be such as America/Chicago, got {name!r}") from error


def _matches(name: str, value: str, pattern: str) -> None:
    if not re.fullmatch(pattern, value):
        raise OfficeError(f"{name} must match {pattern}, got {value!r}")
