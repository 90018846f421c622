"""What a turn asks the shell to do, and what it says: plain frozen records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flows.session import Session


@dataclass(frozen=True)
class Effect:
    """Something to be done outside, with the answers it needs."""

    name: str
    answers: Mapping[str, str] = field(default_factory=dict)


# What a `do` node may name: the outcomes it must route, and the answers that its effect takes along.
_WANTED = ("place", "county", "held", "spoken", "urgent", "subject")
_REACHED = ("reach", "phone", "voicemail", "ask_for", "minor")
EFFECTS: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "find_open": (frozenset({"none", "open"}), ()),
    "find_office": (frozenset({"found", "found_more", "none"}), _WANTED),
    "request_referral": (
        frozenset({"requested", "open", "none"}),
        ("office", "others", "more", "texting", *_WANTED, *_REACHED),
    ),
    "note_unmet": (frozenset({"noted"}), _WANTED),
    "ask_tomorrow": (frozenset({"done", "unknown"}), ("reference", "code")),
    "find_another": (frozenset({"found", "none", "unknown"}), ("code",)),
    "request_another": (frozenset({"requested", "none", "unknown"}), ("code", "office", *_REACHED)),
    "read_news": (
        frozenset(
            {
                "unknown",
                "requested",
                "offered",
                "late",
                "accepted",
                "lapsed",
                "contacted",
                "closed",
                "declined",
                "expired",
                "withdrawn",
            }
        ),
        ("code",),
    ),
    "withdraw_referral": (frozenset({"withdrawn", "unknown"}), ("code",)),
    "note_came": (frozenset({"done", "gone"}), ("code", "reference")),
    "note_not_came": (frozenset({"done", "gone"}), ("code", "reference")),
    "note_time": (frozenset({"done", "gone"}), ("code", "reference", "better")),
    "opt_out": (frozenset({"done"}), ()),
    "erase": (frozenset({"erased", "open"}), ()),
}
# What leaves the line, or is kept of a person, and so needs a yes just before.
TO_AN_OFFICE = frozenset({"request_referral", "request_another"})
SENDING = TO_AN_OFFICE | {"ask_tomorrow"}

MOST_EFFECTS = 3  # in one turn: no flow needs more, and a loop of effects must end


@dataclass(frozen=True)
class Outcome:
    """What came of an effect: its name, and answers for the session (opaque ids only)."""

    name: str
    answers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """A text to be said: a message id, the choices under it, and ids whose words fill its placeholders."""

    message: str
    choices: tuple[str, ...] = ()
    footer: bool = False
    mentions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Turn:
    """What one text led to. A `session` of None means: keep nothing; a `language` of None: say it in all."""

    session: Session | None
    language: str | None = None
    replies: tuple[Reply, ...] = ()
    effects: tuple[Effect, ...] = ()
    answers: Mapping[str, str] = field(default_factory=dict)  # what the replies may mention
    understood: bool = True
    passes: bool = False  # answered whatever else this person sends: opt-out, help, erase, emergencies
