"""The staff's pages in a real browser: small and wide, by keyboard, without JavaScript, and for a screen reader."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.web.site import served
from tests.app.web.staff import PASSPHRASE, Inbox
from tests.texter import Line

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    # Here, because only `make test-browser` installs it.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def site(line: Line) -> Iterator[tuple[Inbox, str]]:
    """The staff's doors, with ana and leo of Mesa Legal Aid."""
    with served(line) as (inbox, url):
        inbox.has("ana")
        inbox.has("leo", "lead")
        yield inbox, url


@pytest.fixture
def visit(chromium: Browser, site: tuple[Inbox, str]) -> Iterator[Callable[..., Page]]:
    """Opens the inbox in a new browser, and fails the test if the browser complained of anything."""
    opened: list[Any] = []
    complaints: list[str] = []
    _, url = site

    def open_page(width: int = 1280, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": 800}, base_url=url, **options)
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.goto("/inbox/")
        return page

    yield open_page
    for context in opened:
        context.close()
    assert [] == complaints


def signs_in(page: Page, inbox: Inbox, name: str = "ana") -> None:
    page.get_by_label("Your sign-in name").fill(name)
    page.get_by_label("Your sign-in passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The six digits").fill(inbox.browser().code(name))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Requests").wait_for()


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))
