"""When the line may text somebody by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.office import STATES
from app.referral.house_hours import next_within, within, zones_of
from messages.places import read_places

ROOT = Path(__file__).parents[3]
MONDAY, SATURDAY, SUNDAY = (datetime(2026, 11, day) for day in (23, 28, 29))


def at(day: datetime, hour: float, zone: str = "America/New_York") -> datetime:
    """A moment on the clock of a place."""
    return (day + timedelta(hours=hour)).replace(tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize("day", range(5))
@pytest.mark.parametrize(
    ("hour", "decent"), [(0, False), (8.99, False), (9, True), (17.99, True), (18, False), (23.9, False)]
)
def test_on_weekdays_from_nine_to_six(day: int, hour: float, decent: bool) -> None:
    """Nine belongs to it, six does not."""
    assert decent == within(at(MONDAY + timedelta(days=day), hour), "NY")


@pytest.mark.parametrize(("hour", "decent"), [(9.99, False), (10, True), (16.99, True), (17, False)])
def test_on_saturdays_from_ten_to_five(hour: float, decent: bool) -> None:
    """People sleep longer."""
    assert decent == within(at(SATURDAY, hour), "NY")


@pytest.mark.parametrize("quarter", range(0, 96, 5))
def test_never_on_a_sunday(quarter: int) -> None:
    """At no hour."""
    assert not within(at(SUNDAY, quarter / 4), "NY")


@pytest.mark.parametrize(
    ("state", "late_one", "early_one"),
    [
        ("TX", "America/Denver", "America/Chicago"),
        ("FL", "America/Chicago", "America/New_York"),
        ("MI", "America/Chicago", "America/New_York"),
        ("TN", "America/Chicago", "America/New_York"),
        ("OR", "America/Los_Angeles", "America/Denver"),
        ("NE", "America/Denver", "America/Chicago"),
        ("AK", "America/Adak", "America/Anchorage"),
    ],
)
def test_a_state_with_two_clocks_keeps_the_hours_of_both(state: str, late_one: str, early_one: str) -> None:
    """Nobody knows in which half the person is: after nine in the west, before six in the east."""
    assert not within(at(MONDAY, 8.5, late_one), state)
    assert not within(at(MONDAY, 18, early_one), state)
    assert within(at(MONDAY, 12, late_one), state)


def test_where_the_place_is_not_known_both_coasts_are_awake() -> None:
    """Noon in New York is nine in Los Angeles."""
    assert [False, True, True, False] == [within(at(MONDAY, hour), "") for hour in (11.9, 12, 17.9, 18)]


@pytest.mark.parametrize("place", ["GU", "MP", "AS", "PR", "VI"])
def test_nobody_on_an_island_is_woken_by_the_clocks_of_the_mainland(place: str) -> None:
    """Noon in New York is three in the morning on Guam."""
    zone = {"GU": "Pacific/Guam", "MP": "Pacific/Guam", "AS": "Pacific/Pago_Pago"}.get(
        place, "America/Puerto_Rico"
    )

    assert [False, True, True, False] == [
        within(at(MONDAY, hour, zone), place) for hour in (8.9, 9, 17.9, 18)
    ]


def test_every_place_that_can_be_told_has_clocks_of_its_own() -> None:
    """None falls back on both coasts."""
    told = {*STATES, *read_places(ROOT / "messages/places.yaml")}

    assert [] == sorted(place for place in told if zones_of(place) == zones_of(""))


@pytest.mark.parametrize(("day", "hour"), [(datetime(2026, 3, 9), 13), (datetime(2026, 11, 2), 14)])
def test_the_hours_follow_the_clock_when_it_changes(day: datetime, hour: int) -> None:
    """Nine in New York is 13:00 UTC from the Monday after the change in March, 14:00 after the one in November."""
    opens = day.replace(hour=hour, tzinfo=UTC)

    assert (False, True) == (within(opens - timedelta(minutes=1), "NY"), within(opens, "NY"))


def test_arizona_s_two_clocks_differ_only_in_summer() -> None:
    """The state does not change its clocks; the Navajo Nation in it does."""
    winter, summer = at(MONDAY, 17.5, "America/Phoenix"), at(datetime(2026, 7, 6), 17.5, "America/Phoenix")

    assert (True, False) == (within(winter, "AZ"), within(summer, "AZ"))


def test_a_decent_hour_is_taken_as_it_is() -> None:
    """To the second."""
    moment = at(MONDAY, 9.01)

    assert moment == next_within(moment, "NY")


@pytest.mark.parametrize(
    ("day", "hour", "opens"),
    [(MONDAY, 18, at(MONDAY, 33)), (MONDAY, 3, at(MONDAY, 9)), (SATURDAY, 17, at(SATURDAY, 57))],
)
def test_an_indecent_hour_waits_for_the_next_decent_one(day: datetime, hour: float, opens: datetime) -> None:
    """From Saturday evening to Monday morning, if need be."""
    assert opens == next_within(at(day, hour), "NY")


@given(
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),
    state=st.sampled_from(sorted(STATES | {"", "PR", "GU", "AS"})),
)
def test_the_wait_ends_at_a_decent_hour_before_the_second_morning(moment: datetime, state: str) -> None:
    """Never in the past, never much longer than a Sunday."""
    found = next_within(moment, state)

    assert within(found, state)
    assert timedelta() <= found - moment <= timedelta(hours=45)
