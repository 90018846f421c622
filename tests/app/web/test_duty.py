"""What an office says of itself on its own page: read by all, changed by the lead, refused in words, noted."""

from __future__ import annotations

import html
import re

import pytest

from app.directory.office import Office, hours_in_line, read_hours
from tests.app.web.staff import Browser, Inbox
from tests.app.web.test_inbox import words
from tests.texter import Line


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with ana and leo of Mesa Legal Aid."""
    inbox = Inbox(line)
    inbox.has("ana")
    inbox.has("leo", "lead")
    return inbox


def mesa(inbox: Inbox) -> Office:
    office = inbox.hotline.offices.find("mesa")
    assert office is not None
    return office


def typed_in(browser: Browser) -> dict[str, str]:
    """What stands in the lines of the form."""
    found = re.findall(r'<input id="(\w+)" name="\1" type="\w+" value="([^"]*)"', browser.page)
    return {name: html.unescape(value) for name, value in found}


def fields(browser: Browser) -> dict[str, str]:
    """The form as a browser would send it."""
    chosen = re.search(r'<option value="(\w+)" selected>', browser.page)
    assert chosen is not None
    held = {"takes_detained": "yes"} if 'value="yes" checked' in browser.page else {}
    return {**typed_in(browser), "whom": chosen[1], **held}


def saves(inbox: Inbox, **changes: str) -> Browser:
    """The lead changes these fields and leaves the others."""
    leo = inbox.with_("leo").opens("/inbox/duty")
    return leo.sends("/inbox/duty", **{**fields(leo), **changes})


def test_the_form_saved_as_it_stands_changes_nothing(inbox: Inbox) -> None:
    """Nor that the office is made up, nor its keys."""
    before = mesa(inbox)
    page = saves(inbox)
    assert "Saved." in words(page)
    assert before == mesa(inbox)
    assert before.made_up


def test_the_lead_changes_every_field(inbox: Inbox) -> None:
    """Names of languages become their codes; an empty duty phone is none."""
    before = mesa(inbox)
    page = saves(
        inbox,
        hours="mon-thu 08:00-12:00, sat 10:00-11:00",
        spoken="Spanish, en quc",
        interpreters="any",
        whom="lsc",
        takes_detained="no",
        capacity="none",
        email="new@mesa.example.org",
        lead_email="",
        duty_phone="+15055550122",
    )

    assert 200 == page.status
    after = mesa(inbox)
    assert read_hours("mon-thu 08:00-12:00, sat 10:00-11:00") == after.hours
    assert ("es", "en", "kiche") == after.spoken
    assert (("any",), "lsc", False, None) == (
        after.interpreters,
        after.whom,
        after.takes_detained,
        after.capacity,
    )
    assert ("new@mesa.example.org", "+15055550122") == (after.lead, after.duty_phone)
    kept = ("id", "name", "phone", "zone", "states", "issues", "counties", "recipients", "made_up")
    assert all(getattr(before, name) == getattr(after, name) for name in kept)
    assert ("leo", "changed_office", "mesa") == noted(inbox)


def noted(inbox: Inbox) -> tuple[str, str, str]:
    """The last line of the office's list: who did what to what."""
    (entry,) = inbox.hotline.staff.audit.last("mesa", 1)
    return entry.who, entry.did, entry.about


@pytest.mark.parametrize(
    ("field", "typed", "said"),
    [
        (
            "hours",
            "nine to five",
            "hours must be always or such as mon-fri 09:00-17:00, got 'nine to five'",
        ),
        ("hours", "", "hours must be"),
        ("spoken", "", "spoken must hold at least one language"),
        ("spoken", "en klingon", "'klingon' is no language that is known"),
        ("interpreters", "<script>", "'<script>' is no language that is known"),
        ("whom", "friends", "whom must be one of any, lsc, survivors, untold"),
        ("capacity", "a few", "capacity must be a whole number from 0, or none, got 'a few'"),
        ("capacity", "-1", "capacity must be"),
        ("email", "nobody", "email must be an e-mail address, got 'nobody'"),
        ("lead_email", "a b@c", "lead_email must be an e-mail address"),
        ("duty_phone", "5055550122", "duty_phone must be a number with its country code"),
    ],
)
def test_what_cannot_be_is_said_and_stays_typed(inbox: Inbox, field: str, typed: str, said: str) -> None:
    """Nothing is saved or noted, and nobody has to type the rest again."""
    before = mesa(inbox)
    page = saves(inbox, **{"email": "other@mesa.example.org", field: typed})

    assert 422 == page.status
    assert f"Not saved: {said}" in words(page)
    if field != "whom":
        assert typed == typed_in(page)[field]
    if field != "email":
        assert "other@mesa.example.org" == typed_in(page)["email"]
    assert "<script>" not in page.page
    assert before == mesa(inbox)
    assert [] == list(inbox.hotline.staff.audit.last("mesa", 1))


def test_staff_read_it_and_change_nothing(inbox: Inbox) -> None:
    """No form but the one to sign out; a form sent all the same is refused."""
    ana = inbox.with_("ana").opens("/inbox/duty")
    assert "Your lead changes this." in words(ana)
    assert "mon-fri 09:00-17:00, sat 10:00-14:00 (America/Denver)" in words(ana)
    assert "<form" not in ana.page.partition("<main")[2]

    assert 403 == ana.sends("/inbox/duty", hours="always").status
    assert 403 == ana.opens("/inbox/duty").sends("/inbox/duty/away").status
    assert 40 == mesa(inbox).capacity


def test_away_and_back(inbox: Inbox) -> None:
    """One button; the page's first line says it, to everybody of the office, and how to come back."""
    leo = inbox.with_("leo").opens("/inbox/duty").sends("/inbox/duty/away")

    assert 0 == mesa(inbox).capacity
    assert re.search(
        r"Duty Mesa Legal Aid You are away: nothing is offered to your office. What it has already stays with it. To come back, write",
        words(leo),
    )
    assert "We are away" not in words(leo)
    assert ("leo", "changed_office", "mesa") == noted(inbox)
    assert (
        "nothing is offered to your office. What it has already stays with it. To come back, your lead"
        in words(inbox.with_("ana").opens("/inbox/duty"))
    )

    back = saves(inbox, capacity="12")
    assert "nothing is offered" not in words(back)
    assert 12 == mesa(inbox).capacity


def test_nothing_is_offered_to_who_is_away(inbox: Inbox) -> None:
    """The person is offered the other offices alone."""
    inbox.with_("leo").opens("/inbox/duty").sends("/inbox/duty/away")
    reference = inbox.asks()
    found = inbox.hotline.referrals.by_reference(reference)
    assert found is not None
    assert "mesa" not in {found.office, *found.others, *found.boxes}


@pytest.mark.parametrize(
    ("hours", "line"),
    [
        ("always", "always"),
        ("mon-fri 09:00-17:00, sat 10:00-14:00", "mon-fri 09:00-17:00, sat 10:00-14:00"),
        ("mon 09:00-17:00, tue 09:00-17:00, thu 09:00-17:00", "mon-tue 09:00-17:00, thu 09:00-17:00"),
        ("mon-tue 13:00-17:00, mon-tue 09:00-12:00", "mon-tue 09:00-12:00, mon-tue 13:00-17:00"),
        ("sun 00:00-24:00", "sun 00:00-24:00"),
        ("mon-sun 08:00-20:00", "mon-sun 08:00-20:00"),
    ],
)
def test_hours_are_shown_as_one_would_write_them(hours: str, line: str) -> None:
    """And read back as the same hours."""
    spans = read_hours(hours)
    assert line == hours_in_line(spans)
    assert set(spans) == set(read_hours(line))
