"""Who is asked first, as a table."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations

import pytest

from app.directory.office import Office
from app.referral.match import Wanted, match
from tests.app.referral.made_up import office

OFFICES = (
    office("harbor", spoken=("en", "es"), interpreters=("any",)),
    office(
        "mesa",
        zone="America/Denver",
        states=("TX", "NM"),
        spoken=("en", "es", "mam"),
        hours="mon-fri 09:00-17:00",
    ),
    office("lantern", states=("NY",), spoken=("en", "ht"), takes_detained=False, hours="mon-fri 09:00-17:00"),
    office("plaza", zone="America/Denver", states=("TX",), spoken=("en",), hours="mon-fri 11:00-19:00"),
)
MONDAY_NOON = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # 12:00 in Denver, 14:00 in New York
MONDAY_EARLY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 10:00 in Denver
SATURDAY_2_AM = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

CALM = Wanted("TX", "es", urgent=False, held=False)


@pytest.mark.parametrize(
    ("wanted", "now", "ids"),
    [
        (CALM, MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (replace(CALM, spoken="mam"), MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (replace(CALM, spoken="en"), MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (replace(CALM, spoken="en"), MONDAY_EARLY, ["mesa", "plaza", "harbor"]),
        (replace(CALM, place="NY", spoken="ht"), MONDAY_NOON, ["lantern", "harbor"]),
        (replace(CALM, place="NY", held=True), MONDAY_NOON, ["harbor"]),
        (replace(CALM, place="OR"), MONDAY_NOON, ["harbor"]),
        (replace(CALM, place=""), MONDAY_NOON, ["harbor"]),
        (replace(CALM, urgent=True), MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (replace(CALM, urgent=True), MONDAY_EARLY, ["mesa", "harbor", "plaza"]),
        (replace(CALM, urgent=True), SATURDAY_2_AM, ["harbor", "mesa", "plaza"]),
        (replace(CALM, urgent=True, held=True, spoken="mam"), SATURDAY_2_AM, ["harbor", "mesa", "plaza"]),
        (CALM, SATURDAY_2_AM, ["mesa", "plaza", "harbor"]),
    ],
)
def test_the_best_office_comes_first(wanted: Wanted, now: datetime, ids: list[str]) -> None:
    """Its own state first; when it is urgent, whoever is open first."""
    assert ids == [ranked.office.id for ranked in match(wanted, OFFICES, now)]


def test_the_order_of_the_directory_does_not_matter() -> None:
    """The same question has the same answer."""
    answers = {match(replace(CALM, urgent=True), order, MONDAY_NOON) for order in permutations(OFFICES)}

    assert len(answers) == 1


def test_nobody_matches_where_nobody_serves() -> None:
    """Then the person is told at once."""
    local: tuple[Office, ...] = OFFICES[1:]

    assert () == match(replace(CALM, place="OR"), local, MONDAY_NOON)


def test_the_reasons_can_be_shown() -> None:
    """Why this one, in codes that messages has words for."""
    ranked = match(Wanted("TX", "kiche", urgent=True, held=True), OFFICES, SATURDAY_2_AM)

    assert [
        ("harbor", ("nationwide", "detained", "always_open", "interpreter")),
        ("mesa", ("state", "detained", "opens_later", "other_language")),
        ("plaza", ("state", "detained", "opens_later", "other_language")),
    ] == [(each.office.id, each.reasons) for each in ranked]


def test_a_made_up_office_is_asked_only_where_there_is_no_other() -> None:
    """Whoever adds a real one in a rehearsal sees it asked."""
    made_up = [replace(each, made_up=True) for each in OFFICES]
    real = office("zocalo", states=(), spoken=("en",), hours="mon-fri 09:00-17:00")

    ranked = match(replace(CALM, urgent=True), [*made_up, real], SATURDAY_2_AM)

    assert "zocalo" == ranked[0].office.id
