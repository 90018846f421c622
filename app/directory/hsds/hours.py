"""A short line of hours out of the parts of RFC 5545 that HSDS schedules hold, such as "Mon-Fri 9:00-17:00"."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from app.directory.hsds.tables import Row
from app.directory.listed import LONGEST_HOURS
from app.directory.report import Problem, shown

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_SHORT = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WEEK = tuple(range(7))


class _UnclearError(ValueError):
    """A schedule that cannot be said as days and times."""


class _EndedError(ValueError):
    """A schedule of the past."""


@dataclass(frozen=True)
class _Opening:
    day: int
    opens: str
    closes: str


def hours_line(rows: Sequence[Row], today: date) -> tuple[str, list[Problem]]:
    """The hours of these schedules in at most 60 characters, or nothing; and what of them could not be used."""
    problems: list[Problem] = []
    openings: list[_Opening] = []
    described: list[str] = []
    for row in rows:
        try:
            openings.extend(_openings(row, today))
        except _EndedError as error:
            problems.append(row.wrong(f"the schedule ended on {error}: hours are not kept"))
        except _UnclearError as error:
            if text := _description(row):
                described.append(text)
            else:
                problems.append(row.wrong(f"{error}: hours are not kept"))
    line = _line(openings) if openings else next(iter(described), "")
    if len(line) > LONGEST_HOURS:
        line = _cut(line)
        problems.append(rows[0].wrong(f"hours are too long for a text: {shown(line)} is kept"))
    return line, problems


def _description(row: Row) -> str:
    """The hours in its own words, if they fit."""
    text = " ".join(row.get("description").split())
    return text if len(text) <= LONGEST_HOURS and text.isprintable() else ""


def _openings(row: Row, today: date) -> Iterator[_Opening]:
    if over := _over(row, today):
        raise _EndedError(over)
    frequency = row.get("freq").upper() or "WEEKLY"
    if frequency != "WEEKLY" or row.get("interval") not in ("", "1", "1.0"):
        raise _UnclearError(f"the schedule is not the same each week ({shown(frequency)})")
    days = _days(row)
    opens, closes = _time(row.get("opens_at", "opens")), _time(row.get("closes_at", "closes"))
    for day in days:
        yield _Opening(day, opens, "24:00" if closes in ("0:00", "23:59") else closes)


def _over(row: Row, today: date) -> str:
    for name in ("valid_to", "until"):
        try:
            if row.get(name) and date.fromisoformat(row.get(name)[:10]) < today:
                return row.get(name)[:10]
        except ValueError:
            raise _UnclearError(f"{name} {shown(row.get(name))} is no date such as 2026-12-31") from None
    return ""


def _days(row: Row) -> list[int]:
    """The days of `byday`, or of the older `weekday`: MO,TU; Monday; 1 for Monday."""
    text = row.get("byday", "weekday")
    words = [word for word in re.split(r"[\s,;]+", text.upper()) if word]
    found = [_WEEK[int(word) - 1] if re.fullmatch("[1-7]", word) else _day(word) for word in words]
    if not found or None in found:
        raise _UnclearError(f"days {shown(text)} are not such as MO,TU")
    return sorted({day for day in found if day is not None})


def _day(word: str) -> int | None:
    full = any(name.upper().startswith(word) or word.startswith(name.upper()) for name in _SHORT)
    return _DAYS.index(word[:2]) if word[:2] in _DAYS and (full or word in _DAYS) else None


def _time(text: str) -> str:
    """Its local time: an offset stands beside it (09:00-05:00), but a time in UTC (09:00Z) is nobody's local time."""
    found = re.fullmatch(
        r"([0-9]{1,2})(?::([0-9]{2}))?(?::[0-9]{2}(?:\.[0-9]+)?)?\s*([ap])?\.?(?:m\.?)?\s*(?:[+-][0-9]{2}:?[0-9]{2})?",
        text.strip().casefold(),
    )
    if not found or (found[2] is None and found[3] is None):
        raise _UnclearError(f"time {shown(text)} is not such as 09:00")
    hour = int(found[1])
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "p" else 0)
    if hour > 24 or int(found[2] or 0) > 59:
        raise _UnclearError(f"time {shown(text)} is not such as 09:00")
    return f"{hour}:{found[2] or '00'}"


def _line(openings: list[_Opening]) -> str:
    by_day: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for each in openings:
        by_day[each.day].add((each.opens, each.closes))
    if all(by_day.get(day) == {("0:00", "24:00")} for day in _WEEK):
        return "24 hours, every day"
    runs = groupby(enumerate(sorted(by_day)), key=lambda at: (at[1] - at[0], sorted(by_day[at[1]])))
    return ", ".join(_run([day for _, day in run], by_day) for _, run in runs)


def _run(days: list[int], by_day: dict[int, set[tuple[str, str]]]) -> str:
    spans = sorted(by_day[days[0]], key=lambda span: (len(span[0]), span))
    times = " ".join(f"{opens}-{closes}" for opens, closes in spans)
    name = _SHORT[days[0]] if len(days) == 1 else f"{_SHORT[days[0]]}-{_SHORT[days[-1]]}"
    return f"{name} {times}"


def _cut(line: str) -> str:
    """As many whole openings as fit, and a sign that there are more."""
    kept = line[: LONGEST_HOURS - 4].rpartition(", ")[0]
    return f"{kept} ..." if kept else ""
