"""`amparo doctor`: looks over this installation, in plain sentences."""

from __future__ import annotations

import sys

import click

from app.bootstrap import bootstrap
from app.commands import ground
from app.host.doctor import examine
from app.outside.account import TwilioAccount
from app.referral.seal import SealError


@click.command()
def doctor() -> None:
    """Look over this installation; exit 1 if anything is not well."""
    config = ground.settings()
    try:
        line = bootstrap(config)
    except (OSError, SealError) as error:
        raise click.ClickException(
            f"The worker's key (WORKER_IDENTITY_FILE) cannot be read: {config.worker_identity_file}"
        ) from error
    account = TwilioAccount(config.twilio) if config.twilio else None
    faults = 0
    for sentence in examine(line, account):
        faults += sentence.fault
        mark = "not well" if sentence.fault else "well"
        click.echo(f"{click.style(f'{mark:>8}', fg='red' if sentence.fault else 'green')}  {sentence.text}")
    count = "1 thing is" if faults == 1 else f"{faults} things are"
    click.echo(f"\n{count} not well." if faults else "\nAll is well.")
    sys.exit(1 if faults else 0)
