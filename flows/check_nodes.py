"""Faults of a node by itself: what it does, asks, saves, sets or branches on.

Where its ways lead is looked at in flows/check_ways.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.definition import PROBABLE, UNKNOWN, Branch, Do, Graph, Menu, Question, Set
from flows.effects import EFFECTS
from flows.faults import FlowFault, one_of
from flows.loader import FlowFiles
from flows.walks import walks


@dataclass(frozen=True)
class Known:
    """What the flows may count on outside themselves."""

    rules: frozenset[str]
    sharing: frozenset[str]
    places: frozenset[str]
    languages: frozenset[str]


def check_nodes(files: FlowFiles, graph: Graph, known: Known) -> Iterator[FlowFault]:
    """Everything that is wrong with the nodes themselves, in no order."""
    yield from _nodes(files, graph, known)
    yield from _free_text(files)
    yield from _answers(files, graph)


def _nodes(files: FlowFiles, graph: Graph, known: Known) -> Iterator[FlowFault]:
    for node in graph.nodes.values():
        match node:
            case Do():
                yield from _do(files, node)
            case Question():
                yield from _question(files, graph, node)
            case Menu():
                yield from _consent_menu(files, node)
            case Branch():
                yield from _branch(files, graph, known, node)
            case Set():
                yield from _set(files, graph, known, node)


# --- effects, questions and consents -------------------------------------------------------------


def _do(files: FlowFiles, node: Do) -> Iterator[FlowFault]:
    if node.effect not in EFFECTS:
        what = f"{node.id} has {node.effect!r} done, which nothing can do."
        yield FlowFault("unknown-effect", files.where(node.id), what, one_of(sorted(EFFECTS)))
        return
    outcomes, _ = EFFECTS[node.effect]
    for name in sorted(set(node.outcomes) - outcomes):
        what = f"{node.id} routes the outcome {name!r}, which {node.effect} never has."
        yield FlowFault("unknown-outcome", files.where(f"{node.id}.{name}"), what, one_of(sorted(outcomes)))
    for name in sorted(outcomes - set(node.outcomes)):
        what = f"{node.id} does not say where the outcome {name!r} of {node.effect} leads."
        yield FlowFault(
            "unrouted-outcome", files.where(node.id), what, f"Add a line `{name}: node` under its outcomes."
        )


def _question(files: FlowFiles, graph: Graph, node: Question) -> Iterator[FlowFault]:
    if {walk.end for walk in walks(graph, node.unsure)} == {node.id}:
        what = f"{node.id} asks the same again of somebody who is not sure."
        mend = "Let `unsure` lead to a node that goes on without the answer."
        yield FlowFault("no-fallback", files.where(node.id), what, mend)


def _free_text(files: FlowFiles) -> Iterator[FlowFault]:
    """A graph knows nothing of purposes: they are there for those who read the file."""
    for flow, document in files.documents.items():
        for name, written in document["nodes"].items():
            missing = [key for key in ("purpose", "life") if not str(written.get(key, "")).strip()]
            if written.get("question") == "word" and missing:
                part = f"{flow}.{name}"
                what = f"{part} asks for free text and does not say its {' and its '.join(missing)}."
                mend = "Add `purpose:` (what it is for) and `life:` (how long it is kept)."
                yield FlowFault("free-text-purpose", files.where(part), what, mend)


def _consent_menu(files: FlowFiles, node: Menu) -> Iterator[FlowFault]:
    missing = sorted({"agree", "refuse"} - {choice.name for choice in node.choices})
    if node.consent and missing:
        what = f"the consent {node.id} has no choice {' and no choice '.join(missing)}."
        mend = "Add it: a typed yes or no is understood as these two."
        yield FlowFault("consent-without-choices", files.where(node.id), what, mend)


# --- answers -------------------------------------------------------------------------------------


def _branch(files: FlowFiles, graph: Graph, known: Known, node: Branch) -> Iterator[FlowFault]:
    possible = _possible(graph, known, node.on)
    if possible is None:
        what = f"{node.id} branches on {node.on!r}, which nothing saves."
        mend = (
            "Branch on an answer that a menu, a question or a set saves, or on place.rule, place.certain, "
            "place.sharing or place.county."
        )
        yield FlowFault("unknown-answer", files.where(node.id), what, mend)
        return
    for case in node.cases:
        if case not in possible:
            what = f"{node.id} has the case {case!r}, which {node.on} can never be."
            yield FlowFault("unknown-case", files.where(f"{node.id}.{case}"), what, one_of(sorted(possible)))


def _possible(graph: Graph, known: Known, on: str) -> frozenset[str] | None:
    """What a branch can meet; None for something that no node saves."""
    saved, _, what = on.partition(".")
    if what:
        of_places = {
            "rule": known.rules,
            "certain": frozenset({"yes", "no"}),
            "sharing": known.sharing,
            "county": frozenset({PROBABLE}),
        }.get(what)
        return of_places | {UNKNOWN} if of_places and saved in _asked(graph, "place") else None
    values = {value for name, value in _saved(graph) if name == saved}
    values |= known.places if saved in _asked(graph, "place") else set()
    # A code is typed, by no question of ours: a branch can only ask whether there was one.
    return frozenset({*values, UNKNOWN}) if values or saved == "code" else None


def _asked(graph: Graph, asks: str) -> frozenset[str]:
    """The answers that questions of this kind save."""
    return frozenset(
        node.save for node in graph.nodes.values() if isinstance(node, Question) and node.asks == asks
    )


def _saved(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every answer and value that a menu or a set can save."""
    for node in graph.nodes.values():
        if isinstance(node, Menu) and node.save:
            yield from ((node.save, choice.name) for choice in node.choices)
        elif isinstance(node, Set):
            yield from node.answers.items()


def _set(files: FlowFiles, graph: Graph, known: Known, node: Set) -> Iterator[FlowFault]:
    for name, value in node.answers.items():
        possible = _settable(graph, known, name)
        if possible and value not in possible:
            what = f"{node.id} sets {name} to {value!r}, which nobody knows."
            yield FlowFault("unknown-value", files.where(node.id), what, one_of(sorted(possible)))


def _settable(graph: Graph, known: Known, name: str) -> frozenset[str]:
    """The values a `set` may give, where they are known: a menu's choices, a state, a language."""
    if name == "language":
        return known.languages | {"other"}
    of_menus = {
        choice.name
        for node in graph.nodes.values()
        if isinstance(node, Menu) and node.save == name
        for choice in node.choices
    }
    of_places = known.places if name in _asked(graph, "place") else frozenset()
    return frozenset({*of_menus, *of_places, UNKNOWN}) if of_menus or of_places else frozenset()


def _answers(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    """Answers that are saved and that no branch and no effect ever reads: nearly always a typing error."""
    read = {answer for _, takes in EFFECTS.values() for answer in takes} | {"language"}
    read |= {node.on.partition(".")[0] for node in graph.nodes.values() if isinstance(node, Branch)}
    for node in graph.nodes.values():
        if isinstance(node, Menu | Question):
            names: tuple[str, ...] = (node.save,) if node.save else ()
        else:
            names = tuple(node.answers) if isinstance(node, Set) else ()
        for name in names:
            if name not in read:
                what = f"{node.id} saves the answer {name!r}, and nothing reads it."
                yield FlowFault("unknown-answer", files.where(node.id), what, one_of(sorted(read)))
