"""What is counted of a life: each move once, by its own name, for the office at which it happened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from app.referral import course
from app.referral.life import DECLINES, OUTCOMES, Move, Referral
from app.referral.tally import TALLIED, as_shown, month_of, tallied
from tests.app.referral.made_up import NOW, TERMS, office, referral

LATER = NOW + timedelta(days=1)
Step = Callable[[Referral], Referral]


def offered(seen: Referral) -> Referral:
    return course.offer(seen, office(seen.office), ("mail",), TERMS, NOW)


def accepted(seen: Referral, now: datetime = NOW) -> Referral:
    return course.accept(seen, office(seen.office), TERMS, now)


def fresh(*others: str) -> Referral:
    """A request that was just confirmed."""
    return referral(others=others)


def at_hand() -> Referral:
    """One that its office has taken."""
    return accepted(offered(fresh()))


def counted(seen: Referral, step: Step) -> tuple[str, ...]:
    return tallied(seen, step(seen))


def test_an_offer_and_a_take() -> None:
    """Each by its name."""
    assert ("offered",) == counted(fresh(), offered)
    assert ("accepted",) == counted(offered(fresh()), accepted)


def test_a_take_after_its_time_is_another_count() -> None:
    """By the clock that still runs, and after the line has noticed, which stops that clock."""
    seen = offered(fresh())
    assert ("accepted",) == counted(seen, lambda it: accepted(it, seen.timers["take_by"]))
    assert ("accepted_late",) == counted(seen, lambda it: accepted(it, LATER))

    stuck = course.pass_on(seen, LATER)
    assert "take_by" not in stuck.timers
    assert ("accepted_late",) == counted(stuck, lambda it: accepted(it, LATER))


@pytest.mark.parametrize("reason", DECLINES)
@pytest.mark.parametrize("others", [(), ("plaza",)])
def test_a_decline_counts_with_its_reason_also_where_another_office_comes_next(
    reason: str, others: tuple[str, ...]
) -> None:
    """Ended or handed on, the office declined it."""

    def declined(seen: Referral) -> Referral:
        return course.decline(seen, reason, TERMS, NOW)  # type: ignore[arg-type]

    seen = offered(fresh(*others))
    assert (f"declined.{reason}",) == counted(seen, declined)
    assert ["harbor"] == [move.office for move in declined(seen).moves[len(seen.moves) :]]


def test_what_was_not_taken_in_time_counts_whether_it_goes_on_or_ends() -> None:
    """Only if it was offered: an office that is not in the directory any more failed nobody."""
    assert ("not_taken",) == counted(offered(fresh("plaza")), lambda it: course.pass_on(it, LATER))
    assert ("not_taken",) == counted(offered(fresh()), lambda it: course.expire(it, TERMS, LATER))
    assert ("",) == counted(fresh("plaza"), lambda it: course.pass_on(it, LATER))
    assert ("",) == counted(fresh(), lambda it: course.expire(it, TERMS, LATER))


@pytest.mark.parametrize("outcome", OUTCOMES)
def test_an_end_counts_with_its_outcome(outcome: str) -> None:
    """By the office, or by the line where nobody closed it."""
    assert (f"closed.{outcome}",) == counted(at_hand(), lambda it: course.close(it, outcome, TERMS, LATER))  # type: ignore[arg-type]
    assert ("closed.left_open",) == counted(
        at_hand(), lambda it: course.leave_open_no_longer(it, TERMS, LATER)
    )


def test_a_call_that_reached_the_person_and_a_request_taken_back() -> None:
    """Whoever says so."""
    assert ("contacted",) == counted(at_hand(), lambda it: course.contacted(it, "office", NOW))
    assert ("contacted",) == counted(at_hand(), lambda it: course.came(it, NOW))
    assert ("withdrawn",) == counted(at_hand(), lambda it: course.withdraw(it, TERMS, NOW))


def test_what_is_no_move_or_nobodys_doing_is_not_counted() -> None:
    """A call in vain, another office that the person asked for, a need without an office."""
    assert () == counted(at_hand(), lambda it: course.tried(it, office(), TERMS, NOW))
    assert ("",) == counted(at_hand(), lambda it: course.another(it, "plaza", b"box", TERMS, NOW))
    assert ("",) == counted(fresh(), lambda it: course.nobody(it, TERMS, NOW))


def test_two_moves_in_one_step_are_two_counts() -> None:
    """And what was counted before is not counted again."""
    seen = offered(fresh("plaza"))
    new = offered(course.pass_on(seen, LATER))
    assert ("not_taken", "offered") == tallied(seen, new)
    assert ("harbor", "plaza") == tuple(move.office for move in new.moves[len(seen.moves) :])


def test_every_name_is_known_to_the_pages() -> None:
    """A reason that is added is counted, and shown."""
    assert {f"declined.{reason}" for reason in DECLINES} < set(TALLIED)
    assert {f"closed.{outcome}" for outcome in (*OUTCOMES, "left_open")} < set(TALLIED)
    assert len(set(TALLIED)) == len(TALLIED)


def test_the_month_is_that_of_the_move_in_utc() -> None:
    """An evening in Denver on the last of the month belongs to the next one; every list is in UTC."""
    denver = timezone(timedelta(hours=-7))
    move = Move(datetime(2026, 11, 30, 18, 0, tzinfo=denver), "line", "offered", "reached_office", "mesa")
    assert "202612-mesa" == month_of(move)
    assert "202612-mesa" == month_of(replace(move, time=move.time.astimezone(UTC)))


@pytest.mark.parametrize(("count", "shown"), [(0, "0"), (1, "<10"), (9, "<10"), (10, "10"), (1234, "1234")])
def test_a_small_count_is_not_told(count: int, shown: str) -> None:
    """It might be somebody."""
    assert shown == as_shown(count)
