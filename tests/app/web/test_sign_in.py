"""The staff's door: two secrets, each in its turn; whoever guesses waits; what was used opens nothing again."""

from __future__ import annotations

import re
from dataclasses import replace

import pyotp
import pytest

from app.staff.account import StaffError
from app.store import keys
from app.store.lockdown import Lock
from app.web.gate import COOKIE
from tests.app.web.staff import ORIGIN, PASSPHRASE, Browser, Inbox
from tests.servers import Servers
from tests.texter import Line


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with ana of Mesa Legal Aid."""
    inbox = Inbox(line)
    inbox.has("ana")
    return inbox


def half(inbox: Inbox) -> Browser:
    """A browser that has shown ana's first secret."""
    return inbox.browser().sends("/inbox/sign-in", name="ana", passphrase=PASSPHRASE)


def test_a_day_begins_with_two_secrets(inbox: Inbox) -> None:
    """The passphrase, the app's code, the list."""
    page = inbox.browser().opens("/inbox/")
    assert "Sign in" in page.page

    page.signs_in("ana")

    assert "Nothing waits for you" in page.page
    assert ["signed_in"] == [each.did for each in inbox.hotline.staff.audit.last("mesa", 9)]


@pytest.mark.parametrize(
    ("name", "passphrase"), [("ana", "walnut cloud ladder fork"), ("eva", PASSPHRASE), ("", ""), ("ana", "")]
)
def test_it_is_not_said_which_was_wrong(inbox: Inbox, name: str, passphrase: str) -> None:
    """A name that nobody has and a wrong passphrase get the same words."""
    page = inbox.browser().sends("/inbox/sign-in", name=name, passphrase=passphrase)

    assert 422 == page.status
    assert "That name and passphrase do not go together." in page.page


def test_a_name_may_be_typed_with_capitals_and_blanks(inbox: Inbox) -> None:
    """A phone's keyboard begins with a capital."""
    page = inbox.browser().sends("/inbox/sign-in", name=" Ana ", passphrase=PASSPHRASE)
    assert "Your code" in page.page


def test_the_first_secret_alone_opens_nothing(inbox: Inbox) -> None:
    """Half way in, every page leads back to the sign-in."""
    page = half(inbox)
    for path in ("/inbox/requests", "/inbox/you", "/inbox/"):
        assert "Sign in</h1>" in page.opens(path).page


@pytest.mark.parametrize("typed", ["{}", " {} ", "{0:.3} {0:.0}", "spaced"])
def test_a_code_is_good_once(inbox: Inbox, typed: str) -> None:
    """The same code, with whatever spaces in it, opens nothing a second time."""
    first = half(inbox)
    code = first.code("ana")
    spaced = f"{code[:3]} {code[3:]}" if typed in {"spaced", "{0:.3} {0:.0}"} else typed.format(code)
    assert "Nothing waits" in first.sends("/inbox/code", code=spaced).page

    again = half(inbox).sends("/inbox/code", code=code)

    assert 422 == again.status
    assert "used already" in again.page


def test_a_code_from_before_the_last_used_one_is_refused(inbox: Inbox) -> None:
    """Somebody who looked over a shoulder comes too late, though the clock still allows for it."""
    page = half(inbox)
    now = int(inbox.line.clock().timestamp())
    before, after = (pyotp.TOTP(inbox.seeds["ana"]).at(now + drift) for drift in (-30, 30))
    assert "Nothing waits" in page.sends("/inbox/code", code=after).page

    assert "used already" in half(inbox).sends("/inbox/code", code=before).page


def test_a_recovery_code_serves_once(inbox: Inbox) -> None:
    """However it is typed; and one less is left."""
    code = inbox.recovery["ana"][0]
    page = half(inbox).sends("/inbox/code", code=code.lower().replace("-", " "))
    assert re.search(r"Recovery codes left</dt><dd>7", page.opens("/inbox/you").page)

    assert 422 == half(inbox).sends("/inbox/code", code=code).status


def test_whoever_guesses_waits_and_others_do_not(inbox: Inbox) -> None:
    """Seven tries of one name from one place: the right passphrase is not heard either; another name is."""
    inbox.has("eva")
    page = inbox.browser()
    for _ in range(6):
        assert 422 == page.sends("/inbox/sign-in", name="ana", passphrase="no").status

    late = page.sends("/inbox/sign-in", name="ana", passphrase=PASSPHRASE)

    assert 429 == late.status
    assert "Wait 15 minutes" in late.page
    assert late.answer is not None
    assert 0 < int(late.answer.headers["Retry-After"]) <= keys.TRIES_LIFE
    assert "Your code" in inbox.browser().sends("/inbox/sign-in", name="eva", passphrase=PASSPHRASE).page


def test_one_address_cannot_keep_a_name_from_all_the_others(inbox: Inbox) -> None:
    """A hundred tries of one stranger: ana signs in at her own desk."""
    stranger = inbox.browser(address="203.0.113.9")
    for _ in range(100):
        stranger.sends("/inbox/sign-in", name="ana", passphrase="no")

    assert 429 == stranger.status
    assert "Nothing waits" in inbox.browser(address="203.0.113.10").signs_in("ana").page


def test_forty_people_of_one_office_sign_in_from_one_address(inbox: Inbox) -> None:
    """What was right is not counted against anybody."""
    for _ in range(40):
        page = inbox.browser().signs_in("ana")
        assert "Nothing waits" in page.page


def test_an_ipv6_network_is_one_address(inbox: Inbox) -> None:
    """Whoever has one address of it has a great many."""
    statuses = [
        inbox.browser(address=f"2001:db8:1:2::{n:x}")
        .sends("/inbox/sign-in", name="ana", passphrase="no")
        .status
        for n in range(1, 9)
    ]
    assert [422] * 6 + [429] * 2 == statuses


def test_fifty_wrong_codes_in_a_row_need_new_secrets(inbox: Inbox) -> None:
    """From however many addresses, over however many weeks; each is noted for the lead."""
    page = half(inbox)
    page.sends("/inbox/code", code="000000")
    account = inbox.hotline.staff.accounts.named("ana")
    assert account is not None
    assert 1 == account.wrong
    assert "wrong_code" in [each.did for each in inbox.hotline.staff.audit.last("mesa")]
    inbox.hotline.staff.accounts.change(account.id, lambda seen: replace(seen, wrong=50))

    late = half(inbox).sends("/inbox/code", code=page.code("ana"))

    assert 422 == late.status
    assert "too many wrong codes" in late.page


def test_a_right_code_ends_the_row_of_wrong_ones(inbox: Inbox) -> None:
    """A person mistypes now and then."""
    page = half(inbox)
    page.sends("/inbox/code", code="000000")
    page.sends("/inbox/code", code=page.code("ana"))
    account = inbox.hotline.staff.accounts.named("ana")
    assert account is not None
    assert 0 == account.wrong


def test_who_was_half_way_in_when_all_visits_ended_is_not_let_in(inbox: Inbox) -> None:
    """The code would be right; but the visit began before the reset, and stays over."""
    sign_in, was = inbox.hotline.staff.sign_in, inbox.hotline.staff.accounts.named("ana")
    assert was is not None
    inbox.hotline.staff.reception.end_visits(was.id)
    with pytest.raises(StaffError):
        sign_in.second(was, inbox.browser().code("ana"), "203.0.113.9")


def test_codes_cannot_be_guessed_in_a_row(inbox: Inbox) -> None:
    """The second secret is counted with the first."""
    page = half(inbox)
    statuses = [page.sends("/inbox/code", code="000000").status for _ in range(7)]
    assert [422] * 5 + [429] * 2 == statuses


def test_where_somebody_tried_from_is_not_kept(inbox: Inbox) -> None:
    """Neither the name nor the address stands in a key."""
    inbox.browser().sends("/inbox/sign-in", name="ana", passphrase="no")
    names = b" ".join(inbox.hotline.volatile.keys("*"))
    assert b"ana" not in names
    assert b"127" not in names


def test_the_word_of_the_cookie_is_another_after_each_step(inbox: Inbox) -> None:
    """A word that somebody planted before a sign-in opens nothing after it."""
    page = half(inbox)
    planted = page.client.get_cookie(COOKIE, domain="line.example.org")
    assert planted is not None
    page.sends("/inbox/code", code=page.code("ana"))

    thief = inbox.browser()
    thief.client.set_cookie(COOKIE, planted.value, domain="line.example.org", secure=True)

    assert "Sign in</h1>" in thief.opens("/inbox/requests").page
    assert planted.secure
    assert planted.http_only
    assert "Lax" == planted.same_site


def test_a_cookie_that_somebody_made_up_opens_nothing(inbox: Inbox) -> None:
    """Nor one that was changed by a letter."""
    page = inbox.with_("ana")
    word = page.client.get_cookie(COOKIE, domain="line.example.org")
    assert word is not None
    for made_up in ("", "x", word.value[:-1], word.value + "x", "../" + word.value, "ñ"):
        page.client.set_cookie(COOKIE, made_up, domain="line.example.org")
        assert "Sign in</h1>" in page.opens("/inbox/requests").page


def test_a_visit_ends_after_a_working_day(inbox: Inbox) -> None:
    """Its key lives ten hours, whatever is done meanwhile."""
    page = inbox.with_("ana").opens("/inbox/requests")
    (visit,) = inbox.hotline.volatile.keys("visit:*")
    assert 0 < inbox.hotline.volatile.ttl(visit) <= 10 * 3600
    inbox.hotline.volatile.delete(visit)
    assert "Sign in</h1>" in page.opens("/inbox/requests").page


def test_signing_out_ends_the_visit_and_clears_the_browser(inbox: Inbox) -> None:
    """What the browser holds goes, and the visit is no more on our side either."""
    page = inbox.with_("ana").opens("/inbox/you")
    page.sends("/inbox/sign-out", follow=False)

    assert page.answer is not None
    assert '"cache", "cookies", "storage"' == page.answer.headers["Clear-Site-Data"]
    assert [] == inbox.hotline.volatile.keys("visit:*")


def test_all_visits_end_everywhere(inbox: Inbox) -> None:
    """The laptop that was left in a train is signed out from the phone."""
    laptop, phone = inbox.with_("ana"), inbox.with_("ana")
    phone.opens("/inbox/you").sends("/inbox/sign-out-everywhere")

    assert "Sign in</h1>" in laptop.opens("/inbox/requests").page
    assert "Nothing waits" in inbox.with_("ana").opens("/inbox/requests").page


def test_who_is_shut_out_is_out_at_once(inbox: Inbox) -> None:
    """In every browser, at the next click; and cannot come in again."""
    page = inbox.with_("ana")
    inbox.hotline.staff.reception.shut_out("ana", out=True)

    assert "Sign in</h1>" in page.opens("/inbox/requests").page
    assert "shut out" in half(inbox).page


def test_a_form_without_its_proof_is_refused(inbox: Inbox) -> None:
    """No other page can send it, though the browser adds the cookie."""
    page = inbox.with_("ana").opens("/inbox/you")
    page.page = ""
    assert 400 == page.sends("/inbox/sign-out").status
    assert 200 == page.opens("/inbox/requests").status


@pytest.mark.parametrize(
    "origin", [{}, {"Origin": "null"}, {"Origin": "https://evil.example"}, {"Origin": ORIGIN + ":1"}]
)
def test_a_form_of_another_site_is_refused(inbox: Inbox, origin: dict[str, str]) -> None:
    """The sign-in too, where there is no visit yet: nobody is signed in under somebody else's name."""
    page = inbox.with_("ana").opens("/inbox/you")
    assert 400 == page.sends("/inbox/sign-out", headers=origin).status
    assert (
        400
        == inbox.browser().sends("/inbox/sign-in", headers=origin, name="ana", passphrase=PASSPHRASE).status
    )


@pytest.mark.parametrize("memory", ["volatile", "durable"])
def test_nobody_is_let_in_while_a_memory_is_down(inbox: Inbox, servers: Servers, memory: str) -> None:
    """The door stays shut, to whoever was in too, and says what to do."""
    page = inbox.with_("ana")
    getattr(servers, memory).kill()

    assert 503 == page.opens("/inbox/requests").status
    assert "Nothing is lost" in page.page
    assert 503 == inbox.browser().sends("/inbox/sign-in", name="ana", passphrase=PASSPHRASE).status


def test_nobody_is_let_in_while_the_line_is_locked(inbox: Inbox) -> None:
    """A lockdown shuts this door as well, and every visit is over."""
    page = inbox.with_("ana")
    inbox.hotline.lockdown.lock(Lock(inbox.line.clock(), "eva", "test"))

    assert 503 == page.opens("/inbox/requests").status
    assert 503 == inbox.browser().sends("/inbox/sign-in", name="ana", passphrase=PASSPHRASE).status


# --- joining ---


def test_joining_by_invitation(inbox: Inbox) -> None:
    """The code, a passphrase, the app, recovery codes that are shown once; then both secrets open the door."""
    code = inbox.hotline.staff.reception.invite("eva", "lead", "mesa", "test")
    page = inbox.browser().opens("/inbox/join").sends("/inbox/join", code=code.lower().replace("-", " "))
    assert "You join as <strong>eva</strong>, lead of mesa" in page.page
    page.sends("/inbox/join/passphrase", passphrase=PASSPHRASE, again=PASSPHRASE)
    found = re.search(r'class="seed">([A-Z2-7 ]+)<', page.page)
    assert found
    inbox.seeds["eva"] = found[1].replace(" ", "")
    assert "<svg" in page.page
    page.sends("/inbox/join/app", code=page.code("eva"))
    codes = re.findall(r"<li><code>([0-9A-Z-]{17})</code>", page.page)

    assert 8 == len(set(codes))
    assert "Nothing waits" in inbox.browser().signs_in("eva").page
    assert "Nothing waits" in inbox.browser().signs_in("eva", codes[3]).page
    assert "used already" in inbox.browser().sends("/inbox/join", code=code).page


@pytest.mark.parametrize(
    ("passphrase", "again", "why"),
    [
        ("too short", "too short", "at least 15"),
        ("passwordpassword1", "passwordpassword1", "easy to guess"),
        ("mesamesamesamesa", "mesamesamesamesa", "easy to guess"),
        (PASSPHRASE, PASSPHRASE + " ", "not the same"),
        ("x" * 257, "x" * 257, "at most 256"),
    ],
)
def test_a_weak_passphrase_is_refused_with_what_would_do(
    inbox: Inbox, passphrase: str, again: str, why: str
) -> None:
    """And nothing of it is kept."""
    code = inbox.hotline.staff.reception.invite("eva", "staff", "mesa", "test")
    page = inbox.browser().sends("/inbox/join", code=code)
    page.sends("/inbox/join/passphrase", passphrase=passphrase, again=again)

    assert 422 == page.status
    assert why in page.page
    assert passphrase not in page.page


def test_an_invitation_that_two_people_use_makes_one_account(inbox: Inbox) -> None:
    """Whoever comes second asks for a new code."""
    code = inbox.hotline.staff.reception.invite("eva", "staff", "mesa", "test")
    pages = [inbox.browser().sends("/inbox/join", code=code) for _ in range(2)]
    for page in pages:
        page.sends("/inbox/join/passphrase", passphrase=PASSPHRASE, again=PASSPHRASE)
    said = []
    for page in pages:
        found = re.search(r'class="seed">([A-Z2-7 ]+)<', page.page)
        assert found
        inbox.seeds["eva"] = found[1].replace(" ", "")
        said.append(page.sends("/inbox/join/app", code=page.code("eva")).page)

    assert "Write these down" in said[0]
    assert "Ask for a new one" in said[1]


def test_old_secrets_open_nothing_from_the_moment_of_a_reset(inbox: Inbox) -> None:
    """Whoever stole the laptop must not come back before new ones are chosen."""
    inbox.hotline.staff.reception.reset("ana", "test")
    assert 422 == half(inbox).status
    nobodys = "nobody has this passphrase, and nobody ever will"
    assert 422 == inbox.browser().sends("/inbox/sign-in", name="ana", passphrase=nobodys).status


def test_of_two_codes_for_one_name_the_last_is_good(inbox: Inbox) -> None:
    """One that was written down wrong, or overheard, opens nothing once another was given."""
    reception = inbox.hotline.staff.reception
    first, second = (reception.invite("eva", role, "mesa", "test") for role in ("lead", "staff"))
    assert 422 == inbox.browser().sends("/inbox/join", code=first).status
    assert "staff of mesa" in inbox.browser().sends("/inbox/join", code=second).page
    reception.withdraw("eva")
    assert 422 == inbox.browser().sends("/inbox/join", code=second).status


@pytest.mark.parametrize("since", ["shut out", "another code"])
def test_a_code_for_new_secrets_is_over_when_something_else_came(inbox: Inbox, since: str) -> None:
    """Half way through, too: what was chosen meanwhile is not taken."""
    reception = inbox.hotline.staff.reception
    code = reception.reset("ana", "test")
    page = inbox.browser().sends("/inbox/join", code=code)
    page.sends("/inbox/join/passphrase", passphrase=PASSPHRASE, again=PASSPHRASE)
    found = re.search(r'class="seed">([A-Z2-7 ]+)<', page.page)
    assert found
    inbox.seeds["ana"] = found[1].replace(" ", "")
    if since == "shut out":
        reception.shut_out("ana", out=True)
    else:
        reception.reset("ana", "test")

    page.sends("/inbox/join/app", code=page.code("ana"))

    assert page.status in {409, 422}
    assert "Ask for a new one" in page.page


def test_new_secrets_end_every_visit_and_the_old_ones(inbox: Inbox) -> None:
    """Who lost the phone gets a code, and stays who they were."""
    page, was = inbox.with_("ana"), inbox.hotline.staff.accounts.named("ana")
    code = inbox.hotline.staff.reception.reset("ana", "test")
    assert "Sign in</h1>" in page.opens("/inbox/requests").page

    fresh = inbox.browser().sends("/inbox/join", code=code)
    fresh.sends(
        "/inbox/join/passphrase", passphrase="another four good words", again="another four good words"
    )
    found = re.search(r'class="seed">([A-Z2-7 ]+)<', fresh.page)
    assert found
    inbox.seeds["ana"] = found[1].replace(" ", "")
    fresh.sends("/inbox/join/app", code=fresh.code("ana"))

    now = inbox.hotline.staff.accounts.named("ana")
    assert was is not None
    assert now is not None
    assert was.id == now.id
    assert 422 == half(inbox).status


def test_a_code_that_is_no_invitation(inbox: Inbox) -> None:
    """It says what to do."""
    page = inbox.browser().sends("/inbox/join", code="AAAAA-BBBBB-CCCCC-DDDDD")
    assert 422 == page.status
    assert "Ask for a new one" in page.page
