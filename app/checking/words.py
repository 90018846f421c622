"""What may be typed, where the words are written: lists nobody knows, words that mean two things, texts that tell no word.

Which words clash is found in flows/check_words.py; here each is traced to its line in a words file or catalog.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.checking.findings import Finding, finding, where_of
from app.checking.ids import crisis_texts, said_by_flows
from app.revision import Content
from flows.check_words import Clash, check_word_lists, check_words
from flows.definition import END, Graph, Menu, Say
from flows.engine import TOPICS
from flows.heard import Vocabulary, fold
from messages.catalog import SOURCE_LANGUAGE, placeholders
from messages.check import Whereabouts
from messages.facts import phones_in

# A way on that a text may name besides a command in capitals: a number to call, a code to text.
_WAYS_ON = frozenset({"voice", "office_phone", "reference"})
_CODE = frozenset({"code", "codigo", "clave"})


def misfits(content: Content, locate: Whereabouts) -> Iterator[Finding]:
    """What the words files call by names that nobody knows, and phrases that cannot be read."""
    said = frozenset(said_by_flows(content.graph))
    choices = said - content.graph.nodes.keys()
    nodes = frozenset(name for name in said - choices if _may_be_asked_for(name, content.graph))
    answered = frozenset(name for name in choices if not _is_consent(name.rpartition(".")[0], content.graph))
    for language, words in content.words.items():
        named = {"commands": words.commands, "urgent": words.urgent, "choices": words.choices}
        named |= {"topics": words.topics, "answers": words.answers}
        phrases = {"greetings": words.greetings, "stop_phrases": words.stop_phrases, "calm": words.calm}
        phrases |= {**words.urgent, **words.topics, **words.answers}
        for misfit in check_word_lists(named, phrases, choices, answered, nodes):
            keys = misfit.part.split(":")
            where = locate(f"words/{language}.yaml", *keys, word=misfit.word)
            yield finding(misfit.code, where, misfit.what, misfit.mend)


def _may_be_asked_for(name: str, graph: Graph) -> bool:
    """False where a question in one's own words must not lead: into a consent, or into the middle of a request."""
    return TOPICS not in graph.calm_at(name) and not _is_consent(name, graph)


def _is_consent(name: str, graph: Graph) -> bool:
    node = graph.find(name)
    return isinstance(node, Menu) and node.consent


def clashes(content: Content, vocabulary: Vocabulary, locate: Whereabouts) -> Iterator[Finding]:
    """Words that mean two things, each where it is written."""
    for clash in check_words(content.graph, vocabulary):
        yield finding(clash.code, _where_typed(clash, content, locate), clash.what, clash.mend)


def _where_typed(clash: Clash, content: Content, locate: Whereabouts) -> str:
    """Where a word stands: in a words file, or as a label in a catalog."""
    language, *keys = clash.part.split(".")
    if language in content.words and keys[0] in {"stop", "commands", "numbers", "names"}:
        return locate(f"words/{language}.yaml", *keys, word=clash.word)
    for language, words in content.words.items():
        for written in words.choices.get(clash.part, ()):
            if fold(written) == clash.word:
                return locate(f"words/{language}.yaml", "choices", clash.part, word=written)
    for catalog in content.catalogs.values():
        label = catalog.get(clash.part)
        if label is not None and fold(label.text) == clash.word:
            return label.where
    return where_of(content, clash.part)


def dead_ends(content: Content, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Texts after which the conversation rests and that tell no way on."""
    crisis = crisis_texts(content.graph)
    for node in content.graph.nodes.values():
        text = content.catalogs[SOURCE_LANGUAGE].get(node.id)
        rests = isinstance(node, Say) and node.next == END and node.id not in crisis
        if rests and text is not None and not _tells_a_way_on(text.text, vocabulary):
            what = f"{node.id} ends the conversation and tells no way on."
            mend = "Say what to text next (0, MENU, LAWYER, the code) or whom to call, or lead to a menu."
            yield finding("dead-end", text.where, what, mend)


def _tells_a_way_on(text: str, vocabulary: Vocabulary) -> bool:
    words = re.findall(r"[^\W_]+", text)
    return bool(
        placeholders(text) & _WAYS_ON
        or phones_in(text)
        or any(word == "0" or fold(word) in _CODE for word in words)
        or any(word.isupper() and fold(word) in vocabulary.commands for word in words)
    )
