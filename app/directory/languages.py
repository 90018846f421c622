"""Languages as people at an office say them. Pure."""

from __future__ import annotations

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
