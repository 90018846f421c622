"""The promises of the first minute: few texts, few segments, and nothing on a locked screen that betrays anybody."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flows.heard import fold
from messages.segments import segments
from tests.texter import Line, Texter

MOST_TEXTS, MOST_SEGMENTS = 4, 8  # from NOW to a reference
AT_A_GLANCE = 40  # characters that a locked screen shows
FIRST = {"es": ("hola", "ayuda", "buenos días"), "en": ("hello", "help", "hi")}
UNKNOWN = ("mmm", "", "?", "2", "77002", "\U0001f198", "Bonjou", "qwerty uiop")

# How the first text must say it, in each language.
PROMISES = {
    "es": (
        "computadora",
        "911",
        "no son privados",
        "nombres",
        "A-Number",
        "no es consejo legal",
        "AYUDA",
        "STOP",
    ),
    "en": ("computer", "911", "not private", "no names", "A-numbers", "not legal advice", "HELP", "STOP"),
}

# The shortest way from NOW to a reference, and a way for whoever takes care.
WAYS = {
    "straight": ("1", "Texas", "1", "1"),
    "by ZIP": ("1", "77002", "1", "1"),
    "not sure where": ("1", "no se", "1", "1"),
    "voicemail": ("1", "TX", "2", "1"),
    "no texts": ("1", "Texas", "4", "4"),
    "others too": ("1", "Texas", "1", "2"),
    "a child is alone": ("3", "1", "Texas", "1", "1"),
}


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.parametrize("way", WAYS)
def test_from_now_to_a_reference_is_short(line: Line, language: str, way: str) -> None:
    """At most 4 texts from the person and 8 segments to her; one text more where a child is first told of."""
    texter = line.texter()
    texter.texts(FIRST[language][0])
    texter.heard.clear()
    texter.texts("1")
    for body in WAYS[way]:
        texter.texts(body)

    (referral,) = line.hotline.referrals.open()
    assert referral.reference in texter.last
    if way != "a child is alone":
        assert len(WAYS[way]) <= MOST_TEXTS
        assert sum(segments(text).count for text in texter.heard) <= MOST_SEGMENTS


@pytest.mark.parametrize(
    ("first", "language"), [("NOW", "en"), ("they took my brother", "en"), ("se llevaron a mi hermano", "es")]
)
def test_an_emergency_as_the_first_text_is_as_short(line: Line, first: str, language: str) -> None:
    """Without a welcome on the way."""
    texter = line.texter()
    texter.texts(first)
    for body in ("1", "Texas", "1", "1"):
        texter.texts(body)

    (referral,) = line.hotline.referrals.open()
    assert (language, True) == (referral.language, referral.urgent)
    assert sum(segments(text).count for text in texter.heard) <= MOST_SEGMENTS


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_first_text_in_a_known_language_has_two_segments(line: Line, language: str) -> None:
    """That language alone, and everything that a first text must say."""
    for number, body in enumerate(FIRST[language], start=20):
        texter = line.texter(f"+120255501{number}")
        text = texter.texts(body)
        assert texter.segments <= 2, body
        assert "Amparo" in text, body


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_welcome_says_what_it_must(texter: Texter, language: str) -> None:
    """The name, a computer, danger, not private, no names, no advice, help and stop, the two ways on."""
    text = texter.texts(FIRST[language][0])

    assert [] == [promise for promise in ("Amparo", *PROMISES[language]) if promise not in text]
    assert ["1", "2", "3", "4"] == [row[0] for row in text.splitlines()[1:]]
    assert "Lòt lang" in text


def test_a_first_text_in_an_unknown_language_has_three_segments(line: Line) -> None:
    """Both languages in one text, whatever it was."""
    for number, body in enumerate(UNKNOWN, start=20):
        texter = line.texter(f"+120255501{number}")
        text = texter.texts(body)
        assert texter.segments <= 3, body
        assert "Peligro" in text, body
        assert "Danger" in text, body


def test_the_bilingual_welcome_says_what_it_must_in_both(texter: Texter) -> None:
    """What a person reads of it is enough."""
    text = texter.texts("mmm")

    assert [] == [promise for promises in PROMISES.values() for promise in promises if promise not in text]


@pytest.mark.parametrize(
    "body", ["hola", "hello", "mmm", "2", "LAWYER", "abogado", "menu", "ERASE", "START", "english", "español"]
)
def test_a_locked_screen_shows_nothing_of_the_matter(line: Line, body: str) -> None:
    """No sensitive word of either language among the first 40 characters of a first text."""
    text = line.texter().texts(body)
    shown = set(fold(text[:AT_A_GLANCE]).split())
    sensitive = {
        fold(word) for words in line.hotline.live.current().content.words.values() for word in words.sensitive
    }

    assert set() == shown & sensitive


@pytest.mark.parametrize("body", ["hola", "hello", "mmm", "2"])
def test_the_longest_name_of_a_line_still_fits(line: Line, body: str) -> None:
    """LINE_NAME may have 15 characters; the segments of a first text hold all the same."""
    config = replace(line.hotline.config, line_name="Linea de Barrio")
    named = Line(replace(line.hotline, config=config), line.clock, line.identity)
    texter = named.texter()
    texter.texts(body)

    assert texter.segments <= (2 if body in {"hola", "hello"} else 3)
