"""`amparo publish`: the files as they stand become the live revision."""

from __future__ import annotations

from collections import Counter

import click

from app.bootstrap import utc_now
from app.commands import ground
from app.live import LOOK_AGAIN_AFTER
from app.publishing import draft_of
from app.publishing import publish as make_live
from app.revision import content_of
from app.sources import read_sources
from app.store.revisions import Revisions
from app.store.sessions import waiting_at


@click.command()
@click.option("--reason", required=True, help="Why, in a few words; it stands in the history.")
def publish(reason: str) -> None:
    """Make the files as they stand the live revision. Blocking findings refuse it, and the live one stays."""
    config = ground.settings()
    with ground.plainly():
        revisions = Revisions(ground.durable(config))
        draft = draft_of(read_sources())
        left = _left_behind(revisions, Counter(waiting_at(ground.volatile(config))))
        published = make_live(draft, revisions, reason, utc_now())
    click.echo(f"{published.hash} is live, within {LOOK_AGAIN_AFTER + 1:.0f} seconds, in every conversation.")
    for node, people in left.items():
        who = "1 person is" if people == 1 else f"{people} people are"
        click.echo(f"{who} waiting at {node}, which is gone: the next text says so, and brings the menu.")


def _left_behind(revisions: Revisions, waiting: Counter[str]) -> dict[str, int]:
    """How many people wait at a node that the live revision has and the files have no more."""
    graph = read_sources().content.graph
    name = revisions.live_hash()
    live = revisions.get(name) if name else None
    if live is None:
        return {}
    gone = [node for node in content_of(live).graph.nodes if graph.find(node) is None]
    return {node: waiting[node] for node in gone if waiting[node]}
