"""`amparo directory ...`: the partner offices, and whom their letters are sealed to; and the listed services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import click

from app.commands import directory_listed, directory_match, ground
from app.commands.county import read_county
from app.commands.language import read_language
from app.directory.issues import DEPORTATION, DETENTION
from app.directory.office import DAYS, WHOM, Office, OfficeError, Whom, as_written, office_from
from app.host.keyfile import make_keyfile
from app.sealing import is_recipient
from app.store.offices import Offices
from messages.segments import segments


@click.group()
def directory() -> None:
    """The legal services: partners that receive referrals, and listed ones of which a person gets the number."""


directory_listed.attach(directory)


directory.add_command(directory_match.match_)


@directory.command(name="list")
@click.option("--listed", is_flag=True, help="Also each listed service, and not only how many there are.")
def list_(listed: bool) -> None:
    """List the partner offices, and how many services are listed."""
    with ground.plainly():
        offices = _store().all()
        others = list(directory_listed.listed_lines(listed))
    for office in offices:
        where = "nationwide" if office.nationwide else " ".join(office.states)
        click.echo(f"{office.id}  {office.name}  {where}")
    if not offices:
        click.echo("There is no partner office yet: amparo directory add-partner --help")
    click.echo("\n".join(others))


@directory.command()
@click.argument("office_id")
def show(office_id: str) -> None:
    """Show everything we know of one office, or of one listed service."""
    office = _found(office_id)
    with ground.plainly():
        facts = _facts(office) if office else directory_listed.listed_facts(office_id)
    if not facts:
        raise click.ClickException(
            f"There is no office {office_id!r}. `amparo directory list --listed` names them."
        )
    for name, value in facts:
        click.echo(f"{name + ':':<15} {value}")


@directory.command(name="add-partner")
@click.option("--id", "office_id", required=True, help="A short name, such as harbor.")
@click.option("--name", help="Its name as people know it.")
@click.option("--phone", help="Such as +12025550110.")
@click.option("--email", help="Where it learns that a referral waits.")
@click.option("--zone", help="Its time zone, such as America/Chicago.")
@click.option("--states", help="Such as TX,NM; or nationwide.")
@click.option("--counties", help="Such as 'TX:Harris, TX:Fort Bend': only these of that state.")
@click.option("--hours", help="Such as 'mon-fri 09:00-17:00, sat 10:00-14:00'; or always.")
@click.option("--spoken", help="Languages its people speak; en,es for a new office.")
@click.option("--interpreters", help="Languages it has interpreters for; or any.")
@click.option("--issues", help="LIST codes of what it takes, short or whole; IM-00, all of immigration.")
@click.option(
    "--whom",
    type=click.Choice(get_args(Whom)),
    help="Whom it can take: any status; lsc, under 45 CFR 1626; survivors only; untold.",
)
@click.option("--capacity", help="How many open referrals it bears: none for no limit, 0 to pause it.")
@click.option("--lead-email", help="Where an alarm goes; to --email if not given.")
@click.option("--duty-phone", help="Gets a text that a referral waits, such as +12025550111.")
@click.option("--takes-detained/--no-detained", default=None, help="Whether it goes to people who are held.")
@click.option(
    "--recipient", "recipients", multiple=True, help="Its age recipient (age1...); may be repeated."
)
@click.option(
    "--make-identity",
    "keyfile",
    default=None,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Make its key here instead, in this new file; hand it over and keep no copy.",
)
def add_partner(
    office_id: str, recipients: tuple[str, ...], keyfile: Path | None, **given: str | bool | None
) -> None:
    """Add an office that receives referrals, or change one: what is not given stays as it is."""
    present = _present(office_id, with_key=bool(recipients or keyfile))
    kept = present.recipients if present else ()
    if bool(recipients) == bool(keyfile) and (recipients or not kept):
        unknown = "" if present else f"{office_id!r} is a new office, and needs a key. "
        raise click.ClickException(
            f"{unknown}Give its --recipient age1..., or --make-identity FILE: one of the two."
        )
    try:
        # With nobody's key first, and the memory asked: a fault must not leave a key file behind.
        values = _values(office_id, present, given)
        _refuse_what_would_hurt_later(office_from(values, recipients or kept or (_ANY_KEY,)), recipients)
        keys = recipients or ((make_keyfile(keyfile),) if keyfile else kept)
        office = replace(office_from(values, keys), made_up=present is not None and present.made_up)
    except OfficeError as error:
        raise click.ClickException(f"{error}.") from error
    except OSError as error:
        raise click.ClickException(
            f"{keyfile} cannot be made ({type(error).__name__}). Name a new file in a folder of yours."
        ) from error
    with ground.plainly():
        _store().save(office)
    click.echo(_told(office))
    for line in _changes(present, office) if present else ():
        click.echo(line)
    if keyfile:
        click.echo(f"Its key is in {keyfile}: hand that file over by a safe way, and keep no copy.")
    _warn_of_what_it_is_not_offered(office)


_NEEDED = ("name", "phone", "email", "zone", "states", "hours")


def _found(office_id: str) -> Office | None:
    with ground.plainly():
        return next((each for each in _store().all() if each.id == office_id), None)


def _present(office_id: str, *, with_key: bool) -> Office | None:
    """The office that is changed. A made-up one that gets somebody's key is a new one, and must be told whole."""
    present = _found(office_id)
    return None if present and present.made_up and with_key else present


def _values(office_id: str, present: Office | None, given: Mapping[str, str | bool | None]) -> dict[str, Any]:
    """What was given, over what stands already.

    Raises:
        OfficeError: a new office needs more.
        click.ClickException: a county, or a language, is none.
    """
    said = {name: value for name, value in given.items() if value is not None}
    missing = [f"--{name}" for name in _NEEDED if name not in said]
    if missing and not present:
        raise OfficeError(f"a new office needs {', '.join(missing)} too, {office_id!r} is not there yet")
    if said.get("counties"):
        said["counties"] = ", ".join(map(_county, str(said["counties"]).split(",")))
    for name in ("spoken", "interpreters"):
        if said.get(name):
            said[name] = " ".join(map(read_language, str(said[name]).replace(",", " ").split()))
    return {**(as_written(present) if present else {"spoken": "en es"}), **said, "id": office_id}


def _county(text: str) -> str:
    state, name = text.strip().split(":", 1) if ":" in text else ("", text.strip())
    return f"{state}:{read_county(state, name)}"


def _told(office: Office) -> str:
    if office.capacity == 0:
        return f"{office.id} is paused: it is offered nothing until its --capacity is more than 0, or none"
    return f"{office.id} receives referrals, sealed to {', '.join(office.recipients)}"


def _changes(before: Office, after: Office) -> Iterator[str]:
    """What is otherwise than it was: somebody who typed the wrong office's id must see it at once."""
    new = as_written(after)
    for name, old in as_written(before).items():
        if old != new[name]:
            yield f"  {name.replace('_', ' ') + ':':<15} {_shown(old)} -> {_shown(new[name])}"
    if before.recipients != after.recipients:
        yield "  it has another key: letters sealed before open with the old one only"


def _shown(value: str | bool) -> str:
    return {True: "yes", False: "no", "": "nothing"}.get(value, str(value))


def _warn_of_what_it_is_not_offered(office: Office) -> None:
    asked = (("deportation", DEPORTATION), ("detention", DETENTION))
    kept = [words for words, code in asked if office.takes(code) and not office.may_take(code)]
    if kept and office.whom in _WHY_NOT:
        click.echo(
            f"{_WHY_NOT[office.whom].format(office.id)}: it is not offered {' or '.join(kept)}. If it takes them, "
            f"name them: amparo directory add-partner --id {office.id} --issues IM-00,IM-01,IM-02",
            err=True,
        )


_WHY_NOT: Mapping[str, str] = {
    "untold": "We were not told whom {} can take",
    "lsc": "{} is under 45 CFR 1626",
}

# Nobody's key: it only has the shape of one.
_ANY_KEY = "age1" + "q" * 58


def _refuse_what_would_hurt_later(office: Office, recipients: tuple[str, ...]) -> None:
    """What an office may be, and yet would cost or fail at every person's consent."""
    if forced := segments(office.name).forced_by:
        raise OfficeError(
            f"name must do without {' '.join(forced)}, got {office.name!r}: with such a letter every text that names "
            "the office holds 70 characters and not 160. Write the plain letter"
        )
    for recipient in recipients:
        if not is_recipient(recipient):
            raise OfficeError(f"recipient is mistyped, nothing can be sealed to {recipient!r}. Copy it anew")


def _facts(office: Office) -> tuple[tuple[str, str], ...]:
    return (
        ("Office", office.id),
        ("Name", office.name),
        ("Phone", office.phone),
        ("Mail", office.email),
        ("Lead", office.lead),
        ("Duty phone", office.duty_phone or "none"),
        ("States", "nationwide" if office.nationwide else " ".join(office.states)),
        ("Counties", ", ".join(office.counties) or "all"),
        ("Issues", " ".join(office.issues)),
        ("Whom", WHOM[office.whom]),
        ("Capacity", _capacity(office)),
        ("Speaks", " ".join(office.spoken)),
        ("Interpreters", " ".join(office.interpreters) or "none"),
        ("Takes detained", "yes" if office.takes_detained else "no"),
        ("Hours", "always" if office.always_open else _hours(office)),
        ("Zone", office.zone),
        ("Sealed to", ", ".join(office.recipients)),
    )


def _capacity(office: Office) -> str:
    if office.capacity is None:
        return "no limit"
    return str(office.capacity) if office.capacity else "0: paused"


def _hours(office: Office) -> str:
    spans = sorted(office.hours, key=lambda span: (DAYS.index(span.day), span.opens))
    return ", ".join(f"{span.day} {span.opens}-{span.closes}" for span in spans)


def _store() -> Offices:
    """The offices of this installation's durable memory."""
    return Offices(ground.durable(ground.settings()))
