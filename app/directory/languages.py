"""Languages as people at an office say them. Pure."""

from __future__ import annotations

from app.directory.hsds.values import language_code

LANGUAGES = {
    "es": "Spanish",
    "en": "English",
    "mam": "Mam",
    "kiche": "K'iche'",
    "ht": "Haitian Creole",
    "other": "another language: ask which",
}


def language_in_words(code: str) -> str:
    """The name of a language; a code we have no name for is shown as it is."""
    return LANGUAGES.get(code, code)


def code_of(text: str) -> str | None:
    """The code of a language by its code or its English name: es for "Spanish", kiche for "quc"; None if it is neither.

    Kept as typed, it would match nobody, and nobody would see why.
    """
    known = [code for _, code in language_code(text, "") if code]
    return known[0] if len(known) == 1 else None
