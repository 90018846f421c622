"""What people ask in their own words ("what is a detainer", "fianza"), and the node that answers it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.heard import Heard, Vocabulary, bare_span, heaviest
from flows.phrases import Found


@dataclass(frozen=True)
class Topic:
    """The node that answers a question, and the language it was asked in; None where two are equally near."""

    node: str
    language: str | None


def topic_in(heard: Heard, vocabulary: Vocabulary) -> Topic | None:
    """The topic whose fullest phrase stands in this text; of two equally full ones the one that stands first."""
    found = tuple(vocabulary.topic_book.found(heard.words, bare_span(heard.words, vocabulary)))
    if not found:
        return None
    best = max(found, key=lambda each: (each.weight, -each.start))
    node = _split(best)[0]
    return Topic(node, _language(each for each in found if _split(each)[0] == node))


def _split(found: Found) -> tuple[str, str]:
    node, _, language = found.tag.partition(":")
    return node, language


def _language(found: Iterable[Found]) -> str | None:
    weights: dict[str, int] = {}
    for each in found:
        language = _split(each)[1]
        weights[language] = max(weights.get(language, 0), each.weight)
    return heaviest(weights)
