"""The papers keep pace with the code."""

from __future__ import annotations

import re
from pathlib import Path

from app.config import INTERNAL, SECRETS, SETTINGS

TEXT = (Path(__file__).parents[1] / "docs" / "settings.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| `(\w+)` \|(.+)\|$", TEXT, re.MULTILINE)


def test_every_setting_has_one_row_and_nothing_else_has() -> None:
    """Whoever adds a setting writes down what it means; whoever removes one takes its row along."""
    assert sorted(SETTINGS) == sorted(name for name, _ in ROWS)


def test_no_other_setting_is_named_anywhere_in_the_page() -> None:
    """Every word that looks like a setting is one, or the `_FILE` of a secret."""
    named = set(re.findall(r"\b[A-Z][A-Z0-9]*_[A-Z0-9_]+\b", TEXT))
    assert set() == named - set(SETTINGS) - {f"{name}_FILE" for name in SECRETS}


def test_what_the_supervisor_sets_is_not_for_operators() -> None:
    """Internal settings are in no table and not in the page."""
    assert [] == [name for name in INTERNAL if name in TEXT]


def test_the_page_tells_which_settings_may_come_from_a_file() -> None:
    """The last column says yes for every secret, and for nothing else."""
    from_file = {name for name, cells in ROWS if cells.split(" | ")[-1].strip() == "yes"}
    assert from_file == SECRETS


def test_every_row_says_all_there_is_to_say() -> None:
    """Meaning, default, example, file: no cell is empty."""
    cells = {name: [cell.strip() for cell in cells.split(" | ")] for name, cells in ROWS}
    assert [] == [name for name, row in cells.items() if len(row) != 4 or not all(row)]
