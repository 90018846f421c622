"""One look of the sweep."""

from __future__ import annotations

from datetime import timedelta

from redis import Redis

from app.outside.jobs import Jobs
from app.store import keys
from app.store.contacts import Contacts
from app.store.ledger import Ledger
from app.store.outbox import Outbox
from app.store.peppers import load
from tests.app.referral.made_up import NOW
from tests.worker.conftest import Start
from tests.worker.test_worker import wait_for
from worker.sweep import ENOUGH, Sweep

ID = "r" * 32


def _sweep(durable: Redis, volatile: Redis) -> Sweep:
    contacts = Contacts(volatile)
    contacts.mark_rekeyed(load(volatile, NOW))
    return Sweep(Outbox(durable, volatile), contacts, Jobs(volatile), lambda: None)


def test_what_is_due_is_hinted_at_once_in_a_while(durable: Redis, volatile: Redis) -> None:
    """Not every second, and again later if it is still due."""
    durable.zadd(keys.OUTBOX(), {ID: NOW.timestamp()})
    sweep = _sweep(durable, volatile)
    moments = (0.5, 1.5, 2.5, 3.5, 6.5)
    for seconds in moments:
        sweep.once(NOW + timedelta(seconds=seconds))

    assert 2 == Jobs(volatile).waiting()


def test_a_day_that_was_not_rekeyed_is_hinted_at(durable: Redis, volatile: Redis) -> None:
    """After midnight, or after a restart."""
    sweep = _sweep(durable, volatile)

    assert (0, 1) == (sweep.once(NOW), sweep.once(NOW + timedelta(days=1)))


def test_in_tests_everything_is_sooner(durable: Redis, volatile: Redis) -> None:
    """Hinted at after the time of one look, and again after five."""
    durable.zadd(keys.OUTBOX(), {ID: NOW.timestamp()})
    contacts = Contacts(volatile)
    contacts.mark_rekeyed(load(volatile, NOW))
    sweep = Sweep(Outbox(durable, volatile), contacts, Jobs(volatile), lambda: None, every=0.1)
    for seconds in (0.05, 0.11, 0.2, 0.3, 0.6):
        sweep.once(NOW + timedelta(seconds=seconds))

    assert 2 == Jobs(volatile).waiting()


def test_the_sweep_reconciles_when_it_starts(durable: Redis, volatile: Redis, start: Start) -> None:
    """So that /readyz knows from the first minute; and it sweeps on."""
    durable.zadd(keys.OPEN(), {ID: 1})
    start("worker.sweep")
    wait_for(lambda: Ledger(durable).last())
    found = Ledger(durable).last()
    assert found is not None

    assert (0, 1) == (found.owed, found.other)


def test_a_long_queue_is_not_made_longer(durable: Redis, volatile: Redis) -> None:
    """No worker is there: what is due stays due."""
    durable.zadd(keys.OUTBOX(), {ID: NOW.timestamp()})
    jobs = Jobs(volatile)
    for number in range(ENOUGH + 1):
        jobs.hint_delivery("a" * 8, str(number))

    assert 0 == _sweep(durable, volatile).once(NOW + timedelta(minutes=1))
