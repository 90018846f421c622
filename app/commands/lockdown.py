"""`amparo lockdown ...`: close the line at once; a second person lifts it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.clock import utc_now
from app.commands import ground
from app.live import LOOK_AGAIN_AFTER
from app.lockdown import LockdownError, answer_in, close, forget, lift
from app.publishing import given_reason
from app.sealing import is_recipient
from app.store.emptying import Emptying
from app.store.lockdown import Lock, Lockdown
from app.store.memory import MemoryDown

WHY = "Why, in a few words, and nothing about a texter; it stands in the history."
ONLY_A_PROMISE = "Nobody is listed who could lift it with a key: that a second person does is only a promise."


@click.group(invoke_without_command=True)
@click.option("--reason", help=WHY)
@click.option("--by", type=ground.Name(), help="Your name. Somebody else lifts the lock.")
@click.pass_context
def lockdown(ctx: click.Context, reason: str | None, by: str | None) -> None:
    """Close the line at once: every text gets one fixed answer, and what could tell about anybody is forgotten.

    Requests for a lawyer stay as they are, sealed; nothing is mailed or texted. Calls are still answered.
    """
    if ctx.invoked_subcommand is not None:
        return
    if reason is None or by is None:
        raise click.UsageError("To lock, give both: amparo lockdown --reason ... --by NAME")
    with ground.plainly():
        lock, made = close(_store(), by, given_reason(reason), utc_now())
    if made:
        click.echo("The line is locked. No request can be written, and nothing is handed over.")
    else:
        click.echo(
            f"The line is locked already, since {_moment(lock.at)} by {lock.by}. What is left is emptied."
        )
    _forget()
    click.echo(f"Every text gets the fixed answer now; calls are answered. {_who_lifts(lock)}")


def _forget() -> None:
    try:
        emptied = forget(_emptying())
    except MemoryDown as error:
        raise click.ClickException(
            f"The volatile memory does not answer and could not be emptied. The line is locked all the same, "
            f"within {LOOK_AGAIN_AFTER + 1:.0f} seconds. Stop the volatile Redis, which forgets everything, or run this again."
        ) from error
    click.echo(f"Forgotten: sessions, answers, the days' secrets, contacts, the queue ({emptied.keys} keys).")
    if emptied.in_hand:
        click.echo(
            "A worker still has an errand in hand: one mail or one text may yet go out. Stop the worker if not."
        )


@lockdown.command(name="lift")
@click.option("--reason", required=True, help=WHY)
@click.option("--by", required=True, type=ground.Name(), help="Your name: not that of whoever locked.")
@click.option(
    "--identity",
    "identity_file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Your age identity, if it may come to this machine.",
)
@click.option("--answer", default="", help="What your box holds: see amparo lockdown challenge --help.")
def lift_(reason: str, by: str, identity_file: Path | None, answer: str) -> None:
    """Open the line again. Whoever locked it cannot; a listed person proves herself with her key."""
    with ground.plainly():
        why, store = given_reason(reason), _store()
        try:
            said = _answered(store.standing(), by, identity_file) or answer
            lock = lift(store, _emptying(), by, said, why, utc_now())
        except LockdownError as error:
            raise click.ClickException(str(error)) from error
        click.echo(f"The line is open again, within {LOOK_AGAIN_AFTER + 1:.0f} seconds.")
        click.echo("Open requests are found again first, STOPs applied; then what is owed is handed over.")
        if not lock.challenges:
            click.echo(f"No key was asked for. {ONLY_A_PROMISE}")
        _warn_of_lost_stops(lock)


def _answered(lock: Lock | None, by: str, identity_file: Path | None) -> str:
    if lock is None or identity_file is None or by not in lock.challenges:
        return ""
    return answer_in(lock.challenges[by], identity_file.read_text(encoding="utf-8", errors="replace"))


def _warn_of_lost_stops(lock: Lock) -> None:
    """A STOP during a lockdown is kept in RAM only; Twilio keeps those in its own words for good."""
    if _emptying().uptime() < utc_now() - lock.at:
        click.echo(
            "The volatile Redis was started anew during the lockdown, so STOPs from before are lost, "
            "save those in Twilio's own words (STOP, CANCEL, END ...), which Twilio holds."
        )


@lockdown.command()
@click.argument("name", type=ground.Name())
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def challenge(name: str, file: Path) -> None:
    """Save the box of NAME to FILE: she opens it where her key is (age --decrypt -i KEY FILE), and reads the answer out."""
    with ground.plainly():
        lock = _store().standing()
    found = lock.challenges.get(name) if lock else None
    if found is None:
        raise click.ClickException(f"There is no box for {name}. See: amparo lockdown status")
    try:
        with file.open("xb") as saved:
            saved.write(found.box)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror}).") from error
    click.echo(
        f"Saved in {file}. With the answer: amparo lockdown lift --by {name} --answer ... --reason ..."
    )


@lockdown.command()
def status() -> None:
    """Say whether the line is locked, since when, by whom and why, and who may lift it."""
    with ground.plainly():
        store = _store()
        lock, persons = store.standing(), store.persons()
    if lock is not None:
        click.echo(f"Locked since {_moment(lock.at)} by {lock.by}: {lock.reason}")
        click.echo(_who_lifts(lock))
    else:
        click.echo("The line is not locked.")
        click.echo(f"May lift a lock of somebody else: {', '.join(persons)}." if persons else ONLY_A_PROMISE)


@lockdown.command()
def history() -> None:
    """Say who locked, lifted and listed whom, and when."""
    with ground.plainly():
        entries = _store().history()
    for entry in entries:
        click.echo(f"{_moment(entry.at)}  {entry.done:<8}  by {entry.by}  {entry.reason}")
    if not entries:
        click.echo("The line was never locked.")


@lockdown.group()
def person() -> None:
    """Who may lift a lock of somebody else, with a key of her own. List them on a quiet day."""


@person.command()
@click.argument("name", type=ground.Name())
@click.option("--recipient", required=True, help="The public half of her age key: age1...")
@click.option("--by", required=True, type=ground.Name(), help="Your name.")
def add(name: str, recipient: str, by: str) -> None:
    """List NAME. Her key stays with her: `age-keygen -o lift.key` makes one, and shows the public half."""
    if not is_recipient(recipient):
        raise click.ClickException("The recipient must be an age public key: age1 and 58 letters and digits.")
    with ground.plainly():
        store = _store()
        persons = store.persons()
        taken = next((other for other, one in persons.items() if one == recipient and other != name), None)
        if taken:
            raise click.ClickException(f"That is the key of {taken}: each person needs a key of her own.")
        store.list_person(name, recipient, by, utc_now())
    click.echo(f"{name} may lift a lock of somebody else, from the next lock on.")
    if len(persons.keys() | {name}) < 2:
        click.echo(
            f"List a second person: a lock by {name} can be lifted with a key only if there is another."
        )


@person.command()
@click.argument("name", type=ground.Name())
@click.option("--by", required=True, type=ground.Name(), help="Your name.")
def remove(name: str, by: str) -> None:
    """Take NAME off the list. A lock that stands keeps those who were listed when it was made."""
    with ground.plainly():
        store = _store()
        if name not in store.persons():
            raise click.ClickException(f"{name} is not listed.")
        store.unlist_person(name, by, utc_now())
    click.echo(f"{name} is off the list.")


def _who_lifts(lock: Lock) -> str:
    if lock.challenges:
        return f"May lift it, with a key: {', '.join(lock.challenges)}."
    return f"Anybody but {lock.by} may lift it. {ONLY_A_PROMISE}"


def _moment(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _store() -> Lockdown:
    return Lockdown(ground.durable(ground.settings()))


def _emptying() -> Emptying:
    return Emptying(ground.volatile(ground.settings()))
