"""An office's own system is told of a referral; the receivers' own library checks what came."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Iterator

import pytest
from standardwebhooks import Webhook

from app.directory.endpoint import Endpoint, SealedSecret, new_secret
from app.outside.guard import Guard
from app.outside.hooks import SCHEDULE, Hooks
from app.referral import course
from app.referral.errand import Errand
from app.referral.hook_post import HookPost
from app.referral.seal import Letter
from app.sealing import recipient_of, unseal
from app.store.endpoints import Endpoints
from app.store.hooks import FailedHooks
from tests.app.outside.receiver import Receiver, receiver, says
from tests.app.referral.made_up import ADDRESS, OFFICE_KEY, WORKER_KEY
from tests.app.referral.scene import ID, Scene

SECRET = new_secret()
REFUSED = says(500)


@pytest.fixture
def system(scene: Scene) -> Iterator[Receiver]:
    """The office's case system, on a real socket, and an office that has it."""
    with receiver() as it:
        secret = SealedSecret.of(SECRET, recipient_of(WORKER_KEY))
        Endpoints(scene.durable).save(Endpoint("harbor", it.url, (secret,)))
        scene.hooks = HookPost(
            Hooks(WORKER_KEY, Guard(allow_private=True), timeout=2.0),
            Endpoints(scene.durable),
            FailedHooks(scene.durable),
        )
        yield it


def hook(scene: Scene) -> Errand:
    """The hook about the offer."""
    return next(each for each in scene.found().errands if each.channel == "hook")


def test_a_hook_verifies_and_holds_nothing_of_the_person_but_the_sealed_box(
    scene: Scene, system: Receiver
) -> None:
    """The library checks the signature; only the office's key opens the box."""
    scene.request()
    scene.deliver()

    (heard,) = system.heard
    told = Webhook(SECRET).verify(heard.body, heard.headers)
    assert "referral.offered" == told["type"]
    assert ("7K2MX", "TX", "mam", True) == tuple(
        told["data"][name] for name in ("reference", "place", "spoken", "urgent")
    )
    assert ADDRESS.encode() not in heard.body
    assert ADDRESS == Letter.from_bytes(unseal(b64decode(told["data"]["box"]), OFFICE_KEY)).phone
    assert "done" == hook(scene).way


def test_a_system_that_is_down_is_called_again_with_the_same_id(scene: Scene, system: Receiver) -> None:
    """After five seconds, then five minutes; the id stays and the mail has gone meanwhile."""
    system.answers += [REFUSED, REFUSED]
    scene.request()
    scene.deliver()
    scene.later(seconds=10)
    scene.deliver()
    scene.later(minutes=10)
    scene.deliver()

    assert 3 == len(system.heard)
    assert 1 == len({heard.headers["webhook-id"] for heard in system.heard})
    assert (1, "done") == (len(scene.mailbox.mails), hook(scene).way)


def test_what_a_system_never_takes_is_listed_and_mailed_and_can_be_sent_again(
    scene: Scene, system: Receiver
) -> None:
    """Ten attempts by the schedule; then a person reads of it."""
    system.answers += [REFUSED] * len(SCHEDULE)
    scene.request(urgent=False)
    scene.deliver()
    for wait in SCHEDULE[1:]:
        scene.later(seconds=wait.total_seconds() * 1.5 + 1)
        scene.deliver()

    (failed,) = FailedHooks(scene.durable).failed()
    assert ("failed", "harbor", 500) == (hook(scene).way, failed.office, failed.status)
    assert any("your system did not take it" in mail["Subject"] for mail in scene.mailbox.mails)

    name = hook(scene).name
    scene.referrals.change(ID, lambda seen: course.call_again(seen, name, scene.now))
    scene.deliver()
    assert ("done", ()) == (hook(scene).way, FailedHooks(scene.durable).failed())


def test_a_system_that_is_gone_is_not_called_any_more(scene: Scene, system: Receiver) -> None:
    """410: the endpoint is disabled, and the office hears why."""
    system.answers.append(says(410))
    scene.request()
    scene.deliver()
    scene.request("s" * 32, "8K2MX")
    scene.deliver("s" * 32)

    found = Endpoints(scene.durable).get("harbor")
    assert (1, "gone") == (len(system.heard), found.disabled_why if found else "")


def test_an_offer_that_was_taken_is_not_told_any_more(scene: Scene, system: Receiver) -> None:
    """What waits for a system that is down is dropped with the offer."""
    system.answers.append(REFUSED)
    scene.request()
    scene.deliver()
    scene.desk.accept(ID, "harbor", scene.now)
    scene.later(minutes=5)
    scene.deliver()

    assert (1, "dropped") == (len(system.heard), hook(scene).way)


def test_a_hook_about_a_withdrawal_has_no_box(scene: Scene, system: Receiver) -> None:
    """There is none left, and it is told all the same."""
    scene.request()
    scene.deliver()
    scene.wishes.withdraw(ID, scene.now)
    scene.deliver()

    bodies = [json.loads(heard.body) for heard in system.heard]
    assert ["referral.offered", "referral.withdrawn"] == [body["type"] for body in bodies]
    assert "box" not in bodies[1]["data"]


def test_a_hook_that_may_not_be_called_is_listed_with_the_reason(scene: Scene, system: Receiver) -> None:
    """Nobody answered, because nobody was asked."""
    assert scene.hooks is not None
    scene.hooks = HookPost(Hooks(WORKER_KEY, Guard()), Endpoints(scene.durable), FailedHooks(scene.durable))
    scene.request()
    scene.deliver()

    (failed,) = FailedHooks(scene.durable).failed()
    assert (None, []) == (failed.status, system.heard)
    assert "AMPARO_ALLOW_PRIVATE_WEBHOOKS is not yes" in failed.why
