"""The papers keep pace with the code."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

from app.commands.docs import made_from
from app.config import INTERNAL, SECRETS, SETTINGS
from app.outside.failures import FAILURES
from app.sources import Sources, read_sources

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TEXT = (DOCS / "settings.md").read_text(encoding="utf-8")
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


# --- what is made from the files -----------------------------------------------------------------

SOURCES = read_sources()
MADE = made_from(SOURCES)
# The ten key points, the six parts of the first, and the six ways to speak of them.
KEY_POINTS = (
    *map(str, range(1, 11)),
    *(f"1{part}" for part in "abcdef"),
    *(f"frame {n}" for n in range(1, 7)),
)


def test_the_maps_and_the_coverage_are_fresh() -> None:
    """After a change of flows or texts: `amparo docs`."""
    stale = [name for name, page in MADE.items() if (DOCS / name).read_text(encoding="utf-8") != page]

    assert [] == stale


def test_every_flow_has_its_map_and_no_other_is_there() -> None:
    """A flow that is gone takes its picture along."""
    drawn = {f"flows/{path.name}" for path in (DOCS / "flows").iterdir()}

    assert drawn == {name for name in MADE if name.startswith("flows/")}


def test_every_map_is_a_picture_with_every_node_of_its_flow() -> None:
    """Well-formed, and nobody is left out."""
    for flow in SOURCES.content.graph.starts:
        told = {text.text for text in ElementTree.fromstring(MADE[f"flows/{flow}.svg"]).iter() if text.text}  # noqa: S314 - ours

        assert {node for node in SOURCES.content.graph.nodes if node.startswith(f"{flow}.")} <= told


def test_every_key_point_has_a_row_and_no_row_is_empty() -> None:
    """Ten points, 1a to 1f, six frames; each with the nodes that answer it."""
    rows = re.findall(r"^\| ([\w ]+) \| (.+) \| (.+) \| (.+) \|$", MADE["coverage.md"], re.MULTILINE)

    assert sorted(KEY_POINTS) == sorted(row[0] for row in rows)
    assert all(cell.strip() for row in rows for cell in row)
    assert all("](flows/" in row[3] for row in rows)


def test_twilios_codes_are_the_tables() -> None:
    """Every code has its row, with what it means and what is done, and no other code is there."""
    page = (DOCS / "twilio.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d{5}) \| (.+) \| (.+) \| (yes|no) \|$", page, re.MULTILINE)

    assert [
        (str(code), failure.meaning, failure.doing, "yes" if failure.page else "no")
        for code, failure in sorted(FAILURES.items())
    ] == rows


def test_the_readme_counts_the_texts_that_nobody_has_signed() -> None:
    """The figure is true, and so is what it is a count of."""
    unsigned, resting = _unsigned(SOURCES), _resting(SOURCES)
    said = " ".join((ROOT / "README.md").read_text(encoding="utf-8").split())

    assert unsigned == resting, "somebody has signed: write both figures"
    assert f"**{unsigned} texts state law, and none of them is signed yet**" in said


def _unsigned(sources: Sources) -> int:
    return len(sources.content.unsigned())


def _resting(sources: Sources) -> int:
    return sum(bool(text.facts) for text in sources.content.catalogs["en"].texts.values())
