"""The ways through a graph: where a conversation can begin, and what one turn can say until it waits or rests.

Pure, and it judges nothing: flows/check_ways.py says which ways are faulty, app/checking/sizes.py how long they may be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flows.definition import END, FORGET, Graph, Menu, Node, Question, Say, Set
from flows.steps import BILINGUAL

MOST_WALKS = 2000  # ways from one start that are looked at; no flow of ours comes near
WAYS_IN = ("start.welcome", *sorted(BILINGUAL))  # the menus that answer a first text


@dataclass(frozen=True)
class Walk:
    """What one turn says: the `says` on the way, and the node where it waits (or END, or FORGET)."""

    says: tuple[str, ...]
    end: str
    sets_language: bool = False


def entries(graph: Graph) -> dict[str, str]:
    """What a conversation can begin or go on with wherever it is: what is said or done, to the node it leads to."""
    return {
        **{f"the command {name!r}": target for name, target in graph.commands.items()},
        **{f"the emergency {kind!r}": target for kind, target in graph.urgent.items()},
        **{f"the answer to our question {name!r}": target for name, target in graph.asked.items()},
        **{f"a first text ({name})": name for name in WAYS_IN},
    }


def walks(graph: Graph, start: str) -> Iterator[Walk]:
    """Every way from `start` to the next wait or rest; the ways that go in a circle are left out."""
    open_ways: list[tuple[str, tuple[str, ...], tuple[str, ...], bool]] = [(start, (), (), False)]
    for _ in range(MOST_WALKS):
        if not open_ways:
            return
        at, passed, says, language = open_ways.pop()
        node = graph.find(at)
        if node is None or isinstance(node, Menu | Question):
            if node is not None or at in {END, FORGET}:
                yield Walk(says, node.id if node else at, language)
            continue
        if isinstance(node, Say):
            says = (*says, node.id)
        elif isinstance(node, Set):
            language = language or "language" in node.answers
        passed = (*passed, at)
        open_ways += [
            (target, passed, says, language)
            for target in dict.fromkeys(node.targets())
            if target not in passed
        ]


def turns(graph: Graph) -> tuple[Walk, ...]:
    """What any turn can say, each once."""
    starts = dict.fromkeys(
        (
            *entries(graph).values(),
            *(target for node in graph.nodes.values() if waits(node) for target in node.targets()),
        )
    )
    return tuple(dict.fromkeys(walk for start in starts for walk in walks(graph, start)))


def waits(node: Node) -> bool:
    """True for what a turn ends at, to hear the person."""
    return isinstance(node, Menu | Question)
