"""`amparo publish`: the files as they stand become the live revision."""

from __future__ import annotations

from collections import Counter

import click

from app.clock import utc_now
from app.commands import ground
from app.live import LOOK_AGAIN_AFTER
from app.publishing import draft_of
from app.publishing import publish as make_live
from app.sources import read_sources
from app.store.revisions import Revisions
from app.store.sessions import waiting_at
from flows.definition import Graph


@click.command()
@click.option("--reason", required=True, help="Why, in a few words; it stands in the history.")
def publish(reason: str) -> None:
    """Make the files as they stand the live revision. Blocking findings refuse it, and the live one stays."""
    config = ground.settings()
    with ground.plainly():
        revisions = Revisions(ground.durable(config))
        draft = draft_of(read_sources())
        left = _left_behind(waiting_at(ground.volatile(config)), draft.sources.content.graph)
        published = make_live(draft, revisions, reason, utc_now())
    click.echo(f"{published.hash} is live, within {LOOK_AGAIN_AFTER + 1:.0f} seconds, in every conversation.")
    for node, people in left.items():
        who = "1 person is" if people == 1 else f"{people} people are"
        click.echo(f"{who} waiting at {node}, which is gone: the next text says so, and brings the menu.")


def _left_behind(waiting: list[str], graph: Graph) -> dict[str, int]:
    """How many people wait at a node that the new revision has no more."""
    return {node: people for node, people in Counter(waiting).items() if graph.find(node) is None}
