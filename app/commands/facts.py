"""`amparo facts ...`: what must be checked again, and the night on which a rule changes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from difflib import get_close_matches
from textwrap import shorten

import click

from app.clock import utc_now
from app.commands import ground
from app.due import Due, calendar, due_list
from app.live import LOOK_AGAIN_AFTER, LiveRevision, NothingPublishedError
from app.publishing import given_reason
from app.revision import Content
from app.sources import read_sources
from app.standing import ALWAYS_GIVEN, texts_by_entry
from app.store.memory import MemoryDown
from app.store.revisions import Revisions
from app.store.suspensions import Suspension, Suspensions
from messages.catalog import SOURCE_LANGUAGE

WITHIN = f"within {LOOK_AGAIN_AFTER + 1:.0f} seconds, in every language and conversation"
SHOWN = 60  # characters of what an entry says: enough to know it again


@click.group(invoke_without_command=True)
@click.option("--all", "everything", is_flag=True, help="Also what holds for a while yet.")
@click.option("--json", "as_json", is_flag=True, help="Everything, for a program to read.")
@click.option(
    "--ics", "as_calendar", is_flag=True, help="Everything, for a calendar: amparo facts --ics > facts.ics"
)
@click.pass_context
def facts(ctx: click.Context, everything: bool, as_json: bool, as_calendar: bool) -> None:
    """Say which facts, numbers and links must be checked again, and which texts fall silent if nobody does."""
    if ctx.invoked_subcommand is not None:
        return
    with ground.plainly():
        content = read_sources().content
    suspended, answered = _suspended()
    found = due_list(content, utc_now().date(), suspended)
    if as_calendar:
        click.echo(calendar(found, utc_now()), nl=False)
    elif as_json:
        click.echo(json.dumps([asdict(due) for due in found], default=str, ensure_ascii=False, indent=1))
    else:
        click.echo("\n".join(_table(found, everything)))
        click.echo("".join(_others(content, suspended)), nl=False)
        if ground.settings().demonstration:
            click.echo(
                "In the demonstration no text gives way by its day: its clock stands still at the last check."
            )
        if not answered:
            click.echo(
                "The memory does not answer, so what is suspended is not shown. Is the hotline running?"
            )


def _suspended() -> tuple[Mapping[str, Suspension], bool]:
    """What is suspended, and whether the memory could be asked: the list is of use without it."""
    try:
        return Suspensions(ground.durable(ground.settings())).all(), True
    except MemoryDown:
        return {}, False


def _table(found: tuple[Due, ...], everything: bool) -> Iterator[str]:
    shown = [due for due in found if everything or due.state != "holds"]
    if shown:
        yield f"{'':<10}{'check by':<12}{'':<4}{'id':<20}{'texts':>5}  what it says"
    for due in shown:
        says = due.reason or due.says
        yield (
            f"{due.state:<10}{due.check_by.isoformat():<12}{due.interval:<4}{due.id:<20}"
            f"{len(due.texts):>5}  {shorten(says, SHOWN, placeholder='...')}"
        )
    silent = sorted({text for due in found if due.silent for text in due.texts})
    if silent:
        yield f"\nThese texts give way to the standing text of their topic: {', '.join(silent)}."
    held = sum(due.state == "holds" for due in found)
    unsigned = sum(due.kind == "fact" and not due.reviewer for due in found)
    yield f"\n{held} of {len(found)} hold for a while yet (amparo facts --all). {unsigned} facts are signed by no lawyer."


def _others(content: Content, suspended: Mapping[str, Suspension]) -> Iterator[str]:
    """What is suspended besides the entries of the register: states, and ids that these files do not have."""
    for name in sorted(suspended.keys() - content.register.entries.keys()):
        place = content.places.get(name)
        what = f"The rule of {place.names['en']}" if place else f"{name!r}, which these files do not have,"
        yield f"{what} is suspended: {suspended[name].reason}\n"


# --- the night on which a rule changes -----------------------------------------------------------


@facts.command()
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, help="Why, in a few words; it stands in the history.")
def suspend(name: str, reason: str) -> None:
    """Stop saying what rests on ID: a fact, number, link, or a state's two letters. No translation is needed."""
    with ground.plainly():
        store, content = _store(), _live_content()
        _refuse_unknown(name, content)
        store.suspend(name, given_reason(reason), utc_now())
    click.echo(f"{name} is suspended, {WITHIN}.")
    click.echo(_what_gives_way(name, content))
    click.echo(f"When it holds again: amparo facts restore {name} --reason ...")


@facts.command()
@click.argument("name", metavar="ID")
@click.option("--reason", required=True, help="Why, in a few words; it stands in the history.")
def restore(name: str, reason: str) -> None:
    """Say again what rests on ID."""
    with ground.plainly():
        store = _store()
        suspended = store.all()
        if name not in suspended:
            known = f" Suspended are: {', '.join(sorted(suspended))}." if suspended else " Nothing is."
            raise click.ClickException(f"{name!r} is not suspended.{known}")
        store.restore(name, given_reason(reason), utc_now())
    click.echo(f"{name} holds again, {WITHIN}.")


@facts.command()
def history() -> None:
    """Say what was suspended and restored, when and why."""
    with ground.plainly():
        entries = _store().history()
    for entry in entries:
        done = "restored" if entry.restored else "suspended"
        click.echo(f"{entry.at:%Y-%m-%d %H:%M} UTC  {done:<9}  {entry.id}  {entry.reason}")
    if not entries:
        click.echo("Nothing was ever suspended.")


def _store() -> Suspensions:
    return Suspensions(ground.durable(ground.settings()))


def _live_content() -> Content:
    """What is live, which is what people are told tonight, whatever the files say."""
    durable = ground.durable(ground.settings())
    try:
        return LiveRevision(Revisions(durable), Suspensions(durable)).current().content
    except NothingPublishedError as error:
        raise click.ClickException(str(error)) from error


def _refuse_unknown(name: str, content: Content) -> None:
    known = {**content.register.entries, **content.places}
    number = content.register.numbers.get(name)
    if number is not None and number.number == ALWAYS_GIVEN:
        raise click.ClickException(f"{ALWAYS_GIVEN} stands in every first text: it cannot be suspended.")
    if name not in known:
        near = get_close_matches(name, known, n=3) or get_close_matches(name.upper(), known, n=3)
        meant = f" Did you mean {' or '.join(near)}?" if near else " `amparo facts --all` names them."
        raise click.ClickException(f"There is no fact, number, link or state {name!r}.{meant}")


def _what_gives_way(name: str, content: Content) -> str:
    if name in content.places:
        return f"Whoever asks for {content.places[name].names['en']} hears that we do not know, and to ask a lawyer."
    texts = texts_by_entry(content.catalogs[SOURCE_LANGUAGE], content.register)[name]
    if not texts:
        return "No text rests on it."
    return f"These texts give way to the standing text of their topic: {', '.join(texts)}."
