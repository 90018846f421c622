"""Passkeys as the server checks them: one answer to one question, from this site, by one of the account's own."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from app.staff import passkeys
from app.staff.account import Account, Passkey, StaffError
from app.staff.invitations import NO_SECRETS
from app.staff.passkeys import Answer
from tests.app.staff.authenticator import Authenticator, text

ORIGIN, HOST = "https://line.example.org", "line.example.org"
ANA = Account("0123456789abcdef", "ana", "staff", "mesa", datetime(2026, 11, 20, tzinfo=UTC), "", "")


def authenticator(**lies: object) -> Authenticator:
    return Authenticator(**{"origin": ORIGIN, "host": HOST, **lies})  # type: ignore[arg-type]


def made(key: Authenticator, account: Account = ANA, name: str = "laptop") -> Passkey:
    challenge = passkeys.new_challenge()
    options = passkeys.asked_to_make(account, HOST, "Amparo", challenge)
    return passkeys.made(Answer(key.makes(options), challenge, ORIGIN), name)


def asked(account: Account) -> tuple[str, str]:
    """A new challenge, and the options with it."""
    challenge = passkeys.new_challenge()
    return challenge, passkeys.asked_to_show(account, HOST, challenge)


def shown(account: Account, key: Authenticator) -> Passkey:
    challenge, options = asked(account)
    return passkeys.shown(account, Answer(key.shows(options), challenge, ORIGIN))


def test_a_passkey_is_made_and_shown() -> None:
    """And the account is the same after it was written and read; one that counts nothing signs in again and again."""
    key = authenticator()
    account = Account.from_json(ANA.with_passkey(made(key)).to_json())
    (passkey,) = account.passkeys

    assert (text(key.id), "laptop", ("internal",), True) == (
        passkey.id,
        passkey.name,
        passkey.transports,
        passkey.prf,
    )
    assert passkey == shown(account, key) == shown(account, key)


def test_what_a_browser_is_asked_for() -> None:
    """One that the authenticator keeps, that looks who touches it, that can close files, and that is not there yet."""
    account = ANA.with_passkey(made(authenticator()))
    make = json.loads(passkeys.asked_to_make(account, HOST, "Amparo", passkeys.new_challenge()))
    show = json.loads(asked(account)[1])

    assert ("required", "required") == (
        make["authenticatorSelection"]["residentKey"],
        make["authenticatorSelection"]["userVerification"],
    )
    assert ({"prf": {}}, "none") == (make["extensions"], make["attestation"])
    assert (HOST, HOST, "required") == (make["rp"]["id"], show["rpId"], show["userVerification"])
    ids = [each.id for each in account.passkeys]
    assert ids == [each["id"] for each in make["excludeCredentials"]]
    assert ids == [each["id"] for each in show["allowCredentials"]]
    assert text(ANA.id.encode()) == make["user"]["id"]


LIES = {
    "another origin": {"origin": "https://line.example.org.evil.example"},
    "another port": {"origin": f"{ORIGIN}:444"},
    "another site": {"host": "evil.example"},
    "nobody was verified": {"verified": False},
}


@pytest.mark.parametrize("lie", list(LIES.values()), ids=list(LIES))
def test_what_another_site_or_nobody_made_is_refused(lie: dict[str, object]) -> None:
    """When it is added, and when it is shown."""
    with pytest.raises(StaffError, match="could not be added"):
        made(authenticator(**lie))
    key = authenticator()
    account = ANA.with_passkey(made(key))
    vars(key).update(lie)
    with pytest.raises(StaffError, match="not accepted"):
        shown(account, key)


def test_an_answer_to_another_question_is_refused() -> None:
    """One that was overheard, and one of a visit that asked nothing, or whose question was used up."""
    key = authenticator()
    account = ANA.with_passkey(made(key))
    challenge, options = asked(account)
    answer = key.shows(options)

    assert passkeys.passed(account, Answer(answer, challenge, ORIGIN))
    for other in (passkeys.new_challenge(), ""):
        assert passkeys.passed(account, Answer(answer, other, ORIGIN)) is None
    empty = key.shows(json.dumps({"challenge": ""}))
    assert passkeys.passed(account, Answer(empty, "", ORIGIN)) is None
    with pytest.raises(StaffError):
        passkeys.made(
            Answer(key.makes(passkeys.asked_to_make(ANA, HOST, "Amparo", challenge)), "", ORIGIN), "x"
        )


def test_a_passkey_of_another_account_is_refused() -> None:
    """Also one that names itself as ana's, and one that ana's account is said to belong to."""
    key, other = authenticator(), authenticator()
    account = ANA.with_passkey(made(key))
    eva = replace(ANA, id="fedcba9876543210", name="eva")
    made(other, eva)
    with pytest.raises(StaffError):
        shown(account, other)
    other.id = key.id
    with pytest.raises(StaffError):
        shown(account, other)
    key.handle = text(eva.id.encode())
    with pytest.raises(StaffError):
        shown(account, key)


def test_a_count_that_went_back_is_refused() -> None:
    """Somebody has a copy: the one that comes second is not let in."""
    key = authenticator(count=7)
    account = ANA.with_passkey(made(key))
    copy = replace(key)
    after = shown(account, key)
    account = account.with_passkey(after)

    assert (8, 8) == (after.sign_count, account.passkeys[0].sign_count)
    with pytest.raises(StaffError):
        shown(account, copy)
    assert 9 == shown(account, key).sign_count


def test_a_signature_that_was_changed_is_refused() -> None:
    """By a letter."""
    key = authenticator()
    account = ANA.with_passkey(made(key))
    challenge, options = asked(account)
    told = json.loads(key.shows(options))
    told["response"]["signature"] = told["response"]["signature"][:-4] + "AAAA"
    assert passkeys.passed(account, Answer(json.dumps(told), challenge, ORIGIN)) is None


@pytest.mark.parametrize(
    "nonsense",
    [
        "",
        "{",
        "[]",
        "null",
        '{"id": 1}',
        '{"id": "aWQ", "response": {}}',
        "[" * 100_000,
        '{"id": "ñ", "response": []}',
    ],
)
def test_nonsense_is_refused_in_words(nonsense: str) -> None:
    """Whatever somebody sends, and never as an error of ours."""
    account = ANA.with_passkey(made(authenticator()))
    answer = Answer(nonsense, passkeys.new_challenge(), ORIGIN)
    with pytest.raises(StaffError, match="could not be added"):
        passkeys.made(answer, "laptop")
    with pytest.raises(StaffError, match="not accepted"):
        passkeys.shown(account, answer)


@pytest.mark.parametrize("name", ["", "   ", "x" * 41, "a\x07b", "a\u202eb"])
def test_a_name_that_will_not_do(name: str) -> None:
    """It says what would."""
    with pytest.raises(StaffError, match="1 to 40 letters"):
        made(authenticator(), name=name)


def test_a_passkey_is_added_once_and_ten_are_enough() -> None:
    """Browsers do not offer the same twice; somebody's script may."""
    account = ANA
    for _ in range(passkeys.MOST):
        account = passkeys.added(account, made(authenticator()))
    with pytest.raises(StaffError, match="Remove one first"):
        passkeys.added(account, made(authenticator()))
    with pytest.raises(StaffError, match="already"):
        passkeys.added(account, account.passkeys[3])
    assert account.passkeys[:3] == account.without_passkey(account.passkeys[3].id).passkeys[:3]


def test_one_without_prf_signs_in_all_the_same() -> None:
    """It opens no files, and says so."""
    key = authenticator(prf=False)
    passkey = made(key)
    assert not passkey.prf
    assert passkey == shown(ANA.with_passkey(passkey), key)


def test_new_secrets_take_the_passkeys_along() -> None:
    """They may be whose the laptop is now."""
    assert () == NO_SECRETS.given_to(ANA.with_passkey(made(authenticator()))).passkeys


def test_an_account_of_before_there_were_passkeys_can_be_read() -> None:
    """With none."""
    record = json.loads(ANA.to_json())
    del record["passkeys"]
    assert ANA == Account.from_json(json.dumps(record))


@pytest.mark.parametrize("wrong", [{"id": ""}, {"id": "a b"}, {"id": "x" * 1365}, {"name": ""}])
def test_a_record_that_is_no_passkey_cannot_be_read(wrong: dict[str, str]) -> None:
    """And nothing of it is shown."""
    record = json.loads(ANA.with_passkey(made(authenticator())).to_json())
    record["passkeys"][0].update(wrong)
    with pytest.raises(StaffError):
        Account.from_json(json.dumps(record))
