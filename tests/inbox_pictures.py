"""Takes the pictures of docs/inbox.md, at three widths: the pages of a made-up office, whose clock stands still. Part of `make pictures`."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.bootstrap import bootstrap
from app.config import Config
from app.directory.sample import load_sample
from app.live import LiveRevision, build
from app.revision import content_of
from app.sealing import make_identity, recipient_of
from app.sources import read_sources
from tests.app.web.site import served
from tests.app.web.staff import Inbox
from tests.app.web.test_inbox_pages import makes_the_key, opens, signs_in
from tests.servers import Servers
from tests.texter import REAL_LINE, Clock, Line

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (360, 768, 1280)


def take(browser: Browser, folder: Path) -> None:
    """The list, one request that was opened, and what was written, on a phone, a tablet and a desk."""
    with _line() as line, served(line) as (inbox, url):
        inbox.has("leo", "lead")
        page = _signed_in(browser, inbox, url, 1280)
        words, _ = makes_the_key(page)
        waits, taken = _requests(inbox, page)
        for width in WIDTHS:
            page = _signed_in(browser, inbox, url, width)
            page.goto("/inbox/requests")
            _shoot(page, folder / f"inbox-list-{width}.png")
            page.goto(f"/inbox/requests/{waits}")
            opens(page, words)
            _shoot(page, folder / f"inbox-request-{width}.png")
            page.goto(f"/inbox/requests/{taken}/thread")
            page.locator(".words").last.wait_for()
            _shoot(page, folder / f"inbox-texts-{width}.png")


def _requests(inbox: Inbox, page: Page) -> tuple[str, str]:
    """One that waits, and one that was taken and written about."""
    taken = inbox.asks("+12025550112")
    for what in ("accept", "contacted"):
        page.goto(f"/inbox/requests/{taken}/{what}")
        page.locator("main button").click()
    inbox.line.works()
    page.goto(f"/inbox/requests/{taken}/thread")
    page.get_by_label("Write in Spanish").fill("¿Puede hablar a las 3?")
    page.get_by_role("button", name="See what the person will read").click()
    page.get_by_role("button", name="Send").click()
    inbox.line.works()
    inbox.line.clock.forward(minutes=6)
    inbox.line.texter("+12025550112").texts("Si, a las 3 puedo. Gracias")
    inbox.asks("+12025550113")
    inbox.line.clock.forward(minutes=9)
    waits = inbox.asks("+12025550114")
    inbox.line.clock.forward(minutes=4)
    return waits, taken


def _signed_in(browser: Browser, inbox: Inbox, url: str, width: int) -> Page:
    page = browser.new_page(
        viewport={"width": width, "height": 760}, base_url=url, color_scheme="light", reduced_motion="reduce"
    )
    page.goto("/inbox/")
    signs_in(page, inbox, "leo")
    return page


def _shoot(page: Page, path: Path) -> None:
    page.evaluate("document.activeElement.blur()")
    page.screenshot(path=path, animations="disabled", full_page=path.stem.startswith("inbox-request"))


@contextmanager
def _line() -> Iterator[Line]:
    """A line with the sample offices, on a Tuesday morning."""
    servers, draft, identity, clock = Servers.start(), read_sources(), make_identity(), Clock()
    try:
        with tempfile.TemporaryDirectory() as folder:
            recipient = recipient_of(identity)
            env = {**servers.env, **REAL_LINE, "AMPARO_DATA": folder, "AMPARO_WORKER_RECIPIENT": recipient}
            hotline = bootstrap(Config.from_env(env), clock)
            ready = build(draft.revision().hash, content_of(draft.revision()))
            live = LiveRevision(
                hotline.revisions, hotline.suspensions, ready=ready, besides=hotline.watch.look
            )
            hotline.revisions.publish(draft.revision(), "pictures", clock())
            load_sample(hotline.offices, Path(folder) / "keys" / "offices")
            yield Line(replace(hotline, live=live), clock, identity)
    finally:
        servers.stop()
