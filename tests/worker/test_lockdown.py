"""A locked line with a real worker and a real sweep: nothing goes out, and afterwards everything does, once."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime

import pytest
from redis import Redis

from app.lockdown import Emptied, close, forget, lift
from app.outside.jobs import Jobs
from app.referral import course
from app.referral.desk import Desk
from app.referral.life import Referral
from app.sealing import recipient_of, seal
from app.store import keys
from app.store.contacts import Contacts
from app.store.emptying import Emptying
from app.store.lockdown import Lockdown
from app.store.offices import Offices
from app.store.peppers import day_of
from app.store.referrals import Referrals
from tests.app import witness
from tests.app.outside.edges import MailEdge, TwilioEdge
from tests.app.referral.made_up import TERMS, WORKER_KEY, office, referral
from tests.worker.conftest import Start, wait_for

ID, ADDRESS = "r" * 32, "+12025550111"


def request(
    line: Referrals, identity: str = ID, address: str = ADDRESS, reference: str = "7K2MX"
) -> Referral:
    """A person has just agreed."""
    changes = {"created": datetime.now(UTC), "address": address}
    asked = line.request((identity,), lambda drawn: referral(identity, drawn, **changes), lambda: reference)
    return asked.referral


def lock(durable: Redis, volatile: Redis) -> Emptied:
    """What `amparo lockdown` does."""
    close(Lockdown(durable), "ana", "a raid", datetime.now(UTC))
    return forget(Emptying(volatile))


def unlock(durable: Redis, volatile: Redis) -> None:
    """What `amparo lockdown lift` does."""
    lift(Lockdown(durable), Emptying(volatile), by="ben", answer="", reason="over", now=datetime.now(UTC))


def settled(line: Referrals, identity: str = ID) -> bool:
    """Nothing is owed to anybody any more."""
    found = line.get(identity)
    return found is not None and found.at_the_office and not found.busy


def kept(durable: Redis) -> dict[str, object]:
    """All of the durable memory, but for the count that a sweep writes as it starts."""
    return {name: value for name, value in witness.contents(durable).items() if name != keys.RECONCILED()}


def rings(durable: Redis, volatile: Redis, twilio: TwilioEdge) -> None:
    """The office takes it, and the person hears that there is news."""
    Desk(Referrals(durable), Offices(durable), TERMS).accept(ID, "harbor", datetime.now(UTC))
    Jobs(volatile).hint_delivery(ID, "taken")
    wait_for(lambda: twilio.texts)


def test_nothing_goes_out_while_locked_and_everything_after(
    line: Referrals, durable: Redis, volatile: Redis, twilio: TwilioEdge, mailbox: MailEdge, start: Start
) -> None:
    """Due requests are not hinted at, jobs that somebody left do nothing; whoever lives says so, and goes on."""
    start("worker")
    start("worker.sweep")
    wait_for(lambda: Contacts(volatile).rekeyed(day_of(datetime.now(UTC))))
    request(line)
    lock(durable, volatile)
    at_the_lock = (len(mailbox.mails), len(twilio.texts))
    before = witness.contents(durable)
    Jobs(volatile).hint_delivery(ID, "left-by-somebody")
    Jobs(volatile).hint_rekey(day_of(datetime.now(UTC)), "left-by-somebody")
    time.sleep(4)

    alive = {keys.HEARTBEAT(kind) for kind in ("worker", "sweep")}
    left = {name for name in witness.contents(volatile) if not name.startswith("rq:worker")}
    assert before == witness.contents(durable)
    assert at_the_lock == (len(mailbox.mails), len(twilio.texts))
    assert alive == left

    unlock(durable, volatile)
    wait_for(lambda: settled(line))
    rings(durable, volatile, twilio)
    assert (1, 1) == (len(mailbox.names), len(twilio.texts))
    wait_for(lambda: Contacts(volatile).rekeyed(day_of(datetime.now(UTC))))


@pytest.mark.parametrize("step", ["offer_at", "offer-begun", "offer-done"])
def test_a_worker_killed_at_any_step_before_the_lock_loses_and_doubles_nothing(
    line: Referrals,
    durable: Redis,
    volatile: Redis,
    *,
    twilio: TwilioEdge,
    mailbox: MailEdge,
    start: Start,
    step: str,
) -> None:
    """The command waits for its lease to end; after the lift the office has the request once, and the bell rings once."""
    asked = request(line)
    Jobs(volatile).hint_delivery(asked.id)
    assert -signal.SIGKILL == start("tests.worker.quick", DIE_AT=step).wait(20)

    emptied = lock(durable, volatile)
    before = kept(durable)
    start("tests.worker.quick")
    start("worker.sweep")
    time.sleep(2)
    assert (0, before) == (emptied.in_hand, kept(durable))

    unlock(durable, volatile)
    wait_for(lambda: settled(line), 60)
    rings(durable, volatile, twilio)
    assert (1, 1) == (len(mailbox.names), len(twilio.texts))
    assert 1 == len(list(line.inbox("harbor")))


def test_a_stop_of_the_lockdown_is_applied_before_any_bell(
    line: Referrals, durable: Redis, volatile: Redis, twilio: TwilioEdge, start: Start
) -> None:
    """Of two persons one texted STOP: the worker that hears of both requests at once rings the other only."""
    other = "s" * 32
    request(line)
    request(line, other, "+12025550112", "8K2MX")
    for identity in (ID, other):
        line.change(identity, lambda seen: course.offer(seen, office(), (), TERMS, datetime.now(UTC)))
        line.change(identity, lambda seen: course.accept(seen, office(), TERMS, datetime.now(UTC)))
    lock(durable, volatile)
    Contacts(volatile).note_stop(seal(ADDRESS.encode(), (recipient_of(WORKER_KEY),)))
    unlock(durable, volatile)
    for identity in (ID, other):  # before the sweep has asked for a re-key
        Jobs(volatile).hint_delivery(identity)

    start("tests.worker.quick")
    wait_for(lambda: settled(line) and settled(line, other))

    assert ["+12025550112"] == [text["To"] for text in twilio.texts]


def test_the_command_waits_for_a_worker_that_is_busy(volatile: Redis, durable: Redis) -> None:
    """Until its lease is gone, and no longer than a dead one's lives; then it says so."""
    volatile.set(keys.LEASE(ID), "token")
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 5:
            volatile.delete(keys.LEASE(ID))

    assert (0, 5) == (forget(Emptying(volatile), wait).in_hand, len(waits))

    volatile.set(keys.LEASE(ID), "token")
    assert 1 == forget(Emptying(volatile), lambda _: None).in_hand
