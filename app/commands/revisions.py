"""`amparo revisions`: what was published, when and why."""

from __future__ import annotations

import click

from app.commands import ground
from app.store.revisions import Revisions


@click.command()
def revisions() -> None:
    """What was published, newest first; the live one is marked."""
    with ground.plainly():
        store = Revisions(ground.durable(ground.settings()))
        history, live = store.history(), store.live_hash()
    if not history:
        raise click.ClickException("Nothing was published yet: amparo publish --reason first")
    marked = False
    for entry in reversed(history):
        mark = "live" if entry.hash == live and not marked else ""
        marked = marked or bool(mark)
        click.echo(f"{entry.hash}  {entry.at:%Y-%m-%d %H:%M} UTC  {mark:4}  {entry.reason}")
