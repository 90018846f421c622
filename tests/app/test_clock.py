"""Moments in words: by the clock of all lists, by that of a place, and how long something takes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.clock import in_short, in_utc, on_clock, time_of_day, utc_now

NEW_YORK = "America/New_York"


def utc(month: int, day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of 2026."""
    return datetime(2026, month, day, hour, minute, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "words"),
    [
        (utc(7, 7, 14, 15), NEW_YORK, "Tue 7 Jul, 10:15 am EDT"),
        (utc(7, 7, 14, 15), "America/Denver", "Tue 7 Jul, 8:15 am MDT"),
        (utc(7, 7, 14, 15), "America/Phoenix", "Tue 7 Jul, 7:15 am MST"),
        (utc(7, 7, 14, 15), "Pacific/Guam", "Wed 8 Jul, 12:15 am ChST"),
        (utc(11, 23, 15), NEW_YORK, "Mon 23 Nov, 10:00 am EST"),
        (utc(1, 1, 4, 59), NEW_YORK, "Wed 31 Dec, 11:59 pm EST"),
    ],
)
def test_a_moment_on_the_clock_of_a_place(moment: datetime, zone: str, words: str) -> None:
    """With the day it is there, and the name of the clock in summer or in winter."""
    assert words == on_clock(moment, zone)


@pytest.mark.parametrize(
    ("moment", "words"),
    [
        (utc(3, 8, 6, 59), "Sun 8 Mar, 1:59 am EST"),
        (utc(3, 8, 7, 0), "Sun 8 Mar, 3:00 am EDT"),
        (utc(11, 1, 5, 30), "Sun 1 Nov, 1:30 am EDT"),
        (utc(11, 1, 6, 30), "Sun 1 Nov, 1:30 am EST"),
    ],
)
def test_on_the_nights_when_the_clock_changes_its_name_tells_which_hour(moment: datetime, words: str) -> None:
    """An hour that there is not is never told, and one that comes twice is told apart."""
    assert words == on_clock(moment, NEW_YORK)


def test_it_is_the_same_moment_whosever_clock_it_stood_on() -> None:
    """For a place, and for the lists."""
    there = utc(7, 7, 14, 15).astimezone(ZoneInfo("Asia/Tokyo"))

    assert "Tue 7 Jul, 10:15 am EDT" == on_clock(there, NEW_YORK)
    assert "2026-07-07 14:15Z" == in_utc(there)


@pytest.mark.parametrize(
    ("hour", "minute", "words"),
    [
        (0, 0, "12:00 am"),
        (0, 5, "12:05 am"),
        (1, 0, "1:00 am"),
        (11, 59, "11:59 am"),
        (12, 0, "12:00 pm"),
        (13, 9, "1:09 pm"),
        (23, 59, "11:59 pm"),
    ],
)
def test_the_time_of_a_day(hour: int, minute: int, words: str) -> None:
    """Midnight is twelve in the morning, and noon is twelve after it."""
    assert words == time_of_day(utc(7, 7, hour, minute))


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (timedelta(), "0 min"),
        (timedelta(seconds=59), "0 min"),
        (timedelta(seconds=60), "1 min"),
        (timedelta(minutes=12, seconds=59), "12 min"),
        (timedelta(minutes=59, seconds=59), "59 min"),
        (timedelta(hours=1), "1 h 00 min"),
        (timedelta(hours=3, minutes=5), "3 h 05 min"),
        (timedelta(hours=23, minutes=59), "23 h 59 min"),
        (timedelta(days=1), "1 day 0 h"),
        (timedelta(days=2, hours=4, minutes=59), "2 days 4 h"),
        (timedelta(days=60), "60 days 0 h"),
        (timedelta(seconds=-1), "0 min"),
        (timedelta(days=-3), "0 min"),
    ],
)
def test_how_long_something_takes(spent: timedelta, words: str) -> None:
    """As precisely as anybody needs, never rounded up; a clock that was set back takes no time."""
    assert words == in_short(spent)


def test_now_is_in_utc() -> None:
    """As the lists show it: the moment of the machine's own clock, with its zone."""
    before, now, after = datetime.now(UTC), utc_now(), datetime.now(UTC)

    assert before <= now <= after
    assert UTC == now.tzinfo
