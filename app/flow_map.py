"""Draws a flow: every node a card with its English text and its ways on, from left to right in the order of replies. Pure.

The drawing is made from the flow and catalog files alone, so that it cannot tell anything else than they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.cards import Card, Way, picture, text_of
from app.revision import Content
from flows.definition import Branch, Do, Graph, Menu, Node, Question, Say, Set
from messages.catalog import SOURCE_LANGUAGE


def draw(flow: str, content: Content) -> str:
    """The flow as one SVG picture that needs nothing else."""
    layers = _layers(flow, content.graph)
    cards = {name: _card_of(content.graph.nodes[name], content) for name in layers}
    return picture(cards, layers, f"The flow {flow}")


# --- where everything stands ---------------------------------------------------------------------


def _layers(flow: str, graph: Graph) -> Mapping[str, int]:
    """How many steps each node of the flow is from where one comes in, the ways in first."""
    own = [name for name in graph.nodes if name.split(".", 1)[0] == flow]
    reached = _from([graph.starts[flow], *_ways_in(flow, graph)], own, graph, 0)
    for name in own:
        if name not in reached:
            reached |= {at: layer for at, layer in _from([name], own, graph, 0).items() if at not in reached}
    return reached


def _from(starts: Sequence[str], own: Sequence[str], graph: Graph, layer: int) -> dict[str, int]:
    reached: dict[str, int] = {}
    wave = list(dict.fromkeys(starts))
    while wave:
        reached |= dict.fromkeys((name for name in wave if name not in reached), layer)
        targets = (target for name in wave for target in graph.nodes[name].targets())
        wave = [name for name in dict.fromkeys(targets) if name in own and name not in reached]
        layer += 1
    return reached


def _ways_in(flow: str, graph: Graph) -> Iterator[str]:
    """Nodes to which other flows, commands and emergencies lead."""
    led_to = {
        *graph.commands.values(),
        *graph.urgent.values(),
        *graph.asked.values(),
        *(
            target
            for node in graph.nodes.values()
            if node.id.split(".", 1)[0] != flow
            for target in node.targets()
        ),
    }
    yield from (name for name in graph.nodes if name in led_to and name.split(".", 1)[0] == flow)


# --- what a card says ----------------------------------------------------------------------------


def _card_of(node: Node, content: Content) -> Card:
    said = content.catalogs[SOURCE_LANGUAGE].get(node.id)
    words = _told(node) if said is None or not isinstance(node, Say | Menu | Question) else said.text
    facts = said.facts if said else ()
    return Card(node.id, type(node).__name__.lower(), text_of(words), facts, tuple(_ways(node, content)))


def _told(node: Node) -> str:
    """What a node that says nothing does."""
    match node:
        case Branch(on=on):
            return f"goes by {on}"
        case Set(answers=answers):
            return "saves " + ", ".join(f"{name}: {value or 'nothing'}" for name, value in answers.items())
        case Do(effect=effect):
            return f"does {effect}"
        case _:
            return ""


def _ways(node: Node, content: Content) -> Iterator[Way]:
    match node:
        case Menu(choices=choices):
            for number, choice in enumerate(choices, 1):
                label = content.catalogs[SOURCE_LANGUAGE].get(choice.id)
                yield Way(f"{number} {label.text if label else choice.name}", choice.target)
        case Question():
            yield Way("an answer", node.next)
            yield Way("not sure", node.unsure)
            if node.lost is not None:
                yield Way("not understood, three times", node.lost)
        case Branch(cases=cases, otherwise=otherwise):
            yield from (Way(case, target) for case, target in cases.items())
            yield Way("otherwise", otherwise)
        case Do(outcomes=outcomes):
            yield from (Way(name, target) for name, target in outcomes.items())
        case _:
            yield Way("", node.next)


# --- all flows -----------------------------------------------------------------------------------


def file_of(flow: str) -> str:
    """The name of a flow's picture."""
    return f"{flow}.svg"


def maps_page(content: Content) -> str:
    """docs/flows/README.md: every flow, what it is for, and its picture."""
    flows = list(content.graph.starts)
    index = "\n".join(f"- [{flow}](#{flow})" for flow in flows)
    pictures = "\n\n".join(f"## {flow}\n\n![The flow {flow}]({file_of(flow)})" for flow in flows)
    return f"{_PAGE_HEAD}\n{index}\n\n{pictures}\n"


_PAGE_HEAD = """\
# Maps of the flows

One picture a flow, made from `flows/definitions/` and the English texts by `amparo docs`; a test holds them fresh. A card is
a node: its name and kind, its text, the facts it rests on, and under the line its ways on. Lines lead to the right; a way
that leads back, or to another flow, is told by name. Grey heads say nothing to the person. How to read and change a flow
is in [flows/README.md](../../flows/README.md).
"""
