"""Crisis and emergency, heard in any state before anything else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flows.heard import URGENT_KINDS, Heard, Vocabulary, bare_span, heaviest
from flows.phrases import Found


@dataclass(frozen=True)
class Urgent:
    """What is urgent, and the language it was said in; None where the words are the same in two ("ICE")."""

    kind: str
    language: str | None


def urgent_in(heard: Heard, vocabulary: Vocabulary) -> Urgent | None:
    """The most urgent thing in this text, or None.

    Of several kinds the one where minutes count most: self_harm, danger, violence, child, door, stopped, parent, held, raid. A
    child goes before the door and the arrest, because nobody else will look after it; the door before an arrest that has already
    happened. A calm phrase (a story, a "no", a question) takes away the urgent phrases that share a word with it, and
    no others: "my brother was detained last year, now ICE is at my door" is still an emergency. A fuller phrase explains
    the words of one within it: "don't want to die" is not "want to die".
    """
    bare = bare_span(heard.words, vocabulary)
    found = [_split(every) for every in vocabulary.urgent_book.found(heard.words, bare)]
    calm = [every for kind, _, every in found if kind == "calm"]
    said = [each for each in found if each[0] in URGENT_KINDS and not _is_calmed(each[2], calm)]
    urgent = [each for each in said if not _is_explained(each, said)]
    if not urgent:
        return None
    kind = min((kind for kind, _, _ in urgent), key=URGENT_KINDS.index)
    return Urgent(kind, _language(urgent))


def _split(found: Found) -> tuple[str, str, Found]:
    kind, _, language = found.tag.partition(":")
    return kind, language, found


def _is_calmed(found: Found, calm: Iterable[Found]) -> bool:
    return any(each.start < found.end and found.start < each.end for each in calm)


def _is_explained(one: tuple[str, str, Found], all_found: Iterable[tuple[str, str, Found]]) -> bool:
    kind, _, found = one
    return any(
        other != kind and each.start <= found.start and found.end <= each.end and found.weight < each.weight
        for other, _, each in all_found
    )


def _language(urgent: Iterable[tuple[str, str, Found]]) -> str | None:
    weights: dict[str, int] = {}
    for _, language, found in urgent:
        weights[language] = max(weights.get(language, 0), found.weight)
    return heaviest(weights)
