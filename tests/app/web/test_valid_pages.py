"""Every page of the staff is valid HTML: a browser need not guess what was meant, and no two elements have one name."""

from __future__ import annotations

import html5lib
import pytest

from app.staff.account import Role
from tests.app.web.staff import Browser, Inbox
from tests.texter import Line

PAGES: dict[Role, tuple[str, ...]] = {
    "lead": (
        *(
            "requests",
            "requests?show=closed&urgent=yes&language=mam",
            "requests/part",
            "requests/{}",
            "requests/{}/accept",
        ),
        *(
            "requests/{}/decline",
            "requests/{}/thread",
            "duty",
            "key",
            "people",
            "numbers",
            "audit",
            "you",
            "nothing-here",
        ),
    ),
    "coordinator": ("overview", "overview?show=alarms", "numbers"),
    "admin": ("people", "you"),
}


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors."""
    return Inbox(line)


def faults(browser: Browser) -> list[str]:
    """What a strict reader of HTML has to say of the page at hand."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    tree = (parser.parseFragment if "<!doctype" not in browser.page else parser.parse)(browser.page)
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    twice = [f"id {name} twice" for name in set(ids) if ids.count(name) > 1]
    return [f"{code} at {place}" for place, code, _ in parser.errors] + twice


@pytest.mark.parametrize("role", list(PAGES))
def test_every_page_is_valid(inbox: Inbox, role: Role) -> None:
    """With a request that waits, and one that was taken and written about."""
    reference = inbox.asks()
    browser = inbox.with_("somebody", role)
    for path in PAGES[role]:
        browser.opens(f"/inbox/{path.format(reference)}")
        assert [] == faults(browser), path


def test_the_door_is_valid(inbox: Inbox) -> None:
    """Each step of it, and what it says when something is wrong."""
    inbox.has("ana")
    browser = inbox.browser()
    pages = [browser.opens("/inbox/sign-in"), browser.sends("/inbox/sign-in", name="ana", passphrase="no")]
    assert [[], []] == [faults(each) for each in pages]
    assert [] == faults(browser.signs_in("ana"))
    code = inbox.hotline.staff.reception.invite("eva", "staff", "mesa", "test")
    browser = inbox.browser()
    assert [] == faults(browser.opens("/inbox/join"))
    assert [] == faults(browser.sends("/inbox/join", code=code))
    assert [] == faults(browser.sends("/inbox/join/passphrase", passphrase="x", again="x"))


def test_what_was_written_and_decided_is_valid(inbox: Inbox) -> None:
    """The pages that follow a form."""
    reference = inbox.asks()
    ana, at = inbox.with_("ana"), f"/inbox/requests/{reference}"
    for form, words in (
        (f"{at}/accept", {}),
        (f"{at}/tried", {}),
        (f"{at}/hand", {"to": "nobody"}),
        (f"{at}/close", {}),
    ):
        ana.opens(form)
        assert [] == faults(ana.sends(form, **words)), form
    ana.opens(f"{at}/thread")
    for text in ("", '<b>Hola</b> & "adios"'):
        assert [] == faults(ana.sends(f"{at}/thread/preview", text=text))
