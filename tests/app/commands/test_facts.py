"""`amparo facts`: what is due, for people, programs and calendars; and the night on which a rule changes."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import time_machine
from click.testing import CliRunner, Result
from icalendar import Calendar

from app.commands import main
from app.sources import read_sources
from tests.servers import Servers
from tests.texter import Line

REGISTER = read_sources().content.register
THE_DAY_AFTER_ALL = max(entry.check_by for entry in REGISTER.entries.values()).replace(year=2028)

Amparo = Callable[..., Result]


@pytest.fixture
def amparo(servers: Servers) -> Amparo:
    """One command, as it is typed where the line runs."""
    return lambda *args: CliRunner().invoke(main, ["facts", *args], env=servers.env)


def test_on_the_day_of_the_content_nothing_is_due(amparo: Amparo) -> None:
    """The table is empty, and says how many hold and that no lawyer has signed."""
    with time_machine.travel(REGISTER.checked_through, tick=False):
        said = amparo().output

    count = len(REGISTER.entries)
    assert f"{count} of {count} hold for a while yet" in said
    assert "signed by no lawyer" in said


def test_all_of_them_are_listed_on_demand(amparo: Amparo) -> None:
    """With the day, the interval, how many texts rest on each, and what it says."""
    said = amparo("--all").output

    assert [] == [name for name in REGISTER.entries if name not in said]


def test_what_is_past_its_date_is_told_with_the_texts_that_give_way(amparo: Amparo) -> None:
    """What must be looked at first stands on top."""
    with time_machine.travel(THE_DAY_AFTER_ALL, tick=False):
        lines = amparo().output.splitlines()

    assert lines[1].startswith("past ")
    told = next(line for line in lines if "give way" in line)
    assert "detainer.hours" in told
    assert "urgent." not in told


def test_a_program_reads_the_same(amparo: Amparo) -> None:
    """Every entry by its parts."""
    entries = {entry["id"]: entry for entry in json.loads(amparo("--json").output)}

    assert set(REGISTER.entries) == set(entries)
    assert REGISTER.entries["DT5"].check_by.isoformat() == entries["DT5"]["check_by"]
    assert "detainer.hours" in entries["DT5"]["texts"]


def test_a_calendar_gets_one_event_for_each_day_on_which_checks_end(amparo: Amparo) -> None:
    """Read by a calendar's own library."""
    found = Calendar.from_ical(amparo("--ics").stdout_bytes)

    events = {event.decoded("dtstart"): str(event["summary"]) for event in found.walk("VEVENT")}
    assert {entry.check_by for entry in REGISTER.entries.values()} == set(events)
    assert "DT5" in events[REGISTER.entries["DT5"].check_by]


def test_a_fact_is_suspended_and_restored_with_its_reason(amparo: Amparo, line: Line) -> None:
    """One person, at night: what gives way is told at once, and what was done stands in the history."""
    suspended = amparo("suspend", "DT5", "--reason", "a court decided")
    listed = amparo().output
    restored = amparo("restore", "DT5", "--reason", "it was a rumour")

    assert "DT5 is suspended, within 2 seconds, in every language and conversation." in suspended.output
    assert "detainer.hours" in suspended.output
    assert "a court decided" in listed
    assert 0 == restored.exit_code
    assert {} == line.hotline.suspensions.all()
    history = amparo("history").output
    assert history.index("a court decided") < history.index("it was a rumour")


def test_a_state_is_suspended_by_its_two_letters(amparo: Amparo, line: Line) -> None:
    """The night on which a state's own law changes."""
    assert (
        "Whoever asks for Texas hears that we do not know"
        in amparo("suspend", "TX", "--reason", "SB 9").output
    )
    assert "The rule of Texas is suspended: SB 9" in amparo().output
    assert {"TX"} == set(line.hotline.suspensions.all())


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("suspend", "DT55", "--reason", "x"), "Did you mean DT5"),
        (("suspend", "dt5", "--reason", "x"), "Did you mean DT5"),
        (("suspend", "nothing-like-it", "--reason", "x"), "`amparo facts --all` names them"),
        (("suspend", "emergency", "--reason", "x"), "911 stands in every first text"),
        (("suspend", "DT5", "--reason", " "), "A reason is needed"),
        (("suspend", "DT5"), "Missing option '--reason'"),
        (("restore", "DT5", "--reason", "x"), "'DT5' is not suspended. Nothing is."),
    ],
)
def test_a_slip_is_told_and_nothing_is_done(
    amparo: Amparo, line: Line, args: tuple[str, ...], says: str
) -> None:
    """With what was meant, if it is near."""
    result = amparo(*args)

    assert (True, True) == (result.exit_code != 0, says in result.output)
    assert {} == line.hotline.suspensions.all()
