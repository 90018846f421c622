"""What people ask in their own words: the node that answers it, and nothing for what no node answers."""

from __future__ import annotations

from collections.abc import Iterator

from flows.heard import fold, hear
from flows.topics import topic_in
from flows.urgent import urgent_in
from tests.flows.words import ROOT, read, vocabulary, words_in

TABLE = read(ROOT / "tests" / "flows" / "asked.yaml")
QUESTIONS = read(ROOT / "tests" / "questions.yaml")
LANGUAGES = ("en", "es")
MOST_PHRASES = 1500  # in one language: every text is looked up in them

ROWS = [
    (node, language, text)
    for node, languages in TABLE.items()
    for language, texts in languages.items()
    for text in texts
]


def answer_to(text: str) -> str:
    """The node that a text leads to at a menu; an emergency, which is heard first; or none."""
    heard = hear(text)
    urgent = urgent_in(heard, vocabulary())
    if urgent is not None:
        return f"urgent: {urgent.kind}"
    topic = topic_in(heard, vocabulary())
    return topic.node if topic else "none"


def calm_questions() -> Iterator[str]:
    """The questions of tests/questions.yaml in which no emergency is heard."""
    for question in QUESTIONS:
        texts = [question[language] for language in LANGUAGES]
        yield from (text for text in texts if urgent_in(hear(text), vocabulary()) is None)


def test_every_question_leads_to_the_node_that_answers_it() -> None:
    """In people's own words, with their errors; a question is never taken for an emergency."""
    asked = [row for row in ROWS if row[0] != "none"]

    assert [] == [(text, node, found) for node, _, text in asked if (found := answer_to(text)) != node]


def test_what_asks_for_nothing_leads_nowhere() -> None:
    """A greeting, half a sentence, the weather, another kind of help: the menu is better than a wrong answer."""
    small_talk = [text for node, _, text in ROWS if node == "none"]

    assert [] == [(text, found) for text in small_talk if (found := answer_to(text)) != "none"]


def test_every_topic_is_asked_for_in_its_language() -> None:
    """Six ways or more, and sixty of small talk; nothing is asked for that has no phrase."""
    asked = {language: {*words_in(language)["topics"], "none"} for language in LANGUAGES}
    few = [
        (node, language)
        for language, nodes in asked.items()
        for node in sorted(nodes)
        if len(TABLE.get(node, {}).get(language, ())) < (60 if node == "none" else 6)
    ]

    assert [] == few
    assert {(node, language) for node in TABLE for language in TABLE[node]} == {
        (node, language) for language, nodes in asked.items() for node in nodes
    }


def test_the_questions_people_were_asked_to_type_are_in_the_table() -> None:
    """As they were written before anybody looked how the line answers them."""
    told = {fold(text) for _, _, text in ROWS}

    assert [] == [text for text in calm_questions() if fold(text) not in told]


def test_there_are_not_too_many_phrases() -> None:
    """They are looked up at each text."""
    counts = {
        language: sum(len(phrases) for phrases in words_in(language)["topics"].values())
        for language in LANGUAGES
    }

    assert [] == [(language, count) for language, count in counts.items() if count > MOST_PHRASES]
