"""Referrals on a real server: written once, whole, and never over somebody else's change."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

import pytest
from redis import Redis
from redis.exceptions import RedisError

from app.referral import course, word
from app.referral.life import LifeError, Referral
from app.referral.record import to_json
from app.staff.audit import Entry
from app.store import keys
from app.store.audit import Audit
from app.store.lockdown import Lock, Lockdown, LockedError
from app.store.memory import connect
from app.store.outbox import Outbox
from app.store.referrals import ReferralError, Referrals, Requested
from tests.app.referral.made_up import ADDRESS, NOW, TERMS, office, referral
from tests.servers import Servers

ID, OTHER = "r" * 32, "s" * 32
HARBOR, PLAZA = office(), office("plaza")


def maker(identity: str = ID) -> Callable[[str], Referral]:
    """Makes the referral for a reference, as the web does."""
    return lambda reference: referral(identity, reference, others=("plaza",))


def request(durable: Redis, identity: str = ID) -> Referral:
    """A confirmed request."""
    return Referrals(durable).request((identity,), maker(identity), word.new_reference).referral


def changed(durable: Redis, step: Callable[[Referral], Referral], identity: str = ID) -> Referral:
    """Something happens to it."""
    found = Referrals(durable).change(identity, step)
    assert found is not None
    return found


def offer(seen: Referral) -> Referral:
    """It stands with its office."""
    return course.offer(seen, PLAZA if seen.office == "plaza" else HARBOR, ("mail",), TERMS, NOW)


def accept(seen: Referral) -> Referral:
    """Its office takes it."""
    return course.accept(seen, HARBOR, TERMS, NOW)


def withdraw(seen: Referral) -> Referral:
    """The person takes it back."""
    return course.withdraw(seen, TERMS, NOW)


def pass_on(seen: Referral) -> Referral:
    """Its office did not take it in time."""
    return course.pass_on(seen, NOW)


def due(durable: Redis) -> datetime | None:
    """When it is due, by the outbox."""
    score = durable.zscore(keys.OUTBOX(), ID)
    return None if score is None else datetime.fromtimestamp(score, NOW.tzinfo)


# --- a request -----------------------------------------------------------------------------------


def test_a_request_is_written_with_all_that_finds_it_again(durable: Redis, volatile: Redis) -> None:
    """By id, by reference, among those whose number is held, and due at once."""
    written = request(durable)
    store = Referrals(durable)

    assert (written, written) == (store.get(ID), store.by_reference(written.reference))
    assert ((ID,), [written]) == (store.held_ids(), list(store.open()))
    assert [ID] == [owed.id for owed in Outbox(durable, volatile).due(NOW)]


def test_the_same_request_again_finds_the_first_one(durable: Redis) -> None:
    """Under today's id or, after midnight, under yesterday's."""
    first = request(durable, OTHER)
    again = Referrals(durable).request((ID, OTHER), maker(ID), word.new_reference)

    assert Requested(first, new=False) == again
    assert (OTHER,) == Referrals(durable).held_ids()


def test_fifty_deliveries_at_once_make_one_referral(servers: Servers, durable: Redis) -> None:
    """One is new, and all fifty speak of the same reference and word."""

    def deliver(_: int) -> Requested:
        with connect(servers.durable.url, 20) as client:
            return Referrals(client).request((ID,), maker(), word.new_reference)

    with ThreadPoolExecutor(50) as threads:
        found = list(threads.map(deliver, range(50)))

    assert {True: 1, False: 49} == Counter(each.new for each in found)
    assert 1 == len({to_json(each.referral) for each in found})
    assert 1 == len(durable.keys("reference:*"))


def test_a_taken_reference_is_drawn_again(durable: Redis) -> None:
    """The letter is sealed with the reference inside, so it is made anew."""
    drawn = iter(["7K2MX", "7K2MX", "8K2MX"])
    store = Referrals(durable)
    store.request((ID,), maker(), lambda: next(drawn))
    second = store.request((OTHER,), maker(OTHER), lambda: next(drawn))

    assert ("8K2MX", True) == (second.referral.reference, second.new)


def test_without_a_free_reference_nothing_is_written(durable: Redis) -> None:
    """An error is said instead of a promise."""
    store = Referrals(durable)
    store.request((ID,), maker(), lambda: "7K2MX")

    with pytest.raises(ReferralError, match="no free reference"):
        store.request((OTHER,), maker(OTHER), lambda: "7K2MX")

    assert (ID,) == store.held_ids()


def test_a_request_must_carry_its_own_id(durable: Redis) -> None:
    """Or it would be written where nobody finds it."""
    with pytest.raises(ReferralError, match="first of its ids"):
        Referrals(durable).request((ID,), maker(OTHER), word.new_reference)


def test_a_need_without_an_office_holds_no_number(durable: Redis) -> None:
    """It is due, because the coordinator must hear of it, and nobody has to find it again each day."""

    def make(reference: str) -> Referral:
        blank = replace(referral(reference=reference), boxes={}, number_box=b"", timers={})
        return course.nobody(blank, TERMS, NOW)

    Referrals(durable).request((ID,), make, word.new_reference)

    assert ((), NOW) == (Referrals(durable).held_ids(), due(durable))


# --- a change ------------------------------------------------------------------------------------


def test_an_offer_reaches_the_inbox_in_the_same_step(durable: Redis) -> None:
    """State, inbox and due time are one write, and the version has risen."""
    request(durable)
    offered = changed(durable, offer)

    assert [offered] == list(Referrals(durable).inbox("harbor"))
    assert (1, offered.due) == (offered.version, due(durable))


def test_the_oldest_of_an_inbox_comes_first(durable: Redis) -> None:
    """By the time at which it was offered, not by that of the request."""
    request(durable)
    request(durable, OTHER)
    later = NOW + timedelta(minutes=1)
    changed(durable, lambda seen: course.offer(seen, HARBOR, ("mail",), TERMS, later))
    changed(durable, offer, OTHER)

    assert (OTHER, ID) == Referrals(durable).inbox_ids("harbor")


@pytest.mark.parametrize("state", ["accepted", "contacted"])
def test_it_stays_in_the_inbox_while_the_office_works_on_it(durable: Redis, state: str) -> None:
    """In its old place."""
    request(durable)
    changed(durable, offer)
    changed(durable, accept)
    if state == "contacted":
        changed(durable, lambda seen: course.contacted(seen, "office", NOW))

    assert [state] == [each.state for each in Referrals(durable).inbox("harbor")]


@pytest.mark.parametrize(
    "leave",
    [
        withdraw,
        pass_on,
        lambda seen: course.decline(seen, "full", TERMS, NOW),
        lambda seen: course.another(seen, "meadow", b"box", TERMS, NOW),
        lambda seen: course.expire(seen, TERMS, NOW),
        lambda seen: course.close(accept(seen), "gave_advice", TERMS, NOW),
    ],
)
def test_what_an_office_lost_or_ended_leaves_its_inbox(
    durable: Redis, leave: Callable[[Referral], Referral]
) -> None:
    """In the same write."""
    request(durable)
    changed(durable, offer)
    changed(durable, leave)

    assert () == Referrals(durable).inbox_ids("harbor")


def test_what_was_passed_on_stands_in_one_inbox(durable: Redis) -> None:
    """The next office's."""
    request(durable)
    for step in (offer, pass_on, offer):
        changed(durable, step)

    assert {"harbor": 0, "plaza": 1} == Referrals(durable).load(["harbor", "plaza"])


def test_whoever_comes_second_has_not_seen_the_first_and_writes_nothing(durable: Redis) -> None:
    """A STOP is never overwritten by a worker that read before it."""
    store, seen = Referrals(durable), request(durable)
    stopped = store.replace(seen, seen.call_only())

    assert store.replace(seen, offer(seen)) is None
    assert (stopped, ()) == (store.get(ID), store.inbox_ids("harbor"))


def test_a_change_is_applied_to_what_is_there_now(durable: Redis) -> None:
    """Twenty counters at once, and none is lost."""
    store = Referrals(durable)
    request(durable)
    with ThreadPoolExecutor(4) as threads:
        done = list(threads.map(lambda _: _counted(store), range(20)))

    found = store.get(ID)
    assert (20, 20) == (len(done), found.calls if found else 0)


def _counted(store: Referrals) -> Referral:
    for _ in count():
        try:
            counted = store.change(ID, lambda seen: replace(seen, calls=seen.calls + 1))
        except ReferralError:
            continue
        assert counted is not None
        return counted
    raise AssertionError


def test_a_change_that_others_always_overtake_is_given_up(durable: Redis) -> None:
    """With an error, so that nothing is promised."""
    store = Referrals(durable)
    request(durable)

    def overtaken(seen: Referral) -> Referral:
        store.replace(seen, replace(seen, calls=seen.calls + 1))
        return seen

    with pytest.raises(ReferralError, match="again and again"):
        store.change(ID, overtaken)


def test_a_step_that_has_nothing_to_do_writes_nothing(durable: Redis) -> None:
    """The version stays."""
    seen = request(durable)

    assert (None, seen) == (Referrals(durable).change(ID, lambda _: None), Referrals(durable).get(ID))


def test_what_is_not_there_is_not_changed(durable: Redis) -> None:
    """No step is asked."""
    assert Referrals(durable).change(ID, offer) is None


def test_an_unlawful_step_is_refused_before_anything_is_written(durable: Redis) -> None:
    """An ended referral does not come back."""
    request(durable)
    ended = changed(durable, withdraw)

    with pytest.raises(LifeError):
        Referrals(durable).change(ID, offer)

    assert ended == Referrals(durable).get(ID)


def test_a_withdrawal_leaves_nothing_that_can_be_opened(durable: Redis) -> None:
    """Boxes, number, inbox and the list of those whose number is held: gone in one write."""
    request(durable)
    changed(durable, offer)
    ended = changed(durable, withdraw)

    assert (b"", {}) == (ended.number_box, dict(ended.boxes))
    assert ((), ()) == (Referrals(durable).held_ids(), Referrals(durable).inbox_ids("harbor"))


def test_the_code_of_an_ended_one_still_opens_its_news(durable: Redis) -> None:
    """Until its record is forgotten."""
    reference = request(durable).reference
    ended = changed(durable, withdraw)

    assert ended == Referrals(durable).by_reference(reference)


def test_one_that_ended_is_held_while_its_number_is(durable: Redis) -> None:
    """Expired, and not told yet: STOP and the code must find it each day; it is not open."""
    request(durable)
    changed(durable, offer)
    changed(durable, lambda seen: course.expire(seen, TERMS, NOW))
    assert ((ID,), []) == (Referrals(durable).held_ids(), list(Referrals(durable).open()))

    changed(durable, course.wipe)
    assert () == Referrals(durable).held_ids()


def test_the_due_time_is_the_record_s_own(durable: Redis) -> None:
    """After each step, and none where nothing is owed."""
    request(durable)
    for step in (offer, accept, lambda seen: replace(seen, errands=())):
        assert changed(durable, step).due == due(durable)

    changed(durable, lambda seen: replace(seen, timers={}))
    assert due(durable) is None


# --- what is counted -----------------------------------------------------------------------------


def test_each_move_is_counted_once_at_its_office(durable: Redis) -> None:
    """Offered, not taken, offered to the next, taken, closed; steps that are no move count nothing."""
    request(durable)
    for step in (offer, pass_on, offer, lambda seen: course.accept(seen, PLAZA, TERMS, NOW)):
        changed(durable, step)
    changed(durable, lambda seen: course.tried(seen, PLAZA, TERMS, NOW))
    changed(durable, lambda seen: course.close(seen, "gave_advice", TERMS, NOW))
    store = Referrals(durable)

    assert {"offered": 1, "not_taken": 1} == store.month("202611", "harbor")
    assert {"offered": 1, "accepted": 1, "closed.gave_advice": 1} == store.month("202611", "plaza")
    assert ({}, {}) == (store.month("202612", "plaza"), store.month("202611", "nowhere"))


def test_two_moves_of_one_write_are_both_counted(durable: Redis) -> None:
    """Each at its own office and in its own month; the inboxes are as after two writes."""
    request(durable)
    changed(durable, offer)
    later = NOW + timedelta(days=30)
    moved = changed(
        durable, lambda seen: course.offer(course.pass_on(seen, NOW), PLAZA, ("mail",), TERMS, later)
    )
    store = Referrals(durable)

    assert {"offered": 1, "not_taken": 1} == store.month("202611", "harbor")
    assert {"offered": 1} == store.month("202612", "plaza")
    assert ([], [moved]) == (list(store.inbox("harbor")), list(store.inbox("plaza")))


def test_a_write_that_comes_second_counts_nothing(durable: Redis) -> None:
    """Two workers offer the same request; one wins, and it was offered once."""
    store, seen = Referrals(durable), request(durable)

    assert [True, False] == [store.replace(seen, offer(seen)) is not None for _ in range(2)]
    assert {"offered": 1} == store.month("202611", "harbor")


def test_what_is_locked_is_not_counted(durable: Redis) -> None:
    """Nothing is written, and so nothing happened."""
    seen = request(durable)
    Lockdown(durable).lock(Lock(NOW, "eva", "test"))

    with pytest.raises(LockedError):
        Referrals(durable).replace(seen, offer(seen))

    assert {} == Referrals(durable).month("202611", "harbor")
    assert seen == Referrals(durable).get(ID)


def test_a_month_of_an_office_is_one_key(durable: Redis) -> None:
    """Names and numbers, and nothing that leads to anybody."""
    for number in range(12):
        request(durable, f"{number:032}")
        changed(durable, offer, f"{number:032}")

    assert [b"month:202611-harbor"] == durable.keys("month:*")
    assert {b"offered": b"12"} == durable.hgetall("month:202611-harbor")


# --- the end -------------------------------------------------------------------------------------


def test_what_is_forgotten_leaves_nothing_but_a_count(durable: Redis) -> None:
    """By how it ended, and in which month."""
    request(durable)
    changed(durable, offer)
    ended = changed(durable, lambda seen: course.close(accept(seen), "gave_advice", TERMS, NOW))
    store = Referrals(durable)

    assert store.forget(ended, "202612")
    counts = {keys.COUNTS("202612").encode(), keys.MONTH("202611-harbor").encode()}
    assert counts == set(durable.keys("*"))
    assert {"closed.gave_advice": 1} == store.counts("202612")


def test_counts_add_up_by_month_and_by_end(durable: Redis) -> None:
    """A number for each, and nothing that leads to anybody."""
    store = Referrals(durable)
    for number, month in enumerate(["202611", "202612", "202612"]):
        identity = f"{number:032}"
        request(durable, identity)
        store.forget(changed(durable, withdraw, identity), month)

    assert ({"withdrawn.asked_to_stop": 1}, {"withdrawn.asked_to_stop": 2}, {}) == tuple(
        store.counts(month) for month in ("202611", "202612", "202701")
    )


def test_one_that_changed_meanwhile_is_not_forgotten(durable: Redis) -> None:
    """The person has just asked for one text tomorrow."""
    request(durable)
    changed(durable, offer)
    seen = changed(durable, lambda seen: course.expire(seen, TERMS, NOW))
    kept = changed(durable, lambda seen: course.again_tomorrow(seen, b"box", TERMS, NOW))

    assert (False, kept, {}) == (
        Referrals(durable).forget(seen, "202612"),
        Referrals(durable).get(ID),
        Referrals(durable).counts("202612"),
    )


# --- a bad day -----------------------------------------------------------------------------------


def test_one_that_cannot_be_read_does_not_hide_the_others(
    durable: Redis, caplog: pytest.LogCaptureFixture
) -> None:
    """The log names no more than the beginning of its id."""
    request(durable)
    request(durable, OTHER)
    durable.set(keys.REFERRAL(ID), b"{}")

    assert [OTHER] == [each.id for each in Referrals(durable).held()]
    assert ("cannot be read" in caplog.text, ID in caplog.text) == (True, False)


def test_every_key_is_declared_and_holds_no_number(durable: Redis) -> None:
    """What is written is known in keys.py."""
    request(durable)
    changed(durable, offer)
    names = [name.decode() for name in durable.keys("*")]
    kept = b"".join(durable.dump(name) or b"" for name in names)

    families = {"referral", "reference", "referrals", "outbox", "inbox", "month"}
    assert families == {name.split(":")[0] for name in names}
    assert all(keys.owner_of(name, "durable") for name in names)
    assert ADDRESS.encode() not in kept


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


def test_no_deed_without_its_line_and_no_line_without_its_deed(durable: Redis) -> None:
    """Whoever lost the race did nothing, and nothing is noted of them."""
    seen, referrals = request(durable), Referrals(durable)
    first, second = (Entry(NOW, name, "took", seen.reference, "harbor") for name in ("ana", "leo"))

    assert referrals.replace(seen, replace(seen, calls=1), first)
    assert referrals.replace(seen, replace(seen, calls=2), second) is None

    assert [first] == list(Audit(durable).last("harbor"))
