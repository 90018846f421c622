"""Where a person can turn anywhere in the country."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.directory.listed import pick
from app.directory.turning_points import read_turning_points, turning_points
from app.sources import read_sources
from messages.yaml_reader import ReadError


def test_each_says_who_runs_it_whom_it_serves_and_when_it_was_checked() -> None:
    """And is for people of every state."""
    assert {"national_211", "national_eoir-list", "national_immigrationlawhelp"} == {
        each.id for each in turning_points()
    }
    assert all(
        each.owner and each.serves and each.checked_on and each.nationwide for each in turning_points()
    )


def test_a_governments_list_is_told_from_a_nonprofits() -> None:
    """By its owner."""
    owners = {each.id: each.owner for each in turning_points()}

    assert "government" in owners["national_eoir-list"]
    assert "nonprofit" in owners["national_immigrationlawhelp"]


def test_they_are_those_of_the_register() -> None:
    """The texts and the directory name the same numbers and sites."""
    register = read_sources().content.register
    known = {number.number for number in register.numbers.values()} | {
        link.link for link in register.links.values()
    }

    given = {
        (each.phone or each.url).removeprefix("https://").removeprefix("www.") for each in turning_points()
    }

    assert given <= known


def test_they_are_named_where_nothing_else_is() -> None:
    """The one with a phone first."""
    assert ["national_211", "national_immigrationlawhelp"] == [
        each.id for each in pick(turning_points(), None, None, "es")
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("turning_points: none\n", r":1:17: turning_points is not a list"),
        ("turning_points:\n  - id: national_x\n", r":2:5: name, owner, serves, checked_on is missing"),
        (
            "turning_points:\n  - {id: x, name: X, owner: Y, serves: all, phone: 211, checked_on: 2026-07-02}\n",
            "id must match",
        ),
        (
            "turning_points:\n  - {id: n_x, name: X, owner: Y, serves: all, phone: 211, checked_on: July}\n",
            "Invalid isoformat",
        ),
    ],
)
def test_a_fault_is_told_with_its_line(tmp_path: Path, text: str, says: str) -> None:
    """As in every other YAML file of the house."""
    path = tmp_path / "points.yaml"
    path.write_text(text)

    with pytest.raises(ReadError, match=says):
        read_turning_points(path)
