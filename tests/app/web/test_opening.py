"""The office's keyring as the server keeps it: only what is sealed or wrapped, one key after the other, nobody's secret."""

from __future__ import annotations

import hashlib
import json
import re
from base64 import b64encode
from pathlib import Path

import pyrage
import pytest

from app.sealing import make_identity, recipient_of, seal, unseal
from app.staff.account import StaffError
from app.staff.keyring import Keyring, Member, NewKey
from tests.app.web.staff import Browser, Inbox
from tests.texter import Line

VENDOR = Path(__file__).parents[3] / "app" / "web" / "static" / "vendor"
WRAPPED = b64encode(pyrage.passphrase.encrypt(b"an identity", "six words")).decode()


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with ana and leo of Mesa Legal Aid."""
    inbox = Inbox(line)
    inbox.has("ana")
    inbox.has("leo", "lead")
    return inbox


def sealed_to(recipient: str, text: str = "an identity") -> str:
    """A sealed identity as a browser sends it."""
    return b64encode(seal(text.encode(), (recipient,))).decode()


def new_key(before: str = "", sealed: dict[str, str] | None = None, former: str = "") -> dict[str, str]:
    """The fields of a new key of an office."""
    office, paper = recipient_of(make_identity()), recipient_of(make_identity())
    fields = {"recipient": office, "escrow": paper, "paper": sealed_to(paper), "former": former}
    return {"before": before, **fields, "sealed": json.dumps(sealed or {})}


def with_own(browser: Browser) -> str:
    """This person has a key of their own; its recipient."""
    recipient = recipient_of(make_identity())
    sent = browser.opens("/inbox/key").sends("/inbox/key/own", recipient=recipient, wrapped=WRAPPED)
    assert 200 == sent.status
    return recipient


def test_what_comes_next_is_sealed_to_the_new_key_and_the_paper(inbox: Inbox) -> None:
    """And to the key file the office had, until its lead takes it out."""
    before = inbox.hotline.offices.find("mesa")
    leo = inbox.with_("leo")
    own = with_own(leo)
    fields = new_key(sealed={inbox.hotline.staff.accounts.named("leo").id: sealed_to(own)})  # type: ignore[union-attr]
    assert 200 == leo.opens("/inbox/key").sends("/inbox/key/make", **fields).status

    office = inbox.hotline.offices.find("mesa")

    assert before is not None
    assert office is not None
    assert (fields["recipient"], fields["escrow"], *before.recipients) == office.recipients
    assert "You can open what is sealed" in leo.opens("/inbox/key").page


def test_two_leads_who_make_a_key_at_once(inbox: Inbox) -> None:
    """The second reads that there is one already; nothing of the first is overwritten."""
    leo = inbox.with_("leo").opens("/inbox/key")
    first, second = new_key(), new_key()
    leo.sends("/inbox/key/make", **first)
    late = leo.opens("/inbox/key").sends("/inbox/key/make", **second)

    assert 409 == late.status
    assert "Somebody has made another key meanwhile" in late.page
    assert first["recipient"] == inbox.hotline.staff.keyrings.of("mesa").recipient


def test_a_new_key_has_the_one_before_sealed_to_it(inbox: Inbox) -> None:
    """Otherwise what waits at the next office in turn could never be opened."""
    leo = inbox.with_("leo").opens("/inbox/key")
    first = new_key()
    leo.sends("/inbox/key/make", **first)
    second = new_key(before=first["recipient"])

    assert 409 == leo.opens("/inbox/key").sends("/inbox/key/make", **second).status
    second["former"] = sealed_to(second["recipient"])
    assert 200 == leo.opens("/inbox/key").sends("/inbox/key/make", **second).status
    assert (second["former"],) == inbox.hotline.staff.keyrings.of("mesa").former


WRONG = {
    "no recipient": {"recipient": "age1nonsense"},
    "an identity in place of a recipient": {"recipient": make_identity()},
    "no age file": {"wrapped": b64encode(b"my passphrase").decode()},
    "no base64": {"wrapped": "%%%"},
    "a sealed file in place of a wrapped one": {"wrapped": sealed_to(recipient_of(make_identity()))},
    "far too long": {"wrapped": WRAPPED + "A" * 5000},
    "nothing": {"wrapped": "", "recipient": ""},
}


@pytest.mark.parametrize("wrong", list(WRONG.values()), ids=list(WRONG))
def test_what_is_no_wrapped_key_is_refused(inbox: Inbox, wrong: dict[str, str]) -> None:
    """A page that went wrong must not send a passphrase or an identity in clear, and have it kept."""
    ana = inbox.with_("ana").opens("/inbox/key")
    sent = ana.sends(
        "/inbox/key/own", **{"recipient": recipient_of(make_identity()), "wrapped": WRAPPED, **wrong}
    )

    assert 409 == sent.status
    assert {} == dict(inbox.hotline.staff.keyrings.of("mesa").members)
    assert not any(value and value in sent.page for value in wrong.values())


def test_a_colleague_with_another_key_meanwhile_is_not_let_in(inbox: Inbox) -> None:
    """The four words that were compared belong to one recipient."""
    leo, ana = inbox.with_("leo"), inbox.with_("ana")
    his = with_own(leo)
    leo_is, ana_is = (inbox.hotline.staff.accounts.named(name) for name in ("leo", "ana"))
    assert leo_is is not None
    assert ana_is is not None
    leo.opens("/inbox/key").sends("/inbox/key/make", **new_key(sealed={leo_is.id: sealed_to(his)}))
    compared = with_own(ana)
    with_own(ana)

    late = leo.opens("/inbox/key").sends(
        "/inbox/key/let-in", to=ana_is.id, recipient=compared, sealed=sealed_to(compared)
    )

    assert 409 == late.status
    assert "another key meanwhile" in late.page


def test_who_has_no_key_cannot_give_one(inbox: Inbox) -> None:
    """Nor to somebody of another office."""
    leo, ana = inbox.with_("leo"), inbox.with_("ana")
    own = with_own(leo)
    leo_is = inbox.hotline.staff.accounts.named("leo")
    assert leo_is is not None
    assert (
        409
        == ana.opens("/inbox/key")
        .sends("/inbox/key/let-in", to=leo_is.id, recipient=own, sealed=sealed_to(own))
        .status
    )
    stranger = inbox.has("hal", "staff", "harbor")
    assert (
        409
        == leo.opens("/inbox/key")
        .sends("/inbox/key/let-in", to=stranger.id, recipient=own, sealed=sealed_to(own))
        .status
    )


def test_a_box_is_sealed_anew_in_its_place(inbox: Inbox) -> None:
    """The new one for this office alone; what is no box is refused, and nothing is lost."""
    reference = inbox.asks()
    ana, identity = inbox.with_("ana"), make_identity()
    at = f"/inbox/requests/{reference}"
    for nothing in ("", "AAAA", "%", b64encode(b"a person's number").decode()):
        assert 409 == ana.opens(at).sends(f"{at}/sealed", box=nothing).status
    ana.opens("/inbox/key").sends(
        f"{at}/sealed", box=b64encode(seal(b"{}", (recipient_of(identity),))).decode()
    )

    found = inbox.hotline.referrals.by_reference(reference)

    assert found is not None
    assert b"{}" == unseal(found.boxes["mesa"], identity)
    assert ["resealed"] == [each.did for each in inbox.hotline.staff.audit.last("mesa", 9)]


def test_nobody_of_another_office_learns_of_the_key(inbox: Inbox) -> None:
    """Each office has its own page, and its own keyring."""
    leo = inbox.with_("leo")
    with_own(leo)
    leo.opens("/inbox/key").sends("/inbox/key/make", **new_key())
    hal = inbox.with_("hal", "lead", "harbor")
    page = hal.opens("/inbox/key").page
    assert "There is none yet" in page
    assert "leo" not in page


def test_a_keyring_that_cannot_be_read_is_said(inbox: Inbox) -> None:
    """And not taken for an empty one, over which a new key would be written."""
    inbox.hotline.durable.set("keyring:mesa", "nonsense")
    assert 409 == inbox.with_("leo").opens("/inbox/key").status


def test_a_keyring_refuses_what_is_none() -> None:
    """The record itself does, whoever makes it."""
    good = recipient_of(make_identity())
    with pytest.raises(StaffError):
        Keyring(recipient="age1x")
    with pytest.raises(StaffError):
        Keyring(members={"ana": Member(good, WRAPPED)})
    with pytest.raises(StaffError):
        Keyring(recipient=good, escrow=good).with_key(NewKey("", good, good, "", "", {}))


@pytest.mark.parametrize("name", ["age", "words"])
def test_what_is_bundled_is_what_its_page_says(name: str) -> None:
    """Name, version, recipe and hash stand beside it; a byte that was changed is found."""
    told = re.search(r"SHA-256 \| `([0-9a-f]{64})`", (VENDOR / f"{name}.md").read_text())

    assert told is not None
    assert told[1] == hashlib.sha256((VENDOR / f"{name}.js").read_bytes()).hexdigest()


def test_the_page_asks_for_that_very_bundle() -> None:
    """By its hash: a browser refuses another."""
    digest = b64encode(hashlib.sha384((VENDOR / "age.js").read_bytes()).digest()).decode()
    assert f'"sha384-{digest}"' in (VENDOR.parent / "inbox" / "opener-client.js").read_text()
