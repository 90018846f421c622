"""Tries to sign in, on a real server: so many and no more, and nobody can read who tried."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from redis import Redis

from app.store import keys
from app.store.lockdown import LockedError
from app.store.memory import MemoryDown
from app.store.tries import Limits, Tries
from tests.servers import Servers
from tests.texter import Clock

HERE, THERE = "192.0.2.7", "2001:db8::7"


def open_() -> None:
    """The line is not locked."""


@pytest.fixture
def tries(volatile: Redis, clock: Clock) -> Tries:
    """With the limits of the line."""
    return Tries(volatile, clock, open_)


Make = Callable[[Limits], Tries]


@pytest.fixture
def limited(volatile: Redis, clock: Clock) -> Make:
    """With limits of a test's own."""
    return lambda limits: Tries(volatile, clock, open_, limits)


def counts(volatile: Redis) -> list[int]:
    """How often was counted, under each name that there is."""
    return sorted(int(volatile.get(name) or 0) for name in volatile.scan_iter("tries:*"))


def through(tries: Tries, many: int, name: str = "ana", address: str = HERE) -> int:
    """How many of so many tries did not have to wait; `{}` in the name or address makes each another."""
    return [tries.count(name.format(each), address.format(each)) for each in range(many)].count(0)


def test_of_one_name_from_one_address_six_are_let_through(tries: Tries) -> None:
    """A person mistypes that often, and a guesser gets nowhere."""
    assert [0] * 6 == [tries.count("ana", HERE) for _ in range(6)]
    assert 0 < tries.count("ana", HERE) <= keys.TRIES_LIFE


def test_of_one_name_thirty_are_let_through_wherever_from(tries: Tries) -> None:
    """So that a thousand addresses are no thousand times six."""
    assert 30 == through(tries, 40, address="192.0.2.{}")
    assert (False, True) == (bool(tries.count("ben", "192.0.2.1")), bool(tries.count("ana", THERE)))


def test_from_one_address_sixty_are_let_through_whoever_it_is(tries: Tries) -> None:
    """So that one guess for every name is not let through either."""
    assert 60 == through(tries, 70, name="name{}")
    assert (True, False) == (bool(tries.count("ana", HERE)), bool(tries.count("ana", THERE)))


def test_whoever_waits_does_not_keep_others_waiting(tries: Tries) -> None:
    """Neither the same name from elsewhere nor another name from there."""
    through(tries, 7)

    assert [0, 0] == [tries.count("ana", THERE), tries.count("ben", HERE)]
    assert 0 < tries.count("ana", HERE)


def test_who_is_refused_already_counts_against_nobody_else(limited: Make) -> None:
    """One address that goes on trying a name must not lock it for the others."""
    tries = limited(Limits(both=1, name=3, address=50))
    through(tries, 30)

    assert 0 == tries.count("ana", THERE)


def test_the_wait_is_said_to_its_last_moment(tries: Tries, volatile: Redis) -> None:
    """It never opens half a second before its end."""
    through(tries, 7)
    for name in volatile.keys("tries:*"):
        volatile.pexpire(name, 450)

    assert 1 == tries.count("ana", HERE)


def test_trying_on_does_not_make_the_wait_longer(tries: Tries, volatile: Redis) -> None:
    """Nor shorter: it ends a quarter of an hour after the first try."""
    through(tries, 7)
    for name in volatile.keys("tries:*"):
        volatile.expire(name, 100)

    assert {99, 100} >= {tries.count("ana", HERE) for _ in range(20)}


def test_a_quarter_of_an_hour_later_it_begins_anew(tries: Tries, volatile: Redis) -> None:
    """All that was counted has ended by then."""
    through(tries, 7)
    assert {True} == {
        keys.TRIES_LIFE - 5 <= volatile.ttl(name) <= 15 * 60 for name in volatile.keys("tries:*")
    }
    volatile.delete(*volatile.keys("tries:*"))

    assert 6 == through(tries, 7)


def test_who_came_in_begins_anew(tries: Tries) -> None:
    """A person may mistype, again after lunch."""
    through(tries, 5)
    tries.succeeded("ana", HERE)

    assert 6 == through(tries, 7)


def test_who_came_in_helps_nobody_who_guesses_elsewhere(limited: Make) -> None:
    """What others tried from other places stays counted; what was right is not counted at all."""
    tries = limited(Limits(both=3, name=4, address=40))
    through(tries, 3, address=THERE)
    tries.count("ana", HERE)
    tries.count("ana", HERE)
    tries.succeeded("ana", HERE)

    assert [0, True] == [tries.count("ana", "192.0.2.8"), tries.count("ana", "192.0.2.9") > 0]


def test_a_hundred_at_once_are_a_hundred(tries: Tries) -> None:
    """Each is counted before anything is compared."""
    with ThreadPoolExecutor(20) as threads:
        waits = list(threads.map(lambda _: tries.count("ana", HERE), range(100)))

    assert 6 == waits.count(0)


def test_names_and_addresses_cannot_be_run_together(tries: Tries) -> None:
    """One name is never counted as another, whatever is typed into the field."""
    through(tries, 7, name="ana", address="1")
    assert [0, 0, 0] == [tries.count(*each) for each in (("an", "a1"), ("ana1", ""), ("", "ana1"))]


def test_on_a_new_day_nobody_can_tell_who_tried(tries: Tries, volatile: Redis, clock: Clock) -> None:
    """The day's pepper is another, and what is counted stands under other names."""
    tries.count("ana", HERE)
    before = set(volatile.keys("tries:*"))
    clock.forward(days=1)
    tries.count("ana", HERE)

    assert (3, 6) == (len(before), len(volatile.keys("tries:*")))
    assert [1] * 6 == counts(volatile)


def test_no_key_holds_a_name_or_an_address_and_all_of_them_end(tries: Tries, volatile: Redis) -> None:
    """As their owner declared."""
    tries.count("ana", HERE)
    tries.count("ana", THERE)
    names = [name.decode() for name in volatile.keys("tries:*")]

    assert 5 == len(names)
    assert [] == [name for name in names for part in ("ana", HERE, THERE) if part in name]
    assert {keys.TRIES} == {keys.owner_of(name, "volatile") for name in names}
    assert all(0 < volatile.ttl(name) <= keys.TRIES_LIFE for name in names)


def test_on_a_locked_line_nothing_is_counted(volatile: Redis, clock: Clock) -> None:
    """And no pepper is made under which it could be."""

    def locked() -> None:
        raise LockedError

    tries = Tries(volatile, clock, locked)
    for asked in (tries.count, tries.succeeded):
        with pytest.raises(LockedError):
            asked("ana", HERE)

    assert 0 == volatile.dbsize()


def test_while_the_memory_is_down_no_try_is_free(tries: Tries, servers: Servers) -> None:
    """Who cannot be counted is not let in."""
    servers.volatile.kill()

    with pytest.raises(MemoryDown):
        tries.count("ana", HERE)
