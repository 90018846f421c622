"""An errand: one thing the line owes somebody outside about a referral, and how far it came. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, get_args

Kind = Literal[
    "offer",  # to an office: a referral waits
    "moved_on",  # to an office: it went on to another
    "withdrawn",  # to an office: the person took it back
    "time",  # to an office: when the person can be called
    "no_call",  # to an office: the person says that nobody called
    "no_texts",  # to an office: no text reaches the person, only a call does
    "hook_failed",  # to an office: its own system did not take what it was told
    "alarm",  # to an office's lead, or to the coordinator
    "news",  # to the person: there is something to read with the code
    "follow_up",  # to the person: did they reach you?
    "better_time",  # to the person: when is a better time?
    "written",  # to the person: what somebody of the office writes
    "wrote",  # to an office: the person has written
]
Channel = Literal["mail", "text", "hook", "bell"]
Way = Literal["due", "sending", "done", "failed", "uncertain", "dropped"]

COORDINATOR = "coordinator"
TEXTER = "texter"


@dataclass(frozen=True)
class Errand:
    """One mail, text or call. `name` is unique in its referral; `to` is an office's id, `coordinator` or `texter`.

    `due` is when it is tried next; `first` is when it was first tried; `begun` is when a text may last have gone out, so
    that Twilio's log can be asked; `asks` counts how often it was. `why` says of a text that failed what Twilio's code means for the person.
    """

    name: str
    kind: Kind
    channel: Channel
    to: str
    due: datetime
    way: Way = "due"
    tries: int = 0
    asks: int = 0
    first: datetime | None = None
    begun: datetime | None = None
    why: str = ""

    def __post_init__(self) -> None:
        for field, value, kind in (
            ("kind", self.kind, Kind),
            ("channel", self.channel, Channel),
            ("way", self.way, Way),
        ):
            if value not in get_args(kind):
                raise ValueError(f"{field} must be one of {', '.join(get_args(kind))}, got {value!r}")
        if self.due.tzinfo is None:
            raise ValueError(f"due must have a time zone, got {self.due!r}")

    @property
    def open(self) -> bool:
        """True while it may still have to be done."""
        return self.way in {"due", "sending"}

    def again(self, at: datetime) -> Errand:
        """This errand, to be tried at a time."""
        return replace(self, due=at)

    def ended(self, way: Way, why: str = "") -> Errand:
        """This errand at its end."""
        return replace(self, way=way, why=why)

    @property
    def delivery(self) -> str:
        """What names this try of it: each has a name of its own, so that late reports are not held against the next."""
        return f"{self.name}-{self.tries}"
