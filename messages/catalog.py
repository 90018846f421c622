"""The texts of one language, by message id, and the reader of the English ones they all come from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from messages.yaml_reader import Entry, Scalar, each, fault, one_of, read_yaml, refuse, table, text, texts

SOURCE_LANGUAGE = "en"

_NAME = re.compile(r"[a-z][a-z0-9_]*")
_KEY = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)*")
_PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")
_NAMES = "small letters, digits and _, starting with a letter"


@dataclass(frozen=True)
class Text:
    """What one message says, the facts it rests on, and what a translator should know."""

    id: str
    text: str
    facts: tuple[str, ...] = ()
    note: str = ""
    where: str = ""
    """file:line:column for English, file:line for a translation."""
    may_fall: bool = False
    """True in a flow of first aid for a text that rests on a changing fact, and so may fall away alone."""


@dataclass(frozen=True)
class Catalog:
    """Every text of one language, by message id, in the order of the files."""

    language: str
    texts: Mapping[str, Text]

    def __post_init__(self) -> None:
        object.__setattr__(self, "texts", MappingProxyType(dict(self.texts)))

    def get(self, message: str) -> Text | None:
        """The text of `message`, or None where this language has none."""
        return self.texts.get(message)


def placeholders(words: str) -> frozenset[str]:
    """The names in braces that `words` waits for."""
    return frozenset(_PLACEHOLDER.findall(words))


def stray_brace(words: str) -> bool:
    """True where a brace is no part of a placeholder, and would be sent as it stands."""
    return bool(set("{}") & set(_PLACEHOLDER.sub("", words)))


def fill(words: str, values: Mapping[str, str]) -> str:
    """Puts the values in place of the placeholders; a value's own braces stay as they are.

    Raises:
        KeyError: with the name of a placeholder that has no value.
    """
    return _PLACEHOLDER.sub(lambda match: values[match.group(1)], words)


def read_source(folder: Path) -> Catalog:
    """Reads every English text: the file's name is the flow, and `flow.key` the message id.

    Raises:
        ReadError: with every fault in every file.
    """
    files = sorted(folder.glob("*.y*ml"))
    if not files:
        raise fault(folder.as_posix(), "there are no texts here", "Add a file such as start.yaml.")
    return Catalog(SOURCE_LANGUAGE, {found.id: found for part in each(files, _read_flow) for found in part})


def _read_flow(path: Path) -> list[Text]:
    if path.suffix != ".yaml" or not _NAME.fullmatch(path.stem):
        what = f"{path.name!r} is no name of a flow's texts"
        raise fault(path.as_posix(), what, f"Name it flow.yaml, the flow in {_NAMES}.")
    return each(read_yaml(path).entries.values(), lambda entry: _read_text(path.stem, entry))


def _read_text(flow: str, entry: Entry) -> Text:
    if not _KEY.fullmatch(entry.key):
        raise refuse(
            entry, f"{entry.key!r} is no name of a message", f"Use {_NAMES}; a choice is node.choice."
        )
    if isinstance(entry.value, Scalar):
        return Text(f"{flow}.{entry.key}", _words(entry), where=entry.where)
    fields = table(entry.value, required=("text",), optional=("facts", "note", "may_fall")).entries
    return Text(
        id=f"{flow}.{entry.key}",
        text=_words(fields["text"]),
        facts=texts(fields["facts"].value) if "facts" in fields else (),
        note=text(fields["note"].value) if "note" in fields else "",
        may_fall="may_fall" in fields and one_of(fields["may_fall"].value, ("yes", "no")) == "yes",
        where=entry.where,
    )


def _words(entry: Entry) -> str:
    words = text(entry.value)
    if stray_brace(words):
        mend = f"Write {{name}}, the name in {_NAMES}; a text has no other use for braces."
        raise refuse(entry.value, f"a brace in {entry.key!r} is no part of a placeholder", mend)
    return words
