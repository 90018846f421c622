"""The page in a real browser, on a small phone and on a desk."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.app.simulator.doubles import FIRST, LINE, Hotline, Simulator, twiml

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        chromium = driver.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield chromium
        chromium.close()


@pytest.fixture(params=[320, 1280])
def page(request: pytest.FixtureRequest, browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport={"width": request.param, "height": 800}, locale="en-US")
    page = context.new_page()
    page.faults = []
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda line: page.faults.append(line.text) if line.type == "error" else None)
    yield page
    assert page.faults == []
    context.close()


def fits(page: Any) -> bool:
    return page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def test_a_typed_text_and_its_answer_are_seen(page: Any, simulator: Simulator, hotline: Hotline) -> None:
    """Enter sends; the field is empty again and keeps the focus; nothing is wider than the screen."""
    hotline.answer = lambda _: twiml("Línea Amparo:\n1 Alguien está detenido\n2 Otras preguntas")
    page.goto(simulator.url)
    assert fits(page)

    page.get_by_label("Your text").fill("hola " + "w" * 60)
    page.keyboard.press("Enter")

    page.locator(".bubble.person").wait_for()
    page.locator(".bubble.line").wait_for()
    assert "1 Alguien está detenido\n2" in page.locator(".bubble.line .says").inner_text()
    assert "1 segment" in page.locator(".bubble.person .meta").inner_text()
    assert page.get_by_label("Your text").input_value() == ""
    assert page.evaluate("document.activeElement.id") == "write"
    assert fits(page)


def test_what_the_line_sends_appears_by_itself(page: Any, simulator: Simulator) -> None:
    """Within a second or two, and its state moves on."""
    page.goto(simulator.url)

    simulator.client().messages.create(to=FIRST, from_=LINE, body="There is news.")

    page.get_by_text("There is news.").wait_for(timeout=5000)
    page.locator(".bubble.line .meta", has_text="delivered").wait_for(timeout=5000)


def test_the_language_is_kept(page: Any, simulator: Simulator) -> None:
    """Chosen once, it is there at the next visit."""
    page.goto(simulator.url)
    page.get_by_role("link", name="Español").click()
    page.wait_for_url("**lang=es**")

    page.goto(simulator.url)

    page.wait_for_url("**lang=es**")
    assert page.get_by_label("Su texto").is_visible()


def test_a_bad_day_can_be_set_from_the_page(page: Any, simulator: Simulator) -> None:
    """With the keyboard's own controls, and the page says that it is set."""
    page.goto(simulator.url)
    page.locator("#drawer summary").click()
    page.get_by_label("Is delivered twice", exact=True).check()
    page.get_by_role("button", name="Set").click()

    page.get_by_text("Bad day is set: is delivered twice").wait_for()
    assert simulator.everything()["phones"][0]["tricks"]["delivery"] == "repeat"
    assert fits(page)


def test_the_page_works_without_javascript(browser: Any, simulator: Simulator) -> None:
    """Write, send, and the answer is there, at the end of the thread and in sight."""
    context = browser.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    page.goto(simulator.url + "/?lang=en")
    for text in ("one", "two", "three", "four", "five"):
        page.get_by_label("Your text").fill(text)
        page.get_by_role("button", name="Send", exact=True).click()

    box, view = page.locator(".bubble").last.bounding_box(), page.locator("#scroll").bounding_box()
    assert box["y"] + box["height"] <= view["y"] + view["height"]
    assert page.locator(".bubble.line").count() == 5
    context.close()
