"""A life told in sentences."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import get_args

import pytest

from app.referral import course, errand, history, life, match
from tests.app.referral.made_up import NOW, TERMS, office, referral


def told(seen: life.Referral) -> list[tuple[bool, str]]:
    return [(entry.ahead, entry.text) for entry in history.history(seen)]


def test_what_was_comes_before_what_will_be() -> None:
    """The office takes it at once: what it did, then the bell and the clocks."""
    offered = course.offer(course.requested(referral(), TERMS), office(), ("mail",), TERMS, NOW)
    taken = course.accept(offered, office(), TERMS, NOW + timedelta(minutes=5))

    lines = told(taken)
    assert sorted(lines, key=lambda line: line[0]) == lines
    assert [
        "The person asked for a lawyer.",
        "Offered by the line: the office is told (harbor).",
        "Taken by the office: it takes the request (harbor).",
    ] == [text for ahead, text in lines if not ahead and not text.startswith("The offer")]
    assert "The bell that there is news, text to the person: not sent yet." in [text for _, text in lines]
    assert "The person is asked whether somebody called." in [text for _, text in lines]


def test_an_office_that_hands_it_on_is_named() -> None:
    """And why, in words that reveal nothing."""
    asked = course.requested(referral(others=("plaza",), boxes={"harbor": b"a", "plaza": b"b"}), TERMS)
    offered = course.offer(asked, office(), ("mail",), TERMS, NOW)
    declined = course.decline(offered, "conflict", TERMS, NOW)

    assert (False, "The office passed it on: a conflict of interest (harbor).") in told(declined)


@pytest.mark.parametrize(
    ("words", "things"),
    [
        (history.STEPS, get_args(life.State)),
        (history.REASONS, tuple(life.REASONS)),
        (history.NOTICES, get_args(errand.Kind)),
        (history.WAYS, get_args(errand.Way)),
        (history.CLOCKS, get_args(life.Timer)),
        (history.RANKED, get_args(match.Why)),
    ],
)
def test_everything_has_its_words(words: Mapping[str, str], things: tuple[str, ...]) -> None:
    """Nothing is told by the name it has in the code."""
    assert set(things) == set(words)
    assert not [told for told in words.values() if "_" in told]


def test_why_an_office_was_asked_is_said_in_words() -> None:
    """A reason of an older version is shown as it stands."""
    assert "serves the whole state, speaks the language, older" == history.why_ranked(
        ("state", "speaks", "older")
    )
