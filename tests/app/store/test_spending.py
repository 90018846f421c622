"""The day's segments: counted in one place, and each mark is noticed once."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from redis import Redis

from app.store import keys
from app.store.memory import connect
from app.store.spending import Spending
from tests.servers import Servers
from tests.texter import Clock

Make = Callable[[int], Spending]


@pytest.fixture
def limited(volatile: Redis, clock: Clock) -> Make:
    """The spending of a line that may send so many segments."""
    return lambda most: Spending(volatile, most, clock)


def test_segments_add_up_until_midnight_utc(limited: Make, clock: Clock) -> None:
    """Then the day begins anew."""
    spending = limited(10)
    for count in (3, 4):
        spending.add(count)
    assert 7 == spending.today()

    clock.forward(hours=8)

    assert 0 == spending.today()


def test_the_count_is_kept_for_two_days(limited: Make, volatile: Redis, clock: Clock) -> None:
    """Under the day, and nothing else."""
    limited(10).add(1)

    (name,) = volatile.scan_iter("spent:*")
    assert f"spent:{clock():%Y%m%d}" == name.decode()
    assert 0 < volatile.ttl(name) <= keys.SPENT_LIFE


@pytest.mark.parametrize(
    ("most", "total", "state"),
    [
        (10, 7, "fine"),
        (10, 8, "near"),
        (10, 9, "near"),
        (10, 10, "spent"),
        (10, 99, "spent"),
        (0, 99, "fine"),
    ],
)
def test_how_a_day_stands(limited: Make, most: int, total: int, state: str) -> None:
    """Near at 80 percent; without a limit always fine."""
    assert state == limited(most).state(total)
    assert (state == "fine") == (limited(most).sentence(total) is None)


def test_the_log_has_one_line_a_day(limited: Make, clock: Clock, caplog: pytest.LogCaptureFixture) -> None:
    """However many texts at once, and however far beyond; the next day another."""
    spending = limited(20)
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(spending.add, [3] * 30))
    clock.forward(days=1)
    for _ in range(30):
        spending.add(3)

    written = [record.levelno for record in caplog.records if record.name == "app.store.spending"]
    assert [logging.ERROR] * 2 == written


def test_a_memory_that_is_down_stops_no_text(
    servers: Servers, clock: Callable[[], datetime], caplog: pytest.LogCaptureFixture
) -> None:
    """The text has gone, and only its count is lost."""
    volatile = connect(servers.volatile.url)
    servers.volatile.kill()

    Spending(volatile, 10, clock).add(2)

    assert ["WARNING"] == [
        record.levelname for record in caplog.records if record.name == "app.store.spending"
    ]
    volatile.close()
