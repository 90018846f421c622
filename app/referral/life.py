"""A referral and its lawful moves: one frozen record, one table, and everything else refused. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

from app.referral.errand import TEXTER, Errand
from app.referral.thread import Said

State = Literal["requested", "offered", "accepted", "contacted", "closed", "declined", "expired", "withdrawn"]
Actor = Literal["texter", "line", "office"]
# Why an office does not take it: a closed list that reveals nothing about the person.
Decline = Literal["full", "conflict", "place", "subject", "language", "could_not_reach", "other"]
# How it ended for the person, as the office saw it.
Outcome = Literal["took_the_case", "gave_advice", "sent_elsewhere", "not_reached", "not_needed", "left_open"]
Reason = (
    Decline
    | Outcome
    | Literal[
        "reached_office",
        "took_it",
        "reached_person",
        "not_taken",
        "nobody",
        "asked_for_another",
        "asked_to_stop",
    ]
)
Texting = Literal["yes", "no", "stopped"]
Stuck = Literal["", "late", "lapsed"]  # nobody took it in time; who took it did not call in time
Asked = Literal["", "follow_up", "better_time"]  # what the line has asked the person by itself
Better = Literal["", "morning", "afternoon", "evening"]
Timer = Literal[
    "offer_at",  # it is put to its office
    "take_by",  # the office must have taken it, in its open hours
    "alarm_at",  # nobody has called: the lead and the coordinator hear of it
    "lapse_at",  # still nobody: the person is asked whether another office may
    "follow_up_at",  # did they reach you?
    "unask_at",  # the question is not heard any more
    "expire_at",  # nobody took it: the person is told
    "unthread_at",  # what was written goes
    "wipe_at",  # and now neither box nor number is left
    "close_at",  # taken and never closed
    "forget_at",  # the record goes, the counts remain
]

DECLINES: tuple[Decline, ...] = get_args(Decline)
OUTCOMES: tuple[Outcome, ...] = tuple(each for each in get_args(Outcome) if each != "left_open")
REASONS: frozenset[str] = frozenset(reason for part in get_args(Reason) for reason in get_args(part))
BETTER: tuple[Better, ...] = ("morning", "afternoon", "evening")

_WITHDRAWN = (("texter", "asked_to_stop"),)
_DECLINED = tuple(("office", reason) for reason in DECLINES)
_CLOSED = tuple(("office", outcome) for outcome in OUTCOMES)

# Every move there is: from, to, and by whom for what. A state that no row begins with is an end.
LAWFUL: Mapping[tuple[State, State], frozenset[tuple[str, str]]] = MappingProxyType(
    {
        ("requested", "offered"): frozenset({("line", "reached_office")}),
        ("requested", "requested"): frozenset({("line", "not_taken"), ("texter", "asked_for_another")}),
        ("requested", "declined"): frozenset({("line", "nobody")}),
        ("requested", "expired"): frozenset({("line", "not_taken")}),
        ("requested", "withdrawn"): frozenset(_WITHDRAWN),
        ("offered", "accepted"): frozenset({("office", "took_it")}),
        ("offered", "requested"): frozenset(
            {*_DECLINED, ("line", "not_taken"), ("texter", "asked_for_another")}
        ),
        ("offered", "declined"): frozenset(_DECLINED),
        ("offered", "expired"): frozenset({("line", "not_taken")}),
        ("offered", "withdrawn"): frozenset(_WITHDRAWN),
        ("accepted", "contacted"): frozenset({("office", "reached_person"), ("texter", "reached_person")}),
        ("accepted", "requested"): frozenset({("texter", "asked_for_another")}),
        ("accepted", "declined"): frozenset(_DECLINED),
        ("accepted", "closed"): frozenset({*_CLOSED, ("line", "left_open")}),
        ("accepted", "withdrawn"): frozenset(_WITHDRAWN),
        ("contacted", "contacted"): frozenset({("office", "reached_person")}),
        ("contacted", "requested"): frozenset({("texter", "asked_for_another")}),
        ("contacted", "closed"): frozenset({*_CLOSED, ("line", "left_open")}),
        ("contacted", "withdrawn"): frozenset(_WITHDRAWN),
    }
)
ENDED: frozenset[State] = frozenset({"closed", "declined", "expired", "withdrawn"})
AT_THE_OFFICE: frozenset[State] = frozenset({"offered", "accepted", "contacted"})

MOST_BELLS = 4  # in a referral's whole life

ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class LifeError(Exception):
    """A move, or a record, that the life of a referral does not know."""


class UnreadableError(LifeError):
    """A stored record that this version cannot read."""


@dataclass(frozen=True)
class Move:
    """One step of a referral's life: when, by whom, to what, why (never in free words), and at which office."""

    time: datetime
    actor: Actor
    state: State
    reason: Reason
    office: str = ""

    def __post_init__(self) -> None:
        _aware("time", self.time)
        _one_of("actor", self.actor, get_args(Actor))
        _one_of("state", self.state, get_args(State))
        _one_of("reason", self.reason, tuple(sorted(REASONS)))


@dataclass(frozen=True)
class Ranking:
    """Where one office stood in the match at the moment of the consent, and why: so that a person can see it."""

    office: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Referral:
    """One request for a lawyer: opaque ids, choices and sealed boxes; nothing here names or reaches a person.

    `office` has it now, `others` come next, each with a box of its own that is released when its turn comes.
    `word` is what the caller will say. It stands in clear because the line must show it again with the news,
    and it identifies nobody. `boxes` are age files by office id; `number_box` is the person's address sealed to the
    worker. `calls` counts calls that did not reach the person; `holder` is the account of who has it in hand at the office, if
    it was taken in the inbox; `version` rises with every write, so that nobody
    overwrites what they have not seen.
    """

    id: str
    reference: str
    word: str
    office: str
    issue: str
    place: str
    spoken: str
    language: str
    urgent: bool
    texting: Texting
    created: datetime
    boxes: Mapping[str, bytes] = field(repr=False)
    number_box: bytes = field(repr=False)
    others: tuple[str, ...] = ()
    ranking: tuple[Ranking, ...] = ()
    state: State = "requested"
    moves: tuple[Move, ...] = ()
    errands: tuple[Errand, ...] = ()
    timers: Mapping[Timer, datetime] = field(default_factory=dict)
    stuck: Stuck = ""
    asked: Asked = ""
    better: Better = ""
    calls: int = 0
    holder: str = ""
    thread: tuple[Said, ...] = field(default=(), repr=False)
    version: int = 0

    def __post_init__(self) -> None:
        _matches("id", self.id, ID)
        _matches("reference", self.reference, re.compile(r"[A-Z0-9]{5}"))
        for office in (self.office, *self.others):
            _matches("office", office, CODE)
        _matches("issue", self.issue, re.compile(r"[A-Za-z0-9_-]{1,32}"))
        _matches("place", self.place, re.compile(r"([A-Z]{2})?"))
        _matches("spoken", self.spoken, CODE)
        _matches("language", self.language, CODE)
        _matches("holder", self.holder, re.compile(r"([0-9a-f]{16})?"))
        for name, kind in (("texting", Texting), ("state", State), ("stuck", Stuck), ("asked", Asked)):
            _one_of(name, getattr(self, name), get_args(kind))
        _one_of("better", self.better, get_args(Better))
        for timer, at in self.timers.items():
            _one_of("timer", timer, get_args(Timer))
            _aware(timer, at)
        _aware("created", self.created)
        if not self.word or not self.word.isprintable() or len(self.word) > 24:
            raise LifeError(f"word must be one printable word of at most 24 characters, got {self.word!r}")
        object.__setattr__(self, "boxes", MappingProxyType(dict(self.boxes)))
        object.__setattr__(self, "timers", MappingProxyType(dict(self.timers)))

    @property
    def ended(self) -> bool:
        """True when no office has anything more to do."""
        return self.state in ENDED

    @property
    def at_the_office(self) -> bool:
        """True while it stands in its office's inbox."""
        return self.state in AT_THE_OFFICE

    @property
    def reachable(self) -> bool:
        """True while we hold the person's number, sealed."""
        return bool(self.number_box)

    @property
    def bells(self) -> int:
        """How many texts of ours the person has had about it, or may have had, or will have; not what the office writes."""
        ours = (errand for errand in self.errands if errand.channel == "bell" and errand.kind != "written")
        return sum(errand.way not in {"failed", "dropped"} for errand in ours)

    @property
    def asked_at(self) -> datetime | None:
        """When the question whose answer is awaited may have come to the person; None while its bell has not rung."""
        return self._rung(self.asked)

    @property
    def wrote_at(self) -> datetime | None:
        """When the last text of the office may have come to the person; None if none has been sent."""
        return self._rung("written")

    def _rung(self, kind: str) -> datetime | None:
        began = (
            each.begun for each in self.errands if each.kind == kind and each.way not in {"due", "failed"}
        )
        return max((at for at in began if at), default=None)

    def since(self, state: State) -> datetime | None:
        """When it last came to this state."""
        return next((move.time for move in reversed(self.moves) if move.state == state), None)

    def open_errands(self) -> Iterator[Errand]:
        """What is still to be done outside, the soonest first."""
        return iter(
            sorted((each for each in self.errands if each.open), key=lambda each: (each.due, each.name))
        )

    @property
    def due(self) -> datetime | None:
        """When the line has to look at it next; None if nothing will ever be owed again."""
        times = [*self.timers.values(), *(errand.due for errand in self.open_errands())]
        return min(times, default=None)

    @property
    def busy(self) -> bool:
        """True while the line still owes somebody a step of its own: an offer, a mail, a bell."""
        return self.state == "requested" or any(True for _ in self.open_errands())

    def moved(self, move: Move) -> Referral:
        """This referral after a move. A withdrawn one has neither boxes nor number.

        Raises:
            LifeError: the move is not in the table.
        """
        if (move.actor, move.reason) not in LAWFUL.get((self.state, move.state), frozenset()):
            raise LifeError(
                f"a referral that is {self.state} cannot become {move.state} "
                f"by {move.actor} for {move.reason}"
            )
        holder = self.holder if move.state in AT_THE_OFFICE else ""
        # What was written is sealed to the office it stood with: where it goes on, nothing of it does.
        thread = self.thread if move.state in {"accepted", "contacted", "closed"} else ()
        moved = replace(self, state=move.state, moves=(*self.moves, move), holder=holder, thread=thread)
        return replace(moved, boxes={}, number_box=b"") if move.state == "withdrawn" else moved

    def with_errand(self, errand: Errand) -> Referral:
        """This referral with an errand as it stands now: a new one, or the one of this name as it came on."""
        others = [each for each in self.errands if each.name != errand.name]
        place = next((i for i, each in enumerate(self.errands) if each.name == errand.name), len(others))
        known = replace(self, errands=(*others[:place], errand, *others[place:]))
        return known if errand.open or errand.kind != "written" else known._with_nothing_to_send(errand.name)

    def _with_nothing_to_send(self, errand: str) -> Referral:
        """What was sent, or never will be, is sealed to the office alone from then on."""
        lines = (replace(said, out=b"") if said.errand == errand else said for said in self.thread)
        return replace(self, thread=tuple(lines))

    def call_only(self) -> Referral:
        """This referral after the person texted STOP: it lives on, and we never text about it again."""
        stopped = replace(self, texting="stopped", asked="")
        # One that is being sent may have gone: what became of it is still asked, so that nobody sends it twice.
        dropped = [each for each in stopped.errands if each.to == TEXTER and each.way == "due"]
        for errand in dropped:
            stopped = stopped.with_errand(errand.ended("dropped"))
        return stopped


def _one_of(name: str, value: str, allowed: tuple[Any, ...]) -> None:
    if value not in allowed:
        raise LifeError(f"{name} must be one of {', '.join(filter(None, allowed))}, got {value!r}")


def _matches(name: str, value: str, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(value):
        raise LifeError(f"{name} must match {pattern.pattern}, got {value!r}")


def _aware(name: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise LifeError(f"{name} must have a time zone, got {moment!r}")
