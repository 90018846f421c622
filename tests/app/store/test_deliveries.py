"""How far Twilio got with a text, whatever order its callbacks come in, and who is woken when it failed."""

from __future__ import annotations

from itertools import permutations
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from redis import Redis

from app.outside.failures import NO_CODE
from app.store import keys
from app.store.deliveries import FAILED, RANK, Deliveries

REFERRAL = "r" * 32
ONE_WAY = {
    "delivered": [("queued", ""), ("sending", ""), ("sent", ""), ("delivered", "")],
    "read": [("sent", ""), ("delivered", ""), ("read", "")],
    "undelivered": [("queued", ""), ("sent", ""), ("undelivered", "30003")],
    "failed": [("accepted", ""), ("queued", ""), ("failed", "30029")],
}


def new_delivery() -> str:
    return uuid4().hex


@given(
    st.sampled_from(sorted(ONE_WAY)).flatmap(
        lambda end: st.tuples(
            st.just(end),
            st.permutations(ONE_WAY[end]),
            st.lists(st.sampled_from(ONE_WAY[end]), max_size=5),
        )
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_callbacks_in_any_order_and_number_end_the_same(
    volatile: Redis, told: tuple[str, list[tuple[str, str]], list[tuple[str, str]]]
) -> None:
    """The same last status and code, and one waking for one failure."""
    end, order, again = told
    deliveries, delivery = Deliveries(volatile), new_delivery()
    deliveries.expect(delivery, REFERRAL)

    woken = [deliveries.note(delivery, status, code) for status, code in (*order, *again)]

    assert dict(ONE_WAY[end])[end] == deliveries.read(delivery)[1]
    assert end == deliveries.read(delivery)[0]
    assert [REFERRAL] * (end in FAILED) == [referral for referral in woken if referral]


def test_any_set_of_statuses_has_one_end(volatile: Redis) -> None:
    """Even of those that contradict each other: no two share a place."""
    deliveries = Deliveries(volatile)
    for some in (
        ("undelivered", "delivered", "failed"),
        ("accepted", "scheduled", "canceled"),
        ("read", "failed"),
    ):
        ends = set()
        for order in permutations(some):
            delivery = new_delivery()
            for status in order:
                deliveries.note(delivery, status, "")
            ends.add(deliveries.read(delivery)[0])
        assert {max(some, key=lambda status: RANK[status])} == ends


def test_a_failure_wakes_the_referral_once(volatile: Redis) -> None:
    """Twilio repeats itself, and may say undelivered and failed of one text."""
    deliveries, delivery = Deliveries(volatile), new_delivery()
    deliveries.expect(delivery, REFERRAL)

    told = [("sent", ""), ("undelivered", "30003"), ("undelivered", "30003"), ("failed", "30003")]
    assert [None, REFERRAL, None, None] == [deliveries.note(delivery, *each) for each in told]


def test_a_failure_after_the_text_arrived_wakes_nobody(volatile: Redis) -> None:
    """It was late, or wrong."""
    deliveries, delivery = Deliveries(volatile), new_delivery()
    deliveries.expect(delivery, REFERRAL)

    assert [None, None] == [deliveries.note(delivery, status, "") for status in ("delivered", "failed")]
    assert deliveries.failure(delivery) is None


def test_a_failure_of_a_text_that_nobody_waits_for_wakes_nobody(volatile: Redis) -> None:
    """It is kept all the same."""
    deliveries, delivery = Deliveries(volatile), new_delivery()

    assert (None, 30007) == (deliveries.note(delivery, "failed", "30007"), deliveries.failure(delivery))


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        ("undelivered", "30005", 30005),
        ("failed", "", NO_CODE),
        ("failed", "0", NO_CODE),
        ("failed", "many", NO_CODE),
        ("sent", "30005", None),
    ],
)
def test_the_code_of_a_failure(volatile: Redis, status: str, code: str, failure: int | None) -> None:
    """Failed without a code is failed, and what is no code is none."""
    deliveries, delivery = Deliveries(volatile), new_delivery()
    deliveries.note(delivery, status, code)

    assert failure == deliveries.failure(delivery)


def test_nothing_failed_that_nobody_reported(volatile: Redis) -> None:
    """A text that is only expected has no status."""
    deliveries, delivery = Deliveries(volatile), new_delivery()
    deliveries.expect(delivery, REFERRAL)

    assert (("", ""), None) == (deliveries.read(delivery), deliveries.failure(delivery))


def test_it_is_forgotten_two_days_after_the_last_word(volatile: Redis) -> None:
    """Expected, and noted."""
    deliveries, delivery = Deliveries(volatile), new_delivery()
    deliveries.expect(delivery, REFERRAL)
    lives = [volatile.ttl(keys.CALLBACK(delivery))]
    deliveries.note(delivery, "sent", "")
    lives.append(volatile.ttl(keys.CALLBACK(delivery)))

    assert all(2 * keys.DAY - 5 <= life <= 2 * keys.DAY for life in lives)


def test_an_id_that_is_not_ours_is_refused(volatile: Redis) -> None:
    """It might be a number."""
    with pytest.raises(ValueError, match="id for"):
        Deliveries(volatile).expect("+12025550111", REFERRAL)
