"""What stands open at every office, for the coordinator: where it is stuck, and nothing of what anybody said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request

from app.directory.office import Office
from app.referral.life import Referral
from app.referral.shelf import STATES_ELSEWHERE, Row, alarm, row, urgent_first
from app.web.current import hotline
from app.web.gate import open_to

door = Blueprint("overview", __name__, url_prefix="/inbox/overview")


@dataclass(frozen=True)
class Line:
    """One open request: its row, the name of its office, how it stands, and what is wrong, if anything."""

    row: Row
    office: str
    stands: str
    alarm: str


@door.get("")
@open_to("coordinator")
def page() -> str:
    """The list; with `show=alarms` those where something is wrong."""
    line = hotline()
    every = _lines(line.referrals.open(), line.offices.all(), line.clock())
    alarms = tuple(each for each in every if each.alarm)
    show = "alarms" if request.args.get("show") == "alarms" else "open"
    return render_template(
        "inbox/overview.html",
        lines=alarms if show == "alarms" else every,
        show=show,
        many=len(every),
        alarms=len(alarms),
    )


def _lines(referrals: Iterable[Referral], offices: Iterable[Office], now: datetime) -> tuple[Line, ...]:
    names = {office.id: office.name for office in offices}
    return tuple(
        Line(
            row(each, now),
            names.get(each.office, each.office),
            STATES_ELSEWHERE[each.state],
            alarm(each, now),
        )
        for each in urgent_first(referrals)
    )
