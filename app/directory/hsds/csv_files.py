"""Reads the CSV files of an HSDS package, a folder or a .zip, as they really come; nothing of a .zip is unpacked to disk."""

from __future__ import annotations

import csv
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path, PurePosixPath

from app.directory.hsds.tables import COLUMNS, NEEDED, TABLE_OF, Row, Tables
from app.directory.report import DirectoryFileError, Problem, shown

MOST_BYTES = (
    300_000_000  # of all the tables together, unpacked: the largest 211 directories are a tenth of it
)
LONGEST_RECORD = 200  # lines of one record; longer ones are a quotation mark that nobody closed


@dataclass(frozen=True)
class File:
    """The bytes of one table, and its name without folders."""

    name: str
    content: bytes


def read_package(path: Path) -> Tables:
    """The tables of a folder or .zip, and what was wrong in their files.

    Raises:
        DirectoryFileError: it cannot be read, is too large, or holds no services.
    """
    tables = Tables()
    for file in _zipped(path, tables.problems) if path.is_file() else _in_folder(path):
        _read(file, tables)
    if not tables.rows["services"]:
        raise DirectoryFileError(
            f"{path.name} has no services.csv with a service in it. Name the folder or .zip that holds services.csv."
        )
    return tables.link()


def _in_folder(path: Path) -> Iterator[File]:
    found = _tables_in(path) or next(filter(None, map(_tables_in, sorted(path.glob("*/")))), [])
    _refuse_large(path, sum(file.stat().st_size for file in found))
    for file in found:
        yield File(file.name, file.read_bytes())


def _tables_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.csv") if file.is_file() and _table(file.name))


def _zipped(path: Path, problems: list[Problem]) -> Iterator[File]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = list(_members(archive, problems))
            _refuse_large(path, sum(member.file_size for member in members))
            for member in members:
                # A member never yields more than the size it states, which was counted above.
                yield File(PurePosixPath(member.filename).name, archive.read(member))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, ValueError, EOFError, OSError) as error:
        raise DirectoryFileError(
            f"{path.name} cannot be unpacked ({type(error).__name__}). Pack it anew as a .zip without a password."
        ) from error


def _members(archive: zipfile.ZipFile, problems: list[Problem]) -> Iterator[zipfile.ZipInfo]:
    """The members that are tables, each name once; a path is never followed, only its last part is looked at."""
    seen: set[str] = set()
    for member in sorted(archive.infolist(), key=lambda each: (each.filename.count("/"), each.filename)):
        inside = PurePosixPath(member.filename.replace("\\", "/"))
        if member.is_dir() or not _table(inside.name) or "__MACOSX" in inside.parts:
            continue
        if inside.is_absolute() or ".." in inside.parts:
            problems.append(
                Problem(inside.name, 0, f"path {shown(member.filename)} leads out of the .zip: not read")
            )
        elif inside.name.casefold() in seen:
            problems.append(Problem(inside.name, 0, f"{shown(member.filename)} is a second one: not read"))
        else:
            seen.add(inside.name.casefold())
            yield member


def _table(file: str) -> str | None:
    """The table that a file of this name holds."""
    stem, _, suffix = file.casefold().rpartition(".")
    return TABLE_OF.get(stem) if suffix == "csv" else None


def _refuse_large(path: Path, size: int) -> None:
    if size > MOST_BYTES:
        raise DirectoryFileError(
            f"{path.name} holds {size // 1_000_000} MB of tables, more than {MOST_BYTES // 1_000_000}. "
            "Export fewer services at once, or only the tables named in docs/directory.md."
        )


def _read(file: File, tables: Tables) -> None:
    name = _table(file.name) or ""
    lines = records(file, tables.problems)
    header = [cell.strip().casefold() for cell in next(lines, (0, []))[1]]
    if not _usable(file, name, header, tables.problems):
        return
    for line, cells in lines:
        values = {column: cell.strip() for column, cell in zip(header, cells, strict=False) if cell.strip()}
        if not values:
            continue
        row = Row(file.name, line, values)
        if len(cells) != len(header):
            tables.problems.append(row.wrong(f"{len(cells)} cells stand under {len(header)} columns"))
        tables.rows[name].append(row)


def _usable(file: File, name: str, header: list[str], problems: list[Problem]) -> bool:
    unknown = [column for column in header if column and column not in COLUMNS]
    if unknown:
        problems.append(
            Problem(file.name, 1, f"columns {shown(', '.join(unknown))} are not of HSDS: not read")
        )
    missing = [column for column in NEEDED.get(name, ()) if column not in header]
    if missing:
        problems.append(
            Problem(file.name, 1, f"column {', '.join(missing)} is missing: the file is not read")
        )
    return not missing


def records(file: File, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """The records of a CSV file, each with the line it starts in; broken quoting costs one record, not the file."""
    text = _decoded(file, problems)
    lines, delimiter = list(StringIO(text, newline="")), _delimiter(text)
    base, reader = 0, csv.reader(lines, delimiter=delimiter)
    while True:
        start = base + reader.line_num
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            cells = []
        if cells and not _swallowed(lines[start : base + reader.line_num]):
            yield start + 1, cells
        elif cells or lines[start].strip():
            lost = _table(file.name) == "services"
            reason = "a quotation mark is opened in this line and not closed: the line is not read"
            problems.append(Problem(file.name, start + 1, reason, lost))
            base, reader = start + 1, csv.reader(lines[start + 1 :], delimiter=delimiter)


def _swallowed(lines: list[str]) -> bool:
    """True if a quotation mark that nobody closed took the lines after it along."""
    marks = sum(line.count('"') for line in lines)
    return len(lines) > 1 and (marks % 2 == 1 or len(lines) > LONGEST_RECORD)


def _decoded(file: File, problems: list[Problem]) -> str:
    try:
        return file.content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = file.content.count(b"\n", 0, error.start) + 1
        problems.append(
            Problem(file.name, line, "a letter is not in UTF-8: the file is read as Windows-1252")
        )
        return file.content.decode("cp1252", errors="replace")


def _delimiter(text: str) -> str:
    header = text.partition("\n")[0]
    return max(",;\t", key=header.count)


def single_csv(path: Path, problems: list[Problem]) -> Iterable[tuple[int, list[str]]]:
    """The records of one CSV file of its own.

    Raises:
        DirectoryFileError: it cannot be read or is too large.
    """
    try:
        _refuse_large(path, path.stat().st_size)
        return records(File(path.name, path.read_bytes()), problems)
    except OSError as error:
        raise DirectoryFileError(f"{path.name} cannot be read ({type(error).__name__}).") from error
