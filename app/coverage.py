"""Which node answers which key point: the table of docs/coverage.md. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.flow_map import file_of
from app.revision import Content
from messages.catalog import SOURCE_LANGUAGE
from messages.key_points import KeyPoint


def coverage_page(points: Sequence[KeyPoint], content: Content) -> str:
    """docs/coverage.md, whole."""
    rows = "\n".join(_row(point, content) for point in points)
    return f"{_HEAD}\n{rows}\n"


_HEAD = """\
# What the line answers

The line carries a set of key points on the rights of immigrants and on policies that keep local offices apart from
immigration work. Each row is one of them, or one way to speak of it in public, and the nodes that answer it. A node's
name leads to the map of its flow. In brackets: the facts of `messages/facts.yaml` that the text rests on.

This page is made from `messages/key_points.yaml` by `amparo docs`, and a test holds it fresh.

| | The point | What a person can do | Answered by |
|---|---|---|---|"""


def _row(point: KeyPoint, content: Content) -> str:
    answers = "<br>".join(_answer(node, content) for node in point.nodes)
    point_said, do = (said.replace("|", "\\|") for said in (point.point, point.do))
    return f"| {point.id} | {point_said} | {do} | {answers} |"


def _answer(node: str, content: Content) -> str:
    text = content.catalogs[SOURCE_LANGUAGE].get(node)
    facts = f" ({', '.join(text.facts)})" if text and text.facts else ""
    return f"[{node}](flows/{file_of(node.partition('.')[0])}){facts}"
