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
EFFECTS: Mapping[str, tuple[frozenset[str], tuple[str, ...]]] = {
    "find_open": (frozenset({"none", "open"}), ()),
    "find_office": (frozenset({"found", "none"}), ("place", "held", "spoken", "urgent")),
    "request_referral": (
        frozenset({"requested", "open", "none"}),
        (
            "office",
            "place",
            "held",
            "spoken",
            "urgent",
            "minor",
            "reach",
            "phone",
            "voicemail",
            "ask_for",
            "texting",
        ),
    ),
    "read_news": (frozenset({"unknown", "requested", "offered", "withdrawn"}), ("code",)),
    "withdraw_referral": (frozenset({"withdrawn", "unknown"}), ("code",)),
    "opt_out": (frozenset({"done"}), ()),
    "erase": (frozenset({"erased", "open"}), ()),
}


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
