"""Reads flow files: from YAML to plain documents, and from documents to a graph. Every fault has file, line and mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.resolver import VersionedResolver

from flows.definition import (
    END,
    FORGET,
    MOST_CHOICES,
    Branch,
    Choice,
    Do,
    Graph,
    Menu,
    Node,
    Question,
    Say,
    Set,
)
from flows.faults import FlowFault

Document = Mapping[str, Any]


class FlowReadError(Exception):
    """The flow files cannot be read; nothing of them is used."""

    def __init__(self, faults: tuple[FlowFault, ...]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass(frozen=True)
class FlowFiles:
    """Flow files as plain documents (what a revision keeps), and where each part stands."""

    documents: Mapping[str, Document]
    positions: Mapping[str, str]  # "flow", "flow.node", "flow.node.choice" -> file:line:column

    def where(self, part: str) -> str:
        """Where a part stands: its own place, or that of what holds it."""
        while part not in self.positions and "." in part:
            part = part.rsplit(".", 1)[0]
        return self.positions.get(part, part)


# Written a second time in messages/yaml_reader.py: flows and messages import neither each other nor what is above.
class _EverythingIsText(VersionedResolver):
    """Plain scalars stay text: `no`, 02134 and 12:30 are what the operator typed."""

    def resolve(self, kind: Any, value: Any, implicit: Any) -> Any:
        tag = super().resolve(kind, value, implicit)
        plain = isinstance(value, str) and implicit and implicit[0]
        return self.DEFAULT_SCALAR_TAG if plain else tag


class _NodeModel(BaseModel):
    """A node as it is written. Which keys it has says what kind it is."""

    model_config = ConfigDict(extra="forbid", strict=True)

    say: str | None = None
    menu: dict[str, str] | None = None
    question: Literal["place", "phone", "word"] | None = None
    branch: str | None = None
    set: dict[str, str] | None = None
    do: str | None = None
    next: str | None = None
    save: str | None = None
    unsure: str | None = None
    lost: str | None = None
    cases: dict[str, str] | None = None
    otherwise: str | None = None
    outcomes: dict[str, str] | None = None
    consent: Literal["true"] | None = None
    purpose: str | None = None
    life: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> _NodeModel:
        kinds = [kind for kind in _KEYS if kind in self.model_fields_set]
        if len(kinds) != 1:
            raise ValueError(
                f"a node must be one of {', '.join(_KEYS)}; this one is {' and '.join(kinds) or 'none'}"
            )
        needed, allowed = _KEYS[kinds[0]]
        present = self.model_fields_set - {kinds[0]}
        if missing := sorted(needed - present):
            raise ValueError(f"a {kinds[0]} needs {', '.join(missing)}")
        if odd := sorted(present - needed - allowed):
            raise ValueError(f"a {kinds[0]} has no {', '.join(odd)}")
        if self.menu is not None and not 1 <= len(self.menu) <= MOST_CHOICES:
            raise ValueError(f"a menu has 1 to {MOST_CHOICES} choices, this one has {len(self.menu)}")
        return self


# kind -> the keys it must have, the keys it may have
_KEYS: Mapping[str, tuple[frozenset[str], frozenset[str]]] = {
    "say": (frozenset({"next"}), frozenset()),
    "menu": (frozenset(), frozenset({"save", "consent"})),
    "question": (frozenset({"save", "next", "unsure"}), frozenset({"purpose", "life", "lost"})),
    "branch": (frozenset({"cases", "otherwise"}), frozenset()),
    "set": (frozenset({"next"}), frozenset()),
    "do": (frozenset({"outcomes"}), frozenset()),
}


class _FlowModel(BaseModel):
    """A flow file as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    flow: str
    start: str
    nodes: dict[str, _NodeModel]
    footer: Literal["yes", "no"] = "no"
    first_aid: Literal["yes", "no"] = "no"
    calm: list[str] = []
    commands: dict[str, str] = {}
    urgent: dict[str, str] = {}
    asked: dict[str, str] = {}
    renamed_from: dict[str, str] = {}


def read_flows(folder: Path) -> FlowFiles:
    """Reads every `*.yaml` of a folder.

    Raises:
        FlowReadError: one fault for each thing that is wrong, in all files.
    """
    documents: dict[str, Document] = {}
    positions: dict[str, str] = {}
    faults: list[FlowFault] = []
    for path in sorted(folder.glob("*.yaml")):
        try:
            documents[path.stem] = _read_file(path, positions)
        except FlowReadError as error:
            faults.extend(error.faults)
    if not documents and not faults:
        faults.append(
            FlowFault("no-flows", str(folder), "there is no flow file here.", "Put one flow a file.")
        )
    if faults:
        raise FlowReadError(tuple(faults))
    return FlowFiles(documents, positions)


def _read_file(path: Path, positions: dict[str, str]) -> Document:
    yaml = YAML(typ="rt")
    yaml.Resolver = _EverythingIsText
    try:
        with path.open(encoding="utf-8") as file:
            loaded = yaml.load(file)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{path}:{mark.line + 1}:{mark.column + 1}" if mark else str(path)
        problem = str(error.problem).partition(" with value ")[0]
        raise FlowReadError((FlowFault("yaml", where, f"{problem}.", _yaml_mend(problem)),)) from error
    except ReaderError as error:
        raise FlowReadError((_unseen_character(path, chr(error.character)),)) from error
    except UnicodeDecodeError as error:
        raise FlowReadError(
            (FlowFault("yaml", f"{path}:1:1", "this is not UTF-8 text.", "Save it as UTF-8."),)
        ) from error
    try:
        model = _FlowModel.model_validate(_plain(loaded))
    except ValidationError as error:
        raise FlowReadError(tuple(_schema_fault(path, loaded, one) for one in error.errors())) from error
    if model.flow != path.stem:
        fault = FlowFault(
            "name",
            f"{path}:1:1",
            f"the flow is called {model.flow!r}.",
            f"Call it {path.stem!r}, as the file.",
        )
        raise FlowReadError((fault,))
    _note_positions(path, loaded, positions)
    return model.model_dump(exclude_unset=True)


def _unseen_character(path: Path, char: str) -> FlowFault:
    """Where the first character stands that YAML does not allow: a control character, most often pasted in."""
    before = path.read_text(encoding="utf-8").partition(char)[0]
    where = f"{path}:{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    what = f"here is a character that cannot be seen, U+{ord(char):04X}."
    return FlowFault("yaml", where, what, "Delete it, or type the line anew.")


def _yaml_mend(problem: str) -> str:
    if "duplicate key" in problem:
        return "Keep one of the two, or give the second another name."
    if "\\t" in problem:
        return "Use spaces instead of the tab."
    return "Look at the indentation, quotes and colons of this line and the one before."


def _plain(value: Any) -> Any:
    """The reader's round-trip types as plain data: an empty `say:` is an empty text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return "" if value is None else str(value)


# What pydantic found -> the words for it.
_SCHEMA_WORDS: Mapping[str, str] = {
    "extra_forbidden": "no such key",
    "missing": "it is missing",
    "string_type": "it must be one word or text",
    "dict_type": "it must hold lines such as `name: value`",
    "model_type": "it must hold lines such as `name: value`",
    "list_type": "it must be a list",
}


def _schema_fault(path: Path, loaded: Any, error: Any) -> FlowFault:
    loc = [part for part in error["loc"] if isinstance(part, str | int)]
    line, column = _position(loaded, loc)
    name = ".".join(str(part) for part in loc) or "the file"
    message = _SCHEMA_WORDS.get(error["type"]) or str(error["msg"])
    message = message.removeprefix("Value error, ").replace("Input should be", "it must be")
    mend = "Compare with flows/README.md."
    return FlowFault("schema", f"{path}:{line}:{column}", f"{name}: {message}.", mend)


def _position(loaded: Any, loc: list[str | int]) -> tuple[int, int]:
    """Line and column, from 1, of the innermost part that is there."""
    line, column, node = 1, 1, loaded
    for part in loc:
        if not isinstance(node, CommentedMap) or part not in node:
            break
        line, column = (number + 1 for number in node.lc.key(part))
        node = node[part]
    return line, column


def _note_positions(path: Path, loaded: Any, positions: dict[str, str]) -> None:
    def note(part: str, *loc: str) -> None:
        line, column = _position(loaded, list(loc))
        positions[part] = f"{path}:{line}:{column}"

    name = path.stem
    note(name)
    for section in ("commands", "urgent", "asked"):
        for word in loaded.get(section) or ():
            note(f"{name}.{section}.{word}", section, word)
    for node, body in loaded["nodes"].items():
        note(f"{name}.{node}", "nodes", node)
        for kind in ("menu", "cases", "outcomes"):
            for choice in body.get(kind) or ():
                note(f"{name}.{node}.{choice}", "nodes", node, kind, choice)


def graph_of(documents: Mapping[str, Document]) -> Graph:
    """Builds the graph of a revision's flow documents, which check has passed.

    Raises:
        ValueError: a document that is no flow.
    """
    nodes: dict[str, Node] = {}
    starts: dict[str, str] = {}
    calm: dict[str, frozenset[str]] = {}
    commands: dict[str, str] = {}
    urgent: dict[str, str] = {}
    asked: dict[str, str] = {}
    renamed: dict[str, str] = {}
    first_aid: set[str] = set()
    for name, document in documents.items():
        model = _FlowModel.model_validate(document)
        starts[name] = _full(name, model.start)
        calm[name] = frozenset(model.calm)
        first_aid |= {name} if model.first_aid == "yes" else set()
        commands |= {command: _full(name, target) for command, target in model.commands.items()}
        urgent |= {kind: _full(name, target) for kind, target in model.urgent.items()}
        asked |= {question: _full(name, target) for question, target in model.asked.items()}
        renamed |= {_full(name, old): _full(name, new) for old, new in model.renamed_from.items()}
        for node_name, node in model.nodes.items():
            nodes[f"{name}.{node_name}"] = _node(name, node_name, node, footer=model.footer == "yes")
    return Graph(
        nodes, starts, calm, commands, urgent, renamed, frozenset(first_aid), _typed(nodes.values()), asked
    )


def _typed(nodes: Iterable[Node]) -> dict[str, frozenset[str]]:
    typed: dict[str, frozenset[str]] = {}
    for node in nodes:
        if isinstance(node, Question) and node.asks in {"phone", "word"}:
            flow = node.id.split(".", 1)[0]
            typed[flow] = typed.get(flow, frozenset()) | {node.save}
    return typed


def _full(flow: str, target: str) -> str:
    return target if target in {END, FORGET} or "." in target else f"{flow}.{target}"


def _node(flow: str, name: str, node: _NodeModel, footer: bool) -> Node:
    node_id = f"{flow}.{name}"
    following = _full(flow, node.next or END)
    if node.menu is not None:
        choices = tuple(
            Choice(f"{node_id}.{choice}", _full(flow, target)) for choice, target in node.menu.items()
        )
        return Menu(node_id, choices, node.save, node.consent is not None, footer)
    if node.question is not None:
        unsure, lost = _full(flow, node.unsure or END), _full(flow, node.lost) if node.lost else None
        return Question(node_id, node.question, node.save or "", following, unsure, footer, lost)
    if node.branch is not None:
        cases = {case: _full(flow, target) for case, target in (node.cases or {}).items()}
        return Branch(node_id, node.branch, cases, _full(flow, node.otherwise or END))
    if node.set is not None:
        return Set(node_id, node.set, following)
    if node.do is not None:
        return Do(node_id, node.do, {name: _full(flow, to) for name, to in (node.outcomes or {}).items()})
    return Say(node_id, following)
