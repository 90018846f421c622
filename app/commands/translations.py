"""`amparo translations`: brings the PO files into step with the English texts."""

from __future__ import annotations

import click

from app.commands import ground
from app.sources import MESSAGES, read_sources
from messages.po import read_translation, sync


@click.command()
def translations() -> None:
    """Write new English texts into every language's files; what a change made stale is marked fuzzy, and not sent."""
    with ground.plainly():
        catalogs = read_sources().content.catalogs
    for language in sorted(set(catalogs) - {"en"}):
        sync(MESSAGES / "catalogs" / language, language, catalogs["en"])
        _, waiting = read_translation(MESSAGES / "catalogs" / language, language, catalogs["en"])
        texts = "1 text waits" if len(waiting) == 1 else f"{len(waiting)} texts wait"
        left = f"{texts} for a translator; which: amparo check" if waiting else "every text is translated"
        click.echo(f"{language}: in step; {left}.")
