"""Twilio's error codes: what each means, and what is done about a text that failed with it. Pure.

Sources: twilio.com/docs/api/errors, one page a code, and for the hour at which a day's limit ends
support.twilio.com, "T-Mobile daily message limits". What we do about a code is our own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Literal, get_args
from zoneinfo import ZoneInfo

Action = Literal[
    "final",  # this text will never go, and the phone is not the reason
    "final_unreachable",  # no text will ever reach this phone: reach the person another way
    "opted_out",  # the person told Twilio to stop: no text any more, reach the person another way
    "retry",  # the same text may go later: `most` times more, until `over` after the first try
    "pause_until_midnight",  # the carriers count by the day, and the day is full
    "hold",  # nothing goes until somebody mends the account: keep it, and look again
    "fail_closed",  # what we asked for privacy is refused: without it nothing is sent
    "call_only",  # only a call is left
]
Why = Literal["final", "unreachable", "opted_out", "fail_closed", "call_only", "tried_enough"]

NOT_FAILED = 0  # how Twilio writes that there was no error
NO_CODE = -1  # of ours: Twilio says that it failed, and not why
# The actions after which nothing is sent any more, and what is told of each.
CLOSED: Mapping[Action, Why] = MappingProxyType(
    {
        "final": "final",
        "final_unreachable": "unreachable",
        "opted_out": "opted_out",
        "fail_closed": "fail_closed",
        "call_only": "call_only",
    }
)

LOOK_AGAIN = timedelta(hours=1)
# A weekend on which nobody reads the page, and a day. After that the news itself is old.
KEPT_FOR = timedelta(days=3)
# The carriers' day ends at midnight there.
CARRIERS = ZoneInfo("America/Los_Angeles")
SPREAD = timedelta(minutes=30)


@dataclass(frozen=True)
class Failure:
    """What a code means, and what is done about it. `page`: a person must look at the account or at a text.

    `most`, `wait` and `over` belong to "retry" alone: how often the text is sent again, how long we wait before the
    first time (and twice as long before each further one), and how long after the first try nothing is sent any more.
    """

    meaning: str
    action: Action
    page: bool = False
    most: int = 0
    wait: timedelta = timedelta(0)
    over: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        if self.action not in get_args(Action):
            raise ValueError(f"action must be one of {', '.join(get_args(Action))}, got {self.action!r}")
        limits = (self.most > 0, self.wait > timedelta(0), self.over > timedelta(0))
        if limits != (self.action == "retry",) * 3:
            raise ValueError(
                f"most, wait and over must be set for retry and for nothing else, got {self.action!r} with "
                f"{self.most}, {self.wait}, {self.over}"
            )

    @property
    def permanent(self) -> bool:
        """True if this text will never go."""
        return self.action in CLOSED

    @property
    def doing(self) -> str:
        """What is done about it, as the table of docs/twilio.md says it."""
        if self.action != "retry":
            return DOING[self.action]
        wait = _in_words(self.wait)
        if self.most == 1:
            return f"once more, after {wait}"
        return f"at most {self.most} times more, first after {wait}, within {_in_words(self.over)}"


DOING: Mapping[Action, str] = MappingProxyType(
    {
        "final": "never again",
        "final_unreachable": "never again; the office is told to reach the person another way",
        "opted_out": "no text any more; the office is told to reach the person another way",
        "pause_until_midnight": "again after midnight, Pacific time",
        "hold": "kept, and tried every hour for three days",
        "fail_closed": "never again: without it nothing is sent",
        "call_only": "no text: only a call is left",
    }
)

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def _later(meaning: str, most: int, wait: timedelta, page: bool = False) -> Failure:
    return Failure(meaning, "retry", page, most, wait, _DAY)


def _too_fast(meaning: str) -> Failure:
    return _later(meaning, 10, timedelta(seconds=30))


def _queue_full(meaning: str) -> Failure:
    # A full queue holds ten hours of texts.
    return _later(meaning, 7, timedelta(minutes=5))


# Those from 30000 come in status callbacks, save 30029 and 30030, which may come at once.
FAILURES: Mapping[int, Failure] = MappingProxyType(
    {
        20003: Failure("Twilio does not accept our credentials", "hold", page=True),
        20005: Failure("the account is suspended", "hold", page=True),
        20429: _too_fast("too many requests"),
        21211: Failure("not a number", "final_unreachable"),
        21408: Failure("the account may not text this region", "final", page=True),
        21602: Failure("the text is empty", "final", page=True),
        21606: Failure("the sender cannot send texts", "final", page=True),
        21610: Failure("the person has opted out at Twilio", "opted_out"),
        21611: _queue_full("the sender's queue is full"),
        21612: Failure("no route from this sender to this number", "final", page=True),
        21614: Failure("not a mobile number", "final_unreachable"),
        21617: Failure("the text is too long", "final", page=True),
        21635: Failure("a landline", "final_unreachable"),
        30001: _queue_full("the queue overflowed"),
        30002: Failure("the account was suspended", "hold", page=True),
        30003: _later("the phone cannot be reached now", 3, 2 * _HOUR),
        30004: Failure("blocked by the person or the carrier", "final_unreachable"),
        30005: Failure("the number does not exist", "final_unreachable"),
        30006: Failure("a landline, or a carrier that cannot be reached", "final_unreachable"),
        30007: Failure("filtered by the carrier", "final", page=True),
        30008: _later("not delivered, nobody knows why", 1, timedelta(minutes=15)),
        30022: _too_fast("too fast for the carrier"),
        30023: Failure("the day's limit is reached", "pause_until_midnight", page=True),
        30027: Failure("the carrier's daily limit is reached", "pause_until_midnight", page=True),
        30029: Failure("discarding contents is not enabled on the account", "fail_closed", page=True),
        30030: Failure("hiding addresses is not enabled on the account", "fail_closed", page=True),
        30034: Failure("the sender is not registered for A2P 10DLC", "hold", page=True),
        30410: _later("the provider did not answer in time", 1, timedelta(minutes=15)),
        30450: Failure("blocked by the carrier", "final", page=True),
        63016: Failure("WhatsApp takes no free text more than a day after the person's own", "call_only"),
        63018: _too_fast("too fast for the channel"),
    }
)
# Nobody can say what a code means that we do not know. It was no success, so one more text is none too many; two are.
UNKNOWN = _later("a code we do not know", 1, _HOUR, page=True)
# Twilio was not reached at all, so nothing went.
NETWORK = _later("Twilio cannot be reached", 10, timedelta(seconds=30))


@dataclass(frozen=True)
class Done:
    """Nothing failed: nothing more is to do."""


@dataclass(frozen=True)
class Again:
    """The text is sent once more, at this time and not before."""

    at: datetime


@dataclass(frozen=True)
class GiveUp:
    """This text is never sent again: whoever has the request reaches the person another way, or nobody does."""

    why: Why


Next = Done | Again | GiveUp


def failure_of(code: int | None) -> Failure:
    """The row of a code. None stands for Twilio not having been reached; what we do not know is UNKNOWN."""
    return NETWORK if code is None else FAILURES.get(code, UNKNOWN)


def after(code: int | None, tries: int, first_tried: datetime, now: datetime, luck: float = 0.5) -> Next:
    """What is to be done about a text that failed with this code, at once or by a status callback.

    `tries` counts how often it was sent, this time included; `luck` (0 to 1) spreads what would else go in one moment.
    A text of which nobody knows whether it went is no failure yet: ask Twilio's log first (Texts.was_sent).

    Raises:
        ValueError: no try, or a time without a zone.
    """
    if tries < 1 or first_tried.tzinfo is None or now.tzinfo is None:
        raise ValueError(
            f"there must be a try, at a time with a zone, got {tries} from {first_tried!r} to {now!r}"
        )
    if code == NOT_FAILED:
        return Done()
    failure = failure_of(code)
    if failure.permanent:
        return GiveUp(CLOSED[failure.action])
    at, until = _next_time(failure, tries, now, luck), first_tried + (failure.over or KEPT_FOR)
    enough = failure.action == "retry" and tries > failure.most
    return GiveUp("tried_enough") if enough or at > until else Again(at)


def _next_time(failure: Failure, tries: int, now: datetime, luck: float) -> datetime:
    if failure.action == "pause_until_midnight":
        return _midnight(now) + SPREAD * luck
    # Capped: a hundredth try of another failure's must not overflow.
    wait = failure.wait * (1 << min(tries - 1, 20)) if failure.action == "retry" else LOOK_AGAIN
    return now + wait * (0.75 + luck / 2)


def _midnight(now: datetime) -> datetime:
    """The next midnight of the carriers. By their calendar: a day of theirs may have 23 hours, or 25."""
    tomorrow = now.astimezone(CARRIERS).date() + timedelta(days=1)
    return datetime(tomorrow.year, tomorrow.month, tomorrow.day, tzinfo=CARRIERS).astimezone(now.tzinfo)


# --- the table of docs/twilio.md -----------------------------------------------------------------

_FROM, _TO = "<!-- codes: made by amparo docs -->\n", "<!-- end of codes -->"
_HEAD = "| Code | It means | What we do | A person must look |\n|---|---|---|---|\n"


def with_codes(page: str) -> str:
    """docs/twilio.md with its table of codes made anew; the rest is written by hand.

    Raises:
        ValueError: the page has lost one of the two marks between which the table stands.
    """
    before, begins, rest = page.partition(_FROM)
    _, ends, behind = rest.partition(_TO)
    if not begins or not ends:
        raise ValueError(f"docs/twilio.md must hold the lines {_FROM.strip()} and {_TO}, in this order")
    rows = "".join(_row(str(code), failure) for code, failure in sorted(FAILURES.items()))
    return f"{before}{begins}{_HEAD}{rows}{_row('any other', UNKNOWN)}{_row('none', NETWORK)}{ends}{behind}"


def _row(code: str, failure: Failure) -> str:
    return f"| {code} | {failure.meaning} | {failure.doing} | {'yes' if failure.page else 'no'} |\n"


def _in_words(time: timedelta) -> str:
    """A whole number of the largest unit that fits, in words."""
    seconds = int(time.total_seconds())
    for size, unit in ((3600, "hour"), (60, "minute"), (1, "second")):
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
    return "no time"
