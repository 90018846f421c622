"""`amparo doctor`: looks over this installation, in plain sentences."""

from __future__ import annotations

import sys
from dataclasses import replace

import click

from app.bootstrap import Hotline, bootstrap
from app.commands import ground
from app.config import Config
from app.host.doctor import examine
from app.outside.account import TwilioAccount
from app.sealing import SealError

NO_KEY = "none"


@click.command()
def doctor() -> None:
    """Look over this installation; exit 1 if anything is not well."""
    config = ground.settings()
    account = TwilioAccount(config.twilio) if config.twilio else None
    faults = 0
    for sentence in examine(_hotline(config), account):
        faults += sentence.fault
        mark = "not well" if sentence.fault else "well"
        click.echo(f"{click.style(f'{mark:>8}', fg='red' if sentence.fault else 'green')}  {sentence.text}")
    count = "1 thing is" if faults == 1 else f"{faults} things are"
    click.echo(f"\n{count} not well." if faults else "\nAll is well.")
    sys.exit(1 if faults else 0)


def _hotline(config: Config) -> Hotline:
    """The hotline, even without its key: the doctor seals nothing, names that fault, and looks at the rest."""
    try:
        return bootstrap(config)
    except (OSError, UnicodeDecodeError, SealError):
        return bootstrap(replace(config, worker_recipient=NO_KEY))
