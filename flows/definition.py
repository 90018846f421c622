"""What a flow is made of: nodes, their targets, and the graph of all flows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from flows.heard import Vocabulary

END = "end"  # the conversation rests; the next text starts from the menu
FORGET = "forget"  # the conversation rests, and nothing of it is kept
UNKNOWN = "unknown"  # how a branch reads an answer that was never given
COUNTY = "county"  # the answer that a ZIP gives besides the state
PROBABLE = "probable"  # how a branch reads a county that the person has not confirmed

QUESTIONS = frozenset({"follow_up", "better_time"})  # what the line asks by itself, in a push

MOST_CHOICES = 7  # more are not read on a small screen; 9 is "back"

Asks = Literal["place", "phone", "word"]


@dataclass(frozen=True)
class Say:
    """Says its text and goes on."""

    id: str
    next: str

    def targets(self) -> tuple[str, ...]:
        """Where this node can lead."""
        return (self.next,)


@dataclass(frozen=True)
class Choice:
    """One way on from a menu; `id` is its message id, `flow.node.choice`."""

    id: str
    target: str

    @property
    def name(self) -> str:
        """The choice's own name, which is what is kept as an answer."""
        return self.id.rsplit(".", 1)[1]


@dataclass(frozen=True)
class Menu:
    """Asks for one of its choices and waits."""

    id: str
    choices: tuple[Choice, ...]
    save: str | None = None
    consent: bool = False
    footer: bool = False

    def __post_init__(self) -> None:
        if not 1 <= len(self.choices) <= MOST_CHOICES:
            raise ValueError(
                f"a menu must have 1 to {MOST_CHOICES} choices, {self.id} has {len(self.choices)}"
            )

    def targets(self) -> tuple[str, ...]:
        """Where this node can lead."""
        return tuple(choice.target for choice in self.choices)


@dataclass(frozen=True)
class Question:
    """Asks for a place, a phone number or a word to ask for, and waits."""

    id: str
    asks: Asks
    save: str
    next: str
    unsure: str
    footer: bool = False
    lost: str | None = None  # where it leads when two hints did not help; else the main menu

    def targets(self) -> tuple[str, ...]:
        """Where this node can lead."""
        return (self.next, self.unsure, *((self.lost,) if self.lost else ()))


@dataclass(frozen=True)
class Branch:
    """Goes on by a saved answer, or by what Places knows of the saved place: `place.rule`, `.certain`, `.sharing`, `.county`."""

    id: str
    on: str
    cases: Mapping[str, str]
    otherwise: str

    def targets(self) -> tuple[str, ...]:
        """Where this node can lead."""
        return (*self.cases.values(), self.otherwise)


@dataclass(frozen=True)
class Set:
    """Saves answers without asking; `language` sets the language of the texts."""

    id: str
    answers: Mapping[str, str]
    next: str

    def targets(self) -> tuple[str, ...]:
        """Where this node can lead."""
        return (self.next,)


@dataclass(frozen=True)
class Do:
    """Has the shell do something, and goes on by what came of it."""

    id: str
    effect: str
    outcomes: Mapping[str, str]

    def targets(self) -> tuple[str, ...]:
        """Where this node can lead."""
        return tuple(self.outcomes.values())


Node = Say | Menu | Question | Branch | Set | Do


@dataclass(frozen=True)
class Graph:
    """Every flow of one revision, by `flow.node`: the path that a session is pinned to."""

    nodes: Mapping[str, Node]
    starts: Mapping[str, str]
    calm: Mapping[str, frozenset[str]] = field(default_factory=dict)
    commands: Mapping[str, str] = field(default_factory=dict)
    urgent: Mapping[str, str] = field(default_factory=dict)
    renamed: Mapping[str, str] = field(default_factory=dict)
    first_aid: frozenset[str] = frozenset()  # flows that must never lose what they say
    typed: Mapping[str, frozenset[str]] = field(
        default_factory=dict
    )  # by flow: answers in a person's own words
    asked: Mapping[str, str] = field(
        default_factory=dict
    )  # what the line asks by itself: the menu that hears it

    def find(self, node_id: str | None) -> Node | None:
        """The node of this id, under its new name if it was renamed; None if it is gone."""
        if node_id is None:
            return None
        return self.nodes.get(self.renamed.get(node_id, node_id))

    def typed_elsewhere(self, node_id: str) -> frozenset[str]:
        """Names of answers in a person's own words (a phone, a word) that other flows than this node's asked for."""
        here = self.typed.get(node_id.split(".", 1)[0], frozenset())
        return frozenset(name for names in self.typed.values() for name in names) - here

    def calm_at(self, node_id: str | None) -> frozenset[str]:
        """The kinds of words that are an answer here, and no new emergency, topic or place."""
        return self.calm.get((node_id or "").split(".", 1)[0], frozenset())


@dataclass(frozen=True)
class Rule:
    """What a state's law says about help to immigration agents.

    `certain` is no where we are not sure; `sharing` is what it says about sharing records, where it says anything;
    `counties` is no where one system of the state runs every jail, so that nobody need be asked for a county.
    """

    rule: str
    certain: bool
    sharing: str = ""
    counties: bool = True


@dataclass(frozen=True)
class Places:
    """Which place a folded text names, and what that place's law says."""

    find: Callable[[str], str | None]
    """The state that a text names in whatever words."""
    rules: Mapping[str, Rule]
    named: Callable[[str], str | None]
    """The state, if the text is a ZIP or a state's name and nothing else."""
    county: Callable[[str], str | None]
    """The county in which most of the ZIP in this text lies: probable, never certain."""

    def read(self, answers: Mapping[str, str], saved: str, what: str) -> str:
        """`what` of the saved place as a branch compares it; UNKNOWN where the place's row does not say."""
        rule = self.rules.get(answers.get(saved, ""))
        if rule is None:
            return UNKNOWN
        if what == "county":
            return PROBABLE if rule.counties and answers.get(COUNTY) else UNKNOWN
        if what == "certain":
            return "yes" if rule.certain else "no"
        return (rule.sharing if what == "sharing" else rule.rule) or UNKNOWN


@dataclass(frozen=True)
class Flows:
    """What `advance` stands on: the graph, what may be typed, and the places."""

    graph: Graph
    vocabulary: Vocabulary
    places: Places
