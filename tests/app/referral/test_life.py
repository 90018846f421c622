"""A referral's life: what may happen to it, and what may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import get_args

import pytest

from app.referral.life import LAWFUL, Actor, LifeError, Move, Reason, Referral, State
from tests.app.referral.made_up import ADDRESS, NOW, referral

OFFERED = Move(NOW, "line", "offered", "reached_office")
WITHDRAWN = Move(NOW, "texter", "withdrawn", "asked_to_stop")


def test_a_request_is_offered_once_the_office_was_reached() -> None:
    """The one way onward from a request."""
    offered = referral().moved(OFFERED)

    assert ("offered", (OFFERED,)) == (offered.state, offered.moves)


def test_withdrawal_destroys_the_boxes_and_the_number() -> None:
    """From the moment of the withdrawal there is nothing left to open."""
    ended = referral().moved(OFFERED).moved(WITHDRAWN)

    assert ({}, b"", True) == (dict(ended.boxes), ended.number_box, ended.ended)


@pytest.mark.parametrize("start", get_args(State))
@pytest.mark.parametrize("end", get_args(State))
@pytest.mark.parametrize("actor", get_args(Actor))
@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_move_that_is_not_in_the_table_is_refused(
    start: State, end: State, actor: Actor, reason: Reason
) -> None:
    """States, actors and reasons: what the table does not name does not happen."""
    actors, reasons = LAWFUL.get((start, end), (frozenset(), frozenset()))
    seen = replace(referral(), state=start)
    if actor in actors and reason in reasons:
        assert end == seen.moved(Move(NOW, actor, end, reason)).state
        return

    with pytest.raises(LifeError, match=f"{start} cannot become {end}"):
        seen.moved(Move(NOW, actor, end, reason))


@pytest.mark.parametrize(
    ("changes", "owed"),
    [
        ({}, "offer"),
        ({"state": "offered", "mailed": "offer"}, "bell"),
        ({"state": "offered", "told": "sending"}, "bell"),
        ({"state": "offered", "told": "sent"}, "nothing"),
        ({"state": "offered", "told": "failed"}, "nothing"),
        ({"state": "offered", "told": "uncertain"}, "nothing"),
        ({"state": "offered", "texting": "no"}, "nothing"),
        ({"state": "offered", "texting": "stopped"}, "nothing"),
        ({"state": "withdrawn", "tries": 0}, "nothing"),
        ({"state": "withdrawn", "tries": 1}, "withdrawal"),
        ({"state": "withdrawn", "tries": 1, "mailed": "withdrawal"}, "nothing"),
    ],
)
def test_what_is_owed_follows_from_the_record_alone(changes: dict[str, str], owed: str) -> None:
    """An office that no worker ever turned to need not hear of a withdrawal."""
    assert owed == replace(referral(), **changes).owed


def test_a_referral_is_read_back_as_it_was_written() -> None:
    """The record survives the store."""
    written = replace(referral().moved(OFFERED), told="sending", told_at=NOW, tries=3, version=7)

    assert written == Referral.from_json(written.to_json())


def test_nothing_of_the_person_stands_in_the_record_or_its_repr() -> None:
    """Neither the number nor the word to ask for is readable."""
    shown = referral().to_json() + repr(referral())

    assert not [told for told in (ADDRESS, ADDRESS[1:], "costura") if told in shown]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "+12025550177"),
        ("reference", "7k2mx"),
        ("office", "Harbor Legal"),
        ("place", "Texas"),
        ("texting", "maybe"),
        ("state", "lost"),
        ("word", ""),
        ("word", "two\nlines"),
        ("created", datetime(2026, 1, 1)),
        ("spoken", "Mam!"),
    ],
)
def test_a_bad_value_is_refused_and_shown(field: str, value: object) -> None:
    """The error says which value, so that it can be mended."""
    with pytest.raises(LifeError, match=field):
        replace(referral(), **{field: value})


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"boxes": 1}', "not json"])
def test_a_damaged_record_is_refused_without_showing_it(text: str) -> None:
    """Our one error, whatever the damage."""
    with pytest.raises(LifeError, match="cannot be read"):
        Referral.from_json(text)
