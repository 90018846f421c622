"""Reads the YAML files that lawyers and organisers write; every fault says where it stands and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, StreamMark, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.nodes import Node as ParsedNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver

Item = TypeVar("Item")
Read = TypeVar("Read")


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong in a file: `where` is file:line:column, or the file where no line is to blame."""

    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.mend}"


class ReadError(Exception):
    """Says everything that is wrong in the files that were read, one line each."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(map(str, faults)))


def fault(where: str, what: str, mend: str) -> ReadError:
    """The error that says one thing; the caller raises it."""
    return ReadError((Fault(where, what, mend),))


@dataclass(frozen=True)
class Node:
    """A value in a file, and where it stands (file:line:column)."""

    where: str


@dataclass(frozen=True)
class Scalar(Node):
    """A text: whatever it looks like, it is never a number, a date or a yes."""

    text: str


@dataclass(frozen=True)
class Listing(Node):
    """A list, in order."""

    items: tuple[Node, ...]


@dataclass(frozen=True)
class Entry:
    """A key of a table, where it stands, and its value."""

    key: str
    where: str
    value: Node


@dataclass(frozen=True)
class Table(Node):
    """Keys and their values, in order, no key twice."""

    entries: Mapping[str, Entry]


def read_yaml(path: Path) -> Table:
    """Reads the file's one table.

    Raises:
        ReadError: the file is not there, is not YAML as we use it, or holds no table.
    """
    node = _Converter(path.as_posix()).node(_composed(path))
    if isinstance(node, Table):
        return node
    raise fault(node.where, "the file is not a table of keys", "Start each entry with `key: `.")


def each(items: Iterable[Item], read: Callable[[Item], Read]) -> list[Read]:
    """Reads every item, so that all their faults are told at once.

    Raises:
        ReadError: with the faults of every item that could not be read.
    """
    done: list[Read] = []
    faults: list[Fault] = []
    for item in items:
        try:
            done.append(read(item))
        except ReadError as error:
            faults.extend(error.faults)
    if faults:
        raise ReadError(tuple(faults))
    return done


def refuse(node: Node | Entry, what: str, mend: str) -> ReadError:
    """The error that says what is wrong with `node`; the caller raises it."""
    return fault(node.where, what, mend)


def table(node: Node, required: Collection[str] = (), optional: Collection[str] | None = None) -> Table:
    """Takes `node` as a table that has the required fields and, where `optional` is given, no others than both."""
    if not isinstance(node, Table):
        raise refuse(
            node, f"{_shown(node)} stands where a table of keys belongs", "Write `key: value` lines."
        )
    missing = [name for name in required if name not in node.entries]
    if missing:
        raise refuse(node, f"{', '.join(missing)} is missing here", "Add it, on a line of its own.")
    if optional is not None:
        known = tuple(dict.fromkeys((*required, *optional)))
        each(node.entries.values(), lambda entry: _known(entry, known))
    return node


def text(node: Node, *, blank: bool = False) -> str:
    """Takes `node` as a text, without the white space around it; `blank` says whether it may be empty."""
    if not isinstance(node, Scalar):
        mend = "Write the text itself; put it in quotes if it starts with { or [."
        raise refuse(node, f"{_shown(node)} stands where a text belongs", mend)
    found = node.text.strip()
    if not found and not blank:
        raise refuse(node, "the text is empty", "Write the text, or take the key out.")
    return found


def texts(node: Node) -> tuple[str, ...]:
    """Takes `node` as a list of texts; nothing at all is the empty list."""
    if isinstance(node, Scalar) and not node.text.strip():
        return ()
    if not isinstance(node, Listing):
        raise refuse(
            node, f"{_shown(node)} stands where a list belongs", "Write [one, two], or a dash a line."
        )
    return tuple(each(node.items, text))


def one_of(node: Node, allowed: Collection[str], *, blank: bool = False) -> str:
    """Takes `node` as one of the `allowed` texts."""
    found = text(node, blank=blank)
    if found and found not in allowed:
        raise refuse(node, f"{found!r} is not known here", f"Write one of: {', '.join(allowed)}.")
    return found


def _known(entry: Entry, known: Collection[str]) -> None:
    if entry.key not in known:
        raise refuse(
            entry, f"the field {entry.key!r} is not known here", f"The fields are: {', '.join(known)}."
        )


def _shown(node: Node) -> str:
    if isinstance(node, Scalar):
        return f"the text {node.text.strip()[:30]!r}" if node.text.strip() else "nothing"
    return "a list" if isinstance(node, Listing) else "a table"


# Written a second time in flows/loader.py: flows and messages import neither each other nor what is above.
class _Strings(VersionedResolver):
    """Takes every scalar as a text, so that no, 02134, 12:30 and 2026-11-23 stay what was written."""

    def resolve(self, kind: type[ParsedNode], value: object, implicit: object) -> object:
        if kind is ScalarNode:
            return self.DEFAULT_SCALAR_TAG
        return super().resolve(kind, value, implicit)


def _composed(path: Path) -> ParsedNode:
    shown = path.as_posix()
    content = _content(path)
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = _Strings
    try:
        node: ParsedNode | None = yaml.compose(content)
    except ReaderError as error:
        where = _position(shown, content, error.position)
        raise fault(where, "a character that cannot be seen stands here", "Take it out.") from error
    except MarkedYAMLError as error:
        raise ReadError((_syntax_fault(shown, error),)) from error
    except (YAMLError, RecursionError) as error:
        mend = "Compare it with a file that works."
        raise fault(shown, "the file cannot be understood as YAML", mend) from error
    if node is None:
        raise fault(shown, "the file is empty", "Write its first entry, or delete the file.")
    return node


def _content(path: Path) -> str:
    shown = path.as_posix()
    try:
        raw = path.read_bytes()
    except OSError as error:
        mend = "Look whether it is there and may be read."
        raise fault(shown, f"the file cannot be read ({type(error).__name__})", mend) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        mend = "Save the file as UTF-8."
        raise fault(f"{shown}:{line}:1", "a letter here is not in UTF-8", mend) from error


def _position(shown: str, content: str, index: int) -> str:
    before = content[:index]
    return f"{shown}:{before.count(chr(10)) + 1}:{index - (before.rfind(chr(10)) + 1) + 1}"


def _at(shown: str, mark: StreamMark) -> str:
    return f"{shown}:{mark.line + 1}:{mark.column + 1}"


# What ruamel.yaml says (context and problem), what it means to a person who writes texts, and how to mend it.
# The first that fits holds. "start" points at where the trouble began rather than where it was noticed.
_QUOTE = "Put the whole text in quotes, or write >- after the key and the text on the next line."
_SYNTAX: tuple[tuple[str, str, str, str], ...] = (
    (r"'\\t'|\btab\b", "here", "a tab stands where spaces belong", "Indent with spaces, two for each level."),
    (r"found character (?P<it>'.')", "here", "a text cannot start with {it}", _QUOTE),
    (r"unknown escape", "here", "a backslash in double quotes means something else", "Use single quotes."),
    (r"quoted scalar", "start", "a quotation mark is opened here and never closed", "Close it where the text ends."),
    (r"scanning an alias|undefined alias", "start", "a text cannot start with '*'", _QUOTE),
    (r"scanning an anchor", "start", "a text cannot start with '&'", _QUOTE),
    (r"parsing a tag|scanning a tag", "start", "a text cannot start with '!'", _QUOTE),
    (r"mapping values", "here", "a second colon stands in this line, or its indentation is wrong", _QUOTE),
    (r"mapping keys", "here", "a text cannot start with '? '", _QUOTE),
    (r"sequence entries", "here", "a list starts in the middle of a line", "Start the list on a line of its own."),
    (r"find expected ':'", "start", "this line has no colon after its key", "Write `key: text`, or indent the line."),
    (r"flow (sequence|mapping)", "start", "a bracket or brace is opened here and not closed", _QUOTE),
    (r"block scalar", "here", "nothing may follow > or | in the line", "Write the text on the next line, indented."),
    (r"found '<scalar>'", "here", "the text goes on after it had ended", _QUOTE),
    (r"<block end>", "here", "this line does not line up with those above", "Indent sisters alike, by two spaces."),
    (r"node content", "here", "a sign stands where a text belongs", _QUOTE),
    (r"single document", "here", "a second document starts here", "Take out the line `---`."),
)  # fmt: skip


def _syntax_fault(shown: str, error: MarkedYAMLError) -> Fault:
    said = f"{error.context or ''} | {error.problem or ''}"
    here = error.problem_mark or error.context_mark
    for pattern, point, what, mend in _SYNTAX:
        if match := re.search(pattern, said):
            mark = error.context_mark if point == "start" and error.context_mark else here
            return Fault(_at(shown, mark), what.format(**match.groupdict()), mend)
    return Fault(
        _at(shown, here), "this cannot be understood as YAML", "Look at this line and the one above."
    )


# What a node is without being told.
_TAGS = frozenset({"!!str", "!!seq", "!!map"})


class _Converter:
    """Turns what ruamel.yaml composed into our own nodes, and refuses what operators' files have no use for."""

    def __init__(self, shown: str) -> None:
        self.shown = shown

    def node(self, parsed: ParsedNode) -> Node:
        where = _at(self.shown, parsed.start_mark)
        self._plain(where, parsed)
        if isinstance(parsed, MappingNode):
            return Table(where, self._entries(parsed))
        if isinstance(parsed, SequenceNode):
            return Listing(where, tuple(each(parsed.value, self.node)))
        return Scalar(where, parsed.value)

    def _plain(self, where: str, parsed: ParsedNode) -> None:
        """An anchor is refused where it is set, so that no alias is ever followed, let alone in a circle."""
        if parsed.anchor:
            what = f"the anchor {'&' + parsed.anchor!r} cannot be used"
            raise fault(where, what, "Write the text out in both places.")
        tag = str(parsed.tag).replace("tag:yaml.org,2002:", "!!")
        if tag not in _TAGS:
            raise fault(where, f"the tag {tag!r} cannot be used", _QUOTE)

    def _entries(self, parsed: MappingNode) -> Mapping[str, Entry]:
        entries: dict[str, Entry] = {}

        def add(pair: tuple[ParsedNode, ParsedNode]) -> None:
            entry = self._entry(*pair)
            if first := entries.get(entry.key):
                line = first.where.rsplit(":", 2)[1]
                what = f"the key {entry.key!r} is here for the second time; the first is in line {line}"
                raise refuse(entry, what, "Keep one of them.")
            entries[entry.key] = entry

        each(parsed.value, add)
        return entries

    def _entry(self, key: ParsedNode, value: ParsedNode) -> Entry:
        name = self.node(key)
        found = self.node(value)
        if isinstance(value, ScalarNode) and not value.value and value.style is None:
            found = Scalar(name.where, "")  # nothing was written: YAML points at whatever comes next
        return Entry(text(name), name.where, found)
