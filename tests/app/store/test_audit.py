"""What staff did, on a real server: written at the end, and never changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from redis import Redis

from app.staff.audit import Did, Entry
from app.store import keys
from app.store.audit import Audit
from app.store.memory import MemoryDown
from tests.app.referral.made_up import NOW
from tests.servers import Servers

DEEDS: tuple[Did, ...] = ("signed_in", "opened", "took", "tried", "closed")
DAY = tuple(
    Entry(NOW + timedelta(minutes=minute), "ana", did, "7K2MX", "harbor") for minute, did in enumerate(DEEDS)
)


@pytest.fixture
def audit(durable: Redis) -> Audit:
    """A day at Harbor Legal Aid."""
    audit = Audit(durable)
    for entry in DAY:
        audit.note(entry)
    return audit


def test_the_newest_comes_first(audit: Audit) -> None:
    """As it was noted, to the second."""
    assert DAY[::-1] == tuple(audit.last("harbor", 99))


@pytest.mark.parametrize("many", [1, 2, 5])
def test_no_more_is_shown_than_was_asked_for(audit: Audit, many: int) -> None:
    """And they are the newest."""
    assert DAY[::-1][:many] == tuple(audit.last("harbor", many))


def test_an_office_does_not_see_what_another_did(audit: Audit) -> None:
    """Nor what was done for the line itself, which has a list of its own."""
    elsewhere, line = replace(DAY[0], office="mesa"), replace(DAY[0], office="", did="joined")
    for entry in (elsewhere, line):
        audit.note(entry)

    assert DAY[::-1] == tuple(audit.last("harbor", 99))
    assert [(elsewhere,), (line,), ()] == [tuple(audit.last(each, 99)) for each in ("mesa", "", "plaza")]


def test_what_was_noted_stays_as_it_was(audit: Audit, durable: Redis) -> None:
    """The next line is written after it, and changes not a byte of it; the same deed twice is two lines."""
    before = durable.lrange(keys.AUDIT("harbor"), 0, -1)
    audit.note(DAY[-1])

    assert [*before, before[-1]] == durable.lrange(keys.AUDIT("harbor"), 0, -1)


def test_it_is_never_forgotten_by_time_alone(audit: Audit, durable: Redis) -> None:
    """Each list stands under a declared key, which does not end."""
    audit.note(replace(DAY[0], office=""))
    names = [name.decode() for name in durable.keys("*")]

    assert {"audit:harbor", "audit:_line"} == set(names)
    assert {keys.AUDIT} == {keys.owner_of(name, "durable") for name in names}
    assert {-1} == {durable.ttl(name) for name in names}


def test_a_deed_that_cannot_be_noted_is_an_error(audit: Audit, servers: Servers) -> None:
    """Whoever notes it hears of it: nothing is done that is not noted."""
    servers.durable.kill()

    with pytest.raises(MemoryDown):
        audit.note(DAY[0])
