"""`amparo rollback`: an earlier revision becomes live again."""

from __future__ import annotations

import click

from app.clock import utc_now
from app.commands import ground
from app.publishing import roll_back
from app.store.revisions import Revisions


@click.command()
@click.argument("revision", required=False)
@click.option("--reason", required=True, help="Why, in a few words; it stands in the history.")
def rollback(revision: str | None, reason: str) -> None:
    """Make REVISION live again, or the one that was live before this."""
    with ground.plainly():
        published = roll_back(Revisions(ground.durable(ground.settings())), revision, reason, utc_now())
    click.echo(
        f"{published.hash} is live again. The files still hold the newer version: `amparo publish` would make it live again."
    )
