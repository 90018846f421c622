"""Faults of the ways between nodes: targets that are not there, circles, long walks, requests without consent, dead ends.

What is faulty in a node by itself is in flows/check_nodes.py; how a graph is walked, in flows/walks.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.definition import END, FORGET, Branch, Do, Graph, Menu, Node, Question
from flows.effects import MOST_EFFECTS, SENDING
from flows.faults import FlowFault
from flows.loader import FlowFiles
from flows.steps import LONGEST_WALK
from flows.walks import WAYS_IN, entries, waits, walks


def check_ways(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    """Everything that is wrong between the nodes, in no order."""
    yield from _targets(files, graph)
    yield from _loops(files, graph)
    yield from _lengths(files, graph)
    yield from _consents(files, graph)
    yield from _unreachable(files, graph)
    yield from _dead_ends(files, graph)


# --- targets -------------------------------------------------------------------------------------


def _targets(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for part, target in dict.fromkeys(_links(graph)):
        if target not in {END, FORGET} and graph.find(target) is None:
            what = f"{part} leads to {target}, and there is no such node."
            mend = f"Write the node {target}, or lead to one that is there (or to end)."
            yield FlowFault("missing-node", files.where(part), what, mend)
    for name in WAYS_IN:
        if not isinstance(graph.find(name), Menu):
            what = f"there is no menu {name}, which answers a first text."
            mend = f"Write the node {name.split('.')[1]} as a menu in start.yaml."
            yield FlowFault("missing-node", files.where(name), what, mend)


def _links(graph: Graph) -> Iterator[tuple[str, str]]:
    """Every part of a file that names a target, and the target."""
    yield from graph.starts.items()
    yield from ((f"start.commands.{name}", target) for name, target in graph.commands.items())
    yield from ((f"start.urgent.{kind}", target) for kind, target in graph.urgent.items())
    yield from ((f"start.asked.{question}", target) for question, target in graph.asked.items())
    for node in graph.nodes.values():
        yield from _links_of(node)


def _links_of(node: Node) -> Iterator[tuple[str, str]]:
    match node:
        case Menu(choices=choices):
            yield from ((choice.id, choice.target) for choice in choices)
        case Do(outcomes=ways):
            yield from ((f"{node.id}.{name}", target) for name, target in ways.items())
        case Branch(cases=ways, otherwise=otherwise):
            yield from ((f"{node.id}.{name}", target) for name, target in ways.items())
            yield node.id, otherwise
        case _:
            yield from ((node.id, target) for target in node.targets())


# --- loops and lengths ---------------------------------------------------------------------------


def _loops(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    told: set[str] = set()
    for node in graph.nodes.values():
        circle = () if waits(node) or node.id in told else _circle(graph, node.id)
        if circle:
            told |= set(circle)
            what = f"{' -> '.join((*circle, node.id))} goes in a circle and never waits for the person."
            mend = "Put a menu or a question in it, or lead one of them elsewhere."
            yield FlowFault("loop-without-wait", files.where(node.id), what, mend)


def _circle(graph: Graph, start: str) -> tuple[str, ...]:
    """The nodes of a way from `start` back to it without a wait; nothing if there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        node = graph.find(way[-1])
        if node is None or waits(node):
            continue
        if start in node.targets():
            return way
        fresh = [target for target in node.targets() if target not in seen]
        seen.update(fresh)
        ways += [(*way, target) for target in fresh]
    return ()


def _lengths(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    """Walks with more hops, or more effects, than a turn takes; told where such a walk begins."""
    for kind, most, counts in (("steps", LONGEST_WALK - 1, Node), ("effects", MOST_EFFECTS, Do)):
        known: dict[str, int] = {}
        for part, target in dict.fromkeys(_links(graph)):
            holder = graph.nodes.get(part.rsplit(".", 1)[0]) or graph.nodes.get(part)
            if holder is not None and not waits(holder):
                continue
            length = _longest(graph, target, counts, known)
            if length > most:
                what = f"{part} leads to {length} {kind} in one turn; at most {most} are taken."
                mend = "Put a menu or a question on the way, or make the way shorter."
                yield FlowFault("walk-too-long", files.where(part), what, mend)


def _longest(graph: Graph, start: str, counts: object, known: dict[str, int]) -> int:
    """The most nodes of a kind on a way from here to a wait; what goes in a circle counts once."""
    if start in known:
        return known[start]
    node = graph.find(start)
    if node is None or waits(node):
        return 0
    known[start] = 0  # ends a circle, which has a fault of its own
    own = int(counts is Node or isinstance(node, Do))
    known[start] = own + max((_longest(graph, target, counts, known) for target in node.targets()), default=0)
    return known[start]


# --- consent -------------------------------------------------------------------------------------


def _consents(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for node in graph.nodes.values():
        if isinstance(node, Do) and node.effect in SENDING:
            for way in _ways_without_consent(graph, node.id):
                what = f"{node.id} sends a request, and {way} leads to it without a consent in between."
                mend = (
                    "Let only the `agree` choices of a menu with `consent: true` lead to it, without a wait."
                )
                yield FlowFault("referral-without-consent", files.where(node.id), what, mend)


def _ways_without_consent(graph: Graph, request: str) -> Iterator[str]:
    """Backwards from the request through everything that does not wait: what comes before must be a consent."""
    open_ends, seen = [request], {request}
    while open_ends:
        at = open_ends.pop()
        yield from (name for name, target in entries(graph).items() if target == at)
        for node in graph.nodes.values():
            if at not in node.targets():
                continue
            if isinstance(node, Menu):
                yield from (
                    choice.id
                    for choice in node.choices
                    if choice.target == at and not _agrees(node, choice.name)
                )
            elif isinstance(node, Question):
                yield node.id
            elif node.id not in seen:
                seen.add(node.id)
                open_ends.append(node.id)


def _agrees(menu: Menu, choice: str) -> bool:
    return menu.consent and (choice == "agree" or choice.startswith("agree_"))


# --- what is left over ---------------------------------------------------------------------------


def _unreachable(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    open_ends = list(entries(graph).values())
    reached: set[str] = set()
    while open_ends:
        node = graph.find(open_ends.pop())
        if node is not None and node.id not in reached:
            reached.add(node.id)
            open_ends += node.targets()
    for name in graph.nodes:
        if name not in reached:
            what = f"no way leads to {name}."
            yield FlowFault("unreachable", files.where(name), what, "Lead a choice to it, or take it away.")


def _dead_ends(files: FlowFiles, graph: Graph) -> Iterator[FlowFault]:
    for node in graph.nodes.values():
        if not isinstance(node, Menu | Question):
            continue
        ends = {walk.end for target in node.targets() for walk in walks(graph, target)}
        if ends == {node.id}:
            what = f"every answer to {node.id} leads back to it."
            yield FlowFault("dead-end", files.where(node.id), what, "Give it a choice that leads on.")
