"""When we may text somebody by ourselves: Mon-Fri 9-18, Sat 10-17, never on a Sunday, by the clock where they are.

Stricter than every state's own window for such texts. Pure.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

# A state with two clocks has both: a text keeps to the hours of each (49 CFR 71; the Navajo Nation changes its clocks).
_ZONES = {
    "America/New_York": "CT DE DC FL GA IN KY ME MD MA MI NH NJ NY NC OH PA RI SC TN VT VA WV",
    "America/Chicago": "AL AR FL IL IN IA KS KY LA MI MN MS MO NE ND OK SD TN TX WI",
    "America/Denver": "AZ CO ID KS MT NE NV NM ND OR SD TX UT WY",
    "America/Phoenix": "AZ",
    "America/Los_Angeles": "CA ID NV OR WA",
    "America/Anchorage": "AK",
    "America/Adak": "AK",
    "Pacific/Honolulu": "HI",
    "America/Puerto_Rico": "PR VI",
    "Pacific/Guam": "GU MP",
    "Pacific/Pago_Pago": "AS",
}
_EVERYWHERE = ("America/New_York", "America/Los_Angeles")
_WEEKDAY, _SATURDAY = (time(9), time(18)), (time(10), time(17))
_STEP = timedelta(minutes=15)


def zones_of(state: str) -> tuple[str, ...]:
    """The clocks of a state; those of both coasts where the state is not known."""
    return tuple(zone for zone, states in _ZONES.items() if state in states.split()) or _EVERYWHERE


def within(moment: datetime, state: str) -> bool:
    """True if it is a decent hour on every clock of the state."""
    return all(_decent(moment.astimezone(ZoneInfo(zone))) for zone in zones_of(state))


def next_within(moment: datetime, state: str) -> datetime:
    """The moment itself if it is a decent hour, else the next quarter of an hour that is; in UTC."""
    return next(each for each in _quarters(moment.astimezone(UTC)) if within(each, state))


def _quarters(moment: datetime) -> Iterator[datetime]:
    yield moment
    quarter = moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)
    while True:
        quarter += _STEP
        yield quarter


def _decent(local: datetime) -> bool:
    if local.weekday() == 6:
        return False
    opens, closes = _SATURDAY if local.weekday() == 5 else _WEEKDAY
    return opens <= local.time() < closes
