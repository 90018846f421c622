"""Offices: their hours on their own clocks, and values that are refused."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.directory.office import (
    Office,
    OfficeError,
    Opening,
    Span,
    as_written,
    office_from,
    read_hours,
)
from app.sealing import recipient_of
from tests.app.referral.made_up import NOW, OFFICE_KEY, office

DENVER = ZoneInfo("America/Denver")
WEEKDAYS = "mon-fri 09:00-17:00, sat 10:00-14:00"


def denver(day: int, hour: int, minute: int = 0) -> datetime:
    """A moment of November 2026 in Denver; the 23rd is a Monday."""
    return datetime(2026, 11, day, hour, minute, tzinfo=DENVER)


MESA = office("mesa", zone="America/Denver", hours=WEEKDAYS)


@pytest.mark.parametrize(
    ("moment", "is_open", "next_opening"),
    [
        (denver(23, 8, 59), False, denver(23, 9)),
        (denver(23, 9), True, denver(23, 9)),
        (denver(23, 16, 59), True, denver(23, 16, 59)),
        (denver(23, 17), False, denver(24, 9)),
        (denver(27, 18), False, denver(28, 10)),
        (denver(28, 14), False, denver(30, 9)),
        (denver(22, 12), False, denver(23, 9)),
    ],
)
def test_an_office_is_open_on_its_own_clock(moment: datetime, is_open: bool, next_opening: datetime) -> None:
    """At the minute it opens it is open, at the minute it closes it is not."""
    assert Opening(is_open, always=False, at=next_opening) == MESA.opening(moment.astimezone(UTC))


def test_a_line_that_is_always_answered_is_open_now() -> None:
    """And its next opening is now."""
    assert Opening(True, always=True, at=NOW) == office().opening(NOW)


@pytest.mark.parametrize(
    ("day", "utc_hour"),
    [
        (datetime(2026, 3, 6, tzinfo=UTC), 16),  # Friday before the clock goes forward
        (datetime(2026, 3, 9, tzinfo=UTC), 15),  # Monday after
        (datetime(2026, 10, 30, tzinfo=UTC), 15),
        (datetime(2026, 11, 2, tzinfo=UTC), 16),
    ],
)
def test_nine_o_clock_stays_nine_when_the_clock_changes(day: datetime, utc_hour: int) -> None:
    """Denver opens at 9 by its own clock in winter and in summer."""
    assert day.replace(hour=utc_hour) == MESA.opens_next(day.replace(hour=10))


@pytest.mark.parametrize(
    ("moment", "within", "deadline"),
    [
        (denver(23, 10), timedelta(hours=4), denver(23, 14)),
        (denver(23, 15), timedelta(hours=4), denver(24, 11)),
        (denver(27, 16, 30), timedelta(hours=4), denver(28, 13, 30)),
        (denver(28, 13, 50), timedelta(minutes=30), denver(30, 9, 20)),
        (denver(22, 2), timedelta(minutes=30), denver(23, 9, 30)),
    ],
)
def test_a_deadline_counts_open_hours_only(moment: datetime, within: timedelta, deadline: datetime) -> None:
    """A night and a Sunday do not count."""
    assert deadline == MESA.deadline(moment, within)


def test_the_deadline_of_a_line_that_is_always_answered_is_soon() -> None:
    """Every hour counts there."""
    assert NOW + timedelta(minutes=30) == office().deadline(NOW, timedelta(minutes=30))


PLAZA = replace(
    MESA,
    states=("TX", "NM"),
    counties=("TX:Harris County", "TX:Fort Bend County"),
    interpreters=("any",),
    issues=("IM-00-00-00-00", "IM-02-00-00-00"),
    whom="lsc",
    capacity=12,
    lead_email="lead@mesa.example.org",
    duty_phone="+15055550122",
)


@pytest.mark.parametrize("each", [MESA, PLAZA, office()])
def test_an_office_is_read_back_as_it_was_written(each: Office) -> None:
    """The record survives the store, and the operator's own form of it."""
    assert each == Office.from_json(each.to_json())
    assert each == office_from(as_written(each), each.recipients)


def test_a_record_of_before_is_read_as_an_office_that_told_us_little() -> None:
    """It takes all of immigration, without a limit, and we do not know whom."""
    record = json.loads(PLAZA.to_json())
    for name in ("counties", "issues", "whom", "capacity", "lead_email", "duty_phone"):
        del record[name]
    old = Office.from_json(json.dumps(record))

    assert ((), ("IM-00-00-00-00",), "untold", None) == (old.counties, old.issues, old.whom, old.capacity)
    assert ("intake@mesa.example.org", "") == (old.lead, old.duty_phone)


@pytest.mark.parametrize(
    "changes",
    [
        {"salary": 1},
        {"name": 5},
        {"issues": "IM-00-00-00-00"},
        {"issues": None},
        {"counties": [5]},
        {"whom": ["any"]},
        {"capacity": "12"},
        {"capacity": True},
        {"takes_detained": "no"},
        {"duty_phone": 5},
    ],
)
def test_a_record_of_another_form_is_refused(changes: dict[str, Any]) -> None:
    """Nothing is guessed: "no" in quotes would be read as yes."""
    with pytest.raises(OfficeError):
        Office.from_json(json.dumps(json.loads(PLAZA.to_json()) | changes))


def test_a_record_that_lacks_what_was_always_there_is_refused() -> None:
    """Only what is new may be missing."""
    record = json.loads(PLAZA.to_json())
    del record["recipients"]

    with pytest.raises(OfficeError, match="recipients"):
        Office.from_json(json.dumps(record))


def test_an_alarm_goes_to_the_lead() -> None:
    """Or to the inbox, where no lead was named."""
    assert ("lead@mesa.example.org", MESA.email) == (PLAZA.lead, MESA.lead)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [
        ({"id": "Harbor Line"}, "id"),
        ({"phone": "202-555-0110"}, "phone"),
        ({"email": "nobody"}, "email"),
        ({"zone": "Denver"}, "Denver"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"states": ("Texas",)}, "Texas"),
        ({"recipients": ()}, "at least one"),
        ({"recipients": ("age1short",)}, "age1short"),
        ({"name": "two\nlines"}, "name"),
        ({"spoken": ("Español!",)}, "language"),
        ({"hours": "mon 09:00-13:00, mon 12:00-17:00"}, "overlap"),
        ({"states": ("TX",), "counties": ("NM:Taos County",)}, "NM:Taos County"),
        ({"counties": ("TX:Harris County",)}, "one of its states"),
        ({"states": ("TX",), "counties": ("Harris County",)}, "'Harris County'"),
        ({"states": ("TX",), "counties": ("TX: Harris County",)}, "counties"),
        ({"issues": ()}, "at least one LIST code"),
        ({"issues": ("IM-02",)}, "'IM-02'"),
        ({"whom": "citizens"}, "any, lsc, survivors, untold"),
        ({"capacity": -1}, "-1"),
        ({"capacity": 1.5}, "1.5"),
        ({"lead_email": "nobody"}, "lead_email"),
        ({"duty_phone": "555-0110"}, "duty_phone"),
    ],
)
def test_a_bad_value_is_refused_and_shown(changes: dict[str, Any], shown: str) -> None:
    """The person who wrote it can mend it."""
    with pytest.raises(OfficeError, match=shown):
        office(**changes)


def test_hours_are_read_from_a_line() -> None:
    """As an operator writes them."""
    assert (Span("mon", "09:00", "17:00"), Span("tue", "09:00", "17:00"), Span("sat", "20:00", "24:00")) == (
        read_hours("Mon-Tue 09:00-17:00, sat 20:00-24:00")
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "9 to 5",
        "mon 9:00-17:00",
        "mon 17:00-09:00",
        "fri-mon 09:00-17:00",
        "xyz 09:00-10:00",
        "mon 09:00-24:30",
    ],
)
def test_hours_that_cannot_be_are_refused(text: str) -> None:
    """Never read as something else."""
    with pytest.raises(OfficeError):
        read_hours(text)


@pytest.mark.parametrize(
    ("changes", "shown"),
    [({"capacity": "many"}, "'many'"), ({"capacity": "-1"}, "'-1'"), ({"issues": "IM-2"}, "'IM-2'")],
)
def test_what_an_operator_writes_wrongly_is_shown(changes: dict[str, str], shown: str) -> None:
    """As it was written."""
    with pytest.raises(OfficeError, match=shown):
        office_from(as_written(MESA) | changes, MESA.recipients)


def test_short_codes_and_lists_of_names_are_read() -> None:
    """As an operator writes them."""
    written = as_written(PLAZA) | {
        "issues": "im-02, IM-05",
        "counties": "TX:Harris County , TX:Fort Bend County",
    }
    read = office_from(written, PLAZA.recipients)

    assert (("IM-02-00-00-00", "IM-05-00-00-00"), PLAZA.counties) == (read.issues, read.counties)


def test_a_missing_value_is_named() -> None:
    """Whatever form it was written in."""
    with pytest.raises(OfficeError, match="name"):
        office_from({"id": "harbor", "states": "TX", "hours": "always"}, (recipient_of(OFFICE_KEY),))
