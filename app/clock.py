"""The clock on the wall, and moments in words."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


def in_utc(moment: datetime) -> str:
    """A moment on the one clock of all lists, whosever clock it stands on."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"


def on_clock(moment: datetime, zone: str) -> str:
    """A moment on the clock of a place, as people in the country write it: Tue 7 Jul, 10:15 am EDT."""
    local = moment.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b}, {time_of_day(local)} {local:%Z}"


def time_of_day(local: datetime) -> str:
    """The time of a moment on its own clock: 10:15 am."""
    return f"{local.hour % 12 or 12}:{local:%M} {'am' if local.hour < 12 else 'pm'}"


def in_short(spent: timedelta) -> str:
    """How long, as precisely as anybody needs: 12 min, 3 h 05 min, 2 days 4 h."""
    minutes = max(int(spent.total_seconds()) // 60, 0)
    hours, days = minutes // 60, minutes // (24 * 60)
    if days:
        return f"{days} {'day' if days == 1 else 'days'} {hours % 24} h"
    return f"{hours} h {minutes % 60:02} min" if hours else f"{minutes} min"
