"""Sealing with age: what an office reads is closed to everybody else, this machine included.

The only home of pyrage. Source: age-encryption.org/v1; any `age` opens what is sealed here.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Literal, get_args

import pyrage

from app.directory.issues import DETENTION, IMMIGRATION, SURVIVORS
from app.referral.life import Referral

log = logging.getLogger(__name__)

Reach = Literal["call", "other_phone", "text", "self"]

# The issues this line asks offices about, in words.
ISSUES = {
    IMMIGRATION: "immigration",
    DETENTION: "immigration detention",
    SURVIVORS: "immigration, for somebody who was hurt",
}

# A box's size must not tell whether somebody gave a word to ask for, or which place it is.
PADDED_TO = 1024


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


def number_in(box: bytes, identity: str, referral: str = "") -> str | None:
    """The person's address in a box sealed to the worker; None, and a line in the log, if it does not open."""
    try:
        return unseal(box, identity).decode()
    except SealError:
        log.exception(
            "the worker's identity does not open a number: is WORKER_IDENTITY_FILE the right one?",
            extra={"referral": referral[:8]},
        )
        return None


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


@dataclass(frozen=True)
class Letter:
    """What the office reads, and nobody else.

    Bound to its referral by id and reference, so that a box moved to another record is refused.
    """

    id: str
    reference: str
    phone: str = field(repr=False)
    reach: Reach
    voicemail: bool
    ask_for: str = field(repr=False)
    word: str
    issue: str
    place: str
    held: bool | None
    spoken: str
    language: str
    urgent: bool
    may_be_minor: bool | None
    consented_at: datetime
    texting: bool
    county: str = ""  # probable, from a ZIP; the person saw it in the consent

    def __post_init__(self) -> None:
        if self.reach not in get_args(Reach):
            raise SealError(f"reach must be one of {', '.join(get_args(Reach))}, got {self.reach!r}")
        if self.consented_at.tzinfo is None:
            raise SealError(f"consented_at must have a time zone, got {self.consented_at!r}")

    def to_bytes(self) -> bytes:
        """Readable JSON, padded with spaces to a multiple of 1024 bytes."""
        record = {**asdict(self), "consented_at": self.consented_at.isoformat()}
        plain = json.dumps(record, indent=1, ensure_ascii=False).encode()
        return plain + b" " * (-len(plain) % PADDED_TO)

    @classmethod
    def from_bytes(cls, plain: bytes) -> Letter:
        """The letter that `to_bytes` wrote.

        Raises:
            SealError: it is not a letter (its text is not shown).
        """
        try:
            record = json.loads(plain)
            record["consented_at"] = datetime.fromisoformat(record["consented_at"])
            return cls(**{each.name: record[each.name] for each in fields(cls)})
        except (ValueError, KeyError, TypeError) as error:
            raise SealError(f"the box holds no letter ({type(error).__name__})") from error

    def sealed(self, recipients: Iterable[str]) -> bytes:
        """This letter as an age file for an office."""
        return seal(self.to_bytes(), recipients)

    def to_text(self) -> str:
        """The letter as lines for a person to read."""
        return "\n".join(f"{name + ':':<15} {value}" for name, value in self._lines()) + "\n"

    def _lines(self) -> tuple[tuple[str, str], ...]:
        return (
            ("Reference", self.reference),
            ("Urgent", _yes_no(self.urgent)),
            ("How to reach", _REACH[self.reach]),
            ("Phone", self.phone),
            ("Voicemail", "yes, it is safe to leave one" if self.voicemail else "no, leave none"),
            ("Ask for", self.ask_for or "no word was given"),
            ("Say the word", self.word),
            ("Language", f"speaks {_named(self.spoken)}, reads texts in {_named(self.language)}"),
            ("About", f"{ISSUES.get(self.issue, 'another matter')} ({self.issue})"),
            ("Place", ", ".join(filter(None, (self.county, self.place))) or "not known"),
            ("Held now", _yes_no(self.held)),
            ("May be a minor", _yes_no(self.may_be_minor)),
            ("We may text", "yes, at most four times" if self.texting else "no, call only"),
            ("Agreed at", f"{self.consented_at.astimezone(UTC):%a %d %b %Y, %H:%M} UTC"),
        )


_REACH: dict[Reach, str] = {
    "call": "call this phone",
    "other_phone": "call this other phone",
    "text": "text this phone",
    "self": "do not call: the person calls you",
}


# As people at an office say them; another code is shown as it is.
_LANGUAGES = {
    "es": "Spanish",
    "en": "English",
    "mam": "Mam",
    "kiche": "K'iche'",
    "ht": "Haitian Creole",
    "other": "another language: ask which",
}


def _named(language: str) -> str:
    return _LANGUAGES.get(language, language)


def _yes_no(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: "not known"}[answer]


def open_letter(referral: Referral, office: str, identity: str) -> Letter:
    """The letter to this office about this referral.

    Raises:
        SealError: no box for the office, the wrong identity, or a box of another referral.
    """
    box = referral.boxes.get(office)
    if box is None:
        raise SealError(f"there is no box for {office!r}: it was withdrawn, or it is another office's")
    letter = Letter.from_bytes(unseal(box, identity))
    if (letter.id, letter.reference) != (referral.id, referral.reference):
        raise SealError("the box belongs to another referral: someone moved it, tell the line's operator")
    return letter
