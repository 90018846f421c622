"""The coordinator's page: every open request of every office, where it is stuck, and no contents."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tests.app.web.staff import Inbox
from tests.app.web.test_inbox import rows, words
from tests.texter import Line


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with cora, who sees to all offices."""
    inbox = Inbox(line)
    inbox.has("cora", "coordinator")
    return inbox


def test_sign_in_leads_there(inbox: Inbox) -> None:
    """It is the first thing of a coordinator's day."""
    assert "No request is open." in words(inbox.browser().opens("/inbox/").signs_in("cora"))


def test_every_office_in_one_list(inbox: Inbox) -> None:
    """Urgent first, then the oldest: matter, office by its name, how it stands, place, language, how long ago."""
    calm = inbox.asks("+12025550112")
    found = inbox.hotline.referrals.by_reference(calm)
    assert found is not None
    inbox.hotline.referrals.change(found.id, lambda seen: replace(seen, urgent=False, office="lantern"))
    inbox.line.clock.forward(minutes=12)
    urgent = inbox.asks("+12025550113")

    page = inbox.with_("cora").opens("/inbox/overview")

    assert [urgent, calm] == rows(page)
    assert "2 open, no alarm" in words(page)
    assert "Mesa Legal Aid: waits for the office TX speaks Spanish asked 0 min ago" in words(page)
    assert "Lantern Law Center: waits for the office TX speaks Spanish asked 12 min ago" in words(page)


def test_alarms_in_words_and_by_themselves(inbox: Inbox) -> None:
    """The filter is part of the address."""
    late = inbox.asks("+12025550112")
    inbox.line.clock.forward(minutes=40)
    cora = inbox.with_("cora").opens("/inbox/overview")
    assert "Alarm: its time to take it is over" in words(cora)
    fresh = inbox.asks("+12025550113")  # the worker looks about, and notices
    cora.opens("/inbox/overview")
    assert {late, fresh} == set(rows(cora))
    assert "2 open, 1 with an alarm" in words(cora)
    assert "Alarm: no office took it in time" in words(cora)

    assert [late] == rows(cora.opens("/inbox/overview?show=alarms"))
    assert "2 open, 1 with an alarm" in words(cora)
    assert {late, fresh} == set(rows(cora.opens("/inbox/overview?show=nonsense")))


def test_an_office_that_is_gone_is_named_by_its_id(inbox: Inbox) -> None:
    """What stands there must not be hidden, of all things."""
    reference = inbox.asks()
    inbox.hotline.durable.delete("office:mesa")
    page = inbox.with_("cora").opens("/inbox/overview")
    assert [reference] == rows(page)
    assert "mesa: waits for the office" in words(page)


def test_what_has_ended_is_not_there(inbox: Inbox) -> None:
    """Nor what waits to be forgotten."""
    reference = inbox.asks()
    inbox.has("ana")
    ana, at = inbox.with_("ana"), f"/inbox/requests/{reference}"
    for what, why in (("accept", {}), ("close", {"why": "gave_advice"})):
        ana.opens(f"{at}/{what}").sends(f"{at}/{what}", **why)
    assert [] == rows(inbox.with_("cora").opens("/inbox/overview"))


def test_no_contents_no_word_no_way_to_the_request(inbox: Inbox) -> None:
    """The word is for the person's ear; the coordinator calls nobody but the office."""
    reference = inbox.asks()
    found = inbox.hotline.referrals.by_reference(reference)
    assert found is not None
    page = inbox.with_("cora").opens("/inbox/overview")
    assert found.word not in words(page)
    assert found.id not in page.page
    assert "5550111" not in re.sub(r"\D", "", page.page)
    main = page.page.partition("<main")[2]
    assert {"/inbox/overview?show=open", "/inbox/overview?show=alarms"} == set(
        re.findall(r'href="([^"]+)"', main)
    )
    assert 403 == page.opens(f"/inbox/requests/{reference}").status
