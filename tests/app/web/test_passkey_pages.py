"""Passkeys in a real browser, with an authenticator that Chromium plays: a touch signs in, and opens what is sealed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.app.web.site import served
from tests.app.web.staff import PASSPHRASE, Inbox
from tests.app.web.test_inbox_pages import account, makes_the_key, opens, signs_in
from tests.texter import Line

if TYPE_CHECKING:
    from playwright.sync_api import CDPSession, Page

pytestmark = pytest.mark.browser

PHONE = "+12025550111"


@pytest.fixture
def site(line: Line) -> Iterator[tuple[Inbox, str]]:
    """The staff's doors, with leo of Mesa Legal Aid, who leads it."""
    with served(line) as (inbox, url):
        inbox.has("leo", "lead")
        yield inbox, url


def authenticator(page: Page, **options: object) -> tuple[CDPSession, str]:
    """A laptop's own authenticator, whose owner touches it at once; the session, and its id there."""
    usual = {
        "protocol": "ctap2",
        "ctap2Version": "ctap2_1",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "hasPrf": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable", {"enableUI": False})
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": usual | options})
    return session, made["authenticatorId"]


def adds_a_passkey(page: Page, name: str = "work laptop") -> None:
    page.goto("/inbox/you")
    page.get_by_label("A name for a new one").fill(name)
    page.get_by_role("button", name="Add a passkey").click()
    page.locator(".people").get_by_text(name).wait_for()


def shows_the_passphrase(page: Page) -> None:
    page.get_by_label("Your sign-in name").fill("leo")
    page.get_by_label("Your sign-in passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()
    page.get_by_role("heading", name="Your code").wait_for()


def signs_out(page: Page) -> None:
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("heading", name="Sign in").wait_for()


def lets_it_open(page: Page, words: str) -> None:
    """On the page "Key": the six words once, then a touch."""
    page.goto("/inbox/key")
    page.get_by_role("button", name="Open with your passkey as well").click()
    page.get_by_label("Your opening passphrase").fill(words)
    page.get_by_role("button", name="Go on").click()
    page.get_by_text("opens it as well").wait_for(timeout=60_000)


def wrongs(page: Page, where: str) -> list[tuple[str, str]]:
    """What axe finds on the page at hand."""
    from axe_playwright_python.sync_playwright import Axe

    return [(where, each["id"]) for each in Axe().run(page).response["violations"]]


def test_a_passkey_from_its_first_day_to_its_last(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """Added, shown in the place of the code, let open, opening a request, removed; axe finds nothing on the way."""
    inbox, _ = site
    page = visit()
    authenticator(page)
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    adds_a_passkey(page)
    found = wrongs(page, "you")
    page.goto("/inbox/key")
    found += wrongs(page, "key, offered")
    lets_it_open(page, words)
    found += wrongs(page, "key")

    signs_out(page)
    shows_the_passphrase(page)
    found += wrongs(page, "code")
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("heading", name="Requests").wait_for()
    page.goto(f"/inbox/requests/{inbox.asks()}")
    page.get_by_role("button", name="Open with your passkey").wait_for()
    found += wrongs(page, "request, closed")
    page.get_by_role("button", name="Open with your passkey").click()
    page.locator(".letter .phone").wait_for()
    assert PHONE in page.locator(".letter").inner_text()
    page.reload()
    page.get_by_role("button", name="Open here").click()
    page.locator(".letter .phone").wait_for()

    page.goto("/inbox/you")
    page.get_by_role("button", name="Remove").click()
    page.get_by_label("A name for a new one").wait_for()
    assert 0 == page.get_by_role("button", name="Remove").count()
    assert {} == dict(inbox.hotline.staff.keyrings.of("mesa").members[account(inbox, "leo")].passkeys)
    signs_out(page)
    shows_the_passphrase(page)
    assert 0 == page.get_by_role("button", name="Use your passkey").count()
    assert [] == found


def test_the_secret_of_a_passkey_never_leaves_the_browser(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """What is sent says of the extension no more than that there is one."""
    inbox, _ = site
    page = visit()
    authenticator(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    adds_a_passkey(page)
    lets_it_open(page, words)
    signs_out(page)
    shows_the_passphrase(page)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_role("heading", name="Requests").wait_for()

    told = [each for each in sent if "clientExtensionResults" in each]

    assert 2 == len(told)
    assert "clientExtensionResults%22%3A%7B%22prf%22%3A%7B%22enabled%22%3Atrue%7D%7D" in told[0]
    assert "clientExtensionResults%22%3A%7B%7D" in told[1]
    assert not any("AGE-SECRET-KEY" in each or "results%22" in each for each in sent)


def test_a_touch_that_does_not_come_leaves_the_code(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """Wrong finger: it is said, no try is counted, and the code signs in."""
    inbox, _ = site
    page = visit()
    session, which = authenticator(page)
    signs_in(page, inbox, "leo")
    adds_a_passkey(page)
    signs_out(page)
    shows_the_passphrase(page)
    session.send("WebAuthn.setUserVerified", {"authenticatorId": which, "isUserVerified": False})
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("The passkey did not answer").wait_for(timeout=70_000)
    page.get_by_label("The six digits").fill(inbox.browser().code("leo"))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Requests").wait_for()

    assert "wrong_code" not in [each.did for each in inbox.hotline.staff.audit.last("mesa")]


def test_a_refusal_is_said_in_words(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """The passkey was removed in another browser meanwhile."""
    inbox, _ = site
    page = visit()
    authenticator(page)
    signs_in(page, inbox, "leo")
    adds_a_passkey(page)
    signs_out(page)
    shows_the_passphrase(page)
    (leo,) = inbox.hotline.staff.accounts.all()

    def removed_first(route: Any) -> None:
        if route.request.method == "POST":
            accounts = inbox.hotline.staff.accounts
            accounts.change(leo.id, lambda seen: seen.without_passkey(leo.passkeys[0].id))
        route.continue_()

    page.route("**/inbox/code/passkey", removed_first)
    page.get_by_role("button", name="Use your passkey").click()
    page.get_by_text("That passkey was not accepted. Try once more, or type the code of your app.").wait_for()


def test_the_same_device_twice(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """One is enough, and it is said."""
    inbox, _ = site
    page = visit()
    authenticator(page)
    signs_in(page, inbox, "leo")
    adds_a_passkey(page)
    page.get_by_label("A name for a new one").fill("the same")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("There is a passkey of yours on this device already.").wait_for()


def test_a_passkey_that_cannot_close_files_signs_in(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """And is not offered for opening: the six words open, as before."""
    inbox, _ = site
    page = visit()
    authenticator(page, hasPrf=False)
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    adds_a_passkey(page)
    page.goto("/inbox/key")
    page.get_by_role("button", name="Take other six words").wait_for()
    assert 0 == page.get_by_role("button", name="passkey").count()
    page.goto(f"/inbox/requests/{inbox.asks()}")
    assert PHONE in opens(page, words)


def test_other_words_and_a_new_key_leave_it_opening(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """It holds one's own key, which neither changes; new words of somebody who lost theirs make another."""
    inbox, _ = site
    page = visit()
    authenticator(page)
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    adds_a_passkey(page)
    lets_it_open(page, words)
    page.get_by_role("button", name="Make a new key").click()
    page.get_by_label("Your opening passphrase").fill(words)
    page.get_by_role("button", name="Go on").click()
    page.locator(".paper").wait_for(timeout=60_000)
    page.goto(f"/inbox/requests/{inbox.asks()}")
    page.get_by_role("button", name="Open with your passkey").click()
    page.locator(".letter .phone").wait_for()
    page.get_by_role("button", name="Lock").click()
    page.get_by_role("button", name="Open with your passkey").click()
    page.locator(".letter .phone").wait_for()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("without", ["WebAuthn", "JavaScript"])
def test_without_it_nothing_is_shown_and_the_code_signs_in(
    visit: Callable[..., Page], site: tuple[Inbox, str], without: str, width: int
) -> None:
    """An old browser, or a careful one; a passkey of another device can be removed there all the same."""
    inbox, _ = site
    first = visit()
    authenticator(first)
    signs_in(first, inbox, "leo")
    adds_a_passkey(first)
    page = visit(width, java_script_enabled=without == "WebAuthn")
    page.add_init_script("delete globalThis.PublicKeyCredential")
    page.goto("/inbox/")
    shows_the_passphrase(page)
    assert not page.get_by_role("button", name="Use your passkey").is_visible()
    page.get_by_label("The six digits").fill(inbox.browser().code("leo"))
    page.get_by_role("button", name="Sign in").click()
    page.goto("/inbox/you")
    assert not page.get_by_label("A name for a new one").is_visible()
    page.get_by_role("button", name="Remove").click()
    page.get_by_role("button", name="Remove").wait_for(state="detached")
    assert not page.get_by_role("heading", name="Passkeys").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768])
def test_no_page_with_passkeys_is_wider_than_the_screen(
    visit: Callable[..., Page], site: tuple[Inbox, str], width: int, scheme: str
) -> None:
    """With two of them, one with as long a name as may be; and axe finds nothing."""
    inbox, _ = site
    page = visit(width, color_scheme=scheme)
    session, which = authenticator(page)
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    found = []
    for name in ("W" * 40, "phone"):
        adds_a_passkey(page, name)
        session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": which})
        session, which = authenticator(page)
    reference = inbox.asks()
    for path in ("/inbox/you", "/inbox/key", f"/inbox/requests/{reference}"):
        page.goto(path)
        found += wrongs(page, path)
        assert page.evaluate(
            "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
        ), path
    assert [] == found
    assert PHONE in opens(page, words)
