"""Reads an HSDS directory of any version and form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from app.directory.hsds.assemble import Elsewhere, assemble
from app.directory.hsds.csv_files import read_package
from app.directory.hsds.json_files import read_json
from app.directory.report import DirectoryFileError, Imported, Tick, no_tick


def read_hsds(
    path: Path, source: str, today: date, elsewhere: Elsewhere | None = None, tick: Tick = no_tick
) -> Imported:
    """The listed services of a folder or .zip of CSV files (2.x, 3.0), or of a JSON file (3.0), and its problems.

    Raises:
        DirectoryFileError: nothing of it can be used.
    """
    if not path.exists():
        raise DirectoryFileError(f"{path} is not there. Name a folder, a .zip or a .json file.")
    tables = read_json(path) if path.suffix.casefold() == ".json" else read_package(path)
    return assemble(tables, source, today, elsewhere, tick)
