"""Takes the pictures of docs/pictures anew: `python -m tests.pictures` (make pictures), with Debian's Chromium.

Every number, office and code in them is made up.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from tests import inbox_pictures
from tests.running import URGENT, Asked, Hotline, asked

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FOLDER = Path(__file__).parents[1] / "docs" / "pictures"
LARGEST = 250_000  # bytes: a clone stays small
# A gradient takes most of a picture's bytes.
PLAIN = "body { background: var(--desk) !important; }"
# How much of the first bubble in sight is hidden under the header.
HIDDEN = """() => {
  const edge = document.getElementById("scroll").getBoundingClientRect().top;
  const boxes = [...document.querySelectorAll(".bubble")].map(each => each.getBoundingClientRect());
  const cut = boxes.find(box => box.top < edge && edge < box.bottom);
  return cut ? Math.ceil(edge - cut.top) + 8 : 0;
}"""


def main() -> int:
    """Takes all of them; 1 if one is too large."""
    from playwright.sync_api import sync_playwright

    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        line = Hotline(Path(folder) / "var")
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            inbox_pictures.take(browser, FOLDER)
            line.start()
            take(browser, line)
        finally:
            browser.close()
            line.close()
    sizes = {path.name: path.stat().st_size for path in sorted(FOLDER.glob("*.png"))}
    for name, size in sizes.items():
        print(f"docs/pictures/{name}  {size // 1000} kB")
    return int(any(size > LARGEST for size in sizes.values()))


def take(browser: Browser, line: Hotline) -> None:
    """The phone on a desk and in a hand, and what the line says of itself."""
    desk = _page(browser, 1280, 860)
    told = _converse(desk, line, "1", "es", URGENT)
    _text(desk, told.code)
    _shoot_phone(desk, "phone")
    hand = _page(browser, 390, 760)
    _converse(hand, line, "2", "en", ("hello", "1", "1", "TX"))
    _shoot_phone(hand, "phone-small")
    paper = _page(browser, 1280, 860)
    paper.goto(f"{line.url}/privacy")
    _shoot(paper, "privacy")


def _converse(page: Page, line: Hotline, phone: str, language: str, bodies: tuple[str, ...]) -> Asked:
    """Carries a conversation on this phone; what the line told in the end, if it came to a request."""
    page.goto(f"{line.simulator.url}/?phone={phone}&lang={language}")
    for body in bodies:
        _text(page, body)
    if bodies != URGENT:
        return Asked("", "")
    told = asked(page.locator(".bubble.line").last.inner_text())
    page.locator(".letter", has_text=told.code).wait_for()
    line.takes(told.code)
    page.get_by_text("hay noticias").wait_for()
    return told


def _text(page: Page, body: str) -> None:
    before = page.locator(".bubble.line").count()
    page.locator("#write").fill(body)
    page.keyboard.press("Enter")
    page.locator(".bubble.line").nth(before).wait_for()


def _page(browser: Browser, width: int, height: int) -> Page:
    return browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="light",
        reduced_motion="reduce",
        bypass_csp=True,  # for PLAIN: our pages take no style of anybody else's
    )


def _shoot_phone(page: Page, name: str) -> None:
    """A little higher, if need be, so that no bubble is cut in two."""
    page.wait_for_timeout(1500)  # the page asks once a second how far a text has got
    page.evaluate("document.activeElement.blur()")
    page.add_style_tag(content=PLAIN)
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": size["height"] + page.evaluate(HIDDEN)})
    _shoot(page, name)


def _shoot(page: Page, name: str) -> None:
    page.screenshot(path=FOLDER / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    sys.exit(main())
