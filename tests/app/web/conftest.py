"""A browser for the staff's pages, which fails a test that it complained of."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.web.staff import Inbox

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

# What a browser says by itself: an answer was 401 (a test ends a visit) or 422 (a passkey is refused), signing out cleared
# what it held, and axe had the focus before the page had. The opening passphrase has no name beside it, on purpose: no
# password manager shall offer to keep it. A test changes a byte of what is bundled.
EXPECTED = (
    "SRI's integrity checks failed",
    "Failed to find a valid digest",
    "Password forms should have",
    "401 (UNAUTHORIZED)",
    "422 (UNPROCESSABLE",
    "Clear-Site-Data header on",
    "Autofocus processing was blocked",
)


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
    assert [] == [each for each in complaints if not any(words in each for words in EXPECTED)]
