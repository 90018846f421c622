"""The public pages in a real browser: small and wide, light and dark, by keyboard, on paper."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from werkzeug.serving import WSGIRequestHandler, make_server

from tests.app.web.bare import Line, bare_app, config

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

PAGES = ("/", "/privacy", "/terms")

# The contrast of each text with what is behind it (WCAG 2.2, 1.4.3); every back here is of one colour.
WEAKEST_CONTRAST = """() => {
  const light = c => { const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); return 0.2126*r + 0.7152*g + 0.0722*b; };
  const back = e => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor; if (c !== 'rgba(0, 0, 0, 0)') return c; } return 'rgb(255,255,255)'; };
  const all = [...document.querySelectorAll('body *')].filter(e => [...e.childNodes].some(
    n => n.nodeType === 3 && n.textContent.trim()));
  return Math.min(...all.map(e => { const [a, b] = [light(getComputedStyle(e).color), light(back(e))].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05); }));
}"""


class Quiet(WSGIRequestHandler):
    """Serves without a line a request."""

    def log_request(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    """The address of a real line's public pages."""
    server = make_server("127.0.0.1", 0, bare_app(Line(config())), threaded=True, request_handler=Quiet)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium if it is there, else the one that Playwright fetched."""
    # Here, because only `make test-browser` installs it.
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium: Browser, site: str) -> Iterator[Any]:
    """Opens a page of the site, and fails the test if the browser complained of anything."""
    opened: list[Page] = []
    complaints: list[str] = []

    def open_page(path: str, width: int = 1280, scheme: Any = "light", **options: Any) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme, **options)
        opened.append(page)
        page.on("console", lambda message: complaints.append(message.text))
        page.on("requestfailed", lambda request: complaints.append(request.url))
        page.goto(site + path)
        return page

    yield open_page
    for page in opened:
        page.close()
    assert [] == complaints


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_no_page_scrolls_sideways(visit: Any, path: str, width: int) -> None:
    """From the smallest phone to a desktop, everything fits the width."""
    page = visit(path, width)
    assert width == page.evaluate("document.documentElement.scrollWidth")


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_stands_out(visit: Any, path: str, scheme: str) -> None:
    """The weakest contrast of any text is that of WCAG's level AA at least."""
    assert visit(path, scheme=scheme).evaluate(WEAKEST_CONTRAST) >= 4.5


@pytest.mark.parametrize("path", PAGES)
def test_the_pages_read_the_same_without_javascript(visit: Any, path: str) -> None:
    """With scripts switched off not a word is missing."""
    with_script, without = visit(path), visit(path, java_script_enabled=False)
    assert with_script.inner_text("main") == without.inner_text("main")


def test_the_first_tab_offers_to_skip_to_the_text(visit: Any) -> None:
    """The skip link comes first, can be seen when it has the focus, and leads to the text."""
    page = visit("/privacy", 320)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    focused.evaluate("e => Promise.all(e.getAnimations().map(a => a.finished))")
    assert "#es" == focused.get_attribute("href")
    assert focused.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert "es" == page.evaluate("document.activeElement.id")


def test_the_focus_can_be_seen(visit: Any) -> None:
    """Whoever uses a keyboard sees where they are."""
    page = visit("/")
    for _ in range(4):
        page.keyboard.press("Tab")
        style = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
        assert "solid" == style


def test_english_is_one_step_away(visit: Any) -> None:
    """The link at the top leads to the English text of the same page."""
    from playwright.sync_api import expect

    page = visit("/privacy", 320)
    page.get_by_role("link", name="English").click()
    expect(page.locator("#en h1")).to_be_in_viewport()
    assert page.url.endswith("/privacy#en")


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_kept_is_a_table_for_a_screen_reader(visit: Any, width: int) -> None:
    """Laid out as cards on a phone, it still is a table of rows, cells and headers."""
    table = visit("/privacy", width).get_by_role("table", name="Todo lo que guardamos")
    assert (11, 10, 30, 4) == (
        table.get_by_role("row").count(),
        table.get_by_role("rowheader").count(),
        table.get_by_role("cell").count(),
        table.get_by_role("columnheader").count(),
    )


@pytest.mark.parametrize("path", PAGES)
def test_a_printed_page_is_black_on_white(visit: Any, path: str) -> None:
    """On paper there is no dark scheme and nothing to click through."""
    page = visit(path, scheme="dark")
    page.emulate_media(media="print")
    assert "rgb(255, 255, 255)" == page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert not page.locator(".languages").is_visible()
