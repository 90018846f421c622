"""The staff's pages in a real browser: small and wide, by keyboard, without JavaScript, and for a screen reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from app.referral.life import Referral
from app.sealing import SealError, unseal
from tests.app.web.site import served
from tests.app.web.staff import PASSPHRASE, Inbox
from tests.texter import Line

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser


@pytest.fixture
def site(line: Line) -> Iterator[tuple[Inbox, str]]:
    """The staff's doors, with ana and leo of Mesa Legal Aid."""
    with served(line) as (inbox, url):
        inbox.has("ana")
        inbox.has("leo", "lead")
        yield inbox, url


def signs_in(page: Page, inbox: Inbox, name: str = "ana") -> None:
    page.get_by_label("Your sign-in name").fill(name)
    page.get_by_label("Your sign-in passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("The six digits").fill(inbox.browser().code(name))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


def makes_the_key(page: Page) -> tuple[str, str]:
    """The lead makes the office's key; the six words, and what is on the paper."""
    page.goto("/inbox/key")
    page.get_by_role("button", name="Make the office's key").click()
    words = types_the_words(page)
    page.locator(".paper").wait_for(timeout=60_000)
    return words, page.locator(".paper").inner_text()


def types_the_words(page: Page) -> str:
    """Six words are shown, and typed."""
    words = page.locator(".six").last.inner_text()
    assert 6 == len(words.split())
    page.get_by_label("Now type the six words").fill(words)
    page.get_by_role("button", name="I have them on paper").click()
    return words


def opens(page: Page, words: str) -> str:
    """Opens the details of the request at hand; what they say."""
    page.get_by_label("Your opening passphrase").fill(words)
    page.get_by_role("button", name="Open", exact=True).click()
    page.locator(".letter .phone").wait_for(timeout=60_000)
    return page.locator(".letter").inner_text()


def test_the_office_makes_its_key_and_opens_what_is_sealed(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """Six words, a paper, a request: opened in the browser, and at hand on the next page without the words."""
    inbox, _ = site
    page = visit()
    signs_in(page, inbox, "leo")
    words, paper = makes_the_key(page)
    reference = inbox.asks()
    page.goto(f"/inbox/requests/{reference}")

    letter = opens(page, words)

    assert "+12025550111" in letter
    assert paper.startswith("AGE-SECRET-KEY-1")
    page.reload()
    page.get_by_role("button", name="Open here").click()
    page.locator(".letter .phone").wait_for()
    assert words not in str(inbox.hotline.durable.get("keyring:mesa"))


def test_half_an_hour_locks_what_was_opened(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """In the middle of a call the details go, and the six words bring them back; the visit itself goes on."""
    inbox, _ = site
    page = visit()
    page.clock.install()
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    page.goto(f"/inbox/requests/{inbox.asks()}")
    opens(page, words)

    page.clock.fast_forward("31:00")

    page.get_by_label("Your opening passphrase").wait_for()
    assert "+1202" not in page.inner_text("main")
    assert "+12025550111" in opens(page, words)


def test_wrong_words_open_nothing(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """And it is said."""
    inbox, _ = site
    page = visit()
    signs_in(page, inbox, "leo")
    makes_the_key(page)
    page.goto(f"/inbox/requests/{inbox.asks()}")
    page.get_by_label("Your opening passphrase").fill("one two three four five six")
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_text("That passphrase does not open it").wait_for(timeout=60_000)
    assert 0 == page.locator(".phone").count()


def test_a_colleague_is_let_in_by_four_words(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """Ana chooses six words of her own; Leo compares four, gives her the key, and knows nothing of hers."""
    inbox, _ = site
    leo, ana = visit(), visit()
    signs_in(leo, inbox, "leo")
    makes_the_key(leo)
    signs_in(ana, inbox, "ana")
    ana.goto("/inbox/key")
    ana.get_by_role("button", name="Choose six words").click()
    types_the_words(ana)
    ana.get_by_text("They ask you for these four words").wait_for(timeout=60_000)
    four = ana.locator("[data-compare]").inner_text()

    leo.goto("/inbox/key")
    leo.get_by_role("button", name="Give it").click()
    assert four == leo.locator(".six").inner_text()
    leo.get_by_role("button", name="They are the same").click()
    leo.get_by_label("Your opening passphrase").fill("wrong")
    leo.get_by_role("button", name="Go on").click()
    leo.get_by_text("That passphrase does not open it").wait_for(timeout=60_000)
    assert not inbox.hotline.staff.keyrings.of("mesa").opens(account(inbox, "ana"))


def gives_the_key(page: Page, words: str) -> None:
    """Whoever has the key gives it to the colleague who waits."""
    page.goto("/inbox/key")
    page.get_by_role("button", name="Give it").click()
    page.get_by_role("button", name="They are the same").click()
    page.get_by_label("Your opening passphrase").or_(page.get_by_text("ana has it")).wait_for()
    if page.get_by_label("Your opening passphrase").count():
        page.get_by_label("Your opening passphrase").fill(words)
        page.get_by_role("button", name="Go on").click()
    page.get_by_text("ana has it").wait_for(timeout=60_000)


def account(inbox: Inbox, name: str) -> str:
    found = inbox.hotline.staff.accounts.named(name)
    assert found is not None
    return found.id


def test_joining_leaving_and_a_new_key(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """Ana joins and opens; a new key seals the open requests anew; the old paper opens them no more, the new one does."""
    inbox, _ = site
    leo, ana = visit(), visit()
    signs_in(leo, inbox, "leo")
    his, old_paper = makes_the_key(leo)
    signs_in(ana, inbox, "ana")
    ana.goto("/inbox/key")
    ana.get_by_role("button", name="Choose six words").click()
    hers = types_the_words(ana)
    ana.get_by_text("They ask you for these four words").wait_for(timeout=60_000)
    gives_the_key(leo, his)
    reference = inbox.asks()
    ana.goto(f"/inbox/requests/{reference}")
    assert "+12025550111" in opens(ana, hers)
    before = box(inbox, reference)
    assert b"+12025550111" in unseal(before, old_paper)

    leo.goto("/inbox/key")
    leo.get_by_role("button", name="Make a new key").click()
    leo.locator(".paper").wait_for(timeout=60_000)
    new_paper = leo.locator(".paper").inner_text()

    assert "1 open request is sealed to the new key." in leo.inner_text("main")
    assert b"+12025550111" in unseal(box(inbox, reference), new_paper)
    with pytest.raises(SealError):
        unseal(box(inbox, reference), old_paper)
    ana.goto("/inbox/requests")
    ana.evaluate("sessionStorage.clear()")
    ana.goto(f"/inbox/requests/{reference}")
    assert "+12025550111" in opens(ana, hers)
    # What was sealed before, and was not at the office then, opens as well: the old key is sealed to the new one.
    inbox.hotline.referrals.change(
        found(inbox, reference).id, lambda seen: replace(seen, boxes={"mesa": before})
    )
    ana.reload()
    ana.get_by_role("button", name="Open here").click()
    ana.locator(".letter .phone").wait_for()
    inbox.hotline.staff.reception.shut_out("ana", out=True)
    assert account(inbox, "ana") not in inbox.hotline.staff.keyrings.of("mesa").members


def found(inbox: Inbox, reference: str) -> Referral:
    referral = inbox.hotline.referrals.by_reference(reference)
    assert referral is not None
    return referral


def box(inbox: Inbox, reference: str) -> bytes:
    return found(inbox, reference).boxes["mesa"]


def test_the_paper_helps_where_every_word_is_lost(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """The lead chooses new words; nobody can give the key; the paper does."""
    inbox, _ = site
    page = visit()
    signs_in(page, inbox, "leo")
    _, paper = makes_the_key(page)
    page.goto("/inbox/key")
    page.get_by_role("button", name="I have lost my six words").click()
    words = types_the_words(page)
    page.get_by_role("button", name="use the office's paper").click(timeout=60_000)
    page.get_by_label("The line on the paper").fill(paper.lower())
    page.get_by_role("button", name="Open with the paper").click()
    page.get_by_text("You can open what is sealed to the office").wait_for()

    page.goto(f"/inbox/requests/{inbox.asks()}")

    assert "+12025550111" in opens(page, words)


def test_other_words_for_the_same_key(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """The words of now open it first; nobody has to let one in again."""
    inbox, _ = site
    page = visit()
    signs_in(page, inbox, "leo")
    old, _ = makes_the_key(page)
    page.goto("/inbox/key")
    page.get_by_role("button", name="Take other six words").click()
    page.get_by_label("Your opening passphrase of now").fill(old)
    page.get_by_role("button", name="Go on").click()
    page.get_by_label("Now type the six words").wait_for(timeout=60_000)
    new = types_the_words(page)
    page.get_by_role("button", name="Take other six words").wait_for(timeout=60_000)

    page.goto(f"/inbox/requests/{inbox.asks()}")

    assert old != new
    assert "+12025550111" in opens(page, new)


def test_a_box_of_another_request_is_refused(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """Whoever moves boxes on the server does not make somebody call the wrong person."""
    inbox, _ = site
    page = visit()
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    one, other = inbox.asks("+12025550112"), inbox.asks("+12025550113")
    moved = box(inbox, other)
    inbox.hotline.referrals.change(found(inbox, one).id, lambda seen: replace(seen, boxes={"mesa": moved}))
    page.goto(f"/inbox/requests/{one}")
    page.get_by_label("Your opening passphrase").fill(words)
    page.get_by_role("button", name="Open", exact=True).click()
    page.get_by_text("This box belongs to another request").wait_for(timeout=60_000)


def test_the_fields_for_legalserver_are_copied(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """In the browser; the reference stands where a last name would."""
    inbox, url = site
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=url)
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    reference = inbox.asks()
    page.goto(f"/inbox/requests/{reference}")
    opens(page, words)
    page.get_by_role("button", name="Copy for LegalServer").click()
    page.get_by_text("Copied.").wait_for()

    copied = page.evaluate("navigator.clipboard.readText()")

    assert f"Last Name\t{reference}" in copied
    assert "Phone\t+12025550111" in copied


def test_the_list_keeps_itself_fresh(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """A new request comes into the list, the title and the news without a click; a visit that is over is said."""
    inbox, _ = site
    page = visit()
    page.clock.install()
    signs_in(page, inbox)
    page.wait_for_function("document.title.startsWith('Requests')")

    inbox.asks()
    page.clock.fast_forward("00:16")
    page.get_by_text("A new request waits for you.").wait_for()
    assert page.title().startswith("(1) Requests")

    inbox.hotline.staff.reception.end_visits(account(inbox, "ana"))
    with page.expect_response("**/inbox/requests/part*"):
        page.clock.fast_forward("00:16")
    page.get_by_role("link", name="Sign in again").wait_for()


@pytest.mark.parametrize("width", [360, 768, 1280])
def test_the_day_without_javascript(visit: Callable[..., Page], site: tuple[Inbox, str], width: int) -> None:
    """Sign in, read, take, call in vain, close: plain pages and forms; and nothing is wider than the screen."""
    inbox, _ = site
    page = visit(width, java_script_enabled=False)
    signs_in(page, inbox)
    reference = inbox.asks()
    page.goto("/inbox/requests")
    page.get_by_role("link", name=reference).click()
    for button in ("Take it", "Nobody answered", "We spoke"):
        page.get_by_role("link", name=button).click()
        page.get_by_role("button", name=button).click()
        page.locator(".done").wait_for()
    page.get_by_role("link", name="Close").click()
    page.get_by_label("it gave advice").check()
    page.get_by_role("button", name="Close").click()
    assert "Closed. The details are destroyed" in page.inner_text(".done")
    with page.expect_download() as saved:
        page.locator("summary").click()
        page.get_by_role("link", name="Save the sealed file").click()
    assert f"{reference}.age" == saved.value.suggested_filename


PAGES = (
    "/inbox/requests",
    "/inbox/requests?show=closed",
    "{}",
    "{}/accept",
    "{}/decline",
    "/inbox/key",
    "/inbox/duty",
    "/inbox/people",
    "/inbox/people/ana/out",
    "/inbox/numbers",
    "/inbox/audit",
    "/inbox/you",
)
# Of the other roles, who see other pages, or the same ones otherwise.
ELSEWHERE = {
    "ana": ("/inbox/duty",),
    "cora": ("/inbox/overview", "/inbox/overview?show=alarms", "/inbox/numbers"),
    "adam": ("/inbox/people", "/inbox/people/leo/secrets"),
}


def faults(page: Page, path: str) -> list[tuple[str, str]]:
    """What axe finds there; a page that is wider than the screen fails at once."""
    from axe_playwright_python.sync_playwright import Axe

    page.goto(path)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path
    return [(path, each["id"]) for each in Axe().run(page).response["violations"]]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1280])
def test_no_page_is_wider_than_the_screen_and_axe_finds_nothing(
    visit: Callable[..., Page], site: tuple[Inbox, str], width: int, scheme: str
) -> None:
    """Every page, for whoever cannot see it well or at all. Source: WCAG 2.2 by axe-core's rules."""
    inbox, _ = site
    reference = inbox.asks()
    page = visit(width, color_scheme=scheme)
    found = faults(page, "/inbox/sign-in")
    signs_in(page, inbox, "leo")
    for path in PAGES:
        found += faults(page, path.format(f"/inbox/requests/{reference}"))
    assert [] == found


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_for_the_other_roles(
    visit: Callable[..., Page], site: tuple[Inbox, str], width: int
) -> None:
    """What staff read, the coordinator's overview with an alarm, the admin's people; and a month with counts of all kinds."""
    inbox, _ = site
    inbox.has("cora", "coordinator")
    inbox.has("adam", "admin")
    inbox.asks()
    inbox.line.clock.forward(minutes=40)
    for name, many in (("offered", 120), ("accepted", 40), ("accepted_late", 3)):
        inbox.hotline.durable.hset("month:202607-mesa", name, many)
    found = []
    for name, paths in ELSEWHERE.items():
        page = visit(width)
        signs_in(page, inbox, name)
        for path in paths:
            found += faults(page, path)
    assert [] == found


def test_writing_to_the_person_and_reading_the_answer(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """Counted while it is typed, shown before it is sent; the answer comes by itself, and is text whatever it holds."""
    inbox, _ = site
    page = visit()
    signs_in(page, inbox, "leo")
    words, _ = makes_the_key(page)
    reference = inbox.asks()
    page.goto(f"/inbox/requests/{reference}")
    opens(page, words)
    page.get_by_role("link", name="Take it").click()
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("link", name="Write through the line").click()
    page.get_by_label("Write in Spanish").press_sequentially("Le llamamos a las 3.")
    page.get_by_text("1 segment, about 1 cent").wait_for()
    page.get_by_role("button", name="See what the person will read").click()
    assert "Alguien de Mesa Legal Aid le escribe:\nLe llamamos a las 3." == page.inner_text("blockquote")
    page.get_by_role("button", name="Send").click()
    page.locator(".text.office .words").wait_for()
    assert "Le llamamos a las 3." in page.inner_text(".text.office .words")

    inbox.line.works()
    inbox.line.texter().texts("Si <b onclick=alert(1)>gracias</b>")

    page.locator(".text.person .words").wait_for(timeout=20_000)
    assert "Si <b onclick=alert(1)>gracias</b>" == page.inner_text(".text.person .words")
    assert 0 == page.locator(".text b").count()


def test_an_office_says_that_it_is_away_and_lets_somebody_in_without_javascript(
    visit: Callable[..., Page], site: tuple[Inbox, str]
) -> None:
    """Plain forms; the code is on the page, and what was typed wrong stays typed."""
    inbox, _ = site
    page = visit(360, java_script_enabled=False)
    signs_in(page, inbox, "leo")
    page.goto("/inbox/duty")
    page.get_by_label("Open hours").fill("nine to five")
    page.get_by_role("button", name="Save").click()
    assert "Not saved: hours must be" in page.inner_text(".wrong")
    assert "nine to five" == page.get_by_label("Open hours").input_value()
    page.goto("/inbox/duty")
    page.get_by_role("button", name="We are away").click()
    assert "You are away" in page.inner_text(".wrong")

    page.get_by_role("link", name="People").click()
    page.get_by_label("Sign-in name").fill("eva")
    page.get_by_label("staff: ").check()
    page.get_by_role("button", name="Invite").click()
    assert 23 == len(page.inner_text(".six"))
    page.goto("/inbox/people")
    page.get_by_role("link", name="Shut out: ana").click()
    page.get_by_role("button", name="Shut out").click()
    assert "They are shut out." in page.inner_text(".done")


def test_a_changed_bundle_opens_nothing(visit: Callable[..., Page], site: tuple[Inbox, str]) -> None:
    """A byte that is not ours: no passphrase goes into it, and the person is told."""
    inbox, _ = site
    page = visit()
    signs_in(page, inbox, "leo")
    page.route(
        "**/vendor/age.js", lambda route: route.fulfill(body="export {};", content_type="text/javascript")
    )
    page.goto("/inbox/key")
    page.get_by_role("button", name="Make the office's key").click()
    types_the_words(page)
    page.get_by_text("has been changed on its way here").wait_for()
