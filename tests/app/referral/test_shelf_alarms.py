"""What is wrong with an open request, in words: by its clocks, by what the line noticed, by what the person says."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from app.referral import course
from app.referral.life import Referral
from app.referral.shelf import STATES, STATES_ELSEWHERE, alarm, urgent_first
from tests.app.referral.made_up import NOW, TERMS, office, referral

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def offered(**changes: object) -> Referral:
    return course.offer(referral(**changes), office(), ("mail",), TERMS, NOW)


def accepted(**changes: object) -> Referral:
    return course.accept(offered(**changes), office(), TERMS, NOW)


def test_nothing_is_wrong_with_what_goes_its_way() -> None:
    """On its way, offered, taken, spoken with: in their time."""
    contacted = course.contacted(accepted(), "office", NOW)
    assert [""] * 4 == [alarm(each, NOW) for each in (referral(), offered(), accepted(), contacted)]


def test_a_clock_that_ran_out_is_said_before_the_line_acts() -> None:
    """To take it, and to call; at the very moment it is still in time."""
    seen = offered()
    by = seen.timers["take_by"]
    assert ("", "its time to take it is over") == (alarm(seen, by), alarm(seen, by + HOUR))
    taken = accepted()
    by = taken.timers["alarm_at"]
    assert ("", "its time to call is over") == (alarm(taken, by), alarm(taken, by + HOUR))


def test_what_the_line_noticed_stays_an_alarm() -> None:
    """Nobody took it; taken and not called, first told to the lead, then to the person."""
    assert "no office took it in time" == alarm(course.pass_on(offered(), NOW + HOUR), NOW + HOUR)
    told = course.alarm(accepted(), NOW + HOUR)
    assert "its time to call is over" == alarm(told, NOW + HOUR)
    assert "taken, and nobody called in time" == alarm(course.lapse(told, NOW + HOUR), NOW + HOUR)


def test_a_call_ends_the_alarm() -> None:
    """One that reached nobody as well: somebody does call."""
    told = course.alarm(accepted(), NOW + HOUR)
    assert "" == alarm(course.tried(told, office(), TERMS, NOW + HOUR), NOW + HOUR)
    assert "" == alarm(course.contacted(told, "office", NOW + HOUR), NOW + HOUR)
    assert "" == alarm(course.contacted(course.lapse(told, NOW + HOUR), "office", NOW + HOUR), NOW + HOUR)


def says(seen: Referral, now: datetime = NOW) -> Referral:
    """The person says that nobody called, and the office is mailed."""
    said = course.did_not_come(seen, now)
    (told,) = (each for each in said.errands if each.kind == "no_call")
    return said.with_errand(replace(told, way="done", first=now))


def test_what_the_person_says_is_an_alarm_for_three_days() -> None:
    """Of what is at an office that has taken it."""
    said = says(accepted(urgent=False))
    words = "the person says that nobody called"
    assert [words, words, ""] == [alarm(said, NOW + each) for each in (HOUR, 3 * DAY - HOUR, 3 * DAY)]
    contacted = course.contacted(accepted(urgent=False), "office", NOW)
    assert words == alarm(says(contacted), NOW + HOUR)
    assert "" == alarm(says(offered(urgent=False)), NOW)


def test_word_that_came_too_late_to_be_told_is_no_alarm() -> None:
    """The office spoke with the person before the mail had gone."""
    said = course.did_not_come(accepted(urgent=False), NOW)
    assert "the person says that nobody called" == alarm(said, NOW)
    assert "" == alarm(course.contacted(said, "office", NOW), NOW)


def test_the_urgent_come_first_then_the_oldest() -> None:
    """However they stood."""
    old, urgent, young = (
        referral("a" * 32, urgent=False),
        referral("b" * 32, created=NOW + HOUR),
        referral("c" * 32, urgent=False, created=NOW + HOUR),
    )
    assert (urgent, old, young) == urgent_first([young, old, urgent])


def test_who_is_at_no_office_does_not_read_that_it_waits_for_them() -> None:
    """All else is told in the same words."""
    differ = {state for state in STATES if STATES[state] != STATES_ELSEWHERE[state]}
    assert {"offered"} == differ
