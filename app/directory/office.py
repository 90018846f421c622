"""A legal service: whom it takes, and for what; what it speaks, when it is open, to whom its letters are sealed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby, pairwise
from typing import Any, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from app.directory import issues
from app.directory.issues import DEPORTATION, DETENTION, IMMIGRATION, SURVIVORS, full_code, is_within

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STATES = """
    AL AK AZ AR CA CO CT DE DC FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND
    OH OK OR PA RI SC SD TN TX UT VT VA WA WV WI WY AS GU MP PR VI
"""
STATES = frozenset(_STATES.split())
# Any spoken language, by an interpreter on the telephone.
ANY = "any"

_PHONE = r"\+[1-9][0-9]{6,14}"
_RECIPIENT = r"age1[0-9a-z]{58}"
_EMAIL = r"[^@\s<>]+@[^@\s<>]+"
# It stands in the consent, with all that goes to the office.
LONGEST_NAME = 40

Speaks = Literal["itself", "interpreter", "no"]
Whom = Literal["any", "lsc", "survivors", "untold"]
WHOM: Mapping[Whom, str] = {
    "any": "people of any status",
    "lsc": "those it may under 45 CFR 1626",
    "survivors": "survivors of violence and trafficking",
    "untold": "we were not told",
}


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
    `counties` such as TX:Harris County narrow a state to them; a state without any is taken whole.
    `issues` are LIST codes; each stands for all that lies within it.
    `whom` it can take: anybody; as one that the Legal Services Corporation pays for (45 CFR 1626, which bars most
    people without papers); survivors of violence and trafficking only (1626.4); or we were not told.
    `capacity` is how many open referrals it bears: None for no limit, 0 while it is paused.
    `takes_detained` is whether it goes to where people are held. Alarms go to `lead_email`; a text that a
    referral waits goes to `duty_phone`.
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
    counties: tuple[str, ...] = ()
    issues: tuple[str, ...] = (IMMIGRATION,)
    whom: Whom = "untold"
    capacity: int | None = None
    lead_email: str = ""
    duty_phone: str = ""

    def __post_init__(self) -> None:
        _matches("id", self.id, r"[a-z][a-z0-9-]{1,31}")
        _matches("phone", self.phone, _PHONE)
        _matches("email", self.email, _EMAIL)
        _matches("lead_email", self.lead_email or self.email, _EMAIL)
        _matches("duty_phone", self.duty_phone or self.phone, _PHONE)
        if not self.name.strip() or not self.name.isprintable() or len(self.name) > LONGEST_NAME:
            raise OfficeError(f"name must be a line of at most {LONGEST_NAME} characters, got {self.name!r}")
        for code in (*self.spoken, *self.interpreters):
            _matches("language", code, r"[a-z][a-z0-9_-]{1,15}")
        for recipient in self.recipients:
            _matches("recipient", recipient, _RECIPIENT)
        if not self.recipients:
            raise OfficeError(f"recipients must hold at least one age1... key, got none for {self.id!r}")
        _zone(self.zone)
        self._check_places()
        self._check_who_and_what()
        self._check_hours()

    def _check_places(self) -> None:
        for state in self.states:
            if state not in STATES:
                raise OfficeError(f"states must be codes such as TX, got {state!r}")
        for county in self.counties:
            _matches("counties", county, r"[A-Z]{2}:[^\s:,]([^:,]{0,58}[^\s:,])?")
            if county[:2] not in self.states:
                raise OfficeError(f"counties must be of one of its states, got {county!r}")

    def _check_who_and_what(self) -> None:
        for issue in self.issues:
            _matches("issues", issue, issues.FORM.pattern)
        if not self.issues:
            raise OfficeError(f"issues must hold at least one LIST code such as {IMMIGRATION}, got none")
        if self.whom not in get_args(Whom):
            raise OfficeError(f"whom must be one of {', '.join(get_args(Whom))}, got {self.whom!r}")
        if self.capacity is not None and (type(self.capacity) is not int or self.capacity < 0):
            raise OfficeError(f"capacity must be a whole number from 0, or none, got {self.capacity!r}")
        for name in ("takes_detained", "made_up"):
            if not isinstance(getattr(self, name), bool):
                raise OfficeError(f"{name} must be true or false, got {getattr(self, name)!r}")

    def _check_hours(self) -> None:
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

    def counties_in(self, state: str) -> frozenset[str]:
        """The counties that it takes people from in this state, folded; none means the whole of it."""
        return frozenset(fold_county(name[3:]) for name in self.counties if name[:2] == state)

    @property
    def lead(self) -> str:
        """Where an alarm goes that no referral may wait under."""
        return self.lead_email or self.email

    def takes(self, code: str) -> bool:
        """True if its issues hold this LIST code, or one that the code lies within."""
        return any(is_within(code, issue) for issue in self.issues)

    def names(self, code: str) -> bool:
        """True if it takes this code by more than the name of the whole field."""
        return any(is_within(code, issue) for issue in self.issues if not issues.is_whole_field(issue))

    def may_take(self, code: str, held: bool = False) -> bool:
        """True unless whom it can take forbids to offer it this, so that nobody need be asked their status.

        Most people in deportation or detention are of those whom an office under 45 CFR 1626 may not represent.
        Such an office, and one that has not told us, is asked about these two only if its issues name them.
        """
        if self.whom == "any":
            return True
        if self.whom == "survivors":
            return is_within(code, SURVIVORS)
        asked = {code, DETENTION} if held and not is_within(code, DETENTION) else {code}
        restricted = (each for each in asked if is_within(each, DEPORTATION) or is_within(each, DETENTION))
        return all(self.names(each) for each in restricted)

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
            for name in {"counties", "issues"} & record.keys():  # records of before had neither
                record[name] = tuple(record[name])
            record["hours"] = tuple(Span(**span) for span in record["hours"])
            return cls(**record)
        except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as error:
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

    `issues` may be short (IM-02), `capacity` may be none.

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
            counties=_names(values.get("counties", "")),
            issues=tuple(full_code(code) for code in _list(values.get("issues", IMMIGRATION))),
            whom=values.get("whom", "untold"),
            capacity=_capacity(values.get("capacity", "none")),
            lead_email=values.get("lead_email", ""),
            duty_phone=values.get("duty_phone", ""),
        )
    except KeyError as error:
        raise OfficeError(f"an office must have {error.args[0]}, it is missing") from error


def as_written(office: Office) -> dict[str, Any]:
    """The mapping that `office_from` reads this office from, all but its recipients and whether it is made up."""
    return {
        "id": office.id,
        "name": office.name,
        "phone": office.phone,
        "email": office.email,
        "zone": office.zone,
        "states": " ".join(office.states) or "nationwide",
        "spoken": " ".join(office.spoken),
        "interpreters": " ".join(office.interpreters),
        "takes_detained": office.takes_detained,
        "hours": ", ".join(f"{span.day} {span.opens}-{span.closes}" for span in office.hours) or "always",
        "counties": ", ".join(office.counties),
        "issues": " ".join(office.issues),
        "whom": office.whom,
        "capacity": "none" if office.capacity is None else str(office.capacity),
        "lead_email": office.lead_email,
        "duty_phone": office.duty_phone,
    }


def hours_in_line(hours: tuple[Span, ...]) -> str:
    """The shortest line that `read_hours` reads these hours from: days that are alike stand together."""
    spans = {day: sorted((each.opens, each.closes) for each in hours if each.day == day) for day in DAYS}
    parts = []
    for alike, run in groupby(DAYS, key=lambda day: spans[day]):
        days = tuple(run)
        named = days[0] if len(days) == 1 else f"{days[0]}-{days[-1]}"
        parts += [f"{named} {opens}-{closes}" for opens, closes in alike]
    return ", ".join(parts) or "always"


def fold_county(name: str) -> str:
    """A county's name as two spellings of it are compared: St. Louis City is St Louis city."""
    return " ".join(name.replace(".", "").casefold().split())


def _list(value: str | list[str]) -> tuple[str, ...]:
    return tuple(value.replace(",", " ").split() if isinstance(value, str) else value)


def _names(value: str | list[str]) -> tuple[str, ...]:
    """A list whose entries have spaces in them."""
    entries = value.split(",") if isinstance(value, str) else value
    return tuple(entry.strip() for entry in entries if entry.strip())


def _capacity(value: str | int | None) -> int | None:
    if value is None or value == "none":
        return None
    if not re.fullmatch(r"[0-9]{1,4}", str(value)):
        raise OfficeError(f"capacity must be a whole number from 0, or none, got {value!r}")
    return int(value)


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


# What a person reads instead of a pattern.
_SUCH_AS = {
    _PHONE: "a number with its country code, such as +12025550110",
    _EMAIL: "an e-mail address",
    _RECIPIENT: "an age key, age1 and 58 letters and digits: copy it anew",
}


def _matches(name: str, value: str, pattern: str) -> None:
    if not re.fullmatch(pattern, value):
        raise OfficeError(f"{name} must be {_SUCH_AS.get(pattern, f'of the form {pattern}')}, got {value!r}")
