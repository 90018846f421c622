"""Faults of what people may type: words that mean two things, that the carrier takes first, or that nobody can read.

The names of commands and emergencies, and where start.yaml sends them, are in flows/check.py.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from flows.definition import Graph, Menu
from flows.faults import one_of
from flows.heard import COMMANDS, URGENT_KINDS, Vocabulary, fold, words_of
from flows.phrases import PhraseError, parse

# What the carrier answers itself (Twilio's default opt-out, opt-in and help words), so that no choice may use it.
# Source: twilio.com/docs/messaging/tutorials/advanced-opt-out
RESERVED = frozenset(
    {"stop", "end", "cancel", "quit", "revoke", "optout", "unsubscribe", "stopall"}
    | {"start", "yes", "unstop", "help", "info"}
)
# At a menu these are no commands, so that a choice may be called "Not sure".
_OF_QUESTIONS = frozenset({"unsure", "skip"})


@dataclass(frozen=True)
class Clash:
    """A word that means two things; `part` is the choice, or `command.<name>` and the like, it was written for."""

    code: str
    part: str
    word: str
    what: str
    mend: str


# How the names of these sections are written; the others are few enough to be listed.
_IDS = {
    "choices": "Write the id of a choice, flow.node.choice.",
    "answers": "Write the id of a choice, flow.node.choice; none of a consent: nobody agrees by accident.",
    "topics": "Write the id of a node that says something, flow.node; no consent, and none of a flow calm about topics.",
}


# --- the lists -----------------------------------------------------------------------------------


def check_word_lists(
    named: Mapping[str, Mapping[str, tuple[str, ...]]],
    phrases: Mapping[str, tuple[str, ...]],
    choices: Collection[str],
    answered: Collection[str],
    nodes: Collection[str],
) -> Iterator[Clash]:
    """What one language's words file calls by names nobody knows, and its phrases that cannot be read.

    `named` are its lists by name of command, of emergency, of choice and of node; `phrases` its lists of phrases; `answered` the
    choices that may be answered in own words. The part of a fault is the section and the key, with a colon between them.
    """
    for section, known, code in (
        ("commands", COMMANDS, "unknown-command"),
        ("urgent", URGENT_KINDS, "unknown-urgent"),
        ("choices", choices, "orphan-words"),
        ("answers", answered, "orphan-words"),
        ("topics", nodes, "orphan-words"),
    ):
        for name in named[section]:
            if name not in known:
                what = f"{section} lists words for {name!r}, which does not exist."
                mend = _IDS.get(section) or one_of(known)
                yield Clash(code, f"{section}:{name}", "", what, mend)
    for name, written in phrases.items():
        part = next(
            (f"{section}:{name}" for section in ("urgent", "topics", "answers") if name in named[section]),
            name,
        )
        for phrase in written:
            try:
                parse(phrase, fold)
            except PhraseError as error:
                yield Clash("bad-phrase", part, phrase, f"{name}: a phrase cannot be read.", str(error))


# --- clashes -------------------------------------------------------------------------------------


def check_words(graph: Graph, vocabulary: Vocabulary) -> Iterator[Clash]:
    """Words that mean two things, wherever they are typed; labels are among the words of their choices."""
    yield from _global_clashes(vocabulary)
    for node in graph.nodes.values():
        if isinstance(node, Menu):
            yield from _menu_clashes(graph, vocabulary, node)


def _global_clashes(vocabulary: Vocabulary) -> Iterator[Clash]:
    meanings: dict[str, str] = {fold(word): "an opt-out word" for word in vocabulary.stop}
    for meaning, part, word in _global_words(vocabulary):
        folded = fold(word) or word
        first = meanings.setdefault(folded, meaning)
        if first != meaning:
            what = f"{word!r} is {meaning}, and {first} as well."
            yield Clash("word-clash", part, word, what, "Take it out of one of the two.")


def _global_words(vocabulary: Vocabulary) -> Iterator[tuple[str, str, str]]:
    """Every word that is understood everywhere: what it means, the part of the words file, and the word."""
    for words in vocabulary.languages:
        for word in words.stop:
            yield "an opt-out word", f"{words.language}.stop", word
        for command, typed in words.commands.items():
            yield from (
                (f"the command {command!r}", f"{words.language}.commands.{command}", one) for one in typed
            )
        for word, number in words.numbers.items():
            yield f"the number {number}", f"{words.language}.numbers", word
        for word in words.names:
            yield f"the language {words.language!r}", f"{words.language}.names", word


def _menu_clashes(graph: Graph, vocabulary: Vocabulary, menu: Menu) -> Iterator[Clash]:
    taken: dict[str, str] = {}
    for choice in menu.choices:
        for word in sorted(words_of(choice.id, vocabulary)):
            first = taken.setdefault(word, choice.id)
            if first != choice.id:
                what = f"{word!r} answers {choice.id}, and {first} of the same menu as well."
                yield Clash("word-clash", choice.id, word, what, "Say one of them in another way.")
            if word in RESERVED or word in vocabulary.stops:
                what = f"{word!r} answers {choice.id}, but it is a word to leave, come back or get help with."
                yield Clash("reserved-word", choice.id, word, what, "Say the choice in another way.")
            elif meaning := _means_elsewhere(graph, vocabulary, menu, choice.name, word):
                what = f"{word!r} answers {choice.id}, and is {meaning} everywhere."
                yield Clash("word-clash", choice.id, word, what, "Say the choice in another way.")


def _means_elsewhere(graph: Graph, vocabulary: Vocabulary, menu: Menu, choice: str, word: str) -> str | None:
    """What else a choice's word means. A language's name may be one: an open menu's words go before commands."""
    if word.isdecimal() and len(word) <= 2:
        return "a number to choose with"
    if word in vocabulary.numbers:
        return f"the number {vocabulary.numbers[word]}"
    command = vocabulary.commands.get(word)
    if command is None or command == "languages" or command in _OF_QUESTIONS:
        return None
    target = next(each.target for each in menu.choices if each.name == choice)
    same_way = graph.commands.get(command) == target or choice == command
    return None if same_way else f"the command {command!r}"
