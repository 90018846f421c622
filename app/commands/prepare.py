"""Run once by the supervisor before the doors open: a first revision, and where nobody real can text, the sample offices."""

from __future__ import annotations

import click

from app.clock import utc_now
from app.commands import ground
from app.config import Config
from app.directory.sample import load_sample
from app.publishing import draft_of, publish
from app.sources import SourceError, read_sources
from app.store.memory import MemoryDown
from app.store.offices import Offices
from app.store.revisions import Revisions


def prepare(config: Config) -> None:
    """Publishes the files if nothing is live yet. Files with an error never replace what is live.

    Raises:
        PublishError, SourceError: nothing is live, and the files cannot become so: the line cannot start.
        MemoryDown: the durable memory does not answer.
    """
    durable = ground.durable(config)
    revisions = Revisions(durable)
    offices = Offices(durable)
    # Made-up offices only where no real person can be sent to them.
    if config.rehearsal and not offices.all():
        load_sample(offices, config.data / "keys" / "offices")
    live = revisions.live_hash()
    if live is None:
        publish(draft_of(read_sources()), revisions, "first start", utc_now())
        return
    if hint := _compared(live):
        click.echo(hint, err=True)


def _compared(live: str) -> str:
    """A hint when the files are not what is live: an operator may be waiting to see her change."""
    try:
        draft = read_sources().revision().hash
    except SourceError as error:
        return f"{error}\nThe files cannot be read; {live} stays live."
    return (
        ""
        if draft == live
        else f"The files differ from the live revision {live}; to use them: amparo publish --reason ..."
    )


@click.command()
def main() -> None:
    """Prepare the memories of this hotline."""
    config = ground.settings()
    with ground.plainly():
        try:
            prepare(config)
        except MemoryDown as error:
            raise click.ClickException("The durable Redis (REDIS_URL) does not answer.") from error


if __name__ == "__main__":
    main()
