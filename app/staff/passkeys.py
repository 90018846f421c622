"""Passkeys: what a browser is asked for, and whether what it answers is right. Pure, but for new challenges.

Source: w3.org/TR/webauthn-3; the person is always verified (by finger, face or PIN), so that a found key signs nobody in.
"""

from __future__ import annotations

import json
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar
from urllib.parse import urlsplit

from app.staff.account import Account, Passkey, StaffError

# webauthn is imported where it is used: it takes a tenth of a second, and only passkeys need it.

MOST = 10
NOT_MADE = "That passkey could not be added. Load the page again, and try once more."
WRONG = "That passkey was not accepted. Try once more, or type the code of your app."
NONE = "You have no passkey here. Type the code of your app."
TOO_MANY = f"You have {MOST} passkeys. Remove one first."
HAS_IT = "You have that passkey already."

Result = TypeVar("Result")


@dataclass(frozen=True)
class Answer:
    """What a browser sent: the credential as JSON, the challenge it was asked with (once), and the address we are at."""

    credential: str = field(repr=False)
    challenge: str = field(repr=False)
    origin: str


def new_challenge() -> str:
    """What a passkey shall sign next: 32 bytes of chance, in base64url."""
    return secrets.token_urlsafe(32)


def rp_id(url: str) -> str:
    """The name of the site that passkeys belong to: its host."""
    return urlsplit(url).hostname or ""


def asked_to_make(account: Account, rp_id: str, line: str, challenge: str) -> str:
    """The options, as JSON, with which a browser makes a passkey for this account.

    It shall be able to close files (prf): one that was not asked so from the first cannot be used so later.
    """
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import structs

    options = generate_registration_options(
        rp_id=rp_id,
        rp_name=line,
        user_name=account.name,
        user_id=_handle(account),
        challenge=_bytes(challenge),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[
            structs.PublicKeyCredentialDescriptor(_bytes(each.id)) for each in account.passkeys
        ],
    )
    # The library has no argument for it.
    return json.dumps({**json.loads(options_to_json(options)), "extensions": {"prf": {}}})


def made(answer: Answer, name: str) -> Passkey:
    """The passkey that a browser has made.

    Raises:
        StaffError: the answer is not to this challenge, not from this site, or not whole; or the name will not do.
    """
    from webauthn import verify_registration_response
    from webauthn.helpers import parse_registration_credential_json

    def verified() -> Passkey:
        told = json.loads(answer.credential)
        right = verify_registration_response(
            credential=told,
            expected_challenge=_bytes(answer.challenge),
            expected_rp_id=rp_id(answer.origin),
            expected_origin=answer.origin,
            require_user_verification=True,
        )
        transports = parse_registration_credential_json(told).response.transports or []
        return Passkey(
            id=_text(right.credential_id),
            public_key=_text(right.credential_public_key),
            sign_count=right.sign_count,
            name=" ".join(name.split()),
            transports=tuple(each.value for each in transports),
            prf=_has_prf(told),
        )

    return _tried(verified, answer, NOT_MADE)


def added(account: Account, passkey: Passkey) -> Account:
    """The account with a passkey that was just made.

    Raises:
        StaffError: it has it already, or too many.
    """
    if account.passkey(passkey.id):
        raise StaffError(HAS_IT)
    if len(account.passkeys) >= MOST:
        raise StaffError(TOO_MANY)
    return account.with_passkey(passkey)


def asked_to_show(account: Account, rp_id: str, challenge: str) -> str:
    """The options, as JSON, with which a browser asks for a passkey of this account.

    Raises:
        StaffError: it has none.
    """
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers import structs

    if not account.passkeys:
        raise StaffError(NONE)
    options = generate_authentication_options(
        rp_id=rp_id,
        challenge=_bytes(challenge),
        allow_credentials=[
            structs.PublicKeyCredentialDescriptor(
                id=_bytes(each.id),
                transports=[structs.AuthenticatorTransport(way) for way in each.transports],
            )
            for each in account.passkeys
        ],
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    return options_to_json(options)


def shown(account: Account, answer: Answer) -> Passkey:
    """The account's passkey that signed, with its new count: one that went back would be a copy's (WebAuthn L3, 6.1.1).

    Raises:
        StaffError: it is no passkey of this account, or did not sign this challenge for this site.
    """
    from webauthn import verify_authentication_response

    def verified() -> Passkey:
        told = json.loads(answer.credential)
        passkey = account.passkey(told["id"])
        handle = told["response"].get("userHandle")
        if passkey is None or (handle is not None and _bytes(handle) != _handle(account)):
            raise StaffError(WRONG, permanent=False)
        right = verify_authentication_response(
            credential=told,
            expected_challenge=_bytes(answer.challenge),
            expected_rp_id=rp_id(answer.origin),
            expected_origin=answer.origin,
            credential_public_key=_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
        return replace(passkey, sign_count=right.new_sign_count)

    return _tried(verified, answer, WRONG)


def passed(account: Account, answer: Answer) -> Account | None:
    """The account after a passkey of it was shown; None if it opens nothing."""
    try:
        return replace(account.with_passkey(shown(account, answer)), wrong=0)
    except StaffError:
        return None


def _tried(verified: Callable[[], Result], answer: Answer, words: str) -> Result:
    """What was verified.

    Raises:
        StaffError: in these words, whatever was wrong with the answer.
    """
    if not answer.challenge:
        raise StaffError(words, permanent=False)
    try:
        return verified()
    except StaffError:
        raise
    # What somebody made up may fail anywhere: in the library, in what reads its CBOR, or in what reads its keys.
    except Exception as error:
        raise StaffError(words, permanent=False) from error


def _has_prf(told: dict[str, Any]) -> bool:
    """True if the browser says that the passkey can close files. Source: WebAuthn Level 3, 10.1.4."""
    prf = told.get("clientExtensionResults", {}).get("prf", {})
    return prf.get("enabled") is True


def _handle(account: Account) -> bytes:
    """What the passkey itself keeps of the account: its id, which names nobody."""
    return account.id.encode("ascii")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode("ascii")
