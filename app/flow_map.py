"""Draws a flow: every node a card with its English text and its ways on, from left to right in the order of replies. Pure.

The drawing is made from the flow and catalog files alone, so that it cannot tell anything else than they do.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from textwrap import wrap

from app.revision import Content
from flows.definition import Branch, Do, Graph, Menu, Node, Question, Say, Set
from messages.catalog import SOURCE_LANGUAGE

CARD, GAP_X, GAP_Y, MARGIN = 336, 90, 22, 24  # pixels
LINE, PAD, HEAD, RULE = 16, 10, 24, 10
COLUMNS = 46  # characters of one line of a card


@dataclass(frozen=True)
class Way:
    """One way on from a node: what it is called, and where it leads."""

    label: str
    target: str


@dataclass(frozen=True)
class Card:
    """One node as it is drawn: `lines` are its text, `facts` what that rests on, `ways` its ways on."""

    id: str
    kind: str
    lines: tuple[str, ...]
    facts: tuple[str, ...]
    ways: tuple[Way, ...]

    @property
    def body(self) -> tuple[str, ...]:
        """The lines above the rule: the text, and the facts it rests on."""
        return (*self.lines, *wrap(f"Facts: {', '.join(self.facts)}", COLUMNS)) if self.facts else self.lines

    @property
    def height(self) -> int:
        """In pixels."""
        return HEAD + PAD * 2 + RULE + LINE * (len(self.body) + len(self.ways))

    def way_y(self, index: int) -> int:
        """The middle of a way's line, from the top of the card."""
        return HEAD + PAD + RULE + LINE * (len(self.body) + index) + LINE // 2


@dataclass(frozen=True)
class Placed:
    """A card at its place."""

    card: Card
    layer: int
    x: int
    y: int


def draw(flow: str, content: Content) -> str:
    """The flow as one SVG picture that needs nothing else."""
    placed = _placed(flow, content)
    width = max(each.x for each in placed.values()) + CARD + MARGIN
    height = max(each.y + each.card.height for each in placed.values()) + MARGIN
    parts = [*_edges(placed), *(part for each in placed.values() for part in _card(each, placed))]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="The flow {flow}">\n<style>{_STYLE}</style>\n'
        f'<rect width="{width}" height="{height}" fill="#fbfaf7"/>\n'
    )
    return head + "\n".join(parts) + "\n</svg>\n"


# --- where everything stands ---------------------------------------------------------------------


def _placed(flow: str, content: Content) -> Mapping[str, Placed]:
    bottoms: dict[int, int] = {}
    placed: dict[str, Placed] = {}
    for name, layer in _layers(flow, content.graph).items():
        card = _card_of(content.graph.nodes[name], content)
        y = bottoms.get(layer, MARGIN)
        placed[name] = Placed(card, layer, MARGIN + layer * (CARD + GAP_X), y)
        bottoms[layer] = y + card.height + GAP_Y
    return placed


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
    lines = tuple(part for line in words.splitlines() for part in wrap(line, COLUMNS) or [""])
    facts = said.facts if said else ()
    return Card(node.id, type(node).__name__.lower(), lines, facts, tuple(_ways(node, content)))


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


# --- the picture ---------------------------------------------------------------------------------

_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#23201c}"
    ".id{font-weight:600}.kind,.to{fill:#6b645a}.card{fill:#fff;stroke:#cfc8bb}"
    ".rule{stroke:#e6e0d4}.head{fill:#efe9dd}.quiet .head{fill:#f4f4f4}.edge{fill:none;stroke:#9c8f77;stroke-width:1.3}"
)


def _card(each: Placed, placed: Mapping[str, Placed]) -> Iterator[str]:
    card = each.card
    quiet = " quiet" if card.kind in {"branch", "set", "do"} else ""
    yield f'<g class="node{quiet}" transform="translate({each.x},{each.y})">'
    yield f'<rect class="card" width="{CARD}" height="{card.height}" rx="6"/>'
    yield f'<rect class="head" x="1" y="1" width="{CARD - 2}" height="{HEAD}" rx="5"/>'
    yield f'<text class="id" x="{PAD}" y="17">{escape(card.id)}</text>'
    yield f'<text class="kind" x="{CARD - PAD}" y="17" text-anchor="end">{card.kind}</text>'
    for number, line in enumerate(card.body):
        quoted = "said" if number < len(card.lines) else "kind"
        yield f'<text class="{quoted}" x="{PAD}" y="{HEAD + PAD + LINE * number + 12}">{escape(line)}</text>'
    rule = HEAD + PAD + LINE * len(card.body) + RULE // 2
    yield f'<path class="rule" d="M{PAD} {rule}H{CARD - PAD}"/>'
    for number, way in enumerate(card.ways):
        y = card.way_y(number) + 4
        yield f'<text x="{PAD}" y="{y}">{escape(way.label)}</text>'
        if not _is_drawn(each, way, placed):
            yield f'<text class="to" x="{CARD - PAD}" y="{y}" text-anchor="end">{escape(_elsewhere(each, way))}</text>'
    yield "</g>"


def _is_drawn(each: Placed, way: Way, placed: Mapping[str, Placed]) -> bool:
    """True where a line leads to it: to a card further right. Other ways are told by name, or lines would cross all."""
    target = placed.get(way.target)
    return target is not None and target.layer > each.layer


def _elsewhere(each: Placed, way: Way) -> str:
    flow, _, name = way.target.partition(".")
    return f"→ {name if flow == each.card.id.split('.', 1)[0] else way.target}"


def _edges(placed: Mapping[str, Placed]) -> Iterator[str]:
    for each in placed.values():
        for number, way in enumerate(each.card.ways):
            if _is_drawn(each, way, placed):
                target = placed[way.target]
                x1, y1 = each.x + CARD, each.y + each.card.way_y(number)
                x2, y2 = target.x, target.y + HEAD // 2
                bend = (x2 - x1) // 2
                yield f'<path class="edge" d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"/>'


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
