"""`amparo talk`: the flows as the files stand, in this terminal. Nothing is stored and nothing is sent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from app.clock import utc_now
from app.commands import ground
from app.config import Config
from app.conversation import speak
from app.directory.office import Office
from app.directory.sample import read_sample
from app.live import Live, build
from app.sources import read_sources
from app.values import Named
from flows.effects import MOST_EFFECTS, Effect, Outcome, Turn
from flows.engine import advance
from flows.heard import hear
from flows.session import Session
from flows.steps import FlowError
from messages.render import RenderError
from messages.segments import segments

# What comes of each effect when nothing real is behind it.
REHEARSED = {
    "find_open": Outcome("none"),
    "request_referral": Outcome("requested", {"reference": "K7M2P", "word": "luna"}),
    "note_unmet": Outcome("noted", {"reference": "K7M2P", "code": "K7M2P"}),
    "ask_tomorrow": Outcome("done", {"reference": "K7M2P"}),
    "find_another": Outcome("none"),
    "request_another": Outcome("none"),
    "read_news": Outcome("unknown"),
    "withdraw_referral": Outcome("unknown"),
    "note_came": Outcome("done"),
    "note_not_came": Outcome("done"),
    "note_time": Outcome("done"),
    "opt_out": Outcome("done"),
    "erase": Outcome("erased"),
}


@click.command()
@click.option("--lang", type=click.Choice(["es", "en"]), help="Start in this language, as somebody we know.")
def talk(lang: str | None) -> None:
    """Talk to the flows as a texter would; an empty line ends it."""
    config = ground.settings()
    with ground.plainly():
        content = read_sources().content
    live = build("draft", content)
    with TemporaryDirectory() as folder:
        offices = read_sample(Path(folder))
    session = Session(language=lang) if lang else None
    hint = " You are known and at rest: type menu to begin." if lang else ""
    click.echo(f"Type what a texter would type. An empty line ends the talk.{hint}")
    click.echo(f"The law is told as it was checked on {content.register.checked_through}.\n")
    while said := click.prompt("you", default="", show_default=False, prompt_suffix="> "):
        try:
            turn = _rehearse(live, session, said, offices)
            _show(live, turn, config, Named(offices))
        except (FlowError, RenderError) as error:
            raise click.ClickException(f"{error}. The draft has a fault: run amparo check.") from error
        session = turn.session


def _rehearse(live: Live, session: Session | None, said: str, offices: tuple[Office, ...]) -> Turn:
    flows = live.flows()
    turn = advance(flows, session, hear(said))
    for _ in range(MOST_EFFECTS):
        if not turn.effects:
            break
        following = advance(flows, turn.session, _outcome(turn.effects[0], offices))
        turn = replace(following, replies=(*turn.replies, *following.replies))
    if turn.effects:
        raise FlowError("a flow asks for one effect after the other without a wait")
    return turn


def _outcome(effect: Effect, offices: tuple[Office, ...]) -> Outcome:
    if effect.name == "find_office":
        others = " ".join(office.id for office in offices[1:3])
        return Outcome("found_more", {"office": offices[0].id, "others": others})
    return REHEARSED[effect.name]


def _show(live: Live, turn: Turn, config: Config, named: Named) -> None:
    words = speak(live, turn, config, named, utc_now())
    counted = segments(words)
    for line in words.splitlines():
        click.echo(f"    {line}")
    cost = f"{counted.count} segment{'s' if counted.count != 1 else ''}, {counted.encoding}"
    forced = f", because of {' '.join(counted.forced_by)}" if counted.forced_by else ""
    where = turn.session.node if turn.session and turn.session.node else "at rest"
    click.secho(f"    [{cost}{forced}; {where}]\n", dim=True)
