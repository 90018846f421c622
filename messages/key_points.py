"""The key points this line was made to carry, and the nodes that carry each."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from messages.yaml_reader import Entry, each, read_yaml, table, text, texts


@dataclass(frozen=True)
class KeyPoint:
    """One row: a point, or a way to speak of it, in our words, and the ids of the nodes that answer it."""

    id: str
    point: str
    do: str
    """What the person who texts can do with it."""
    nodes: tuple[str, ...]
    where: str = ""
    """file:line:column."""


def read_key_points(path: Path) -> tuple[KeyPoint, ...]:
    """Reads every key point, in the order of the file.

    Raises:
        ReadError: with every fault in the file.
    """
    return tuple(each(read_yaml(path).entries.values(), _read))


def _read(entry: Entry) -> KeyPoint:
    fields = table(entry.value, required=("point", "do", "nodes"), optional=()).entries
    return KeyPoint(
        id=entry.key,
        point=text(fields["point"].value),
        do=text(fields["do"].value),
        nodes=texts(fields["nodes"].value),
        where=entry.where,
    )
