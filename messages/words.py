"""What people may type, in each language: written for it, never translated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from messages.yaml_reader import Entry, Node, each, read_yaml, refuse, table, text, texts

Read = TypeVar("Read")
Phrases = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class WordList:
    """The words of one language, as they are written in its file; folding them is the engine's work."""

    language: str
    names: tuple[str, ...]
    greetings: tuple[str, ...]
    numbers: Mapping[str, int]
    commands: Phrases
    stop: tuple[str, ...]
    stop_phrases: tuple[str, ...]
    choices: Phrases
    urgent: Phrases
    calm: tuple[str, ...]
    fillers: tuple[str, ...]
    avoid: Mapping[str, str]
    """A word our own texts should not use, and what to say instead."""
    sensitive: tuple[str, ...]
    """Words that a glance at a locked screen should not show."""
    # Lists that came later: an older revision does not have them.
    topics: Phrases = field(default_factory=dict)
    """What people ask in their own words, by the node that answers it."""
    answers: Phrases = field(default_factory=dict)
    """How people answer a question in their own words, by choice."""
    shorthand: Mapping[str, str] = field(default_factory=dict)
    """Words as thumbs write them, and the words they stand for."""


# What no language may do without: nobody could leave, or be understood.
_REQUIRED = ("names", "numbers", "commands", "stop")


def read_words(path: Path) -> WordList:
    """Reads the words of one language; the file's name is the language.

    Raises:
        ReadError: with the faults of every list.
    """
    fields = table(read_yaml(path), _REQUIRED, tuple(_SHAPES)).entries
    each(
        fields.values(), lambda entry: _SHAPES[entry.key](entry.value)
    )  # all faults at once, before any is used
    _same_language(path.stem, fields)
    return WordList(
        language=path.stem,
        names=_of(fields, "names", texts, ()),
        greetings=_of(fields, "greetings", texts, ()),
        numbers=_of(fields, "numbers", _numbers, {}),
        commands=_of(fields, "commands", _phrases, {}),
        stop=_of(fields, "stop", texts, ()),
        stop_phrases=_of(fields, "stop_phrases", texts, ()),
        choices=_of(fields, "choices", _phrases, {}),
        urgent=_of(fields, "urgent", _phrases, {}),
        calm=_of(fields, "calm", texts, ()),
        topics=_of(fields, "topics", _phrases, {}),
        answers=_of(fields, "answers", _phrases, {}),
        fillers=_of(fields, "fillers", texts, ()),
        shorthand=_of(fields, "shorthand", _instead, {}),
        avoid=_of(fields, "avoid", _instead, {}),
        sensitive=_of(fields, "sensitive", texts, ()),
    )


def read_other_stops(path: Path) -> Phrases:
    """Reads the opt-out words of languages that have no texts of their own yet, by language.

    Raises:
        ReadError: with every fault in the file.
    """
    fields = table(read_yaml(path), required=("stop",), optional=()).entries
    return _phrases(fields["stop"].value)


def _of(fields: Mapping[str, Entry], name: str, read: Callable[[Node], Read], nothing: Read) -> Read:
    return read(fields[name].value) if name in fields else nothing


def _same_language(language: str, fields: Mapping[str, Entry]) -> None:
    if "language" in fields and (said := text(fields["language"].value)) != language:
        mend = f"Write {language!r}, or rename the file."
        raise refuse(fields["language"].value, f"the file is named {language!r}, and says {said!r}", mend)


def _entries(node: Node, read: Callable[[Node], Read]) -> Mapping[str, Read]:
    found = table(node).entries
    return MappingProxyType(dict(zip(found, each([e.value for e in found.values()], read), strict=True)))


def _phrases(node: Node) -> Phrases:
    return _entries(node, texts)


def _instead(node: Node) -> Mapping[str, str]:
    return _entries(node, text)


def _numbers(node: Node) -> Mapping[str, int]:
    return _entries(node, _number)


def _number(node: Node) -> int:
    said = text(node)
    if not (said.isascii() and said.isdigit()):
        raise refuse(node, f"{said!r} is no number", "Write it in digits, as in 7.")
    return int(said)


_SHAPES: Mapping[str, Callable[[Node], object]] = {
    "language": text,
    "names": texts,
    "greetings": texts,
    "numbers": _numbers,
    "commands": _phrases,
    "stop": texts,
    "stop_phrases": texts,
    "choices": _phrases,
    "urgent": _phrases,
    "calm": texts,
    "topics": _phrases,
    "answers": _phrases,
    "fillers": texts,
    "shorthand": _instead,
    "avoid": _instead,
    "sensitive": texts,
}
