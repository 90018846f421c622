"""Key points that nothing answers. Their table for people is made in app/coverage.py."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.checking.findings import Finding, finding
from app.checking.ids import said_by_flows
from app.revision import Content
from messages.key_points import KeyPoint


def check_key_points(points: Sequence[KeyPoint], content: Content) -> Iterator[Finding]:
    """Points that nothing answers, and nodes that are not there."""
    speaking = frozenset(said_by_flows(content.graph)) & content.graph.nodes.keys()
    for point in points:
        missing = [node for node in point.nodes if node not in speaking]
        if missing or not point.nodes:
            said = f"names {', '.join(missing)}, which no flow says" if missing else "names no node"
            what = f"key point {point.id} {said}."
            yield finding("key-point-unanswered", point.where, what, "Name the nodes that answer it.")
