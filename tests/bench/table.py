"""Rounds of figures, as a plain table."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median


@dataclass(frozen=True)
class Row:
    """One thing that was measured, once a round; nothing if it could not be."""

    what: str
    unit: str
    rounds: tuple[float, ...]

    def cells(self) -> tuple[str, str, str]:
        """What, the median with its unit, and the least and the most of the rounds."""
        if not self.rounds:
            return self.what, "not measured", ""
        spread = f"{_figure(min(self.rounds))} to {_figure(max(self.rounds))}"
        return (
            self.what,
            f"{_figure(median(self.rounds))} {self.unit}",
            f"{spread}, {len(self.rounds)} rounds",
        )


def table(rows: Sequence[Row]) -> str:
    """All rows, in columns."""
    cells = [("", "median", "least to most"), *(row.cells() for row in rows)]
    widths = [max(len(row[column]) for row in cells) for column in range(3)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in cells]
    return "\n".join(line.rstrip() for line in lines)


def machine() -> str:
    """What it was measured on, without its name."""
    return f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"


def _figure(value: float) -> str:
    """Three digits that count."""
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"
