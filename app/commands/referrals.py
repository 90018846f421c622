"""`amparo referrals ...`: what waits for the offices, and the letter for the one that holds the key."""

from __future__ import annotations

from pathlib import Path

import click

from app.commands import ground
from app.referral import word
from app.referral.life import Referral
from app.referral.seal import Letter, SealError, open_letter
from app.store.referrals import Referrals


@click.group()
def referrals() -> None:
    """What was referred to legal services."""


@referrals.command(name="list")
def list_() -> None:
    """List the open referrals: reference, office, state, times. No contents."""
    with ground.plainly():
        found = list(_store().open())
    for referral in found:
        click.echo(_line(referral))
    if not found:
        click.echo("No referral is open.")


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
    """Open the letter of a referral with the office's key, and print it."""
    referral = _found(reference)
    identity = identity_file.read_text(encoding="utf-8")
    try:
        click.echo(_letter(referral, identity).to_text(), nl=False)
    except SealError as error:
        raise click.ClickException(
            f"{identity_file} does not open it: {referral.reference} is sealed to {' and '.join(referral.boxes)}. ({error}.)"
        ) from error


@referrals.command()
@click.argument("reference")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--office", default=None, help="Whose box; the office it is offered to if not given.")
def save(reference: str, file: Path, office: str | None) -> None:
    """Save the sealed box to FILE; `age --decrypt -i KEY FILE` opens it too."""
    referral = _found(reference)
    box = referral.boxes.get(office or referral.office)
    if box is None:
        raise click.ClickException(f"{referral.reference} has no box for {office or referral.office}.")
    try:
        with file.open("xb") as saved:
            saved.write(box)
    except OSError as error:
        raise click.ClickException(f"{file} cannot be written ({error.strerror}).") from error
    click.echo(f"Saved the box of {referral.reference} for {office or referral.office} in {file}.")


def _letter(referral: Referral, identity: str) -> Letter:
    """The letter in the one box that this key opens: an office need not know its own id."""
    refused = SealError("this referral has no sealed letter any more")
    for office in sorted(referral.boxes):
        try:
            return open_letter(referral, office, identity)
        except SealError as error:
            refused = error
    raise refused


def _found(text: str) -> Referral:
    reference = word.read_reference(text)
    if reference is None:
        raise click.ClickException(
            f"{text!r} is no reference. It has five letters and digits, such as 7K2MX."
        )
    with ground.plainly():
        referral = _store().by_reference(reference)
    if referral is None:
        raise click.ClickException(f"No open referral has the reference {reference}.")
    return referral


def _line(referral: Referral) -> str:
    times = ", ".join(f"{move.state} {move.time:%Y-%m-%d %H:%M}Z" for move in referral.moves)
    urgent = "urgent" if referral.urgent else "-"
    created = f"requested {referral.created:%Y-%m-%d %H:%M}Z"
    return "  ".join(
        (
            referral.reference,
            referral.office,
            referral.state,
            urgent,
            ", ".join(filter(None, (created, times))),
        )
    )


def _store() -> Referrals:
    """The referrals of this installation's durable memory."""
    return Referrals(ground.durable(ground.settings()))
