"""The whole hotline through the page of the demonstration, in a real browser: as a visitor of the first minute."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.running import BELL, URGENT, Asked, Hotline, asked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser

LOCAL = ("http://localhost:", "data:")


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hotline]:
    """One hotline for all of these tests."""
    line = Hotline(tmp_path_factory.mktemp("phone") / "var")
    try:
        line.start()
        yield line
    finally:
        line.close()


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
def visit(chromium: Browser, line: Hotline) -> Iterator[Callable[..., Page]]:
    """Opens the hotline's own address with a new phone, and fails the test if the browser complained of anything."""
    opened: list[Page] = []
    complaints: list[str] = []

    def see(page: Page) -> None:
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text))
        page.on("request", lambda asked: complaints.extend([] if _local(asked.url) else [asked.url]))

    def open_page(width: int, **options: Any) -> Page:
        page = chromium.new_page(viewport={"width": width, "height": 800}, locale="es-US", **options)
        opened.append(page)
        see(page)
        page.goto(line.url)
        assert line.simulator.url == page.url.rstrip("/")
        page.goto(f"{page.url}?phone={line.phone().id}")
        return page

    yield open_page
    for page in opened:
        page.close()
    assert [] == complaints


@pytest.mark.parametrize("width", [360, 1280])
def test_the_whole_conversation_by_typing(visit: Callable[..., Page], line: Hotline, width: int) -> None:
    """From "hola" to the reference, the mail beside it, the bell and the news; nothing is wider than the screen."""
    page = visit(width)
    for number, body in enumerate(URGENT, 1):
        page.get_by_label("Su texto").fill(body)
        page.get_by_role("button", name="Enviar", exact=True).click()
        _answered(page, number)

    told = _told(page)
    assert "1 segmento · GSM-7" in page.locator(".bubble.line .meta").last.inner_text()
    _has_mail(page, told)
    line.takes(told.code)
    _news(page, told)
    assert _fits(page)


def test_the_conversation_with_the_keyboard_alone(visit: Callable[..., Page]) -> None:
    """Tab leads to the link that skips to writing; Enter sends, and the focus stays where one writes."""
    page = visit(1280)
    page.keyboard.press("Tab")
    assert "Ir a escribir un texto" == page.evaluate("document.activeElement.textContent")
    page.keyboard.press("Enter")
    assert "write" == page.evaluate("document.activeElement.id")
    for number, body in enumerate(URGENT, 1):
        page.keyboard.type(body)
        page.keyboard.press("Enter")
        _answered(page, number)

    told = _told(page)

    assert "write" == page.evaluate("document.activeElement.id")
    _has_mail(page, told)


def test_the_conversation_without_javascript(visit: Callable[..., Page], line: Hotline) -> None:
    """Plain forms carry it to the reference; the bell and the mail are there when the page is loaded again."""
    page = visit(360, java_script_enabled=False)
    for number, body in enumerate(URGENT, 1):
        page.get_by_label("Su texto").fill(body)
        page.get_by_role("button", name="Enviar", exact=True).click()
        assert number == page.locator(".bubble.person").count()

    told = _told(page)
    line.takes(told.code)

    for _ in range(50):
        if page.get_by_text(BELL).count() and page.locator(".letter", has_text=told.code).count():
            break
        page.wait_for_timeout(100)
        page.reload()
    _has_mail(page, told)
    assert 1 == page.get_by_text(BELL).count()


def test_a_second_phone_is_told_that_nothing_is_there(visit: Callable[..., Page]) -> None:
    """The page shows two phones of one line; a code opens on one of them alone."""
    page = visit(1280)
    for number, body in enumerate(URGENT, 1):
        _send(page, body)
        _answered(page, number)
    told = _told(page)
    page.get_by_role("button", name="Añadir teléfono").click()
    page.locator("#empty").wait_for()

    _send(page, told.code)

    page.locator(".bubble.line").first.wait_for()
    assert told.word not in page.locator("#thread").inner_text()


def _send(page: Page, body: str) -> None:
    page.get_by_label("Su texto").fill(body)
    page.keyboard.press("Enter")


def _answered(page: Page, number: int) -> None:
    """The line has answered the text of this number."""
    page.locator(".bubble.line").nth(number - 1).wait_for()


def _told(page: Page) -> Asked:
    return asked(page.locator(".bubble.line", has_text="Ya va su pedido").locator(".says").inner_text())


def _has_mail(page: Page, told: Asked) -> None:
    mail = page.locator(".letter", has_text=told.code)
    mail.wait_for()
    assert "URGENT" in mail.inner_text()
    assert told.word not in mail.inner_text()


def _news(page: Page, told: Asked) -> None:
    page.get_by_text(BELL).wait_for()
    _send(page, told.code)
    page.locator(".bubble.line", has_text="tiene su pedido").wait_for()
    assert told.word in page.locator(".bubble.line").last.inner_text()


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"))


def _local(url: str) -> bool:
    return url.startswith(LOCAL)
