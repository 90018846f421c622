"""What people may type."""

import pytest

from messages.words import WordList, read_other_stops, read_words
from messages.yaml_reader import ReadError
from tests.messages.conftest import Write

SPANISH = """\
language: es
names: [Español, espanol]
greetings: [hola]
numbers: {uno: 1, dos: 2}
commands:
  menu: [menú, inicio]
  back: [atrás]
stop: [alto, parar]
stop_phrases: [no me escriban más]
choices:
  now.what.call: [que llame, llamen]
urgent:
  held: [me detuvieron]
calm: [el año pasado]
topics:
  now.what: [que hago]
fillers: [gracias]
shorthand: {q: que}
avoid: {redada: agentes}
sensitive: [ICE]
"""


def test_words_are_read_as_they_are_written(write: Write):
    """Accents stay, numbers become numbers, every list keeps its order."""
    expected = WordList(
        language="es",
        names=("Español", "espanol"),
        greetings=("hola",),
        numbers={"uno": 1, "dos": 2},
        commands={"menu": ("menú", "inicio"), "back": ("atrás",)},
        stop=("alto", "parar"),
        stop_phrases=("no me escriban más",),
        choices={"now.what.call": ("que llame", "llamen")},
        urgent={"held": ("me detuvieron",)},
        calm=("el año pasado",),
        topics={"now.what": ("que hago",)},
        fillers=("gracias",),
        shorthand={"q": "que"},
        avoid={"redada": "agentes"},
        sensitive=("ICE",),
    )

    assert expected == read_words(write("words/es.yaml", SPANISH))


def test_what_a_language_may_leave_out_is_empty(write: Write):
    """Names, numbers, commands and opt-out words are what it must have."""
    content = "names: [Kreyòl]\nnumbers: {}\ncommands: {}\nstop: [rete]\n"
    empty = WordList("ht", ("Kreyòl",), (), {}, {}, ("rete",), (), {}, {}, (), (), {}, ())

    assert empty == read_words(write("words/ht.yaml", content))


@pytest.mark.parametrize(
    ("right", "wrong", "fault"),
    [
        (
            "greetings:",
            "greeting:",
            "words/es.yaml:3:1: the field 'greeting' is not known here. The fields are: names, numbers, commands, "
            "stop, language, greetings, stop_phrases, choices, urgent, calm, topics, answers, fillers, shorthand, avoid, sensitive.",
        ),
        (
            "stop: [alto, parar]\n",
            "",
            "words/es.yaml:1:1: stop is missing here. Add it, on a line of its own.",
        ),
        (
            "language: es",
            "language: en",
            "words/es.yaml:1:11: the file is named 'es', and says 'en'. Write 'es', or rename the file.",
        ),
        ("dos: 2", "dos: two", "words/es.yaml:4:24: 'two' is no number. Write it in digits, as in 7."),
        (
            "menu: [menú, inicio]",
            "menu: menú",
            "words/es.yaml:6:9: the text 'menú' stands where a list belongs. Write [one, two], or a dash a line.",
        ),
        (
            "avoid: {redada: agentes}",
            "avoid: [redada]",
            "words/es.yaml:19:8: a list stands where a table of keys belongs. Write `key: value` lines.",
        ),
    ],
)
def test_a_fault_in_the_words_is_told_where_it_stands(write: Write, right: str, wrong: str, fault: str):
    """A list with a slip in its name would be a list nobody is heard by."""
    with pytest.raises(ReadError) as caught:
        read_words(write("words/es.yaml", SPANISH.replace(right, wrong, 1)))

    assert fault == str(caught.value)


def test_faults_in_several_lists_are_told_at_once(write: Write):
    """One run shows them all."""
    with pytest.raises(ReadError) as caught:
        read_words(write("words/es.yaml", SPANISH.replace("dos: 2", "dos: x").replace("[hola]", "hola")))

    assert ["words/es.yaml:3:12", "words/es.yaml:4:24"] == [fault.where for fault in caught.value.faults]


def test_opt_out_words_of_other_languages(write: Write):
    """They are heard before we have a text in the language."""
    path = write("words/others.yaml", "stop:\n  ht: [rete]\n  fr: [arrêt]\n")

    assert {"ht": ("rete",), "fr": ("arrêt",)} == dict(read_other_stops(path))


def test_other_languages_have_opt_out_words_only(write: Write):
    """Anything more belongs in a file of the language's own."""
    with pytest.raises(ReadError) as caught:
        read_other_stops(write("words/others.yaml", "stop: {ht: [rete]}\nnames: {ht: [Kreyòl]}\n"))

    assert "words/others.yaml:2:1: the field 'names' is not known here. The fields are: stop." == str(
        caught.value
    )
