"""What Twilio reports of a bell later, and what it means for the referral."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.referral.errand import Errand
from app.referral.life import Referral
from app.referral.notices import opaque_name
from app.referral.reports import Reports
from tests.app.referral.scene import ID, Scene


def bell(scene: Scene) -> Errand:
    """The bell about the news."""
    return next(each for each in scene.found().errands if each.kind == "news")


def reported(scene: Scene, code: int, errand: Errand | None = None) -> Referral | None:
    """A status callback has brought this code for the bell."""
    delivery = opaque_name(ID, (errand or bell(scene)).delivery)
    return Reports(scene.referrals).failed(ID, delivery, code, scene.now)


@pytest.fixture
def rung(scene: Scene) -> Scene:
    """An office has taken it, and the bell was handed to Twilio."""
    scene.request()
    scene.taken()
    assert "done" == bell(scene).way
    return scene


def test_a_phone_that_is_off_is_texted_again_later(rung: Scene) -> None:
    """30003, at most three times within a day."""
    reported(rung, 30003)

    assert "due" == bell(rung).way
    assert timedelta(minutes=30) < bell(rung).due - rung.now < timedelta(hours=4)
    rung.now = bell(rung).due
    rung.deliver()
    assert (2, "done") == (len(rung.bells), bell(rung).way)


def test_a_phone_that_stays_off_is_given_up_and_the_referral_goes_on(rung: Scene) -> None:
    """The code still opens the news."""
    for _ in range(6):
        reported(rung, 30003)
        rung.later(hours=8)
        rung.deliver()

    assert ("failed", "accepted", "yes") == (bell(rung).way, rung.found().state, rung.found().texting)


@pytest.mark.parametrize("code", [21610, 63016, 21614])
def test_where_no_text_arrives_the_office_hears_that_only_a_call_does(rung: Scene, code: int) -> None:
    """Opted out at Twilio, a WhatsApp session that is over, no mobile phone."""
    reported(rung, code)
    rung.deliver()

    assert ("failed", "stopped") == (bell(rung).way, rung.found().texting)
    assert any("call, no text arrives" in mail["Subject"] for mail in rung.mailbox.mails)


def test_a_number_that_does_not_exist_is_not_kept(rung: Scene) -> None:
    """30005: whoever has it next must not be texted."""
    reported(rung, 30005)

    assert (b"", "accepted") == (rung.found().number_box, rung.found().state)
    rung.rekey.run(rung.now)
    assert rung.contacts.rekeyed(rung.peppers(rung.now).today.day)


def test_a_report_about_an_earlier_try_changes_nothing(rung: Scene) -> None:
    """Callbacks come late: the second try has a name of its own."""
    first = bell(rung)
    reported(rung, 30003)
    rung.later(hours=4)
    rung.deliver()

    assert reported(rung, 30005, first) is None
    assert ("done", True) == (bell(rung).way, rung.found().reachable)


def test_a_report_that_comes_twice_counts_once(rung: Scene) -> None:
    """The text is sent again once, and not twice."""
    reported(rung, 30008)
    again = bell(rung).due

    assert (None, again) == (reported(rung, 30008), bell(rung).due)
