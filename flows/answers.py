"""What is typed as an answer: a place, a phone, a word to ask for; and what nobody should text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping

from flows.definition import Flows
from flows.heard import Heard


def read_answer(asks: str, flows: Flows, heard: Heard) -> str | None:
    """The answer to a question that asks for a place, a phone or a word; None if this is none."""
    return _READERS[asks](flows, heard)


def _read_place(flows: Flows, heard: Heard) -> str | None:
    return flows.places.find(heard.text)


def _read_phone(_: Flows, heard: Heard) -> str | None:
    """A US number of ten digits in E.164; anything else might be a file number."""
    digits = re.sub(r"[^0-9]", "", heard.text)
    national = digits[1:] if len(digits) == 11 and digits.startswith("1") else digits
    return f"+1{national}" if re.fullmatch(r"[2-9][0-9]{2}[2-9][0-9]{6}", national) else None


def _read_word(_: Flows, heard: Heard) -> str | None:
    """Up to three short words without digits: a digit might be part of a file number or a date."""
    word = unicodedata.normalize("NFC", heard.said).strip(_AROUND_A_WORD)
    plain = len(word) <= 24 and len(word.split()) <= 3 and all(map(_is_in_a_word, word))
    return word if word and plain else None


def _is_in_a_word(char: str) -> bool:
    return char in " '’-" or unicodedata.category(char)[0] in "LM"


# What phones and people put around a word without meaning it.
_AROUND_A_WORD = " .,;:!?¡¿\"'“”‘’-"

_READERS: Mapping[str, Callable[[Flows, Heard], str | None]] = {
    "place": _read_place,
    "phone": _read_phone,
    "word": _read_word,
}

# An A-number (A and 8 or 9 digits), an SSN (3-2-4 or 9 digits), a date of birth in figures.
_PRIVATE = re.compile(
    r"\ba[ -]?\d{8,9}\b|\ba?[ -]?\d{3}[ .-]\d{3}[ .-]\d{3}\b|\b\d{3}[ .-]\d{2}[ .-]\d{4}\b|\b\d{8,9}\b"
    r"|\b\d{1,2}[ /.-]\d{1,2}[ /.-](?:19|20)\d{2}\b|\b(?:19|20)\d{2}[ /.-]\d{1,2}[ /.-]\d{1,2}\b"
)


def looks_private(text: str) -> bool:
    """True if a folded text holds what nobody should text: an A-number, an SSN or a date of birth."""
    return bool(_PRIVATE.search(text))
