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
