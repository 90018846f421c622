"""From message ids to the words that are sent."""

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.catalog import Catalog, Text
from messages.render import Line, RenderError, render

CATALOG = Catalog(
    "en",
    {
        message: Text(message, words)
        for message, words in {
            "start.hello": "{line}: a computer answers. Call {voice}.",
            "start.menu": "What is it about?",
            "start.menu.held": "Someone is held",
            "start.menu.other": "Call {line}",
            "start.typed": "You wrote “{word}”…",
        }.items()
    },
)
VALUES = {"line": "Amparo", "voice": "202-555-0142"}


def test_texts_and_numbered_choices_each_have_a_line():
    """A new line costs one septet; a blank one would cost two."""
    lines = [Line("start.hello"), Line("start.menu", ("start.menu.held", "start.menu.other"))]

    assert (
        "Amparo: a computer answers. Call 202-555-0142.\nWhat is it about?\n1 Someone is held\n2 Call Amparo"
    ) == render(lines, CATALOG, VALUES)


def test_what_is_sent_is_plain():
    """Typographic characters of a text or a value do not make it dear."""
    assert 'You wrote "it\'s"...' == render([Line("start.typed")], CATALOG, {"word": "it’s\x00"})


def test_nothing_to_say_is_nothing():
    """No lines are the empty text."""
    assert "" == render([], CATALOG, {})


@given(st.text(st.characters(codec="ascii", exclude_categories=("Cc",), exclude_characters="`")))
def test_a_value_is_never_read_as_a_text(word: str):
    """A person who types {line} gets back what was typed."""
    assert f'You wrote "{word}"...' == render([Line("start.typed")], CATALOG, {"word": word, **VALUES})


@pytest.mark.parametrize(
    ("line", "values", "said"),
    [
        (Line("start.gone"), {}, "the message 'start.gone' is not in the catalog of 'en'"),
        (
            Line("start.menu", ("start.menu.x",)),
            {},
            "the message 'start.menu.x' is not in the catalog of 'en'",
        ),
        (Line("start.hello"), {"line": "A"}, "the message 'start.hello' has no value for {voice}"),
        (
            Line("start.typed"),
            {"word": 5550142},
            "the message 'start.typed' has a value that is no text (int) for {word}",
        ),
    ],
)
def test_what_cannot_be_said_is_named(line: Line, values: Mapping[str, str], said: str):
    """The message and the placeholder are named, a value never is."""
    with pytest.raises(RenderError) as caught:
        render([line], CATALOG, values)

    assert said == str(caught.value)
