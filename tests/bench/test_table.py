"""The table of `make bench`: its figures are never tested, its columns are."""

from __future__ import annotations

from tests.bench.table import Row, table


def test_the_median_stands_first_and_the_spread_beside_it() -> None:
    """With three digits that count."""
    row = Row("a text", "ms", (3.14159, 2.0, 250.4))

    assert ("a text", "3.14 ms", "2 to 250, 3 rounds") == row.cells()


def test_what_was_not_measured_is_said_so() -> None:
    """And not left out."""
    assert ("an import", "not measured", "") == Row("an import", "s", ()).cells()


def test_all_rows_stand_in_columns() -> None:
    """Under their headings."""
    lines = table([Row("short", "ms", (1.0,)), Row("rather longer", "s", (2.0,))]).splitlines()

    assert [lines[0].index("median")] * 2 == [lines[1].index("1 ms"), lines[2].index("2 s")]
