"""`amparo directory match`: whom a request would be offered to, in which order, and why the others are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click

from app.clock import utc_now
from app.commands import ground
from app.commands.county import read_county
from app.commands.language import read_language
from app.directory import issues
from app.directory.office import STATES, Office, Whom
from app.referral.match import Ranked, Unable, Wanted, Why, match, unable
from app.store.offices import Offices
from app.store.referrals import Referrals

_CLOCK = "%a %d %b %Y %H:%M"

_WHY: Mapping[Why, str] = {
    "county": "serves {county}",
    "state": "serves all of {place}",
    "nationwide": "serves every state",
    "county_not_known": "serves some counties of {place}, and which is hers is not known",
    "names_issue": "names {matter}",
    "takes_field": "takes all of {field}",
    "detained": "goes to people who are held",
    "always_open": "is always answered",
    "open_now": "is open now",
    "opens_later": "opens {opens}",
    "speaks": "speaks {spoken}",
    "interpreter": "has an interpreter for {spoken}",
    "other_language": "has nobody who speaks {spoken}",
    "made_up": "is made up and goes after all others",
}
_LEFT_OUT: Mapping[Unable, str] = {
    "state": "takes nobody from {place}",
    "county": "takes nobody from {county}",
    "issue": "does not take {matter}",
    "whom": "{whom}",
    "detained": "does not go to people who are held",
    "full": "{full}",
}
_WHOM: Mapping[Whom, str] = {
    "any": "",
    "lsc": "is under 45 CFR 1626, and its issues do not name this",
    "survivors": "takes survivors of violence and trafficking only",
    "untold": "has not told us whom it can take, and its issues do not name this",
}


@click.command(name="match")
@click.option("--place", default="", help="The state, such as TX; leave it out where it is not known.")
@click.option("--county", default="", help="The county, such as Harris.")
@click.option("--issue", default="IM-00", show_default=True, help="A LIST code, such as IM-01.")
@click.option("--spoken", default="en", show_default=True, help="The language, such as mam.")
@click.option("--held", is_flag=True, help="Somebody is held.")
@click.option("--urgent", is_flag=True, help="It is urgent.")
@click.option(
    "--at",
    type=click.DateTime(["%Y-%m-%dT%H:%M"]),
    help="When it is asked, such as 2026-11-27T02:00; now if not given.",
)
@click.option("--zone", default="UTC", show_default=True, help="Whose clock --at is of.")
def match_(at: datetime | None, zone: str, **asked: str | bool) -> None:
    """Show whom a request would be offered to, in order, and why the others are left out."""
    wanted = _wanted(asked)
    clock = _zone(zone)
    now = at.replace(tzinfo=clock) if at else utc_now().astimezone(clock)
    with ground.plainly():
        durable = ground.durable(ground.settings())
        offices = {office.id: office for office in Offices(durable).all()}
        load = Counter(referral.office for referral in Referrals(durable).open())
    click.echo(f"{_told(wanted)}; {now:{_CLOCK}} {zone}")
    ranked = match(wanted, offices.values(), now, load)
    for place, each in enumerate(ranked, 1):
        click.echo(f"{place}  {each.office.id}  {each.office.name}")
        click.echo(f"   {', '.join(_reasons(each, wanted, now, load))}")
    if not ranked:
        click.echo("No office can take it.")
    for identity, reason in unable(wanted, offices.values(), load).items():
        words = _LEFT_OUT[reason].format_map(_values(offices[identity], wanted, load))
        click.echo(f"-  {identity}  {offices[identity].name}\n   {words}")


def _wanted(asked: Mapping[str, str | bool]) -> Wanted:
    """What is looked for.

    Raises:
        click.ClickException: a place, a county or a code is none.
    """
    place, issue = str(asked["place"]).upper(), issues.full_code(str(asked["issue"]))
    if place and place not in STATES:
        raise click.ClickException(f"--place must be a code such as TX, got {place!r}.")
    if not re.fullmatch(issues.FORM, issue):
        raise click.ClickException(f"--issue must be a LIST code such as IM-02, got {issue!r}.")
    return Wanted(
        place=place,
        spoken=read_language(str(asked["spoken"])),
        urgent=bool(asked["urgent"]),
        held=bool(asked["held"]),
        issue=issue,
        county=read_county(place, str(asked["county"])) if asked["county"] else "",
    )


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise click.ClickException(f"--zone must be such as America/Chicago, got {name!r}.") from error


def _told(wanted: Wanted) -> str:
    how = [word for word, holds in (("held", wanted.held), ("urgent", wanted.urgent)) if holds]
    where = ", ".join(filter(None, (wanted.place or "place not known", wanted.county)))
    return "; ".join((where, wanted.matter, *how, wanted.spoken))


def _reasons(ranked: Ranked, wanted: Wanted, now: datetime, load: Mapping[str, int]) -> Iterator[str]:
    values = _values(ranked.office, wanted, load) | {"opens": _opens(ranked.office, now)}
    yield from (_WHY[reason].format_map(values) for reason in ranked.reasons)
    yield f"has {values['load']}"


def _opens(office: Office, now: datetime) -> str:
    return f"{office.opens_next(now):{_CLOCK}} {office.zone}"


def _values(office: Office, wanted: Wanted, load: Mapping[str, int]) -> dict[str, str]:
    told = f"{load.get(office.id, 0)} open" + ("" if office.capacity is None else f" of {office.capacity}")
    return {
        "place": wanted.place or "a place that is not known",
        "county": wanted.county,
        "matter": wanted.matter,
        "field": issues.full_code(wanted.matter[:2]),
        "spoken": wanted.spoken,
        "whom": _WHOM[office.whom],
        "load": told,
        "full": f"has all it can bear, {told}" if office.capacity else "is paused",
    }
