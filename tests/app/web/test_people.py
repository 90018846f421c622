"""Letting people in and out on a page: each lead their own office, an admin everybody, nobody themselves."""

from __future__ import annotations

import re

import pytest

from app.staff.account import ROLES, Account
from app.staff.audit import Entry
from app.staff.codes import fingerprint
from tests.app.web.staff import ORIGIN, Browser, Inbox
from tests.app.web.test_inbox import words
from tests.texter import Line

CODE = re.compile(r'<p class="six">([0-9A-Z]{5}(?:-[0-9A-Z]{5}){3})</p>')


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors: ana and leo of Mesa Legal Aid, hal of the Harbor Night Line, adam, who lets people in."""
    inbox = Inbox(line)
    inbox.has("ana")
    inbox.has("leo", "lead")
    inbox.has("hal", "lead", "harbor")
    inbox.has("adam", "admin")
    return inbox


def named(inbox: Inbox, name: str) -> Account | None:
    return inbox.hotline.staff.accounts.named(name)


def code_on(browser: Browser) -> str:
    """The code that the page shows."""
    found = CODE.search(browser.page)
    assert found is not None, browser.page
    return found[1]


def listed(browser: Browser) -> list[str]:
    """The names in the list."""
    return re.findall(r'<strong class="issue">([a-z]+)', browser.page)


def last(inbox: Inbox, office: str = "mesa") -> Entry | None:
    return next(inbox.hotline.staff.audit.last(office, 1), None)


def does(inbox: Inbox, who: str, name: str, deed: str) -> Browser:
    """First the page that says what comes of it, then its button."""
    at = f"/inbox/people/{name}/{deed}"
    browser = inbox.with_(who).opens(at)
    assert 200 == browser.status
    return browser.sends(at)


# --- the list ---


def test_a_lead_sees_their_office_and_an_admin_everybody(inbox: Inbox) -> None:
    """Name, role, since when; whose office, for who sees several."""
    leo = inbox.with_("leo").opens("/inbox/people")
    assert ["ana", "leo"] == listed(leo)
    assert "ana staff since 7 Jul 2026 New secrets Shut out" in words(leo)
    assert "leo (you) lead since 7 Jul 2026 Invite somebody" in words(leo)

    adam = inbox.with_("adam").opens("/inbox/people")
    assert ["adam", "hal", "ana", "leo"] == listed(adam)
    assert "hal lead of Harbor Night Line since 7 Jul 2026" in words(adam)


def test_sign_in_leads_an_admin_there(inbox: Inbox) -> None:
    """It is what an admin is for."""
    assert "Invite somebody" in words(inbox.browser().opens("/inbox/").signs_in("adam"))


# --- inviting ---


def test_a_lead_invites_somebody_who_joins(inbox: Inbox) -> None:
    """The code is on the page once, with the address to type it at, and in no address."""
    leo = inbox.with_("leo").opens("/inbox/people")
    leo.sends("/inbox/people", follow=False, name=" Eva ", role="staff")

    code = code_on(leo)
    assert 200 == leo.status
    assert f"They type it at {ORIGIN}/inbox/join" in words(leo)
    assert leo.answer is not None
    assert "Location" not in leo.answer.headers
    assert "no-store" == leo.answer.headers["Cache-Control"]
    assert code not in leo.opens("/inbox/people").page
    entry = last(inbox)
    assert entry is not None
    assert ("leo", "invited", "eva") == (entry.who, entry.did, entry.about)

    eva = inbox.browser().opens("/inbox/join").sends("/inbox/join", code=code)
    assert "You join as eva , staff of mesa" in words(eva)


@pytest.mark.parametrize("office", ["harbor", "", "nowhere"])
def test_whatever_a_lead_sends_it_is_their_own_office(inbox: Inbox, office: str) -> None:
    """The form has no such field, and the server does not ask."""
    leo = inbox.with_("leo").opens("/inbox/people")
    assert 'name="office"' not in leo.page
    code = code_on(leo.sends("/inbox/people", name="eva", role="lead", office=office))
    assert "mesa" == inbox.hotline.staff.reception.look(fingerprint(code)).office
    assert list(inbox.hotline.staff.audit.last("harbor", 9)) == []


@pytest.mark.parametrize("role", ["coordinator", "operator", "admin", "", "king"])
def test_a_lead_gives_no_role_above_their_own(inbox: Inbox, role: str) -> None:
    """The page says which there are, and keeps what was typed."""
    leo = inbox.with_("leo").opens("/inbox/people")
    leo.sends("/inbox/people", name="eva", role=role)
    assert 422 == leo.status
    assert "Choose a role: staff, lead." in words(leo)
    assert 'value="eva"' in leo.page
    assert last(inbox) is None


@pytest.mark.parametrize("role", ROLES)
def test_an_admin_gives_every_role(inbox: Inbox, role: str) -> None:
    """With the office it belongs to, or none; it is noted under that office."""
    office = "harbor" if role in {"staff", "lead"} else ""
    adam = inbox.with_("adam").opens("/inbox/people")
    invited = inbox.hotline.staff.reception.look(
        fingerprint(code_on(adam.sends("/inbox/people", name="eva", role=role, office=office)))
    )
    assert (role, office, "adam") == (invited.role, invited.office, invited.by)
    entry = last(inbox, office)
    assert entry is not None
    assert ("adam", "invited", "eva") == (entry.who, entry.did, entry.about)


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"name": "ana", "role": "staff", "office": "mesa"}, "There is an account ana already: take another"),
        (
            {"name": "Ana Ruiz", "role": "staff", "office": "mesa"},
            "A sign-in name must be 2 to 32 small letters",
        ),
        ({"name": "eva", "role": "staff", "office": ""}, "The role staff belongs to an office; got none."),
        (
            {"name": "eva", "role": "admin", "office": "mesa"},
            "The role admin belongs to no office; got mesa.",
        ),
        ({"name": "eva", "role": "lead", "office": "gone"}, "There is no office gone"),
        ({}, "Choose a role:"),
    ],
)
def test_what_cannot_be_is_said_on_the_page(inbox: Inbox, form: dict[str, str], said: str) -> None:
    """And nobody is invited."""
    adam = inbox.with_("adam").opens("/inbox/people").sends("/inbox/people", **form)
    assert 422 == adam.status
    assert said in words(adam)
    assert CODE.search(adam.page) is None
    assert [] == inbox.hotline.durable.keys("invitation:*")


# --- what is done to somebody ---


def test_new_secrets(inbox: Inbox) -> None:
    """Their visits end at once; the code lets them choose anew, under the name they have."""
    ana = inbox.with_("ana").opens("/inbox/requests")
    code = code_on(does(inbox, "leo", "ana", "secrets"))

    assert "Sign in" in ana.opens("/inbox/requests").page
    again = inbox.hotline.staff.reception.look(fingerprint(code))
    before = named(inbox, "ana")
    assert before is not None
    assert ("ana", "leo", before.id) == (again.name, again.by, again.account)
    entry = last(inbox)
    assert entry is not None
    assert ("leo", "reset", "ana") == (entry.who, entry.did, entry.about)


def test_shut_out_and_let_in_again(inbox: Inbox) -> None:
    """At once, in every browser; the list says it, and offers the way back alone."""
    ana = inbox.with_("ana").opens("/inbox/requests")
    leo = does(inbox, "leo", "ana", "out")

    assert "They are shut out." in words(leo)
    assert "ana Shut out staff since 7 Jul 2026 Let in again" in words(leo)
    assert "Sign in" in ana.opens("/inbox/requests").page
    assert "That name and passphrase" not in ana.page

    assert "They may sign in again." in words(does(inbox, "leo", "ana", "back"))
    back = named(inbox, "ana")
    assert back is not None
    assert not back.disabled
    assert ["enabled", "disabled"] == [each.did for each in inbox.hotline.staff.audit.last("mesa", 9)]


def test_an_admin_is_noted_where_the_person_belongs(inbox: Inbox) -> None:
    """The lead of that office reads it."""
    does(inbox, "adam", "hal", "out")
    assert "adam shut out hal" in words(inbox.with_("hana", "lead", "harbor").opens("/inbox/audit"))
    assert last(inbox, "") is None


@pytest.mark.parametrize("deed", ["secrets", "out", "back"])
@pytest.mark.parametrize("name", ["hal", "adam", "nobody"])
def test_a_lead_touches_nobody_of_another_office(inbox: Inbox, name: str, deed: str) -> None:
    """They are as little there as somebody who never was."""
    before, at = named(inbox, name), f"/inbox/people/{name}/{deed}"
    leo = inbox.with_("leo")
    assert 404 == leo.opens(at).status
    assert 404 == leo.opens("/inbox/people").sends(at).status
    assert before == named(inbox, name)


@pytest.mark.parametrize("deed", ["secrets", "out", "back"])
@pytest.mark.parametrize("name", ["leo", "adam"])
def test_nobody_does_it_to_themselves(inbox: Inbox, name: str, deed: str) -> None:
    """Not by the page, and not by a form sent all the same: the words say whom to ask."""
    before, at = named(inbox, name), f"/inbox/people/{name}/{deed}"
    me = inbox.with_(name)
    assert 409 == me.opens(at).status
    assert 422 == me.opens("/inbox/people").sends(at).status
    assert "Nobody does that to themselves: ask a colleague" in words(me)
    assert before == named(inbox, name)


def test_the_page_of_a_deed_is_not_the_deed(inbox: Inbox) -> None:
    """Looking changes nothing."""
    before = named(inbox, "ana")
    for deed in ("secrets", "out", "back"):
        assert "nothing done" in words(inbox.with_("leo").opens(f"/inbox/people/ana/{deed}"))
    assert before == named(inbox, "ana")
