"""What an import hands back: the services that can be listed, and all that was wrong with the rest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.directory.listed import Listed

# Called with how many are done, and of how many.
Tick = Callable[[int, int], None]

SHOWN = 40  # characters of a value from somebody's file in a report


class DirectoryFileError(Exception):
    """A file that is no directory at all; the sentence says how to mend it. Nothing was imported."""


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: `row` is the line in a CSV file, and the number of the entry in a JSON file."""

    file: str
    row: int
    reason: str
    left_out: bool = False
    """True if a service is not imported for it; else all but this is."""

    def __str__(self) -> str:
        return f"{self.file}:{self.row}: {self.reason}"


@dataclass(frozen=True)
class Imported:
    """The services of a file that can be listed, by id, and its problems in the order of files and rows."""

    listed: tuple[Listed, ...]
    problems: tuple[Problem, ...]

    @property
    def left_out(self) -> int:
        """How many services of the file are not listed."""
        return len({(each.file, each.row) for each in self.problems if each.left_out})


def imported(listed: list[Listed], problems: list[Problem]) -> Imported:
    """The result in its lasting order, each problem once."""
    return Imported(
        tuple(sorted(listed, key=lambda each: each.id)),
        tuple(sorted(set(problems), key=lambda each: (each.file, each.row, each.reason))),
    )


def shown(value: str) -> str:
    """A value of somebody's file, short and on one line."""
    line = " ".join(value.split())
    return repr(line if len(line) <= SHOWN else line[: SHOWN - 3] + "...")


def no_tick(done: int, of: int) -> None:
    """For whoever does not watch."""
