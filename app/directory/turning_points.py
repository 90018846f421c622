"""The places of the whole country to turn to when no office takes it: read from turning_points.yaml."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from app.directory.listed import Listed
from messages import yaml_reader as yaml

TURNING_POINTS = Path(__file__).with_name("turning_points.yaml")
SOURCE = "national"

_REQUIRED = ("id", "name", "owner", "serves", "checked_on")
_OPTIONAL = ("phone", "url", "hours", "languages", "issues")


@cache
def turning_points() -> tuple[Listed, ...]:
    """The turning points of this installation, read once."""
    return read_turning_points(TURNING_POINTS)


def read_turning_points(path: Path) -> tuple[Listed, ...]:
    """The turning points of a file, by id.

    Raises:
        ReadError: the file has an error, at its line.
    """
    found = yaml.table(yaml.read_yaml(path), required=("turning_points",)).entries["turning_points"].value
    if not isinstance(found, yaml.Listing):
        raise yaml.refuse(found, "turning_points is not a list", "Write a dash before each of them.")
    return tuple(sorted(yaml.each(found.items, _turning_point), key=lambda each: each.id))


def _turning_point(node: yaml.Node) -> Listed:
    entries = yaml.table(node, required=_REQUIRED, optional=_OPTIONAL).entries
    values = {name: yaml.text(entry.value) for name, entry in entries.items()}
    try:
        return Listed(
            id=values["id"],
            name=values["name"],
            owner=values["owner"],
            source=SOURCE,
            source_id=values["id"],
            phone=values.get("phone", ""),
            url=values.get("url", ""),
            hours=values.get("hours", ""),
            languages=tuple(values.get("languages", "").split()),
            issues=tuple(values.get("issues", "").split()),
            serves=values["serves"],
            checked_on=date.fromisoformat(values["checked_on"]),
        )
    except ValueError as error:
        raise yaml.refuse(node, str(error), "Compare it with its neighbours.") from error
