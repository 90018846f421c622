"""What check tells: every code, the form of a finding, and how the place of a text is named."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import flows.check
import messages.check
from app.revision import Content
from messages.catalog import SOURCE_LANGUAGE

BLOCKS: Mapping[str, str] = {
    **flows.check.BLOCKS,
    **messages.check.BLOCKS,
    "message-missing": "a node, a choice or the code says a text that is not there",
    "unknown-placeholder": "a text has a placeholder that nothing fills",
    "consent-unclear": "a consent does not show to which office it goes, or what goes there",
    "no-standing": "a flow has texts that rest on facts or give numbers, and no text to say when one falls",
    "standing-on-facts": "a standing text, or a label, rests on facts or gives a number",
    "first-aid-shaky": "first aid rests on a fact that changes often",
    "key-point-unanswered": "a key point names no node, or one that says nothing",
    "too-long": "what one turn says is over its hard limit of segments",
}
WARNS: Mapping[str, str] = {
    **flows.check.WARNS,
    **messages.check.WARNS,
    "orphan-message": "a text that no flow and no code says",
    "over-goal": "what one turn says is over the number of segments it should have",
    "unsigned": "a text states law and no lawyer has signed its facts",
}


@dataclass(frozen=True)
class Finding:
    """One thing that check found: `where` is file:line:column (file:line for PO, the file where no line is to blame)."""

    code: str
    blocks: bool
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.mend} [{self.code}]"


def finding(code: str, where: str, what: str, mend: str) -> Finding:
    """A finding of a code that this house knows.

    Raises:
        KeyError: the code is in neither table.
    """
    if code not in BLOCKS and code not in WARNS:
        raise KeyError(code)
    return Finding(code, code in BLOCKS, where, what, mend)


def where_of(content: Content, message: str, language: str = SOURCE_LANGUAGE) -> str:
    """Where a text stands in this language, or else in English; its id where it is missing."""
    text = content.catalogs[language].get(message) or content.catalogs[SOURCE_LANGUAGE].get(message)
    return text.where if text else message


def message_folder(content: Content) -> Path:
    """messages/, seen from where the texts were read: messages/catalogs/en/start.yaml:2:1."""
    where = next((text.where for text in content.catalogs[SOURCE_LANGUAGE].texts.values()), "")
    parents = Path(where).parents
    return parents[2] if len(parents) > 2 else Path()
