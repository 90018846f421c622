"""`amparo referrals ...`: what waits for the offices, and the letter for the one that holds the key."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import click

from app.clock import in_utc, utc_now
from app.commands import ground
from app.directory.issues import in_words
from app.referral import word
from app.referral.course import CALLS_BEFORE_ASKING
from app.referral.desk import Desk, DeskError
from app.referral.history import history, why_ranked
from app.referral.life import DECLINES, OUTCOMES, Decline, LifeError, Outcome, Referral, State, Timer
from app.referral.seal import open_letter
from app.referral.tally import SMALLEST_COUNT
from app.sealing import SealError
from app.store.offices import Offices
from app.store.referrals import Referrals


@click.group()
def referrals() -> None:
    """What was referred to legal services."""


@referrals.command(name="list")
def list_() -> None:
    """List the open referrals: reference, office, state, since when, and by when. No contents."""
    with ground.plainly():
        found = list(_store().open())
    if not found:
        click.echo("No referral is open.")
        return
    click.echo(_ROW.format("CODE", "OFFICE", "STATE", "URGENT", "SINCE", "NEXT BY").rstrip())
    for referral in found:
        click.echo(_line(referral))


@referrals.command(name="open")
@click.argument("reference")
@click.option(
    "--identity",
    "identity_file",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The office's age identity file.",
)
def open_(reference: str, identity_file: Path) -> None:
    """Open the letter of a referral with the key of the office it stands with, and print it."""
    referral = _found(reference)
    if referral.office not in referral.boxes:
        raise click.ClickException(f"{referral.reference} has no sealed letter any more.")
    identity = identity_file.read_text(encoding="utf-8")
    try:
        click.echo(open_letter(referral, referral.office, identity).to_text(), nl=False)
    except SealError as error:
        raise click.ClickException(
            f"{identity_file} does not open it: {referral.reference} stands with {referral.office}. ({error}.)"
        ) from error


@referrals.command()
@click.argument("reference")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--office", default=None, help="Whose box; the office it stands with if not given.")
def save(reference: str, file: Path, office: str | None) -> None:
    """Save the sealed box to FILE; `age --decrypt -i KEY FILE` opens it too."""
    referral = _found(reference)
    if office in referral.others:
        raise click.ClickException(
            f"It is not the turn of {office}: the person agreed that {referral.office} is asked first."
        )
    box = referral.boxes.get(office or referral.office)
    if box is None:
        raise click.ClickException(f"{referral.reference} has no box for {office or referral.office}.")
    try:
        with file.open("xb") as saved:
            saved.write(box)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror}).") from error
    click.echo(f"Saved the box of {referral.reference} for {office or referral.office} in {file}.")


_OFFICE = click.option(
    "--office", default=None, help="The office that speaks; the one it stands with if not given."
)
_REASONS = click.Choice(DECLINES)
_OUTCOMES = click.Choice(OUTCOMES)


@referrals.command()
@click.argument("reference")
def show(reference: str) -> None:
    """Show the life of a referral: every step with its time and reason, and why this office was asked. No contents."""
    referral = _found(reference)
    for line in _life(referral):
        click.echo(line)


@referrals.command()
@click.argument("reference")
@_OFFICE
def accept(reference: str, office: str | None) -> None:
    """Take a referral: the other boxes are destroyed, and the person hears that there is news."""
    _do(reference, office, lambda desk, found, by: desk.accept(found.id, by, utc_now()))


@referrals.command()
@click.argument("reference")
@click.option("--reason", required=True, type=_REASONS, help="It reveals nothing about the person.")
@_OFFICE
def decline(reference: str, reason: Decline, office: str | None) -> None:
    """Do not take a referral, or hand it back: the next office the person agreed to is asked at once."""
    _do(reference, office, lambda desk, found, by: desk.decline(found.id, by, reason, utc_now()))


@referrals.command()
@click.argument("reference")
@_OFFICE
def contacted(reference: str, office: str | None) -> None:
    """Note that somebody spoke with the person."""
    _do(reference, office, lambda desk, found, by: desk.contacted(found.id, by, utc_now()))


@referrals.command()
@click.argument("reference")
@_OFFICE
def tried(reference: str, office: str | None) -> None:
    """Note a call that reached nobody; after three the person is asked for a better time."""
    noted = _do(reference, office, lambda desk, found, by: desk.tried(found.id, by, utc_now()))
    click.echo(_calls(noted))


@referrals.command()
@click.argument("reference")
@click.option("--outcome", required=True, type=_OUTCOMES, help="How it ended for the person.")
@_OFFICE
def close(reference: str, outcome: Outcome, office: str | None) -> None:
    """Close a referral; its box and number are wiped after 14 days."""
    _do(reference, office, lambda desk, found, by: desk.close(found.id, by, outcome, utc_now()))


@referrals.command()
@click.argument("month", default="")
def counts(month: str) -> None:
    """How the referrals ended whose records are gone (MONTH as 202611). Fewer than ten are not counted out."""
    asked = month or f"{utc_now():%Y%m}"
    if not re.fullmatch(r"[0-9]{6}", asked):
        raise click.ClickException(f"{asked!r} is no month. Write it as 202611.")
    with ground.plainly():
        found = _store().counts(asked)
    for name, count in found.items():
        click.echo(f"{name + ':':<28} {count if count >= SMALLEST_COUNT else f'under {SMALLEST_COUNT}'}")
    if not found:
        click.echo(f"No record of {asked} has been counted yet: they are, 14 days after a referral ends.")


def _do(reference: str, office: str | None, act: Callable[[Desk, Referral, str], Referral]) -> Referral:
    """Does what an office decided, by the functions that its pages will call, and says how it stands now."""
    config = ground.settings()
    durable, referral = ground.durable(config), _found(reference)
    desk = Desk(Referrals(durable), Offices(durable), config.terms)
    with ground.plainly():
        try:
            changed = act(desk, referral, office or referral.office)
        except DeskError as error:
            raise click.ClickException(f"{referral.reference}: {error}.") from error
        except LifeError as error:
            now = _found(reference)
            raise click.ClickException(
                f"{now.reference} is {now.state}: {_NEXT[now.state].format(now.reference)}."
            ) from error
    click.echo(_line(changed))
    return changed


# What can be done with one that stands so: whoever tried something else reads it.
_NEXT: Mapping[State, str] = {
    "requested": "it is on its way to the office. Try again in a minute",
    "offered": "no office has taken it. First: amparo referrals accept {}",
    "accepted": "its office has taken it, and calls now. Then: amparo referrals contacted {0}, or tried {0}",
    "contacted": "somebody has spoken with the person. To end it: amparo referrals close {} --outcome ...",
    "closed": "it has ended, and nothing more can be done with it",
    "declined": "it has ended, no office took it. Nothing more can be done with it",
    "expired": "it has ended, no office took it in time. Nothing more can be done with it",
    "withdrawn": "the person took it back. Please do not call, and delete what you noted",
}


def _calls(referral: Referral) -> str:
    if referral.calls:
        return f"{referral.calls} of {CALLS_BEFORE_ASKING} calls that reached nobody: then the person is asked for a better time."
    if referral.asked == "better_time":
        return "The person is asked for a better time, and your office is mailed the answer."
    return "The person cannot be asked for a better time by text. Call at another hour of the day."


def _life(referral: Referral) -> Iterator[str]:
    yield f"{referral.reference}  {referral.state}  {'urgent' if referral.urgent else 'not urgent'}"
    yield f"{in_words(referral.issue)} ({referral.issue}), {referral.place or 'place not known'}, {referral.spoken}"
    for entry in history(referral):
        yield f"{in_utc(entry.at)}  {'next: ' if entry.ahead else ''}{entry.text}"
    for place, ranking in enumerate(referral.ranking, start=1):
        yield f"{place}. {ranking.office}: {why_ranked(ranking.reasons)}"


def _found(text: str) -> Referral:
    reference = word.read_reference(text)
    if reference is None:
        raise click.ClickException(
            f"{text!r} is no reference. It has five letters and digits, such as 7K2MX."
        )
    with ground.plainly():
        referral = _store().by_reference(reference)
    if referral is None:
        raise click.ClickException(f"No referral has the reference {reference}, or it is long over.")
    return referral


_ROW = "{:<7}{:<20} {:<11}{:<8}{:<19}{}"


def _line(referral: Referral) -> str:
    """One row of the list. What comes next by itself is its deadline: to take it, or to have called."""
    since = referral.since(referral.state) or referral.created
    by = [referral.timers[name] for name in _DEADLINES if name in referral.timers]
    urgent = "urgent" if referral.urgent else "-"
    next_by = in_utc(min(by)) if by else "-"
    return _ROW.format(referral.reference, referral.office, referral.state, urgent, in_utc(since), next_by)


_DEADLINES: tuple[Timer, ...] = ("take_by", "alarm_at", "lapse_at")


def _store() -> Referrals:
    """The referrals of this installation's durable memory."""
    return Referrals(ground.durable(ground.settings()))
