"""Crisis and emergency, heard in how frightened people write."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.heard import URGENT_KINDS, Vocabulary, Words, fold, hear, is_opt_out
from flows.phrases import PhraseError, distance, parse
from flows.urgent import Urgent, urgent_in
from tests.flows.words import ROOT, read, vocabulary

TABLE = read(ROOT / "tests" / "flows" / "utterances.yaml")


ROWS = [
    (kind, language, text)
    for kind, languages in TABLE.items()
    for language, texts in languages.items()
    for text in texts
]


def heard_as(text: str) -> str:
    """What the line makes of this text: stop, a kind of urgent, or none."""
    heard = hear(text)
    if is_opt_out(heard, vocabulary()):
        return "stop"
    urgent = urgent_in(heard, vocabulary())
    return urgent.kind if urgent else "none"


class TestTable:
    """The table of what people really write."""

    def test_every_text_is_heard_for_what_it_is(self) -> None:
        """The right kind, every time."""
        assert [] == [(text, kind, heard) for kind, _, text in ROWS if (heard := heard_as(text)) != kind]

    def test_the_answer_is_in_the_language_of_the_cry(self) -> None:
        """The phrase's own language; for texts of two languages either, or none, is right."""
        wrong = []
        for kind, language, text in ROWS:
            urgent = urgent_in(hear(text), vocabulary()) if kind in URGENT_KINDS else None
            if urgent and language not in {"either", urgent.language}:
                wrong.append((text, language, urgent.language))
        assert [] == wrong

    def test_the_table_is_big_enough(self) -> None:
        """At least 220 texts, and some for each kind in each language."""
        assert len(ROWS) >= 220
        assert all({"en", "es"} <= set(languages) for languages in TABLE.values())

    @pytest.mark.parametrize(
        "dress", [str.upper, str.title, "{}!!!".format, "  {} 😭".format, "¡¡{}??".format]
    )
    def test_no_cry_is_missed_for_its_dress(self, dress: Any) -> None:
        """Capitals, emoji and punctuation change nothing."""
        dressed = [(kind, dress(text)) for kind, _, text in ROWS if kind in URGENT_KINDS]
        assert [] == [text for kind, text in dressed if heard_as(text) != kind]

    @pytest.mark.parametrize("polite", ["hola {}", "hello {}", "{} please", "{} por favor", "ya {} gracias"])
    def test_no_crisis_is_missed_for_politeness(self, polite: str) -> None:
        """A greeting before or a please behind does not hide a crisis."""
        crises = [
            polite.format(text) for kind, _, text in ROWS if kind in {"self_harm", "danger", "violence"}
        ]
        assert [] == [text for text in crises if heard_as(text) not in URGENT_KINDS]


class TestSeveralAtOnce:
    """What is most urgent is answered first."""

    @pytest.mark.parametrize(
        ("text", "kind"),
        [
            ("ice took my husband and i want to die", "self_harm"),
            ("ice is at my door and my mom cant breathe", "danger"),
            ("mi esposo me pega y la migra esta en la puerta", "violence"),
            ("ice is at my door and im home alone", "child"),
            ("ice is at my door they took my brother", "door"),
            ("ice is at my door and they took my mom", "door"),
            ("ice took my mom and im 12", "child"),
            ("se llevaron a mi papa y estoy sola", "child"),
            ("ice pulled me over and took my dad", "stopped"),
            ("me paro la migra y se llevaron a mi esposo", "stopped"),
            ("they took my brother and my mom", "parent"),
            ("hay redada y se llevaron a mi mama", "parent"),
            ("hay redada y se llevaron a mi esposo", "held"),
        ],
    )
    def test_the_most_urgent_kind_goes_first(self, text: str, kind: str) -> None:
        """Life, then children, then the door, then the stop, then a parent, then any other arrest."""
        assert kind == heard_as(text)

    def test_a_story_does_not_hide_what_happens_now(self) -> None:
        """A calm phrase takes away only the words it shares."""
        assert heard_as("my brother was detained last year and now ice is at my door") == "door"
        assert heard_as("no hay nadie detenido pero estan tocando la puerta") == "door"
        assert heard_as("ice stopped me last year now ice has my mom") == "parent"
        assert heard_as("my dad was deported years ago and now ice is asking for my papers") == "stopped"


def line_with(**words: Any) -> Vocabulary:
    """A vocabulary of one language with only these words."""
    return Vocabulary((Words("en", **words),))


class TestPhrases:
    """Phrases as an operator writes them."""

    @pytest.mark.parametrize(
        ("phrase", "text", "stands"),
        [
            ("took my son", "they took my son away", True),
            ("took my son", "took son my", False),
            ("ice * door", "ice door", True),
            ("ice * door", "ice is at my door", True),
            ("ice * door", "ice is right at my door", False),
            ("deten~", "los detendran hoy", True),
            ("(my mom|dad) left", "my mom left", True),
            ("(my mom|dad) left", "mom left", False),
            ("ice (is|) here", "ice here", True),
            ("raid.", "raid", True),
            ("raid.", "a raid", False),
            ("Mamá está", "MAMA ESTA", True),
            ("husband left", "husbend left", True),
            ("husband left", "hubsand left", True),
            ("immigration came", "imigraton came", True),
            ("house", "mouse", False),
            ("door", "dour", False),
            ("quiero hijo", "kiero ijo", True),
            ("violencia", "biolensia", True),
        ],
    )
    def test_phrases(self, phrase: str, text: str, stands: bool) -> None:
        """Order, gaps, beginnings, alternatives, the full stop, and small errors."""
        found = urgent_in(hear(text), line_with(urgent={"held": (phrase,)}))
        assert (Urgent("held", "en") if stands else None) == found

    def test_a_word_that_is_known_is_no_misspelling(self) -> None:
        """Once a look-alike is written down somewhere, it is only itself."""
        urgent = {"danger": ("i am dying",)}
        assert urgent_in(hear("i am doing"), line_with(urgent=urgent)) is not None
        assert urgent_in(hear("i am doing"), line_with(urgent=urgent, calm=("doing",))) is None

    @pytest.mark.parametrize(
        "phrase", ["", "*", "* ice", "ice *", "(ice", "ice)", "()", "(a|) ice", "~", "."]
    )
    def test_a_phrase_that_cannot_be_read_is_refused(self, phrase: str) -> None:
        """The error shows the phrase and how to mend it."""
        with pytest.raises(PhraseError, match="phrase "):
            parse(phrase, fold)

    @given(st.text("abc", max_size=8), st.text("abc", max_size=8))
    def test_distance_is_the_same_both_ways(self, left: str, right: str) -> None:
        """Edits are counted alike from either side, and never past the limit."""
        assert distance(left, right, 2) == distance(right, left, 2) <= 3
        assert (left == right) == (distance(left, right, 2) == 0)


class TestSpeed:
    """Every text of everybody goes through here."""

    def test_an_ordinary_text_takes_a_moment(self) -> None:
        """On average under five milliseconds even on a busy machine (about half of one on a quiet one)."""
        heard = [hear(text) for _, _, text in ROWS]
        urgent_in(heard[0], vocabulary())
        began = time.perf_counter()
        for each in heard:
            urgent_in(each, vocabulary())
        assert (time.perf_counter() - began) / len(heard) < 0.005

    @pytest.mark.parametrize(
        "text", ["se llevaron a mi " * 100, "ice is at the " * 120, "me quiero no puedo " * 90]
    )
    def test_a_text_made_to_be_slow_is_not(self, text: str) -> None:
        """The longest text of the commonest words stays well under a second."""
        heard = hear(text)
        began = time.perf_counter()
        urgent_in(heard, vocabulary())
        assert time.perf_counter() - began < 1
