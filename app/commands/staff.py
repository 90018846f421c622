"""`amparo staff ...`: who may sign in to the inbox."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from app.clock import in_utc, utc_now
from app.commands import ground
from app.staff.account import ROLES, Account, Role, StaffError, by_name
from app.staff.audit import Did, Entry
from app.staff.invitations import Reception
from app.store.accounts import Accounts
from app.store.audit import Audit
from app.store.invitations import Invitations
from app.store.keyrings import Keyrings
from app.store.offices import Offices

# The name under which the audit notes what was done here: whoever has a shell where the line runs.
HERE = "_commands"  # nobody can be called so


_NAME = click.argument("name", type=ground.Name())


@click.group()
def staff() -> None:
    """Let people in to the inbox, and out."""


@staff.command()
@_NAME
@click.option("--role", required=True, type=click.Choice(ROLES), help="What they may do.")
@click.option("--office", default="", help="Their legal service; needed for staff and lead alone.")
def invite(name: str, role: Role, office: str) -> None:
    """Invite somebody, under a sign-in NAME: a short one, such as ana.r; it stands in the list of who did what."""
    with _plainly():
        code = _reception().invite(name, role, office, HERE)
        _note("invited", name, office)
    _tell(code)


@staff.command(name="list")
def list_() -> None:
    """List everybody who can sign in."""
    with _plainly():
        found = by_name(_accounts().all())
    if not found:
        click.echo("Nobody can sign in yet. First: amparo staff invite NAME --role lead --office OFFICE")
        return
    click.echo(_ROW.format("NAME", "ROLE", "OFFICE", "SINCE", "").rstrip())
    for account in found:
        click.echo(_line(account))


@staff.command()
@_NAME
def reset(name: str) -> None:
    """Give somebody a code to choose new secrets with; their visits end, and the old secrets open nothing, at once."""
    with _plainly():
        code = _reception().reset(name, HERE)
        _note("reset", name, _account(name).office)
    _tell(code)


@staff.command()
@_NAME
def withdraw(name: str) -> None:
    """Take back the code that somebody was given, before it is used."""
    with _plainly():
        _reception().withdraw(name)
        _note("withdrew", name, "")
    click.echo(f"The code of {name} is good no more.")


@staff.command()
@click.option("--office", default="", help="Of this office; of the line itself if not given.")
def audit(office: str) -> None:
    """Say who did what, the oldest first. Nothing in it can be changed, and none of it is what a person said."""
    with _plainly():
        entries = list(Audit(ground.durable(ground.settings())).last(office))
    for entry in reversed(entries):
        click.echo(f"{in_utc(entry.at)}  {entry.who:<20} {entry.in_words}")
    if not entries:
        click.echo("Nothing yet.")


@staff.command()
@_NAME
def disable(name: str) -> None:
    """Shut somebody out at once, in every browser."""
    with _plainly():
        account = _reception().shut_out(name, out=True)
        _note("disabled", name, account.office)
    click.echo(f"{name} is shut out. To let them in again: amparo staff enable {name}")


@staff.command()
@_NAME
def enable(name: str) -> None:
    """Let somebody in again who was shut out; their secrets are as they were."""
    with _plainly():
        account = _reception().shut_out(name, out=False)
        _note("enabled", name, account.office)
    click.echo(f"{name} may sign in again.")


def _tell(code: str) -> None:
    click.echo(f"Give them this code on paper or by telephone, and not by mail:  {code}")
    click.echo(f"They type it at {ground.settings().inbox.url}/inbox/join")
    click.echo("It is shown this once, is good once, and for three days.")


_ROW = "{:<20} {:<12} {:<20} {:<18} {}"


def _line(account: Account) -> str:
    state = "shut out" if account.disabled else ""
    return _ROW.format(
        account.name, account.role, account.office or "-", in_utc(account.since), state
    ).rstrip()


@contextmanager
def _plainly() -> Iterator[None]:
    with ground.plainly():
        try:
            yield
        except StaffError as error:
            raise click.ClickException(f"{error}.") from error


def _accounts() -> Accounts:
    return Accounts(ground.durable(ground.settings()))


def _account(name: str) -> Account:
    found = _accounts().named(name)
    if found is None:
        raise StaffError(f"there is no account {name}; see amparo staff list")
    return found


def _reception() -> Reception:
    durable = ground.durable(ground.settings())
    return Reception(Accounts(durable), Invitations(durable), Offices(durable), Keyrings(durable), utc_now)


def _note(did: Did, about: str, office: str) -> None:
    Audit(ground.durable(ground.settings())).note(Entry(utc_now(), HERE, did, about, office))
