"""Message ids: which texts nodes, choices and code say, which of these are missing, and which texts nobody says.

Here stands every id that code names, and which texts are first, whole, a push or a crisis text.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.checking.facts import standings
from app.checking.findings import Finding, finding, message_folder
from app.revision import LANGUAGES, Content
from flows.definition import Graph, Menu, Question, Say
from flows.loader import FlowFiles
from flows.steps import BILINGUAL
from messages.catalog import SOURCE_LANGUAGE

# What staff may send with a click; the first of them opens the list.
CANNED = ("call_when", "called", "number", "office", "wait", "papers")
PUSHES = frozenset({"push.news", "push.follow_up", "push.better_time"})
# Every message id that stands in code, in one place. A test compares it with the code.
NAMED_BY_CODE = (
    *("start.welcome", "start.welcome_both", "start.forgotten"),
    *sorted(PUSHES),
    "shared.often_urgent",
    *("shared.help", "shared.notice", "shared.moved", "shared.lost", "shared.footer"),
    *("shared.not_understood", "shared.did_you_mean", "shared.private", "shared.media", "shared.unsigned"),
    *("shared.place_unknown", "shared.phone_unknown", "shared.word_unknown"),
    *("shared.last_line", "shared.too_many", "shared.over_cap", "shared.down", "shared.locked"),
    *("shared.opens_now", "shared.opens_today", "shared.opens_tomorrow", "shared.opens_on"),
    *("shared.date", "shared.month_year", *(f"shared.month_{number}" for number in range(1, 13))),
    *(
        "shared.what_this_phone",
        "shared.what_other_phone",
        "shared.what_no_place",
        "shared.what_minor",
        "shared.what_word",
    ),
    *("thread.opening", "thread.closed", "thread.full", *(f"thread.{name}" for name in CANNED)),
    *("voice.what", "voice.danger", "voice.person", "voice.bye"),
)
# Answers that the consent spells out: `shared.what_<choice>`, and for the spoken language `shared.what_spoken_<choice>`.
SPELLED_OUT = {"held": "", "reach": "", "voicemail": "", "spoken": "spoken_"}

# What may be the first text of all: nothing in its beginning may tell what the line is about.
FIRST_TEXTS = frozenset({"start.welcome", "shared.notice", "shared.help", "shared.locked", *BILINGUAL})
# Texts of code that are whole texts and no phrases: they may state law, and are measured.
WHOLE_TEXTS = frozenset(
    {"shared.help", "shared.notice", "shared.last_line", "shared.too_many", "shared.unsigned", "shared.media"}
    | {"shared.over_cap"}
    | {"thread.closed", "thread.full"}
    | {"shared.private", "shared.lost", *PUSHES, "voice.what", "voice.danger", "voice.person"}
)


def check_ids(files: FlowFiles, content: Content) -> Iterator[Finding]:
    """Texts that are missing, and texts that nothing says."""
    yield from _missing(files, content)
    yield from _orphans(content)


def named_by_code(graph: Graph) -> frozenset[str]:
    """Every message id that code says, whatever the flows."""
    spelled = {
        f"shared.what_{SPELLED_OUT[node.save]}{choice.name}"
        for node in graph.nodes.values()
        if isinstance(node, Menu) and node.save in SPELLED_OUT
        for choice in node.choices
    }
    spelled |= {f"shared.what_spoken_{language}" for language in LANGUAGES}
    return frozenset(NAMED_BY_CODE) | spelled


def said_by_flows(graph: Graph) -> Iterator[str]:
    """Every message id that nodes and choices say."""
    for node in graph.nodes.values():
        if isinstance(node, Say | Menu | Question):
            yield node.id
        if isinstance(node, Menu):
            yield from (choice.id for choice in node.choices)


def crisis_texts(graph: Graph) -> frozenset[str]:
    """What is said at an emergency before the open question is asked again."""
    return frozenset(target for target in graph.urgent.values() if isinstance(graph.find(target), Say))


def is_push(message: str) -> bool:
    """True for a text that is sent without having been asked for."""
    return message.startswith("push.")


def _missing(files: FlowFiles, content: Content) -> Iterator[Finding]:
    source = content.catalogs[SOURCE_LANGUAGE]
    for name in dict.fromkeys(said_by_flows(content.graph)):
        if source.get(name) is None:
            flow, key = name.split(".", 1)
            mend = f"Write `{key}:` in messages/catalogs/en/{flow}.yaml."
            yield finding("message-missing", files.where(name), f"{name} has no text.", mend)
    for name in sorted(named_by_code(content.graph) - set(said_by_flows(content.graph))):
        if source.get(name) is None:
            flow, key = name.split(".", 1)
            where = (message_folder(content) / f"catalogs/en/{flow}.yaml").as_posix()
            yield finding(
                "message-missing", where, f"the line says {name}, which has no text.", f"Write `{key}:`."
            )


def _orphans(content: Content) -> Iterator[Finding]:
    said = {*said_by_flows(content.graph), *named_by_code(content.graph), *standings(content)}
    for text in content.catalogs[SOURCE_LANGUAGE].texts.values():
        if text.id not in said:
            mend = "Take it out, or name a node or choice so."
            yield finding("orphan-message", text.where, f"nothing says {text.id}.", mend)
