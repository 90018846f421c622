"""Passkeys at the staff's door: added, shown in the place of a code, removed; and what they may open goes with them."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace

import pytest

from app.sealing import make_identity, recipient_of, seal
from app.staff.account import Account
from app.staff.keyring import Keyring, NewKey
from app.store.visits import Visit
from app.web.gate import COOKIE
from tests.app.staff.authenticator import Authenticator, text
from tests.app.web.staff import ORIGIN, PASSPHRASE, Browser, Inbox
from tests.app.web.test_opening import WRAPPED, new_key, sealed_to
from tests.texter import Line

BOX = b64encode(seal(b"an identity", (recipient_of(make_identity()),))).decode()


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with ana of Mesa Legal Aid."""
    inbox = Inbox(line)
    inbox.has("ana")
    return inbox


def account(inbox: Inbox, name: str = "ana") -> Account:
    found = inbox.hotline.staff.accounts.named(name)
    assert found is not None
    return found


def done(inbox: Inbox) -> list[str]:
    """What is noted of Mesa Legal Aid, the oldest first."""
    return [each.did for each in inbox.hotline.staff.audit.last("mesa", 99)][::-1]


def adds(browser: Browser, name: str = "laptop", **lies: object) -> Authenticator:
    """Whoever is signed in adds a passkey; the page is at "You" afterwards."""
    key = Authenticator(**{"origin": ORIGIN, "host": "line.example.org", **lies})  # type: ignore[arg-type]
    options = browser.opens("/inbox/passkey/new").page
    browser.opens("/inbox/you").sends("/inbox/passkey/new", credential=key.makes(options), name=name)
    return key


def half(inbox: Inbox, name: str = "ana") -> Browser:
    """A browser that has shown the first secret."""
    return inbox.browser().sends("/inbox/sign-in", name=name, passphrase=PASSPHRASE)


def answer(browser: Browser, key: Authenticator) -> str:
    """What the passkey signs in this browser; the page is that of the code afterwards."""
    options = browser.opens("/inbox/code/passkey").page
    browser.opens("/inbox/code")
    return key.shows(options)


def shows(browser: Browser, key: Authenticator) -> Browser:
    return browser.sends("/inbox/code/passkey", credential=answer(browser, key))


def test_a_passkey_takes_the_place_of_a_code(inbox: Inbox) -> None:
    """Added while signed in; then the passphrase and a touch, and one is in."""
    key = adds(inbox.with_("ana"), count=3)
    page = shows(half(inbox), key)

    assert {"to": "/inbox/"} == json.loads(page.page)
    assert "Nothing waits for you" in page.opens("/inbox/").page
    assert ["added_passkey", "signed_in"] == done(inbox)
    assert (4, 0) == (account(inbox).passkeys[0].sign_count, account(inbox).wrong)


def test_the_visit_is_another_after_it_and_has_a_good_cookie(inbox: Inbox) -> None:
    """As after a code: a word from before opens nothing."""
    key, page = adds(inbox.with_("ana")), half(inbox)
    before = page.client.get_cookie(COOKIE, domain="line.example.org")
    shows(page, key)
    after = page.client.get_cookie(COOKIE, domain="line.example.org")

    assert before is not None
    assert after is not None
    assert (True, True, "Lax") == (after.secure, after.http_only, after.same_site)
    assert inbox.hotline.staff.visits.get(before.value) is None
    visit = inbox.hotline.staff.visits.get(after.value)
    assert visit is not None
    assert ("in", "") == (visit.stage, visit.challenge)


def test_an_answer_is_good_once(inbox: Inbox) -> None:
    """A wrong one uses the question up as well, and is counted as a wrong code is."""
    key, page = adds(inbox.with_("ana")), half(inbox)
    told = answer(page, key)
    wrong = page.sends("/inbox/code/passkey", credential="{}")
    assert (422, "That passkey was not accepted. Try once more, or type the code of your app.\n") == (
        wrong.status,
        wrong.page,
    )
    page.opens("/inbox/code")
    assert 422 == page.sends("/inbox/code/passkey", credential=told).status
    assert 2 == account(inbox).wrong
    assert ["added_passkey", "wrong_code", "wrong_code"] == done(inbox)
    assert "Nothing waits" in page.opens("/inbox/code").sends("/inbox/code", code=page.code("ana")).page


def test_an_answer_to_the_question_of_another_browser(inbox: Inbox) -> None:
    """Ana signed it; but not here."""
    key, page, other = adds(inbox.with_("ana")), half(inbox), half(inbox)
    told = answer(other, key)
    answer(page, key)
    assert 422 == page.sends("/inbox/code/passkey", credential=told).status


def test_guesses_are_counted_with_those_of_codes(inbox: Inbox) -> None:
    """After six one waits, whatever one shows; the right passkey too."""
    key, page = adds(inbox.with_("ana")), half(inbox)
    page.opens("/inbox/code")
    for _ in range(5):
        page.sends("/inbox/code/passkey", credential="{}")
        page.opens("/inbox/code")
    late = shows(page, key)

    assert 429 == late.status
    assert "Wait 15 minutes" in late.page
    assert late.answer is not None
    assert int(late.answer.headers["Retry-After"]) > 0


def test_fifty_wrong_ones_need_new_secrets(inbox: Inbox) -> None:
    """As with codes."""
    key = adds(inbox.with_("ana"))
    inbox.hotline.staff.accounts.change(account(inbox).id, lambda seen: replace(seen, wrong=50))
    late = shows(half(inbox), key)
    assert (422, True) == (late.status, "too many wrong codes" in late.page)


def test_who_was_shut_out_half_way_in(inbox: Inbox) -> None:
    """The touch comes too late."""
    key, page = adds(inbox.with_("ana")), half(inbox)
    told = answer(page, key)
    inbox.hotline.staff.reception.end_visits(account(inbox).id)
    page.sends("/inbox/code/passkey", credential=told)
    assert 401 == page.status or "Sign in</h1>" in page.page


def test_a_passkey_of_a_colleague_opens_nothing(inbox: Inbox) -> None:
    """Nor does ana's at the colleague's."""
    inbox.has("eva")
    hers, evas = adds(inbox.with_("ana")), adds(inbox.with_("eva"))
    assert 422 == shows(half(inbox), evas).status
    assert 422 == shows(half(inbox, "eva"), hers).status


def test_who_has_none_is_asked_for_a_code(inbox: Inbox) -> None:
    """The page has no button, and the question no answer."""
    page = half(inbox)
    assert "passkey" not in page.opens("/inbox/code").page
    assert (409, True) == (
        page.opens("/inbox/code/passkey").status,
        "You have no passkey here" in page.page,
    )
    adds(inbox.with_("ana"))
    assert 'id="use-passkey"' in page.opens("/inbox/code").page


def test_what_was_not_asked_for_is_not_added(inbox: Inbox) -> None:
    """Without a question, after another one, twice, or of another site."""
    ana = inbox.with_("ana")
    key = Authenticator(ORIGIN, "line.example.org")
    told = key.makes(ana.opens("/inbox/passkey/new").page)
    ana.opens("/inbox/passkey/new")
    for _ in range(2):
        assert 409 == ana.opens("/inbox/you").sends("/inbox/passkey/new", credential=told, name="x").status
    adds(ana, origin="https://evil.example")

    assert 409 == ana.status
    assert "could not be added" in ana.page
    assert () == account(inbox).passkeys
    assert [] == done(inbox)


def test_a_name_is_text_and_nothing_else(inbox: Inbox) -> None:
    """On the page it is shown as it was typed."""
    ana = inbox.with_("ana")
    adds(ana, name="<b>my phone</b>")
    assert "&lt;b&gt;my phone&lt;/b&gt;" in ana.opens("/inbox/you").page
    adds(ana, name="x" * 41)
    assert (409, True) == (ana.status, "1 to 40 letters" in ana.page)


def test_a_passkey_that_was_removed_signs_nobody_in(inbox: Inbox) -> None:
    """A plain form does it; a second time it is said."""
    ana = inbox.with_("ana")
    key, kept = adds(ana), adds(ana, name="phone")
    page, path = half(inbox), f"/inbox/passkey/{text(key.id)}/remove"
    told = answer(page, key)
    ana.opens("/inbox/you").sends(path)
    assert ">laptop<" not in ana.page
    assert ">phone<" in ana.page

    assert 422 == page.sends("/inbox/code/passkey", credential=told).status
    assert 200 == shows(half(inbox), kept).status
    assert 409 == ana.opens("/inbox/you").sends(path).status
    assert 1 == done(inbox).count("removed_passkey")


def test_nobody_removes_a_passkey_of_somebody_else(inbox: Inbox) -> None:
    """Its id is no secret."""
    key = adds(inbox.with_("ana"))
    eva = inbox.with_("eva", "lead").opens("/inbox/you")
    assert 409 == eva.sends(f"/inbox/passkey/{text(key.id)}/remove").status
    assert 1 == len(account(inbox).passkeys)


def test_a_reset_takes_the_passkeys_and_what_they_opened(inbox: Inbox) -> None:
    """Whoever stole the laptop has them."""
    ana = inbox.with_("ana")
    opens_by(ana, adds(ana))
    inbox.hotline.staff.reception.reset("ana", "test")
    assert () == account(inbox).passkeys
    assert {} == boxes(inbox)


def test_two_who_ask_at_once_have_one_question(inbox: Inbox) -> None:
    """It is taken in one step."""
    visits = inbox.hotline.staff.visits
    word = visits.begin(Visit("half", "0123456789abcdef", 3, challenge="Zm9v"))
    before = visits.get(word)
    assert before is not None
    assert ["Zm9v", ""] == [visits.take_challenge(word), visits.take_challenge(word)]
    assert replace(before, challenge="") == visits.get(word)
    assert "" == visits.take_challenge("nobody's")
    assert 0 < inbox.hotline.volatile.ttl(inbox.hotline.volatile.keys("visit:*")[0]) <= 600


# --- opening with one ---


def own_key(browser: Browser) -> str:
    """A key of one's own, with the office's; its recipient."""
    me, recipient = account(browser.inbox), recipient_of(make_identity())
    browser.opens("/inbox/key").sends("/inbox/key/own", recipient=recipient, wrapped=WRAPPED)
    key = NewKey(**{**new_key(), "sealed": {me.id: sealed_to(recipient)}})  # type: ignore[arg-type]
    browser.inbox.hotline.staff.keyrings.change(me.office, lambda ring: ring.with_key(key))
    return recipient


def opens_by(browser: Browser, key: Authenticator, **others: str) -> str:
    """Seals one's own key to the passkey as well; its recipient."""
    recipient = own_key(browser)
    fields = {"passkey": text(key.id), "recipient": recipient, "box": BOX, **others}
    browser.opens("/inbox/key").sends("/inbox/key/passkey", **fields)
    return recipient


def boxes(inbox: Inbox) -> dict[str, str]:
    return dict(inbox.hotline.staff.keyrings.of("mesa").members[account(inbox).id].passkeys)


def test_ones_own_key_is_sealed_to_a_passkey(inbox: Inbox) -> None:
    """The browser gets the box with what it needs to find the passkey; the keyring is the same after it was read."""
    ana = inbox.with_("ana")
    key = adds(ana)
    opens_by(ana, key)

    assert 200 == ana.status
    told = json.loads(ana.opens("/inbox/key/mine").page)["passkeys"]
    assert [{"id": text(key.id), "name": "laptop", "transports": ["internal"], "box": BOX}] == told
    ring = inbox.hotline.staff.keyrings.of("mesa")
    assert ring == Keyring.from_json(ring.to_json())
    assert "opens it as well" in ana.opens("/inbox/key").page
    assert "let_passkey_open" in done(inbox)


WRONG = {
    "no base64": {"box": "%%%"},
    "no age file": {"box": b64encode(b"AGE-SECRET-KEY-1").decode()},
    "far too long": {"box": BOX + "A" * 5000},
    "nothing": {"box": ""},
    "another's passkey": {"passkey": "aWQ"},
    "another key meanwhile": {"recipient": recipient_of(make_identity())},
}


@pytest.mark.parametrize("wrong", list(WRONG.values()), ids=list(WRONG))
def test_what_is_no_box_of_ones_own_is_refused(inbox: Inbox, wrong: dict[str, str]) -> None:
    """Nothing of it is kept, nor shown."""
    ana = inbox.with_("ana")
    opens_by(ana, adds(ana), **wrong)
    assert 409 == ana.status
    assert {} == boxes(inbox)
    assert not any(value and value in ana.page for value in wrong.values())


def test_a_passkey_that_cannot_close_files_is_not_offered(inbox: Inbox) -> None:
    """Nor taken."""
    ana = inbox.with_("ana")
    opens_by(ana, adds(ana, prf=False))
    assert 409 == ana.status
    assert "with your passkey" not in ana.opens("/inbox/key").page
    adds(ana, name="another")
    assert "with your passkey" in ana.opens("/inbox/key").page


def test_other_words_keep_it_and_another_key_drops_it(inbox: Inbox) -> None:
    """The passkey holds the key, whatever words hold it as well."""
    ana = inbox.with_("ana")
    recipient = opens_by(ana, adds(ana))
    ana.opens("/inbox/key").sends("/inbox/key/own", recipient=recipient, wrapped=WRAPPED)
    assert 1 == len(boxes(inbox))
    other = recipient_of(make_identity())
    ana.opens("/inbox/key").sends("/inbox/key/own", recipient=other, wrapped=WRAPPED)
    assert {} == boxes(inbox)


def test_removing_a_passkey_removes_what_it_opens(inbox: Inbox) -> None:
    """And leaves the others, and the key."""
    ana = inbox.with_("ana")
    one, other = adds(ana), adds(ana, name="phone")
    recipient = opens_by(ana, one)
    fields = {"passkey": text(other.id), "recipient": recipient, "box": BOX}
    ana.opens("/inbox/key").sends("/inbox/key/passkey", **fields)
    ana.opens("/inbox/you").sends(f"/inbox/passkey/{text(one.id)}/remove")

    assert {text(other.id): BOX} == boxes(inbox)
    assert inbox.hotline.staff.keyrings.of("mesa").opens(account(inbox).id)


def test_a_keyring_of_before_there_were_passkeys_can_be_read(inbox: Inbox) -> None:
    """With none."""
    own_key(inbox.with_("ana"))
    record = json.loads(inbox.hotline.staff.keyrings.of("mesa").to_json())
    for member in record["members"].values():
        del member["passkeys"]
    ring = Keyring.from_json(json.dumps(record))
    assert {} == dict(ring.members[account(inbox).id].passkeys)
