"""Referrals on a real server: written once, whole, and never over somebody else's change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest
from redis import Redis
from redis.exceptions import RedisError

from app.referral import word
from app.referral.life import LifeError, Move, Referral
from app.store import keys
from app.store.memory import connect
from app.store.outbox import Outbox
from app.store.referrals import Due, ReferralError, Referrals, Requested
from tests.app.referral.made_up import ADDRESS, NOW, referral
from tests.servers import Servers

OFFERED = Move(NOW, "line", "offered", "reached_office")
WITHDRAWN = Move(NOW, "texter", "withdrawn", "asked_to_stop")
ID, YESTERDAYS = "r" * 32, "s" * 32


def maker(identity: str = ID) -> Callable[[str], Referral]:
    """Makes the referral for a reference, as the web does."""
    return lambda reference: referral(identity, reference)


def request(durable: Redis, identity: str = ID) -> Referral:
    """A confirmed request."""
    return Referrals(durable).request((identity,), maker(identity), word.new_reference).referral


def test_a_request_is_written_with_all_that_finds_it_again(durable: Redis, volatile: Redis) -> None:
    """By id, by reference, among the open ones, and due at once."""
    written = request(durable)
    store = Referrals(durable)

    assert (written, written) == (store.get(ID), store.by_reference(written.reference))
    assert (ID,) == store.open_ids()
    assert [ID] == [owed.id for owed in Outbox(durable, volatile).due(NOW)]


def test_the_same_request_again_finds_the_first_one(durable: Redis) -> None:
    """Under today's id or, after midnight, under yesterday's."""
    first = request(durable, YESTERDAYS)
    again = Referrals(durable).request((ID, YESTERDAYS), maker(ID), word.new_reference)

    assert Requested(first, new=False) == again
    assert (YESTERDAYS,) == Referrals(durable).open_ids()


def test_fifty_deliveries_at_once_make_one_referral(servers: Servers, durable: Redis) -> None:
    """One is new, and all fifty speak of the same reference and word."""

    def deliver(_: int) -> Requested:
        with connect(servers.durable.url, 20) as client:
            return Referrals(client).request((ID,), maker(), word.new_reference)

    with ThreadPoolExecutor(50) as threads:
        found = list(threads.map(deliver, range(50)))

    assert {True: 1, False: 49} == Counter(each.new for each in found)
    assert 1 == len({each.referral.to_json() for each in found})
    assert 1 == len(durable.keys("reference:*"))


def test_a_taken_reference_is_drawn_again(durable: Redis) -> None:
    """The letter is sealed with the reference inside, so it is made anew."""
    drawn = iter(["7K2MX", "7K2MX", "8K2MX"])
    store = Referrals(durable)
    store.request((ID,), maker(), lambda: next(drawn))
    second = store.request((YESTERDAYS,), maker(YESTERDAYS), lambda: next(drawn))

    assert ("8K2MX", True) == (second.referral.reference, second.new)


def test_without_a_free_reference_nothing_is_written(durable: Redis) -> None:
    """An error is said instead of a promise."""
    store = Referrals(durable)
    store.request((ID,), maker(), lambda: "7K2MX")

    with pytest.raises(ReferralError, match="no free reference"):
        store.request((YESTERDAYS,), maker(YESTERDAYS), lambda: "7K2MX")

    assert (ID,) == store.open_ids()


def test_an_offer_reaches_the_inbox_in_the_same_step(durable: Redis, volatile: Redis) -> None:
    """State, inbox and outbox are one write."""
    store, seen = Referrals(durable), request(durable)
    offered = store.move(seen, OFFERED, Due(None))

    assert [offered] == list(store.inbox("harbor"))
    assert (1, ()) == (offered.version if offered else 0, Outbox(durable, volatile).due(NOW))


def test_whoever_comes_second_has_not_seen_the_first_and_writes_nothing(durable: Redis) -> None:
    """A STOP is never overwritten by a worker that read before it."""
    store, seen = Referrals(durable), request(durable)
    stopped = store.replace(seen, seen.call_only())

    assert store.move(seen, OFFERED) is None
    assert stopped == store.get(ID)


def test_a_change_is_applied_to_what_is_there_now(durable: Redis) -> None:
    """Twenty counters at once, and none is lost."""
    store = Referrals(durable)
    request(durable)
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: _counted(store), range(20)))

    found = store.get(ID)
    assert (20, 20) == (len(done), found.tries if found else 0)


def _counted(store: Referrals) -> Referral:
    for _ in count():
        try:
            changed = store.change(ID, lambda seen: (replace(seen, tries=seen.tries + 1), None))
        except ReferralError:
            continue
        assert changed is not None
        return changed
    raise AssertionError


def test_a_withdrawal_leaves_nothing_that_can_be_opened_or_found(durable: Redis, volatile: Redis) -> None:
    """Box, number, reference, inbox and the list of open ones: gone in one write."""
    store = Referrals(durable)
    offered = store.move(request(durable), OFFERED)
    assert offered is not None
    ended = store.move(offered, WITHDRAWN, Due(None))

    assert (None, (), []) == (
        store.by_reference(offered.reference),
        store.open_ids(),
        list(store.inbox("harbor")),
    )
    assert (b"", {}) == (ended.number_box if ended else None, dict(ended.boxes) if ended else None)


def test_an_unlawful_move_is_refused_before_anything_is_written(durable: Redis) -> None:
    """An ended referral does not come back."""
    store = Referrals(durable)
    ended = store.move(request(durable), WITHDRAWN)
    assert ended is not None

    with pytest.raises(LifeError):
        store.move(ended, OFFERED)


def test_a_due_time_is_kept_moved_or_ended(durable: Redis) -> None:
    """In the same step as the record."""
    store, seen = Referrals(durable), request(durable)
    kept = store.replace(seen, seen)
    assert kept is not None
    assert NOW.timestamp() == durable.zscore(keys.OUTBOX(), ID)

    later = store.replace(kept, kept, Due(NOW + timedelta(minutes=5)))
    assert later is not None
    assert (NOW + timedelta(minutes=5)).timestamp() == durable.zscore(keys.OUTBOX(), ID)

    store.replace(later, later, Due(None))
    assert durable.zscore(keys.OUTBOX(), ID) is None


def test_every_key_is_declared_and_holds_no_number(durable: Redis) -> None:
    """What is written is known in keys.py."""
    request(durable)
    names = [name.decode() for name in durable.keys("*")]

    assert all(keys.owner_of(name, "durable") for name in names)
    assert ADDRESS.encode() not in b"".join(durable.get(name) or b"" for name in names if "referral:" in name)


def test_a_confirmed_request_is_there_after_the_server_was_killed(servers: Servers, durable: Redis) -> None:
    """Written means on the disk."""
    written = request(durable)
    servers.durable.kill()
    servers.durable.start()

    assert written == Referrals(connect(servers.durable.url)).get(ID)


def test_a_server_that_does_not_answer_is_said_so(servers: Servers, durable: Redis) -> None:
    """Never a promise without a write."""
    servers.durable.kill()

    with pytest.raises(RedisError):
        request(durable)
