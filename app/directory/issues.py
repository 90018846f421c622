"""LIST codes: how the field names a legal issue, and which of them lie within which. Pure.

A code is two letters and four levels, such as IM-02-00-00-00; a level of 00 leaves the rest open, so that
IM-00-00-00-00 is the whole field of immigration. Source: LIST, the Legal Issues Taxonomy, taxonomy.legal.
"""

from __future__ import annotations

import re

FORM = re.compile(r"[A-Z]{2}(-[0-9]{2}){4}")
_SHORT = re.compile(r"[A-Z]{2}(-[0-9]{2}){0,4}")

IMMIGRATION = "IM-00-00-00-00"
DEPORTATION = "IM-01-00-00-00"
DETENTION = "IM-02-00-00-00"
# Protection for those whom somebody at home, or a trafficker, has hurt.
SURVIVORS = "IM-12-00-00-00"

# The issues this line asks offices about, in words.
ASKED_ABOUT = {
    IMMIGRATION: "immigration",
    DETENTION: "immigration detention",
    SURVIVORS: "immigration, for somebody who was hurt",
}


def in_words(issue: str) -> str:
    """What an issue is about, as people say it."""
    return ASKED_ABOUT.get(issue, "another matter")


def full_code(text: str) -> str:
    """The whole code of a short form: im-02 is IM-02-00-00-00. What is no code comes back as it was."""
    code = text.strip().upper()
    return code + "-00" * (4 - code.count("-")) if _SHORT.fullmatch(code) else text


def is_within(code: str, issue: str) -> bool:
    """True if the code is this issue, or a part of it."""
    return f"{code}-".startswith(f"{_named_part(issue)}-")


def is_whole_field(issue: str) -> bool:
    """True for a code that names a field and nothing in it, such as IM-00-00-00-00."""
    return _named_part(issue) == issue[:2]


def _named_part(issue: str) -> str:
    return re.sub(r"(-00)+$", "", issue)
