"""Due times and leases."""

from __future__ import annotations

import time
from datetime import timedelta

from redis import Redis

from app.store import keys
from app.store.outbox import Outbox
from tests.app.referral.made_up import NOW
from tests.servers import Servers

ID = "r" * 32


def test_the_longest_overdue_comes_first(durable: Redis, volatile: Redis) -> None:
    """And what is not due yet does not come."""
    times = {"a" * 8: NOW, "b" * 8: NOW - timedelta(minutes=1), "c" * 8: NOW + timedelta(seconds=1)}
    durable.zadd(keys.OUTBOX(), {name: at.timestamp() for name, at in times.items()})

    assert [("b" * 8, times["b" * 8]), ("a" * 8, NOW)] == [
        (owed.id, owed.due) for owed in Outbox(durable, volatile).due(NOW)
    ]


def test_no_more_comes_at_once_than_was_asked_for(durable: Redis, volatile: Redis) -> None:
    """A long night without a worker does not make one endless morning."""
    durable.zadd(keys.OUTBOX(), {f"{number:032}": NOW.timestamp() - number for number in range(9)})

    assert 3 == len(Outbox(durable, volatile).due(NOW, limit=3))


def test_what_has_no_record_is_taken_out(durable: Redis, volatile: Redis) -> None:
    """And nothing else with it."""
    durable.zadd(keys.OUTBOX(), {ID: NOW.timestamp(), "s" * 32: NOW.timestamp()})
    outbox = Outbox(durable, volatile)
    outbox.drop(ID)

    assert ["s" * 32] == [owed.id for owed in outbox.due(NOW)]


def test_two_workers_do_not_hold_the_same_lease(durable: Redis, volatile: Redis) -> None:
    """The second is told so, and it is free again afterwards."""
    outbox = Outbox(durable, volatile)
    with outbox.lease(ID) as first, outbox.lease(ID) as second:
        assert (True, None) == (first is not None and first.held, second)
    with outbox.lease(ID) as third:
        assert third is not None


def test_a_lease_is_renewed_while_the_work_goes_on(durable: Redis, volatile: Redis) -> None:
    """Work that takes three lives of a lease keeps it."""
    outbox = Outbox(durable, volatile, lease_life=0.3)
    with outbox.lease(ID) as lease:
        time.sleep(0.9)
        with outbox.lease(ID) as other:
            assert (True, None) == (lease is not None and lease.held, other)


def test_a_lease_that_was_lost_says_so(durable: Redis, volatile: Redis) -> None:
    """After a restart of the volatile memory somebody else may have taken the work."""
    outbox = Outbox(durable, volatile, lease_life=0.3)
    with outbox.lease(ID) as lease:
        assert lease is not None
        volatile.flushall()
        time.sleep(0.3)
        assert not lease.held


def test_a_lease_that_another_holds_by_now_is_not_taken_from_them(durable: Redis, volatile: Redis) -> None:
    """Giving back looks at whose it is."""
    outbox = Outbox(durable, volatile)
    with outbox.lease(ID):
        volatile.set(keys.LEASE(ID), b"another")

    assert b"another" == volatile.get(keys.LEASE(ID))


def test_a_memory_that_went_away_ends_the_lease_without_an_error(
    servers: Servers, durable: Redis, volatile: Redis
) -> None:
    """The work in hand decides what it means."""
    outbox = Outbox(durable, volatile, lease_life=0.3)
    with outbox.lease(ID) as lease:
        assert lease is not None
        servers.volatile.kill()
        time.sleep(0.5)
        assert not lease.held


def test_the_life_of_a_lease_is_declared(durable: Redis, volatile: Redis) -> None:
    """No longer than keys.py says."""
    with Outbox(durable, volatile).lease(ID):
        assert 0 < volatile.ttl(keys.LEASE(ID)) <= (keys.LEASE.life or 0)
