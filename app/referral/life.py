"""A referral and its lawful moves: one frozen record, one table, and everything else refused."""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Literal, get_args

State = Literal["requested", "offered", "withdrawn"]
Actor = Literal["texter", "line", "office", "staff"]
Reason = Literal["agreed", "reached_office", "asked_to_stop"]
Texting = Literal["yes", "no", "stopped"]
Told = Literal["none", "sending", "sent", "failed", "uncertain"]
Mailed = Literal["nothing", "offer", "withdrawal"]
Owed = Literal["offer", "bell", "withdrawal", "nothing"]

# Every move there is. A state without a row here is one that nothing leads out of.
LAWFUL: Mapping[tuple[State, State], tuple[frozenset[Actor], frozenset[Reason]]] = MappingProxyType(
    {
        ("requested", "offered"): (frozenset({"line"}), frozenset({"reached_office"})),
        ("requested", "withdrawn"): (frozenset({"texter"}), frozenset({"asked_to_stop"})),
        ("offered", "withdrawn"): (frozenset({"texter"}), frozenset({"asked_to_stop"})),
    }
)
ENDED: frozenset[State] = frozenset({"withdrawn"})

ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
CODE = re.compile(r"[a-z][a-z0-9_-]{0,31}")


class LifeError(Exception):
    """A move, or a record, that the life of a referral does not know."""


@dataclass(frozen=True)
class Move:
    """One step of a referral's life: when, by whom, to what, and why (never in free words)."""

    time: datetime
    actor: Actor
    state: State
    reason: Reason

    def __post_init__(self) -> None:
        _aware("time", self.time)
        _one_of("actor", self.actor, Actor)
        _one_of("state", self.state, State)
        _one_of("reason", self.reason, Reason)


@dataclass(frozen=True)
class Referral:
    """One request for a lawyer: opaque ids, choices and sealed boxes; nothing here names or reaches a person.

    `word` is what the caller will say. It stands in clear because the line must show it again with the news,
    and it identifies nobody. `boxes` are age files, one for each office the person agreed to, by office id;
    `number_box` is the person's address sealed to the worker. `tries` counts hand-overs begun; `version`
    rises with every write, so that nobody overwrites what they have not seen.
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
    state: State = "requested"
    moves: tuple[Move, ...] = ()
    told: Told = "none"
    told_at: datetime | None = None
    mailed: Mailed = "nothing"
    tries: int = 0
    version: int = 0

    def __post_init__(self) -> None:
        _matches("id", self.id, ID)
        _matches("reference", self.reference, re.compile(r"[A-Z0-9]{5}"))
        _matches("office", self.office, CODE)
        _matches("issue", self.issue, re.compile(r"[A-Za-z0-9_-]{1,32}"))
        _matches("place", self.place, re.compile(r"([A-Z]{2})?"))
        _matches("spoken", self.spoken, CODE)
        _matches("language", self.language, CODE)
        _one_of("texting", self.texting, Texting)
        _one_of("state", self.state, State)
        _one_of("told", self.told, Told)
        _one_of("mailed", self.mailed, Mailed)
        _aware("created", self.created)
        if not self.word or not self.word.isprintable() or len(self.word) > 24:
            raise LifeError(f"word must be one printable word of at most 24 characters, got {self.word!r}")
        object.__setattr__(self, "boxes", MappingProxyType(dict(self.boxes)))

    @property
    def ended(self) -> bool:
        """True when nothing more can happen to it."""
        return self.state in ENDED

    @property
    def offered_at(self) -> datetime | None:
        """When the office first heard of it."""
        return next((move.time for move in self.moves if move.state == "offered"), None)

    @property
    def owed(self) -> Owed:
        """What the line still owes somebody, the most pressing first."""
        if self.state == "requested":
            return "offer"
        if self.state == "withdrawn":
            return "withdrawal" if self.tries and self.mailed != "withdrawal" else "nothing"
        return "bell" if self.texting == "yes" and self.told in {"none", "sending"} else "nothing"

    def moved(self, move: Move) -> Referral:
        """This referral after a move. A withdrawn one has neither boxes nor number.

        Raises:
            LifeError: the move is not in the table.
        """
        actors, reasons = LAWFUL.get((self.state, move.state), (frozenset(), frozenset()))
        if move.actor not in actors or move.reason not in reasons:
            raise LifeError(
                f"a referral that is {self.state} cannot become {move.state} "
                f"by {move.actor} for {move.reason}"
            )
        moved = replace(self, state=move.state, moves=(*self.moves, move))
        return replace(moved, boxes={}, number_box=b"") if moved.ended else moved

    def call_only(self) -> Referral:
        """This referral after the person texted STOP: it lives on, and we never text about it again."""
        return replace(self, texting="stopped")

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        record = {name: getattr(self, name) for name in self.__dataclass_fields__}
        record["boxes"] = {office: _text(box) for office, box in self.boxes.items()}
        record["number_box"] = _text(self.number_box)
        record["created"] = self.created.isoformat()
        record["told_at"] = self.told_at.isoformat() if self.told_at else None
        record["moves"] = [{**asdict(move), "time": move.time.isoformat()} for move in self.moves]
        return json.dumps(record, separators=(",", ":"), sort_keys=True)

    @classmethod
    def from_json(cls, text: str | bytes) -> Referral:
        """The referral that `to_json` wrote.

        Raises:
            LifeError: the text is not such a record (it is not shown: it holds sealed boxes).
        """
        try:
            record: dict[str, Any] = json.loads(text)
            record["boxes"] = {office: _bytes(box) for office, box in record["boxes"].items()}
            record["number_box"] = _bytes(record["number_box"])
            record["created"] = datetime.fromisoformat(record["created"])
            record["told_at"] = datetime.fromisoformat(record["told_at"]) if record["told_at"] else None
            record["moves"] = tuple(
                Move(**{**move, "time": datetime.fromisoformat(move["time"])}) for move in record["moves"]
            )
            return cls(**record)
        except (ValueError, KeyError, TypeError, AttributeError, Base64Error) as error:
            raise LifeError(f"a stored referral cannot be read ({type(error).__name__})") from error


def _text(box: bytes) -> str:
    return b64encode(box).decode("ascii")


def _bytes(text: str) -> bytes:
    return b64decode(text, validate=True)


def _one_of(name: str, value: str, kind: Any) -> None:
    if value not in get_args(kind):
        raise LifeError(f"{name} must be one of {', '.join(get_args(kind))}, got {value!r}")


def _matches(name: str, value: str, pattern: re.Pattern[str]) -> None:
    if not pattern.fullmatch(value):
        raise LifeError(f"{name} must match {pattern.pattern}, got {value!r}")


def _aware(name: str, moment: datetime) -> None:
    if moment.tzinfo is None:
        raise LifeError(f"{name} must have a time zone, got {moment!r}")
