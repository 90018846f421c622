"""What makes a draft's flows unfit to be published, found without walking them with anybody. Pure.

Here: every code, the entry point `check_flows`, and the names and commands of the files. The rest by subject: nodes in
flows/check_nodes.py, the ways between them in flows/check_ways.py, what may be typed in flows/check_words.py.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from flows.check_nodes import Known, check_nodes
from flows.check_ways import check_ways
from flows.definition import END, FORGET, QUESTIONS, UNKNOWN, Branch, Graph, Menu
from flows.engine import CALM_KINDS
from flows.faults import FlowFault, one_of
from flows.heard import COMMANDS, URGENT_KINDS
from flows.loader import FlowFiles

BLOCKS: Mapping[str, str] = {
    "missing-node": "a target, a start or a node that the engine counts on is not there",
    "bad-name": "a flow, node or choice has a name that cannot be a message id, or that means something else",
    "no-fallback": "a question's `unsure` leads back to the question itself",
    "loop-without-wait": "nodes lead to one another in a circle and never wait for the person",
    "walk-too-long": "more steps or effects between two waits than one turn takes",
    "unknown-effect": "a `do` names an effect that does not exist",
    "unknown-outcome": "a `do` routes an outcome that its effect never has",
    "unrouted-outcome": "a `do` does not say where an outcome leads",
    "unknown-command": "start.yaml routes a command that does not exist",
    "missing-command": "start.yaml does not route a command that people may type",
    "unknown-urgent": "an urgent kind that does not exist is routed or called calm",
    "missing-urgent": "start.yaml does not route a kind of emergency",
    "unknown-asked": "start.yaml routes a question that the line never asks",
    "missing-asked": "start.yaml does not route a question that the line asks by itself to a menu",
    "misplaced-commands": "commands, urgent kinds or asked questions stand in another file than start.yaml",
    "unknown-case": "a branch has a case for a value that cannot occur",
    "unknown-answer": "an answer is saved, set or read that nothing reads or saves",
    "unknown-value": "a `set` gives an answer a value that nobody knows",
    "free-text-purpose": "free text is asked without a purpose and a life span",
    "referral-without-consent": "a way leads to a request without the person's consent just before",
    "consent-without-choices": "a consent menu lacks the choices `agree` and `refuse`",
    "renamed-still-there": "`renamed_from` names a node that is still there",
    "reserved-word": "a choice can be answered with a word that the carrier or the opt-out takes first",
    "word-clash": "a word means two things at once",
    "bad-phrase": "a phrase of the words files cannot be read",
    "orphan-words": "words are listed for a choice that is not there",
}
WARNS: Mapping[str, str] = {
    "unreachable": "no way leads to a node",
    "dead-end": "a place that offers no way on",
}

# The engine answers these itself; every other command, the opt-out and a typed code need a way in start.yaml.
_ENGINES_OWN = frozenset({"start", "back", "help", "unsure", "skip", "agree", "refuse"})
ROUTED = frozenset({*COMMANDS, "stop", "code", "place"}) - _ENGINES_OWN
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_NOT_A_NODE = frozenset({END, FORGET})
# A command is answered by the open menu's choice of its name; these must mean the same everywhere.
_NOT_A_CHOICE = frozenset({UNKNOWN, "start", "help", "erase", "bye", "stop"})


def check_flows(files: FlowFiles, graph: Graph, known: Known) -> tuple[FlowFault, ...]:
    """Everything that is wrong with the flows themselves, in no order."""
    return tuple(
        fault
        for found in (
            _renamed(files, graph),
            _names(files),
            _commands(files, graph),
            check_nodes(files, graph, known),
            check_ways(files, graph),
        )
        for fault in found
    )


# --- names ---------------------------------------------------------------------------------------


def _names(files: FlowFiles) -> Iterator[FlowFault]:
    for part, name, taken in _named(files):
        if name in taken:
            what = f"{part}: the name {name!r} has a meaning of its own."
            yield FlowFault("bad-name", files.where(part), what, "Give it another name.")
        elif not _NAME.fullmatch(name):
            what = f"{part}: {name!r} cannot be part of a message id."
            mend = "Use small letters, digits and _, starting with a letter."
            yield FlowFault("bad-name", files.where(part), what, mend)


def _named(files: FlowFiles) -> Iterator[tuple[str, str, frozenset[str]]]:
    """Every part that has a name, the name as it is written, and the names it may not have."""
    for flow, document in files.documents.items():
        yield flow, flow, frozenset()
        for name, written in document["nodes"].items():
            yield f"{flow}.{name}", name, _NOT_A_NODE
            for choice in written.get("menu") or ():
                yield f"{flow}.{name}.{choice}", choice, _NOT_A_CHOICE


def _renamed(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for old, new in graph.renamed.items():
        if new not in graph.nodes:
            what = f"renamed_from says that {old} is now {new}, and there is no such node."
            yield FlowFault("missing-node", files.where(new), what, f"Give the new name of {old}.")
        if old in graph.nodes:
            what = (
                f"renamed_from says that {old} is now {new}, but {old} is still there and would be passed by."
            )
            yield FlowFault("renamed-still-there", files.where(old), what, "Take away the one or the other.")


# --- commands and emergencies --------------------------------------------------------------------


def _commands(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    yield from _routed(files, "command", graph.commands, ROUTED)
    yield from _routed(files, "urgent", graph.urgent, frozenset(URGENT_KINDS))
    yield from _routed(files, "asked", graph.asked, QUESTIONS)
    for question, target in graph.asked.items():
        if graph.find(target) is not None and not isinstance(graph.find(target), Menu):
            what = f"asked leads the answer to {question!r} to {target}, which is no menu and hears nothing."
            mend = "Lead it to a menu."
            yield FlowFault("missing-asked", files.where(f"start.asked.{question}"), what, mend)
    rule = graph.find(graph.commands.get("place"))
    if rule is not None and not (isinstance(rule, Branch) and rule.on.startswith("place.")):
        what = f"commands leads a typed place to {rule.id}, which does not look at the place."
        mend = "Lead it to a branch on place.rule."
        yield FlowFault("unknown-command", files.where("start.commands.place"), what, mend)
    for flow, kinds in graph.calm.items():
        for kind in sorted(kinds - set(CALM_KINDS)):
            what = f"the flow {flow} is calm about {kind!r}, which is no kind of emergency."
            yield FlowFault("unknown-urgent", files.where(flow), what, one_of(CALM_KINDS))
    for flow, document in files.documents.items():
        for kind in ("commands", "urgent", "asked"):
            if flow != "start" and document.get(kind):
                what = f"the flow {flow} has `{kind}`, which hold for all flows."
                mend = "Move them to start.yaml, where everybody looks for them."
                yield FlowFault("misplaced-commands", files.where(flow), what, mend)


def _routed(
    files: FlowFiles, what: str, ways: Mapping[str, str], known: Collection[str]
) -> Iterator[FlowFault]:
    section = "commands" if what == "command" else what
    for name in ways:
        if name not in known:
            said = f"{section} has {name!r}, for which there is nothing to route."
            yield FlowFault(
                f"unknown-{what}", files.where(f"start.{section}.{name}"), said, one_of(sorted(known))
            )
    for name in sorted(set(known) - set(ways)):
        said = f"{section} does not say where {name!r} leads."
        mend = f"Add a line `{name}: node` under {section} in start.yaml."
        yield FlowFault(f"missing-{what}", files.where("start"), said, mend)
