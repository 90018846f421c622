"""A month in numbers: what came to an office and what became of it; small counts are not told. Also as a table to save."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from flask import Blueprint, Response, abort, make_response, render_template, request

from app.directory.office import Office
from app.referral.history import REASONS
from app.referral.life import DECLINES, OUTCOMES
from app.referral.tally import SMALLEST_COUNT, as_shown
from app.web.current import hotline
from app.web.gate import open_to, who
from app.web.inbox import office_of_mine
from app.web.noting import note

door = Blueprint("numbers", __name__, url_prefix="/inbox")

MONTHS_BACK = 12

# What is counted, in plain words, by the question that it answers.
GROUPS: Mapping[str, Mapping[str, str]] = {
    "What came, and what became of it": {
        "offered": "Offered to the office",
        "accepted": "Taken in time",
        "accepted_late": "Taken late",
        "not_taken": "Not taken in time",
        "contacted": "Spoke with the person",
        "withdrawn": "Taken back by the person",
    },
    "Why it was declined": {f"declined.{reason}": REASONS[reason] for reason in DECLINES},
    "How it ended": {f"closed.{outcome}": REASONS[outcome] for outcome in (*OUTCOMES, "left_open")},
}

# A cell that begins so is a formula to a spreadsheet. Source: owasp.org/www-community/attacks/CSV_Injection.
FORMULA = ("=", "+", "-", "@", "\t", "\r")

LONGEST = 260  # units of the picture that the longest bar takes

Counts = Mapping[str, int]


@dataclass(frozen=True)
class Bar:
    """One count as it is shown, and its bar; an empty bar hides how long it is."""

    name: str
    shown: str
    long: int
    empty: bool


@dataclass(frozen=True)
class Table:
    """The answer to one question, and a picture of it with its own title, if there is one."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    picture: str = ""
    bars: tuple[Bar, ...] = ()


@door.get("/numbers")
@open_to("lead", "coordinator")
def page() -> str:
    """The counts of one month."""
    month = _month()
    counted = [(office.name, hotline().referrals.month(month, office.id)) for office in _offices()]
    of_one = bool(who().account.office)
    tables = [(_of_one if of_one else _side_by_side)(title, counted) for title in GROUPS]
    return render_template(
        "inbox/numbers.html",
        month=month,
        name=_name_of(month),
        months=_months(month),
        whose=counted[0][0] if of_one else "every office",
        of_one=of_one,
        tables=tables if counted else (),
        smallest=SMALLEST_COUNT,
    )


@door.get("/numbers.csv")
@open_to("lead", "coordinator")
def spreadsheet() -> Response:
    """The same as a table for a spreadsheet; who saved it is noted."""
    month = _month()
    written = io.StringIO()
    table = csv.writer(written)
    table.writerow(("month", "office", "what", "count"))
    for office in _offices():
        table.writerows(map(_safe, row) for row in _rows(month, office))
    note("exported", month)
    answer = make_response(written.getvalue())
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    answer.headers["Content-Disposition"] = f'attachment; filename="numbers-{month}.csv"'
    return answer


def _rows(month: str, office: Office) -> Iterator[tuple[str, ...]]:
    counts = hotline().referrals.month(month, office.id)
    for names in GROUPS.values():
        for name in names:
            yield month, office.name, name, as_shown(counts.get(name, 0))


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(FORMULA) else cell


def _month() -> str:
    """The month that is asked for, or the present one; what is no month is not found."""
    asked = request.args.get("month", f"{hotline().clock():%Y%m}")
    if not re.fullmatch(r"20[0-9]{2}(0[1-9]|1[0-2])", asked):
        abort(404)
    return asked


def _months(shown: str) -> list[tuple[str, str]]:
    """The last twelve months, and the one that is shown: id and name, the newest first."""
    now = hotline().clock()
    at = now.year * 12 + now.month - 1
    last = {f"{each // 12}{each % 12 + 1:02}" for each in range(at - MONTHS_BACK + 1, at + 1)}
    return [(each, _name_of(each)) for each in sorted({*last, shown}, reverse=True)]


def _name_of(month: str) -> str:
    return f"{datetime.strptime(month, '%Y%m'):%B %Y}"


def _offices() -> tuple[Office, ...]:
    """Those whose counts somebody may see: a lead their own, the coordinator every one."""
    return (office_of_mine(),) if who().account.office else hotline().offices.all()


def _of_one(title: str, counted: Sequence[tuple[str, Counts]]) -> Table:
    """One office: a row for each thing that is counted, and bars of the same."""
    names, ((_, counts),) = GROUPS[title], counted
    every = {words: counts.get(name, 0) for name, words in names.items()}
    rows = tuple((words, as_shown(count)) for words, count in every.items())
    return Table(title, ("What", "How many"), rows, title, _bars(every))


def _side_by_side(title: str, counted: Sequence[tuple[str, Counts]]) -> Table:
    """A row for each office; under the first question bars of what each was offered."""
    names = GROUPS[title]
    rows = tuple((office, *(as_shown(counts.get(name, 0)) for name in names)) for office, counts in counted)
    table = Table(title, ("Office", *names.values()), rows)
    if "offered" not in names:
        return table
    offered = {office: counts.get("offered", 0) for office, counts in counted}
    return replace(table, picture="What each office was offered", bars=_bars(offered))


def _bars(counts: Mapping[str, int]) -> tuple[Bar, ...]:
    """A bar for each count, the longest as wide as the picture; a small one is empty, and as long as any other small one."""
    longest = max(SMALLEST_COUNT, *counts.values())
    return tuple(
        Bar(
            name,
            as_shown(count),
            LONGEST * max(count, SMALLEST_COUNT) // longest if count else 0,
            count < SMALLEST_COUNT,
        )
        for name, count in counts.items()
    )
