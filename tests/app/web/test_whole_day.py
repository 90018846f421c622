"""The whole day of somebody at a legal office, from the invitation to the closing, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pyotp
import pytest

from tests.app.web.site import served
from tests.app.web.staff import PASSPHRASE, Inbox
from tests.app.web.test_inbox_pages import found, makes_the_key, opens
from tests.app.web.test_passkey_pages import adds_a_passkey, authenticator, lets_it_open, signs_out
from tests.texter import Line

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

PHONE = "+12025550111"


@pytest.fixture
def site(line: Line) -> Iterator[tuple[Inbox, str]]:
    """The staff's doors, and nobody behind them yet."""
    with served(line) as (inbox, url):
        yield inbox, url


def joins(page: Page, inbox: Inbox) -> None:
    """The code on paper, a passphrase, the app; the recovery codes are shown this once."""
    code = inbox.hotline.staff.reception.invite("leo", "lead", "mesa", "test")
    page.goto("/inbox/join")
    page.get_by_label("Your code").fill(code)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_label("The same once more").fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()
    inbox.seeds["leo"] = page.locator(".seed").inner_text().replace(" ", "")
    seen = int(inbox.line.clock().timestamp())
    page.get_by_label("The six digits").fill(pyotp.TOTP(inbox.seeds["leo"]).at(seen))
    page.get_by_role("button", name="Join").click()
    assert 8 == page.locator(".codes li").count()
    page.get_by_role("link", name="I have them on paper").click()


def shows_the_passphrase(page: Page) -> None:
    page.get_by_label("Your sign-in name").fill("leo")
    page.get_by_label("Your sign-in passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()


def begins(page: Page, inbox: Inbox) -> str:
    """Joins, makes the office's key, adds a passkey, and signs in with it; the six words."""
    authenticator(page)
    joins(page, inbox)
    shows_the_passphrase(page)
    page.get_by_label("The six digits").fill(inbox.browser().code("leo"))
    page.get_by_role("button", name="Sign in").click()
    words, _ = makes_the_key(page)
    adds_a_passkey(page)
    lets_it_open(page, words)
    signs_out(page)
    shows_the_passphrase(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("Nothing waits for you").wait_for()
    return words


def does(page: Page, what: str) -> None:
    """One click, the preview, done."""
    page.get_by_role("link", name=what, exact=True).click()
    page.get_by_role("button", name=what, exact=True).click()
    page.locator(".done").wait_for()


def test_the_whole_day(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """Join, sign in with the app and then with a passkey, take what is urgent, call, lock in the middle, write, be answered, close."""
    inbox, _ = site
    page = visit()
    words = begins(page, inbox)

    reference = inbox.asks()
    page.get_by_text("A new request waits for you.").wait_for(timeout=20_000)
    page.get_by_role("link", name=re.compile(f"Urgent.*{reference}", re.DOTALL)).click()
    assert PHONE in opens(page, words)
    does(page, "Take it")
    inbox.line.works()
    page.get_by_role("button", name="Open here").click()
    page.locator(".letter .phone").wait_for()

    # In the middle of the call somebody comes to the desk.
    page.get_by_role("button", name="Lock").click()
    assert PHONE not in page.content()
    page.get_by_role("button", name=re.compile("passkey")).click()
    page.locator(".letter .phone").wait_for()
    assert PHONE in page.inner_text(".letter")
    does(page, "Nobody answered")

    page.get_by_role("link", name="Write through the line").click()
    page.get_by_label("Write in Spanish").fill("Le llamamos a las 3.")
    page.get_by_role("button", name="See what the person will read").click()
    page.get_by_role("button", name="Send").click()
    page.locator(".text.office .words").wait_for()
    inbox.line.works()
    assert inbox.line.carrier.sent[-1] == (
        PHONE,
        "Alguien de Mesa Legal Aid le escribe:\nLe llamamos a las 3.",
    )
    inbox.line.texter(PHONE).texts("si, gracias")
    page.locator(".text.person .words").wait_for(timeout=20_000)
    assert "si, gracias" == page.inner_text(".text.person .words")

    page.goto(f"/inbox/requests/{reference}")
    does(page, "We spoke")
    page.get_by_role("link", name="Close", exact=True).click()
    page.get_by_label("it took the case").check()
    page.get_by_role("button", name="Close").click()
    page.locator(".done").wait_for()
    assert "closed" == found(inbox, reference).state
    page.get_by_role("link", name="Who did what").click()
    story = page.inner_text("main")
    assert all(f"leo {did}" in story for did in ("joined", "signed in", "took", "wrote to", "closed"))
    assert "gracias" not in story
    signs_out(page)
    page.go_back()
    assert "Who did what" not in page.inner_text("h1")
