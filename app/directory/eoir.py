"""The list of free legal services of the immigration courts, as a CSV that somebody copies out of EOIR's pages.

There is no file to import: EOIR publishes a page and a PDF for each court, renewed in January, April, July and October
(8 CFR 1003.61). The columns are what form EOIR-56 part 4 asks of a provider.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

from app.directory.hsds.csv_files import single_csv
from app.directory.hsds.values import languages, phone_number, web_address
from app.directory.listed import LONGEST_SERVES, WEB_ADDRESS, Listed, ListedError, listed_id
from app.directory.report import DirectoryFileError, Imported, Problem, imported, shown
from app.directory.states import state_code

COLUMNS = (
    *("name", "phone", "url", "city", "state", "court", "docket"),
    *("specialties", "limitations", "languages", "source_date"),
)
SOURCE = "eoir"
ISSUES = ("IM-01-00-00-00", "CO-09-00-00-00")
QUARTER = timedelta(days=92)  # the longest three months


def source_name(given: str) -> str:
    """The source of such a list: it always tells that it is one, so that its age is looked at."""
    return given if given.partition("-")[0] == SOURCE else f"{SOURCE}-{given}"


def template() -> str:
    """The empty table, for a spreadsheet."""
    written = StringIO()
    csv.writer(written).writerow(COLUMNS)
    return written.getvalue()


def is_eoir(path: Path) -> bool:
    """True for a CSV file with the columns of the template.

    Raises:
        DirectoryFileError: it cannot be read.
    """
    if path.suffix.casefold() != ".csv":
        return False
    header = _header(next(iter(single_csv(path, [])), (0, []))[1])
    return {"name", "court", "source_date"} <= set(header)


def read_eoir(path: Path, source: str) -> Imported:
    """The providers of a filled-in template, and its problems.

    Raises:
        DirectoryFileError: nothing of it can be used.
    """
    problems: list[Problem] = []
    found: dict[str, Listed] = {}
    lines = iter(single_csv(path, problems))
    header = _header(next(lines, (0, []))[1])
    if missing := [name for name in COLUMNS if name not in header]:
        raise DirectoryFileError(
            f"{path.name} lacks the columns {', '.join(missing)}. `amparo directory template FILE` writes them all."
        )
    for line, cells in lines:
        values = {name: " ".join(cell.split()) for name, cell in zip(header, cells, strict=False)}
        if any(values.values()):
            _take(_Entry(path.name, line, {**dict.fromkeys(COLUMNS, ""), **values}), source, found, problems)
    return imported(list(found.values()), problems)


def old_lists(listed: Iterable[Listed], today: date) -> Iterator[str]:
    """A sentence for each source whose list of the courts is older than one quarter."""
    oldest: dict[str, date] = {}
    for each in listed:
        if each.checked_on and each.source.partition("-")[0] == SOURCE:
            oldest[each.source] = min(each.checked_on, oldest.get(each.source, each.checked_on))
    for source, day in sorted(oldest.items()):
        if today - day > QUARTER:
            yield (
                f"The list of the immigration courts ({source}) is of {day}, older than one quarter. It is renewed in "
                "January, April, July and October: copy the new one from justice.gov/eoir and import it."
            )


class _Entry:
    """One line of the table."""

    def __init__(self, file: str, line: int, values: dict[str, str]) -> None:
        self._file, self._line, self.values = file, line, values

    def wrong(self, reason: str, *, left_out: bool = False) -> Problem:
        """What is wrong in this line."""
        return Problem(self._file, self._line, reason, left_out)


def _take(entry: _Entry, source: str, found: dict[str, Listed], problems: list[Problem]) -> None:
    try:
        listed = _listed(entry, source, problems)
    except ValueError as error:
        problems.append(entry.wrong(f"{error}: left out", left_out=True))
        return
    if found.setdefault(listed.id, listed) is not listed:
        problems.append(entry.wrong("the same name, court and docket stand above: left out", left_out=True))


def _listed(entry: _Entry, source: str, problems: list[Problem]) -> Listed:
    values = entry.values
    state = state_code(values["state"])
    if state is None:
        raise ListedError(f"state {shown(values['state'])} is no state such as TX")
    source_id = " / ".join(filter(None, (values["name"], values["court"], values["docket"])))
    return Listed(
        id=listed_id(source, source_id),
        name=values["name"],
        owner=values["name"],
        source=source,
        source_id=source_id,
        phone=_phone(entry, problems),
        url=_url(entry, problems),
        states=(state,),
        languages=tuple(sorted(set(_languages(entry, problems)))),
        issues=ISSUES,
        serves=_serves(entry, problems),
        checked_on=_day(values["source_date"]),
    )


def _phone(entry: _Entry, problems: list[Problem]) -> str:
    text = entry.values["phone"]
    read = phone_number(text)
    if text and not read:
        problems.append(entry.wrong(f"phone {shown(text)} cannot be dialled: not kept"))
    return read[0] if read else ""


def _url(entry: _Entry, problems: list[Problem]) -> str:
    address = web_address(entry.values["url"])
    if address and not re.fullmatch(WEB_ADDRESS, address):
        problems.append(entry.wrong(f"url {shown(entry.values['url'])} is no web address: not kept"))
        return ""
    return address


def _languages(entry: _Entry, problems: list[Problem]) -> Iterator[str]:
    for written, code in languages(entry.values["languages"]):
        if code:
            yield code
        else:
            problems.append(entry.wrong(f"language {shown(written)} is not known: not kept"))


def _serves(entry: _Entry, problems: list[Problem]) -> str:
    """Whom it takes, in the list's own words; what limits it first, for that is what a person must know."""
    values = entry.values
    parts = (values["limitations"], values["docket"], values["court"], values["specialties"], values["city"])
    line = "; ".join(filter(None, parts))
    if len(line) <= LONGEST_SERVES:
        return line
    problems.append(entry.wrong(f"what it takes is longer than {LONGEST_SERVES} characters: cut"))
    return line[: LONGEST_SERVES - 4].rpartition(" ")[0] + " ..."


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ListedError(f"source_date {shown(text)} is no date such as 2026-10-01") from error


def _header(cells: Iterable[str]) -> list[str]:
    return [cell.strip().casefold() for cell in cells]
