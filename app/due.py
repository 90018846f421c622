"""When each fact, number and link must be checked again, and which texts fall silent if nobody does. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import Literal

from icalendar import Calendar, Event

from app.revision import Content
from app.standing import texts_by_entry
from app.store.suspensions import Suspension
from messages.catalog import SOURCE_LANGUAGE
from messages.facts import Checked, Fact, Number, near

State = Literal["suspended", "past", "due", "holds"]
# From what must be looked at first.
STATES: tuple[State, ...] = ("suspended", "past", "due", "holds")


@dataclass(frozen=True)
class Due:
    """One entry of the register: how it stands today, and the texts that rest on it."""

    id: str
    kind: str
    state: State
    check_by: date
    checked_on: date
    interval: str
    says: str
    reviewer: str
    reason: str
    """Why it is suspended; empty where it is not."""
    texts: tuple[str, ...]

    @property
    def silent(self) -> bool:
        """True if its texts give way now, as app/standing.py has it."""
        return self.state == "suspended" or (self.state == "past" and self.kind == "fact")


def due_list(content: Content, today: date, suspended: Mapping[str, Suspension]) -> tuple[Due, ...]:
    """Everything in the register, what must be looked at first on top."""
    texts = texts_by_entry(content.catalogs[SOURCE_LANGUAGE], content.register)
    found = [
        _due(entry, today, suspended.get(name), texts[name])
        for name, entry in content.register.entries.items()
    ]
    return tuple(sorted(found, key=lambda due: (STATES.index(due.state), due.check_by, due.id)))


def _due(entry: Checked, today: date, suspension: Suspension | None, texts: tuple[str, ...]) -> Due:
    fact = isinstance(entry, Fact)
    return Due(
        id=entry.id,
        kind="fact" if fact else "number" if isinstance(entry, Number) else "link",
        state="suspended" if suspension else _state(entry, today),
        check_by=entry.check_by,
        checked_on=entry.checked_on,
        interval=entry.interval,
        says=_says(entry),
        reviewer=entry.reviewer if isinstance(entry, Fact) else "",
        reason=suspension.reason if suspension else "",
        texts=texts,
    )


def _state(entry: Checked, today: date) -> State:
    if entry.is_past(today):
        return "past"
    return "due" if entry.check_by - today <= near(entry) else "holds"


def _says(entry: Checked) -> str:
    if isinstance(entry, Fact):
        return entry.says
    address = entry.number if isinstance(entry, Number) else getattr(entry, "link", "")
    return f"{address}, {getattr(entry, 'owner', '')}"


def calendar(entries: tuple[Due, ...], now: datetime) -> bytes:
    """An iCalendar file (RFC 5545): for each day on which a check ends, one all-day event that names what to look at."""
    found = Calendar()
    found.add("prodid", "-//Amparo//facts to check//EN")
    found.add("version", "2.0")
    for event in _events(entries, now):
        found.add_component(event)
    return bytes(found.to_ical())


def _events(entries: tuple[Due, ...], now: datetime) -> Iterator[Event]:
    in_order = sorted(entries, key=lambda due: (due.check_by, due.id))
    for day, group in groupby(in_order, key=lambda due: due.check_by):
        due = tuple(group)
        event = Event()
        event.add("uid", f"facts-{day.isoformat()}@amparo")
        event.add("dtstamp", now)
        event.add("dtstart", day)
        event.add("summary", f"Check by today: {', '.join(each.id for each in due)}")
        event.add("description", "\n\n".join(f"{each.id} ({each.interval}): {each.says}" for each in due))
        yield event
