"""`amparo directory ...`: the partner offices, and whom their letters are sealed to."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands import ground
from app.directory.office import DAYS, Office, OfficeError, office_from
from app.host.keyfile import make_keyfile
from app.referral.seal import is_recipient
from app.store.offices import Offices
from messages.segments import segments


@click.group()
def directory() -> None:
    """The legal services that receive referrals."""


@directory.command(name="list")
def list_() -> None:
    """List the partner offices."""
    with ground.plainly():
        offices = _store().all()
    for office in offices:
        where = "nationwide" if office.nationwide else " ".join(office.states)
        click.echo(f"{office.id}  {office.name}  {where}")
    if not offices:
        click.echo("There is no partner office yet: amparo directory add-partner --help")


@directory.command()
@click.argument("office_id")
def show(office_id: str) -> None:
    """Show everything we know of one office."""
    with ground.plainly():
        office = next((each for each in _store().all() if each.id == office_id), None)
    if office is None:
        raise click.ClickException(f"There is no office {office_id!r}. `amparo directory list` names them.")
    for name, value in _facts(office):
        click.echo(f"{name + ':':<15} {value}")


@directory.command(name="add-partner")
@click.option("--id", "office_id", required=True, help="A short name, such as harbor.")
@click.option("--name", required=True, help="Its name as people know it.")
@click.option("--phone", required=True, help="Such as +12025550110.")
@click.option("--email", required=True, help="Where it learns that a referral waits.")
@click.option("--zone", required=True, help="Its time zone, such as America/Chicago.")
@click.option("--states", required=True, help="Such as TX,NM; or nationwide.")
@click.option("--hours", required=True, help="Such as 'mon-fri 09:00-17:00, sat 10:00-14:00'; or always.")
@click.option("--spoken", default="en,es", show_default=True, help="Languages its people speak.")
@click.option("--interpreters", default="", help="Languages it has interpreters for; or any.")
@click.option("--takes-detained/--no-detained", default=False, help="Whether it takes people who are held.")
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
def add_partner(recipients: tuple[str, ...], keyfile: Path | None, **values: str | bool) -> None:
    """Add an office that receives referrals, or change one."""
    if bool(recipients) == bool(keyfile):
        raise click.ClickException("Give its --recipient age1..., or --make-identity FILE: one of the two.")
    values["id"] = values.pop("office_id")
    try:
        # With nobody's key first, and the memory asked: a fault must not leave a key file behind.
        _refuse_what_would_hurt_later(office_from(values, recipients or (_ANY_KEY,)), recipients)
        with ground.plainly():
            _store().all()
        office = office_from(values, recipients or (make_keyfile(keyfile or Path()),))
    except OfficeError as error:
        raise click.ClickException(f"{error}.") from error
    except OSError as error:
        raise click.ClickException(
            f"{keyfile} cannot be made ({type(error).__name__}). Name a new file in a folder of yours."
        ) from error
    with ground.plainly():
        _store().save(office)
    click.echo(f"{office.id} receives referrals, sealed to {', '.join(office.recipients)}")


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
        ("States", "nationwide" if office.nationwide else " ".join(office.states)),
        ("Speaks", " ".join(office.spoken)),
        ("Interpreters", " ".join(office.interpreters) or "none"),
        ("Takes detained", "yes" if office.takes_detained else "no"),
        ("Hours", "always" if office.always_open else _hours(office)),
        ("Zone", office.zone),
        ("Sealed to", ", ".join(office.recipients)),
    )


def _hours(office: Office) -> str:
    spans = sorted(office.hours, key=lambda span: (DAYS.index(span.day), span.opens))
    return ", ".join(f"{span.day} {span.opens}-{span.closes}" for span in spans)


def _store() -> Offices:
    """The offices of this installation's durable memory."""
    return Offices(ground.durable(ground.settings()))
