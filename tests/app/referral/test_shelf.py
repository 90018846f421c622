"""What an office sees at a glance: which requests, in which order, and what to do by when."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime, timedelta
from typing import get_args

import pytest

from app.referral import course
from app.referral.life import Referral, State, Timer
from app.referral.shelf import DEADLINES, SHOWS, STATES, Show, Wanted, deadline, row, rows
from tests.app.referral.made_up import NOW, TERMS, office, referral

ME, COLLEAGUE = "a" * 16, "b" * 16
MINUTE = timedelta(minutes=1)


def offered(
    reference: str = "7K2MX", *, urgent: bool = True, at: datetime = NOW, spoken: str = "es"
) -> Referral:
    """It waits at Harbor Legal Aid."""
    asked = referral(reference=reference, urgent=urgent, created=at, spoken=spoken)
    return course.offer(asked, office(), ("mail",), TERMS, at)


def taken(holder: str = ME, **how: object) -> Referral:
    """Somebody there has it in hand."""
    return course.hand(course.accept(offered(**how), office(), TERMS, NOW), holder)  # type: ignore[arg-type]


HOW: dict[str, Referral] = {
    "asked": referral(),
    "offered": offered(),
    "mine": taken(),
    "a colleague's": taken(COLLEAGUE),
    "nobody's": course.accept(offered(), office(), TERMS, NOW),
    "spoken with": course.contacted(taken(), "office", NOW),
    "closed": course.close(taken(), "gave_advice", TERMS, NOW),
    "declined": course.decline(offered(), "full", TERMS, NOW),
    "taken back": course.withdraw(taken(), TERMS, NOW),
}
SHOWN: dict[Show, set[str]] = {
    "open": {"offered", "mine", "a colleague's", "nobody's", "spoken with"},
    "waiting": {"offered"},
    "mine": {"mine", "spoken with"},
    "closed": {"closed"},
}


@pytest.mark.parametrize("show", SHOWS)
def test_each_list_has_what_its_name_says(show: Show) -> None:
    """And nothing that went on, ended elsewhere, or was taken back."""
    assert SHOWN[show] == {how for how, each in HOW.items() if Wanted(show).takes(each, ME)}


@pytest.mark.parametrize(
    ("wanted", "references"),
    [
        (Wanted(), ["1AAAA", "2AAAA", "3AAAA", "4AAAA"]),
        (Wanted(urgent=True), ["1AAAA", "2AAAA"]),
        (Wanted(language="mam"), ["2AAAA", "3AAAA"]),
        (Wanted(urgent=True, language="mam"), ["2AAAA"]),
        (Wanted(language="ht"), []),
    ],
)
def test_the_urgent_comes_first_then_the_oldest(wanted: Wanted, references: list[str]) -> None:
    """Whoever has ten minutes begins at the top; what is filtered out leaves the order as it is."""
    found = [
        offered("4AAAA", urgent=False, at=NOW - 1 * MINUTE),
        offered("2AAAA", urgent=True, at=NOW - 2 * MINUTE, spoken="mam"),
        offered("3AAAA", urgent=False, at=NOW - 9 * MINUTE, spoken="mam"),
        offered("1AAAA", urgent=True, at=NOW - 3 * MINUTE),
    ]
    assert references == [each.reference for each in rows(found, wanted, ME, NOW)]


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ({}, Wanted("open", urgent=False, language="")),
        ({"show": "mine"}, Wanted("mine")),
        (
            {"show": "closed", "urgent": "yes", "language": "mam"},
            Wanted("closed", urgent=True, language="mam"),
        ),
        ({"show": "everything", "urgent": "1", "of": "mesa"}, Wanted()),
        ({"show": "Mine", "urgent": "YES"}, Wanted()),
        ({"language": "x" * 5000}, Wanted()),
    ],
)
def test_an_address_says_what_is_wanted(query: dict[str, str], wanted: Wanted) -> None:
    """What it asks for that there is not is left out: a bookmark never breaks."""
    assert wanted == Wanted.of(query)


def test_a_request_in_one_line() -> None:
    """What to do by when, how it stands, where, which language, how long the person waits, who has it."""
    seen = row(offered(), NOW + 12 * MINUTE)

    assert ("take it", NOW + 30 * MINUTE, 18 * MINUTE, False) == (seen.do, seen.by, seen.left, seen.late)
    assert ("7K2MX", True, "TX", "es", 12 * MINUTE, "") == (
        seen.reference,
        seen.urgent,
        seen.place,
        seen.spoken,
        seen.waits,
        seen.holder,
    )
    assert ("offered", "waits for you") == (seen.state, seen.stands)
    assert ME == row(taken(), NOW).holder


@pytest.mark.parametrize(
    ("issue", "words"),
    [
        ("IM-02-00-00-00", "Immigration detention"),
        ("IM-00-00-00-00", "Immigration"),
        ("detained", "Another matter"),
    ],
)
def test_the_matter_stands_in_words(issue: str, words: str) -> None:
    """As a line begins."""
    assert words == row(replace(offered(), issue=issue), NOW).issue


def test_a_line_holds_nothing_that_is_sealed_or_opaque() -> None:
    """Neither the id, the word to say, nor a box: the list is open on a desk all day."""
    seen = offered()
    shown = asdict(row(seen, NOW))

    assert set() == {"id", "word", "boxes", "number_box", "others", "ranking"} & set(shown)
    assert [] == [part for part in (seen.id, seen.word) if part in str(shown)]


@pytest.mark.parametrize(("minutes", "late"), [(29, False), (30, False), (30.01, True), (24 * 60, True)])
def test_it_is_late_once_the_time_is_over(minutes: float, late: bool) -> None:
    """And not in the last second of it."""
    assert late == row(offered(), NOW + minutes * MINUTE).late


def test_what_nobody_has_to_do_is_never_late() -> None:
    """Once the person was reached, no clock of the office runs."""
    seen = row(HOW["spoken with"], NOW + timedelta(days=9))
    assert ("", None, None, False) == (seen.do, seen.by, seen.left, seen.late)


@pytest.mark.parametrize(
    ("how", "do", "by"),
    [
        (offered(), "take it", NOW + TERMS.take_urgent),
        (offered(urgent=False), "take it", NOW + TERMS.take),
        (taken(), "call", NOW + TERMS.alarm),
        (course.alarm(taken(), NOW + TERMS.alarm), "call", NOW + TERMS.lapse),
        (course.tried(taken(), office(), TERMS, NOW + 5 * MINUTE), "call", NOW + 5 * MINUTE + TERMS.lapse),
        (taken(urgent=False), "", None),
        (HOW["closed"], "", None),
    ],
    ids=["urgent", "calm", "taken", "alarmed", "tried", "taken and calm", "closed"],
)
def test_what_has_to_be_done_next(how: Referral, do: str, by: datetime | None) -> None:
    """By the clock that runs first."""
    assert (do, by) == deadline(how)


def test_clocks_that_are_not_the_offices_are_no_deadline() -> None:
    """When the line asks, closes or forgets is its own matter."""
    others = [timer for timer in get_args(Timer) if timer not in DEADLINES]
    seen = replace(offered(), timers=dict.fromkeys(others, NOW))

    assert 8 == len(others)
    assert ("", None) == deadline(seen)


def test_of_two_clocks_the_one_that_runs_first_counts() -> None:
    """In whatever order they were set."""
    for first, second in ((1, 2), (2, 1)):
        timers = {"lapse_at": NOW + first * MINUTE, "take_by": NOW + second * MINUTE}
        expected = "call" if first == 1 else "take it"
        assert (expected, NOW + MINUTE) == deadline(replace(offered(), timers=timers))


def test_every_state_has_its_words() -> None:
    """Nothing is told by the name it has in the code."""
    assert set(get_args(State)) == set(STATES)
    assert [] == [words for words in STATES.values() if "_" in words]
"""What is wrong with an open request, in words: by its clocks, by what the line noticed, by what the person says."""
from dataclasses import replace
from app.referral.life import Referral
from app.referral.shelf import STATES, STATES_ELSEWHERE, alarm, urgent_first
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
    assert (urgent, old, young) == urgent_first([young, old, urgent])
def test_who_is_at_no_office_does_not_read_that_it_waits_for_them() -> None:
    """All else is told in the same words."""
    differ = {state for state in STATES if STATES[state] != STATES_ELSEWHERE[state]}
    assert {"offered"} == differ
