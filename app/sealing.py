"""Sealing with age: what is sealed to somebody is closed to everybody else, this machine included.

The only home of pyrage. Source: age-encryption.org/v1; any `age` opens what is sealed here.
"""

from __future__ import annotations

from collections.abc import Iterable

import pyrage


class SealError(Exception):
    """A box that cannot be made or opened with what was given; trying again changes nothing."""

    def __init__(self, message: str, permanent: bool = True) -> None:
        self.permanent = permanent
        super().__init__(message)


def make_identity() -> str:
    """A new age identity (the secret half), as the one line of an identity file."""
    return str(pyrage.x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The age recipient (the public half) of an identity, or of the text of an identity file.

    Raises:
        SealError: there is no age identity in it.
    """
    return str(_identity(identity).to_public())


def is_recipient(text: str) -> bool:
    """True if the text is an age X25519 recipient: its checksum finds a letter that was mistyped."""
    try:
        pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError:
        return False
    return True


def seal(plain: bytes, recipients: Iterable[str]) -> bytes:
    """The bytes as an age file that each of the recipients can open.

    Raises:
        SealError: there is no recipient, or one of them is not an age recipient.
    """
    texts = tuple(recipients)
    if not texts:
        raise SealError("recipients must name at least one, got none")
    try:
        keys = [pyrage.x25519.Recipient.from_str(text) for text in texts]
        return bytes(pyrage.encrypt(plain, keys))
    except (pyrage.RecipientError, pyrage.EncryptError) as error:
        raise SealError(f"recipients must be age1..., got {texts!r}") from error


def unseal(box: bytes, identity: str) -> bytes:
    """What was sealed in the box.

    Raises:
        SealError: the identity does not open it, or the box was damaged.
    """
    try:
        return bytes(pyrage.decrypt(box, [_identity(identity)]))
    except pyrage.DecryptError as error:
        raise SealError("this identity does not open this box") from error


def _identity(text: str) -> pyrage.x25519.Identity:
    """The identity in a line, or in an identity file with its comments as age-keygen writes it."""
    lines = [line.strip() for line in text.splitlines()]
    found = [line for line in lines if line and not line.startswith("#")]
    if len(found) != 1:
        raise SealError(f"an identity file must hold one AGE-SECRET-KEY-1... line, got {len(found)}")
    try:
        return pyrage.x25519.Identity.from_str(found[0])
    except pyrage.IdentityError as error:
        raise SealError("an identity must be an AGE-SECRET-KEY-1... line") from error
