"""What people say in their own words: a question and the node that answers it, an answer and the choice that it means."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from flows.heard import Heard, Vocabulary, bare_span, heaviest
from flows.phrases import Found


@dataclass(frozen=True)
class Topic:
    """The node that answers a question, and the language it was asked in; None where two are equally near.

    `weight` is how many of its words were known.
    """

    node: str
    language: str | None
    weight: int


def topic_in(heard: Heard, vocabulary: Vocabulary) -> Topic | None:
    """The topic whose fullest phrase stands in this text; of two equally full ones the one that stands first."""
    found = tuple(vocabulary.topic_book.found(heard.words, bare_span(heard.words, vocabulary)))
    if not found:
        return None
    best = max(found, key=lambda each: (each.weight, -each.start))
    node = _split(best)[0]
    return Topic(node, _language(each for each in found if _split(each)[0] == node), best.weight)


def answer_in(heard: Heard, vocabulary: Vocabulary, choices: Collection[str]) -> str | None:
    """Which of these choices an answer in own words means: the fullest phrase, if no question in own words is fuller.

    What begins within an answer that began before it is not heard: "I have not talked with the lawyer" holds "talked with
    the lawyer". Of two equally full ones the first counts.
    """
    found = vocabulary.answer_book.found(heard.words, bare_span(heard.words, vocabulary))
    kept: list[Found] = []
    for each in sorted(
        (one for one in found if one.tag in choices), key=lambda one: (one.start, -one.weight)
    ):
        if not any(before.tag != each.tag and each.start < before.end for before in kept):
            kept.append(each)
    if not kept:
        return None
    best = max(kept, key=lambda each: each.weight)
    asked = topic_in(heard, vocabulary)
    return best.tag if asked is None or asked.weight <= best.weight else None


def _split(found: Found) -> tuple[str, str]:
    node, _, language = found.tag.partition(":")
    return node, language


def _language(found: Iterable[Found]) -> str | None:
    weights: dict[str, int] = {}
    for each in found:
        language = _split(each)[1]
        weights[language] = max(weights.get(language, 0), each.weight)
    return heaviest(weights)
