"""What of a referral is sealed: the letter, to each office by itself, and the person's number, to the worker."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from typing import Literal, get_args

from app.directory.issues import in_words
from app.directory.languages import language_in_words
from app.logs import of_referral
from app.referral.life import Referral
from app.sealing import SealError, seal, unseal

log = logging.getLogger(__name__)

Reach = Literal["call", "other_phone", "text", "self"]

# A box's size must not tell whether somebody gave a word to ask for, or which place it is.
PADDED_TO = 1024


def number_of(referral: Referral, identity: str) -> str | None:
    """The person's address; None if it is not held any more, or (and the log says so) if it does not open."""
    return number_in(referral.number_box, identity, referral.id) if referral.reachable else None


def number_in(box: bytes, identity: str, referral: str = "") -> str | None:
    """The person's address in a box sealed to the worker; None, and a line in the log, if it does not open."""
    try:
        return unseal(box, identity).decode()
    except SealError:
        log.exception(
            "the worker's identity does not open a number: is WORKER_IDENTITY_FILE the right one?",
            extra=of_referral(referral),
        )
        return None


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
            (
                "Language",
                f"speaks {language_in_words(self.spoken)}, reads texts in {language_in_words(self.language)}",
            ),
            ("About", f"{in_words(self.issue)} ({self.issue})"),
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
