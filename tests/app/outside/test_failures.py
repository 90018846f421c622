"""What is done about each of Twilio's codes; the actions are written out here, and not read from the table."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.outside.failures import (
    FAILURES,
    NO_CODE,
    NOT_FAILED,
    Again,
    Done,
    Failure,
    GiveUp,
    after,
    failure_of,
    with_codes,
)

NOW = datetime(2026, 7, 7, 16, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)

# Code -> (what comes of the first failure, how often it is sent again at all, a person must look).
# A time is how long until the text is sent again; "midnight" is the carriers' one.
EXPECTED: dict[int, tuple[timedelta | str, int, bool]] = {
    20003: (HOUR, 72, True),
    20005: (HOUR, 72, True),
    20429: (timedelta(seconds=30), 10, False),
    21211: ("unreachable", 0, False),
    21408: ("final", 0, True),
    21602: ("final", 0, True),
    21606: ("final", 0, True),
    21610: ("opted_out", 0, False),
    21611: (timedelta(minutes=5), 7, False),
    21612: ("final", 0, True),
    21614: ("unreachable", 0, False),
    21617: ("final", 0, True),
    21635: ("unreachable", 0, False),
    30001: (timedelta(minutes=5), 7, False),
    30002: (HOUR, 72, True),
    30003: (2 * HOUR, 3, False),
    30004: ("unreachable", 0, False),
    30005: ("unreachable", 0, False),
    30006: ("unreachable", 0, False),
    30007: ("final", 0, True),
    30008: (timedelta(minutes=15), 1, False),
    30022: (timedelta(seconds=30), 10, False),
    30023: ("midnight", 3, True),
    30027: ("midnight", 3, True),
    30029: ("fail_closed", 0, True),
    30030: ("fail_closed", 0, True),
    30034: (HOUR, 72, True),
    30410: (timedelta(minutes=15), 1, False),
    30450: ("final", 0, True),
    63016: ("call_only", 0, False),
    63018: (timedelta(seconds=30), 10, False),
}
# 16:00 UTC is 9 in the morning of the same day there.
MIDNIGHT = datetime(2026, 7, 8, 7, 0, tzinfo=UTC)


def times_sent_again(code: int | None) -> tuple[int, timedelta]:
    """How often a text that fails with this code each time is sent again, and over how long a time."""
    tries, now = 1, NOW
    while isinstance(follows := after(code, tries, NOW, now), Again):
        assert follows.at > now
        tries, now = tries + 1, follows.at
    return tries - 1, now - NOW


def test_this_table_has_every_code_of_the_other() -> None:
    """Whoever adds a code says here what is to be done."""
    assert EXPECTED.keys() == FAILURES.keys()


@pytest.mark.parametrize("code", sorted(EXPECTED))
def test_each_code_has_its_action(code: int) -> None:
    """At once, in the end, and for the person who is paged."""
    first, most, page = EXPECTED[code]
    follows = after(code, 1, NOW, NOW)

    match first:
        case timedelta():
            assert Again(NOW + first) == follows
        case "midnight":
            assert isinstance(follows, Again)
            assert MIDNIGHT <= follows.at <= MIDNIGHT + HOUR
        case why:
            assert GiveUp(why) == follows  # type: ignore[arg-type] # one of its own reasons
    assert (most, page) == (times_sent_again(code)[0], FAILURES[code].page)
    assert FAILURES[code].permanent == (most == 0)


def test_a_phone_that_is_off_is_tried_three_times_over_a_day() -> None:
    """Not all at once: somebody sleeps, or charges it in the evening."""
    more, over = times_sent_again(30003)

    assert more == 3
    assert 12 * HOUR <= over <= DAY


def test_a_try_that_would_come_too_late_is_none() -> None:
    """A worker that was down for a day does not ring then."""
    assert Again(NOW + DAY) == after(30003, 1, NOW, NOW + 22 * HOUR)
    assert GiveUp("tried_enough") == after(30003, 1, NOW, NOW + 23 * HOUR)


@pytest.mark.parametrize("code", [99999, 12, NO_CODE])
def test_a_code_nobody_knows_is_tried_once_more_and_somebody_looks(code: int) -> None:
    """It was no success, so one more text is none too many."""
    assert (1, True, False) == (
        times_sent_again(code)[0],
        failure_of(code).page,
        failure_of(code).permanent,
    )


def test_a_twilio_that_is_not_reached_is_tried_again_for_hours() -> None:
    """Nothing went."""
    more, over = times_sent_again(None)

    assert more == 10
    assert 4 * HOUR < over < DAY
    assert Again(NOW + timedelta(seconds=30)) == after(None, 1, NOW, NOW)


def test_what_did_not_fail_is_done() -> None:
    """Twilio writes an error code of 0."""
    assert Done() == after(NOT_FAILED, 1, NOW, NOW)


@pytest.mark.parametrize(
    "now", [datetime(2026, 3, 8, 9, 30, tzinfo=UTC), datetime(2026, 11, 1, 7, 30, tzinfo=UTC)]
)
def test_midnight_is_the_calendars(now: datetime) -> None:
    """On the days on which the clock is changed there, too: one has 23 hours, the other 25."""
    follows = after(30023, 1, now, now, luck=0.0)

    assert isinstance(follows, Again)
    there = follows.at.astimezone(ZoneInfo("America/Los_Angeles"))
    assert (0, 0, 1) == (there.hour, there.minute, (there.date() - now.astimezone(there.tzinfo).date()).days)


@given(
    code=st.one_of(st.none(), st.sampled_from([*FAILURES, 99999])),
    tries=st.integers(1, 200),
    waited=st.timedeltas(timedelta(0), 5 * DAY),
    luck=st.floats(0, 1),
)
def test_nothing_is_sent_before_now_or_after_three_days(
    code: int | None, tries: int, waited: timedelta, luck: float
) -> None:
    """Whatever happened, and however often."""
    follows = after(code, tries, NOW, NOW + waited, luck)

    assert not isinstance(follows, Again) or NOW + waited < follows.at <= NOW + 3 * DAY


def test_luck_spreads_what_would_go_in_one_moment() -> None:
    """By a quarter each way, and after midnight by half an hour."""
    waits = [after(30003, 1, NOW, NOW, luck) for luck in (0.0, 1.0)]
    nights = [after(30023, 1, NOW, NOW, luck) for luck in (0.0, 1.0)]

    assert [Again(NOW + 1.5 * HOUR), Again(NOW + 2.5 * HOUR)] == waits
    assert [Again(MIDNIGHT), Again(MIDNIGHT + 0.5 * HOUR)] == nights


@pytest.mark.parametrize(
    ("tries", "now"), [(0, NOW), (1, NOW.replace(tzinfo=None))], ids=["no try", "no zone"]
)
def test_nonsense_is_refused(tries: int, now: datetime) -> None:
    """And shown."""
    with pytest.raises(ValueError, match="got"):
        after(30003, tries, NOW, now)


@pytest.mark.parametrize(
    "row",
    [
        {"action": "again"},
        {"action": "retry"},
        {"action": "retry", "most": 1, "wait": HOUR},
        {"action": "final", "most": 1, "wait": HOUR, "over": DAY},
        {"action": "hold", "over": DAY},
    ],
)
def test_a_row_that_says_two_things_is_refused(row: dict[str, object]) -> None:
    """Only a retry has limits, and it has all three."""
    with pytest.raises(ValueError, match="must be"):
        Failure("a test", **row)  # type: ignore[arg-type] # what is wrong is the point


def test_a_page_without_its_marks_is_refused() -> None:
    """The table is never written into a text at a guess."""
    with pytest.raises(ValueError, match="codes: made by amparo docs"):
        with_codes("# What we ask of Twilio\n")
