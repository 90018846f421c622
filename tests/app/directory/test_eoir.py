"""The list of free legal services of the immigration courts, as somebody copied it."""

from __future__ import annotations

import csv
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from app.directory import eoir
from app.directory.listed import Listed, listed_id
from app.directory.report import DirectoryFileError
from tests.app.directory.test_listed import listed

GOOD = {
    "name": "Sample Pro Bono Project",
    "phone": "(713) 555-0110",
    "url": "probono.example.org",
    "city": "Houston",
    "state": "Texas",
    "court": "Houston court",
    "docket": "detained",
    "specialties": "asylum",
    "limitations": "no bond hearings",
    "languages": "English, Spanish",
    "source_date": "2026-10-01",
}


def table(tmp_path: Path, *rows: dict[str, str]) -> Path:
    """The template with these lines filled in."""
    text = StringIO(eoir.template())
    text.seek(0, 2)
    csv.DictWriter(text, eoir.COLUMNS).writerows(rows)
    path = tmp_path / "courts.csv"
    path.write_text(text.getvalue(), encoding="utf-8", newline="")
    return path


def test_a_line_of_the_list_is_a_listed_service(tmp_path: Path) -> None:
    """What limits it stands first in whom it serves; it was checked on the day of the list."""
    found = eoir.read_eoir(table(tmp_path, GOOD), "eoir")

    source_id = "Sample Pro Bono Project / Houston court / detained"
    assert () == found.problems
    assert (
        Listed(
            id=listed_id("eoir", source_id),
            name="Sample Pro Bono Project",
            owner="Sample Pro Bono Project",
            source="eoir",
            source_id=source_id,
            phone="+17135550110",
            url="https://probono.example.org",
            states=("TX",),
            languages=("en", "es"),
            issues=eoir.ISSUES,
            serves="no bond hearings; detained; Houston court; asylum; Houston",
            checked_on=date(2026, 10, 1),
        ),
    ) == found.listed


def test_what_is_wrong_in_a_line_is_told(tmp_path: Path) -> None:
    """And the rest is taken."""
    found = eoir.read_eoir(
        table(
            tmp_path,
            GOOD,
            GOOD,
            {**GOOD, "name": "B", "state": "Bavaria"},
            {**GOOD, "name": "C", "source_date": "October"},
            {**GOOD, "name": "D", "phone": "ask there", "languages": "Klingon", "url": "not one"},
            {**GOOD, "name": "E", "limitations": "only " * 40},
            {},
        ),
        "eoir",
    )

    assert ["E", "Sample Pro Bono Project"] == sorted(each.name for each in found.listed)
    assert [
        "courts.csv:3: the same name, court and docket stand above: left out",
        "courts.csv:4: state 'Bavaria' is no state such as TX: left out",
        "courts.csv:5: source_date 'October' is no date such as 2026-10-01: left out",
    ] == [str(problem) for problem in found.problems if problem.row < 6]
    assert ["language", "phone", "phone", "url", "what"] == [
        problem.reason.split()[0] for problem in found.problems if problem.row >= 6
    ]
    assert 4 == found.left_out


def test_only_such_a_table_is_one(tmp_path: Path) -> None:
    """By its columns, in any order and case."""
    other = tmp_path / "services.csv"
    other.write_text("id,name\n")
    shuffled = tmp_path / "shuffled.csv"
    shuffled.write_text(",".join(name.upper() for name in reversed(eoir.COLUMNS)) + "\n")

    assert [True, True, False] == [eoir.is_eoir(path) for path in (table(tmp_path), shuffled, other)]


def test_a_table_that_lacks_a_column_is_refused_with_a_way_out(tmp_path: Path) -> None:
    """The template has them all."""
    path = tmp_path / "courts.csv"
    path.write_text("name,court,source_date\n")

    with pytest.raises(DirectoryFileError, match=r"lacks the columns phone, .*directory template"):
        eoir.read_eoir(path, "eoir")


@pytest.mark.parametrize(
    ("today", "warned"),
    [(date(2026, 10, 2), 0), (date(2027, 1, 1), 0), (date(2027, 1, 2), 1), (date(2027, 6, 1), 1)],
)
def test_a_list_older_than_one_quarter_is_told(today: date, warned: int) -> None:
    """It is renewed four times a year."""
    one = listed("eoir-texas_a", checked_on=date(2026, 10, 1))

    assert warned == len(list(eoir.old_lists([one], today)))


def test_other_directories_are_not_held_to_the_quarter() -> None:
    """Nor the turning points."""
    assert [] == list(eoir.old_lists([listed("demo_a", checked_on=date(2020, 1, 1))], date(2026, 10, 1)))


@pytest.mark.parametrize(
    ("given", "name"), [("eoir", "eoir"), ("texas", "eoir-texas"), ("eoir-texas", "eoir-texas")]
)
def test_its_source_always_tells_what_it_is(given: str, name: str) -> None:
    """By that its age is looked at."""
    assert name == eoir.source_name(given)
