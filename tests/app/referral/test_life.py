"""A referral's life: what may happen to it, and what may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest

from app.referral.errand import Errand
from app.referral.life import (
    AT_THE_OFFICE,
    ENDED,
    LAWFUL,
    REASONS,
    Actor,
    LifeError,
    Move,
    Referral,
    State,
)
from tests.app.referral.made_up import ADDRESS, NOW, referral

WITHDRAWN = Move(NOW, "texter", "withdrawn", "asked_to_stop")
DECLINES = ("full", "conflict", "place", "subject", "language", "could_not_reach", "other")
OUTCOMES = ("took_the_case", "gave_advice", "sent_elsewhere", "not_reached", "not_needed")

# Said once more, in full, so that the table cannot change unnoticed.
PASSES = {
    ("requested", "offered", "line", "reached_office"),
    ("requested", "requested", "line", "not_taken"),
    ("requested", "requested", "texter", "asked_for_another"),
    ("contacted", "contacted", "office", "reached_person"),
    ("requested", "declined", "line", "nobody"),
    ("requested", "expired", "line", "not_taken"),
    ("requested", "withdrawn", "texter", "asked_to_stop"),
    ("offered", "accepted", "office", "took_it"),
    ("offered", "requested", "line", "not_taken"),
    ("offered", "requested", "texter", "asked_for_another"),
    ("offered", "expired", "line", "not_taken"),
    ("offered", "withdrawn", "texter", "asked_to_stop"),
    ("accepted", "contacted", "office", "reached_person"),
    ("accepted", "contacted", "texter", "reached_person"),
    ("accepted", "requested", "texter", "asked_for_another"),
    ("accepted", "closed", "line", "left_open"),
    ("accepted", "withdrawn", "texter", "asked_to_stop"),
    ("contacted", "requested", "texter", "asked_for_another"),
    ("contacted", "closed", "line", "left_open"),
    ("contacted", "withdrawn", "texter", "asked_to_stop"),
    *(("offered", end, "office", reason) for end in ("requested", "declined") for reason in DECLINES),
    *(("accepted", "declined", "office", reason) for reason in DECLINES),
    *((start, "closed", "office", outcome) for start in ("accepted", "contacted") for outcome in OUTCOMES),
}
MOVES = [
    (start, end, actor, reason)
    for start in get_args(State)
    for end in get_args(State)
    for actor in get_args(Actor)
    for reason in sorted(REASONS)
]


def in_state(state: State) -> Referral:
    """A referral that has come so far, however it did."""
    return replace(referral(), state=state)


def test_exactly_the_moves_of_the_table_pass() -> None:
    """All states, actors and reasons tried: what the table does not name does not happen."""
    starts = {state: in_state(state) for state in get_args(State)}
    passed = set()
    for start, end, actor, reason in MOVES:
        try:
            moved = starts[start].moved(Move(NOW, actor, end, reason))
        except LifeError:
            continue
        assert end == moved.state
        passed.add((start, end, actor, reason))

    assert passed == PASSES


@pytest.mark.parametrize("end", sorted(ENDED))
def test_no_move_leads_out_of_an_end(end: State) -> None:
    """What is over is over."""
    assert not [move for move in LAWFUL if move[0] == end]


@pytest.mark.parametrize("state", sorted(set(get_args(State)) - ENDED))
def test_every_other_state_has_a_way_out_for_the_person(state: State) -> None:
    """They may take it back at any time."""
    assert "withdrawn" == in_state(state).moved(WITHDRAWN).state


def test_a_refused_move_says_what_it_is_and_what_it_cannot_become() -> None:
    """So that whoever typed it knows what they can do instead."""
    with pytest.raises(LifeError, match="that is closed cannot become offered by line for reached_office"):
        in_state("closed").moved(Move(NOW, "line", "offered", "reached_office"))


def test_a_move_is_added_to_those_before_it() -> None:
    """The whole life can be told."""
    first, second = Move(NOW, "line", "offered", "reached_office"), Move(NOW, "office", "accepted", "took_it")

    assert (first, second) == referral().moved(first).moved(second).moves


def test_withdrawal_destroys_the_boxes_and_the_number() -> None:
    """From the moment of the withdrawal there is nothing left to open."""
    ended = referral(others=("plaza",)).moved(WITHDRAWN)

    assert ({}, b"", False) == (dict(ended.boxes), ended.number_box, ended.reachable)


@pytest.mark.parametrize("state", get_args(State))
def test_it_stands_at_an_office_or_it_has_ended_or_it_waits(state: State) -> None:
    """Never two of them."""
    found = in_state(state)

    assert [state in AT_THE_OFFICE, state in ENDED] == [found.at_the_office, found.ended]
    assert (state == "requested") == (not found.at_the_office and not found.ended)


def test_when_it_last_came_to_a_state_is_known() -> None:
    """Not when it first did."""
    again = replace(Move(NOW, "line", "offered", "reached_office"), time=NOW + timedelta(hours=1))
    twice = replace(referral(), moves=(Move(NOW, "line", "offered", "reached_office"), again))

    assert (again.time, None) == (twice.since("offered"), twice.since("closed"))


def errand(name: str, minutes: float = 0, **changes: Any) -> Errand:
    """Something that is owed so many minutes from now."""
    values: dict[str, Any] = {"kind": "news", "channel": "bell", "to": "texter", **changes}
    return Errand(name, due=NOW + timedelta(minutes=minutes), **values)


def test_what_is_open_comes_the_soonest_first() -> None:
    """And what is done, failed, uncertain or dropped does not come."""
    late, soon = errand("late", 9), errand("soon", 1, way="sending")
    over = [errand(way, way=way) for way in ("done", "failed", "uncertain", "dropped")]

    assert [soon, late] == list(replace(referral(), errands=(late, *over, soon)).open_errands())


@pytest.mark.parametrize(("errands", "timers"), [((1, 9), (5,)), ((5,), (1, 9)), ((), (1,)), ((1,), ())])
def test_it_is_due_when_the_first_of_all_it_owes_is(
    errands: tuple[int, ...], timers: tuple[int, ...]
) -> None:
    """Clocks and errands alike."""
    owes = replace(
        referral(),
        errands=tuple(errand(str(minutes), minutes) for minutes in errands),
        timers=dict(
            zip(("wipe_at", "close_at"), [NOW + timedelta(minutes=each) for each in timers], strict=False)
        ),
    )

    assert NOW + timedelta(minutes=1) == owes.due


def test_nothing_is_due_where_nothing_is_owed() -> None:
    """No clock runs, and every errand is over."""
    assert replace(referral(), timers={}, errands=(errand("1", way="done"),)).due is None


@pytest.mark.parametrize(
    ("way", "counts"),
    [("due", 1), ("sending", 1), ("done", 1), ("uncertain", 1), ("failed", 0), ("dropped", 0)],
)
def test_a_bell_counts_unless_it_surely_never_rang(way: str, counts: int) -> None:
    """Better a text too few than a text too many."""
    assert counts == replace(referral(), errands=(errand("1", way=way),)).bells


def test_an_errand_that_came_on_keeps_its_place() -> None:
    """Its name is its own, and the order is the order in which they were owed."""
    first, second = errand("1"), errand("2")
    both = replace(referral(), errands=(first, second))

    assert (first.ended("done"), second) == both.with_errand(first.ended("done")).errands
    assert (first, second, errand("3")) == both.with_errand(errand("3")).errands


def test_after_a_stop_no_waiting_text_goes_out() -> None:
    """The office is still told what it must be told."""
    mail = errand("2", kind="offer", channel="mail", to="harbor")
    stopped = replace(referral(), errands=(errand("1"), mail)).call_only()

    assert ("stopped", ["dropped", "due"]) == (stopped.texting, [each.way for each in stopped.errands])


def test_after_a_stop_a_text_on_its_way_is_seen_to_its_end() -> None:
    """It may have gone; nobody sends it twice."""
    stopped = replace(referral(), errands=(errand("1", way="sending"),)).call_only()

    assert ["sending"] == [each.way for each in stopped.errands]


def test_nothing_of_the_person_stands_in_its_repr() -> None:
    """Neither the boxes nor the number, not even sealed."""
    shown = repr(referral())

    assert not [told for told in (ADDRESS, "costura", "age-encryption") if told in shown]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "+12025550177"),
        ("reference", "7k2mx"),
        ("office", "Harbor Legal"),
        ("others", ("Harbor Legal",)),
        ("issue", "two words"),
        ("place", "Texas"),
        ("language", "Spanish!"),
        ("texting", "maybe"),
        ("state", "lost"),
        ("stuck", "very"),
        ("asked", "everything"),
        ("better", "midnight"),
        ("word", ""),
        ("word", "two\nlines"),
        ("word", "w" * 25),
        ("created", datetime(2026, 1, 1)),
        ("spoken", "Mam!"),
        ("timers", {"tea_at": NOW}),
        ("timers", {"wipe_at": datetime(2026, 1, 1)}),
    ],
)
def test_a_bad_value_is_refused_and_shown(field: str, value: object) -> None:
    """The error says which value, so that it can be mended."""
    named = {"others": "office", "timers": "timer|wipe_at"}.get(field, field)
    with pytest.raises(LifeError, match=named):
        replace(referral(), **{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("time", datetime(2026, 1, 1)), ("actor", "ghost"), ("state", "lost"), ("reason", "just because")],
)
def test_a_bad_move_is_refused_and_shown(field: str, value: object) -> None:
    """Never a reason in free words."""
    with pytest.raises(LifeError, match=field):
        replace(WITHDRAWN, **{field: value})


@pytest.mark.parametrize(
    ("field", "value"),
    [("kind", "gossip"), ("channel", "pigeon"), ("way", "lost"), ("due", datetime(2026, 1, 1))],
)
def test_a_bad_errand_is_refused_and_shown(field: str, value: object) -> None:
    """Nothing is owed that nobody knows how to do."""
    with pytest.raises(ValueError, match=field):
        replace(errand("1"), **{field: value})
