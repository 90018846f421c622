"""What an office sees of its requests at a glance: one row each, the urgent first, then the oldest. Pure, and no contents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, get_args

from app.directory.issues import in_words
from app.referral.life import CODE, Referral, State, Stuck, Timer

Show = Literal["open", "waiting", "mine", "closed"]
SHOWS: tuple[Show, ...] = get_args(Show)

# What the office has to have done by when, by the clock that runs first.
DEADLINES: Mapping[Timer, str] = {
    "take_by": "take it",
    "alarm_at": "call",
    "lapse_at": "call",
}

# What was to be done when nobody did it in time.
_STUCK: Mapping[Stuck, str] = {"": "", "late": "take it", "lapsed": "call"}

STATES: Mapping[State, str] = {
    "requested": "on its way",
    "offered": "waits for you",
    "accepted": "taken, not reached yet",
    "contacted": "in contact",
    "closed": "closed",
    "declined": "nobody took it",
    "expired": "nobody took it",
    "withdrawn": "taken back",
}
# The same, told to somebody who is at none of the offices.
STATES_ELSEWHERE: Mapping[State, str] = {**STATES, "offered": "waits for the office"}

# For so long a person's word that nobody called is an alarm.
NO_CALL_RINGS = timedelta(days=3)


@dataclass(frozen=True)
class Wanted:
    """Which rows somebody wants to see; it lives in the page's address."""

    show: Show = "open"
    urgent: bool = False
    language: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """What an address asks for; what it asks for that we do not know is left out."""
        shows = (each for each in SHOWS if each == query.get("show"))
        return cls(next(shows, SHOWS[0]), query.get("urgent") == "yes", _code(query.get("language", "")))

    def takes(self, referral: Referral, me: str) -> bool:
        """True for a request that belongs in the list of somebody with this account."""
        fits = (referral.urgent or not self.urgent) and self.language in {"", referral.spoken}
        match self.show:
            case "open":
                return fits and referral.at_the_office
            case "waiting":
                return fits and referral.state == "offered"
            case "mine":
                return fits and referral.at_the_office and referral.holder == me
            case "closed":
                return fits and referral.state == "closed"


@dataclass(frozen=True)
class Row:
    """One request in one line."""

    reference: str
    urgent: bool
    do: str
    by: datetime | None
    left: timedelta | None
    issue: str
    place: str
    state: State
    spoken: str
    waits: timedelta
    holder: str
    over: bool = False

    @property
    def late(self) -> bool:
        """True once the time to do it is over; `over`: somebody was told of that, and no clock runs any more."""
        return self.over or (self.left is not None and self.left < timedelta())

    @property
    def stands(self) -> str:
        """How it stands, in words."""
        return STATES[self.state]


def row(referral: Referral, now: datetime) -> Row:
    """The line of a request at this moment."""
    do, by = deadline(referral)
    return Row(
        reference=referral.reference,
        urgent=referral.urgent,
        do=do,
        by=by,
        left=by - now if by else None,
        issue=_capital(in_words(referral.issue)),
        place=referral.place,
        state=referral.state,
        spoken=referral.spoken,
        waits=now - referral.created,
        holder=referral.holder,
        over=bool(referral.stuck),
    )


def rows(referrals: Iterable[Referral], wanted: Wanted, me: str, now: datetime) -> tuple[Row, ...]:
    """The lines that are wanted."""
    found = (referral for referral in referrals if wanted.takes(referral, me))
    return tuple(row(each, now) for each in urgent_first(found))


def urgent_first(referrals: Iterable[Referral]) -> tuple[Referral, ...]:
    """The urgent ones, then the oldest."""
    return tuple(sorted(referrals, key=lambda each: (not each.urgent, each.created)))


def alarm(referral: Referral, now: datetime) -> str:
    """What is wrong with an open request, for whoever looks after all offices; nothing if all goes its way."""
    if referral.stuck:
        return _STUCK_IN_WORDS[referral.stuck]
    do, by = deadline(referral)
    if by and by < now:
        return f"its time to {do} is over"
    if _rang(referral):
        return "its time to call is over"
    if referral.state in {"accepted", "contacted"} and _not_called(referral, now):
        return "the person says that nobody called"
    return ""


def _rang(referral: Referral) -> bool:
    """True if its office was told that nobody has called, and has not tried since; the line stops that clock then."""
    taken = referral.since("accepted")
    if taken is None or referral.state != "accepted" or referral.calls:
        return False
    told = (each.due for each in referral.errands if (each.kind, each.to) == ("alarm", referral.office))
    return any(at >= taken for at in told)


def _not_called(referral: Referral, now: datetime) -> bool:
    """True if the person said so lately. Word of it that was not wanted any more, because somebody called, is none."""
    said = (each for each in referral.errands if each.kind == "no_call" and each.way != "dropped")
    return any(now - (each.first or each.due) < NO_CALL_RINGS for each in said)


_STUCK_IN_WORDS: Mapping[Stuck, str] = {
    "late": "no office took it in time",
    "lapsed": "taken, and nobody called in time",
}


def deadline(referral: Referral) -> tuple[str, datetime | None]:
    """What the office has to do, and by when; nothing if no clock of its own runs."""
    running = [(at, DEADLINES[timer]) for timer, at in referral.timers.items() if timer in DEADLINES]
    at, do = min(running, default=(None, _STUCK[referral.stuck]))
    return do, at


def _code(text: str) -> str:
    return text if CODE.fullmatch(text) else ""


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
