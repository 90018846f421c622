"""After midnight, and after a restart: the open referrals are found again."""

from __future__ import annotations

from datetime import timedelta

from app.sealing import make_identity, recipient_of, seal
from app.store.peppers import day_of
from tests.app.referral.made_up import ADDRESS, NOW, WORKER_KEY
from tests.app.referral.scene import ID, Scene

OTHER = "+12025550188"


def _sealed(address: str) -> bytes:
    return seal(address.encode(), (recipient_of(WORKER_KEY),))


def test_two_days_later_the_code_still_finds_the_referral(scene: Scene) -> None:
    """Under a pepper that was not made when the person asked."""
    scene.request()
    scene.deliver()
    scene.later(days=2)
    before = scene.find()
    scene.rekey.run(scene.now)

    assert ((), (ID,)) == (before, scene.find())


def test_after_a_restart_of_the_volatile_memory_too(scene: Scene) -> None:
    """All peppers and contacts are gone, and so is the mark of the day."""
    scene.request()
    scene.rekey.run(scene.now)
    scene.volatile.flushall()
    wanted = scene.contacts.rekey_wanted(day_of(scene.now))
    scene.rekey.run(scene.now)

    assert (True, (ID,), False) == (wanted, scene.find(), scene.contacts.rekey_wanted(day_of(scene.now)))


def test_a_stop_that_came_before_is_applied_after(scene: Scene) -> None:
    """To that person's referrals and nobody else's."""
    scene.request()
    scene.request("s" * 32, "8K2MX", address=OTHER)
    scene.contacts.note_stop(_sealed(ADDRESS))
    scene.rekey.run(scene.now)

    assert ("stopped", "yes") == (scene.found().texting, scene.found("s" * 32).texting)
    assert () == scene.contacts.noted_stops()


def test_a_stop_that_came_after_the_mark_is_applied_by_the_next_run(scene: Scene) -> None:
    """The web looked before the mark and noted it after: the sweep asks again."""
    scene.request()
    scene.rekey.run(scene.now)
    scene.contacts.note_stop(_sealed(ADDRESS))

    assert scene.contacts.rekey_wanted(day_of(scene.now))
    scene.rekey.run(scene.now)
    assert "stopped" == scene.found().texting


def test_a_withdrawn_referral_is_not_found_again(scene: Scene) -> None:
    """Its number is destroyed."""
    scene.request()
    scene.wishes.withdraw(ID, scene.now)
    scene.rekey.run(scene.now)

    assert () == scene.find()


def test_one_that_ended_is_found_while_its_number_is_held(scene: Scene) -> None:
    """Declined on a Sunday, to be told on the Monday: a STOP until then must silence it."""
    scene.now = NOW + timedelta(days=6)
    scene.request()
    scene.deliver()
    scene.desk.decline(ID, "harbor", "full", scene.now)
    scene.contacts.note_stop(_sealed(ADDRESS))
    scene.rekey.run(scene.now)
    scene.later(days=1, hours=3)

    assert ("stopped", False, []) == (scene.deliver().texting, scene.found().reachable, scene.bells)


def test_a_box_that_does_not_open_does_not_stop_the_others(scene: Scene) -> None:
    """The others are found; the day stays open and the STOP waits, until the right key is in its place."""
    stranger = make_identity()
    scene.request("s" * 32, "8K2MX", number_box=seal(b"x", (recipient_of(stranger),)))
    scene.request()
    scene.contacts.note_stop(b"damaged")
    scene.rekey.run(scene.now)

    assert ((ID,), (b"damaged",)) == (scene.find(), scene.contacts.noted_stops())
    assert scene.contacts.rekey_wanted(scene.peppers(scene.now).today.day)


def test_running_twice_changes_nothing(scene: Scene) -> None:
    """It writes the same again."""
    scene.request()
    scene.rekey.run(scene.now)
    scene.rekey.run(scene.now)

    assert (ID,) == scene.find()
