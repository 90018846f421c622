"""Cards side by side, and lines between them: one SVG picture that needs nothing else. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from textwrap import wrap

CARD, GAP_X, GAP_Y, MARGIN = 336, 90, 22, 24  # pixels
LINE, PAD, HEAD, RULE = 16, 10, 24, 10
ANYWHERE = 1000  # columns
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
    reach: int


def picture(cards: Mapping[str, Card], layers: Mapping[str, int], told: str, reach: int = ANYWHERE) -> str:
    """The cards, each in the column of its layer, in the order of `layers`; `told` is what it is a picture of.

    A line is drawn to a card at most `reach` columns to the right; where more is drawn than told, nobody sees a way.
    """
    placed = _placed(cards, layers, reach)
    width = max(each.x for each in placed.values()) + CARD + MARGIN
    height = max(each.y + each.card.height for each in placed.values()) + MARGIN
    parts = [*_edges(placed), *(part for each in placed.values() for part in _card(each, placed))]
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        f' role="img" aria-label="{escape(told)}">\n<style>{_STYLE}</style>\n'
        f'<rect width="{width}" height="{height}" fill="#fbfaf7"/>\n'
    )
    return head + "\n".join(parts) + "\n</svg>\n"


def text_of(words: str) -> tuple[str, ...]:
    """Words as the lines of a card."""
    return tuple(part for line in words.splitlines() for part in wrap(line, COLUMNS) or [""])


def _placed(cards: Mapping[str, Card], layers: Mapping[str, int], reach: int) -> Mapping[str, Placed]:
    bottoms: dict[int, int] = {}
    placed: dict[str, Placed] = {}
    for name, layer in layers.items():
        y = bottoms.get(layer, MARGIN)
        placed[name] = Placed(cards[name], layer, MARGIN + layer * (CARD + GAP_X), y, reach)
        bottoms[layer] = y + cards[name].height + GAP_Y
    return placed


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
    return target is not None and each.layer < target.layer <= each.layer + each.reach


def _elsewhere(each: Placed, way: Way) -> str:
    flow, _, name = way.target.partition(".")
    return f"→ {name if name and flow == each.card.id.split('.', 1)[0] else way.target}"


def _edges(placed: Mapping[str, Placed]) -> Iterator[str]:
    for each in placed.values():
        for number, way in enumerate(each.card.ways):
            if _is_drawn(each, way, placed):
                target = placed[way.target]
                x1, y1 = each.x + CARD, each.y + each.card.way_y(number)
                x2, y2 = target.x, target.y + HEAD // 2
                bend = (x2 - x1) // 2
                yield f'<path class="edge" d="M{x1} {y1}C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"/>'
