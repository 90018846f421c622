"""`amparo directory ...` for listed services: import and export, undo, the template, and what is listed."""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import click

from app.clock import utc_now
from app.commands import ground
from app.directory import eoir
from app.directory.hsds.assemble import Elsewhere
from app.directory.hsds.export import write_json, write_package
from app.directory.hsds.read import read_hsds
from app.directory.listed import Listed
from app.directory.report import DirectoryFileError, Imported, Tick
from app.directory.states import state_code
from app.store.listings import Batch, Listings, ListingsError

LONG = 1000  # services from which somebody would wonder whether anything happens
SHOWN = 40  # problems on the screen


def attach(group: click.Group) -> None:
    """Adds these commands to `amparo directory`."""
    for command in (import_, export, undo, template):
        group.add_command(command)


# --- import --------------------------------------------------------------------------------------


@click.command(name="import")
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option(
    "--source", default="", help="Where it comes from, such as harris-211; the name of the file if not given."
)
@click.option(
    "--elsewhere", default="", help="For services that do not say where they are: TX,NM or nationwide."
)
@click.option(
    "--problems", "problems_file", default=None, type=click.Path(dir_okay=False, path_type=Path),
    help="Write all problems into this CSV file.",
)  # fmt: skip
def import_(path: Path, dry_run: bool, source: str, elsewhere: str, problems_file: Path | None) -> None:
    """List the services of PATH: HSDS 2.x or 3.0 (a folder, .zip or .json), or a filled-in template (.csv)."""
    with _plainly():
        name = _source(source, path)
        found, name = _read(path, name, _elsewhere(elsewhere))
        _tell(found, problems_file)
        batch = _import(found, name, dry_run)
    click.echo(_summary(batch, dry_run))
    for warning in eoir.old_lists(found.listed, utc_now().date()):
        click.echo(warning)


def _read(path: Path, source: str, elsewhere: Elsewhere) -> tuple[Imported, str]:
    """What the file holds, and the source it is kept under."""
    if path.exists() and eoir.is_eoir(path):
        source = eoir.source_name(source)
        return eoir.read_eoir(path, source), source
    with _progress("Reading") as tick:
        return read_hsds(path, source, utc_now().date(), elsewhere, tick), source


def _import(found: Imported, source: str, dry_run: bool) -> Batch:
    store = _store()
    if dry_run:
        return store.plan(source, found.listed)
    with _progress("Writing") as tick:
        return store.replace(source, found.listed, utc_now(), tick)


def _source(given: str, path: Path) -> str:
    name = given or re.sub(r"[^a-z0-9]+", "-", path.resolve().stem.casefold()).strip("-")[:40]
    if not re.fullmatch(r"[a-z0-9-]{1,40}", name):
        raise click.ClickException(
            "--source must be a short name of small letters, digits and -, such as harris-211."
        )
    return name


def _elsewhere(text: str) -> Elsewhere:
    if text.casefold() == "nationwide":
        return Elsewhere(nationwide=True)
    states = [state_code(part) for part in text.split(",") if part.strip()]
    if None in states:
        raise click.ClickException(f"--elsewhere must be such as TX,NM, or nationwide, got {text!r}.")
    return Elsewhere(states=tuple(state for state in states if state))


def _tell(found: Imported, problems_file: Path | None) -> None:
    for problem in found.problems[:SHOWN]:
        click.echo(str(problem))
    more = len(found.problems) - SHOWN
    if more > 0:
        click.echo(f"... and {more} more problems. All of them: --problems FILE")
    if problems_file:
        with problems_file.open("w", encoding="utf-8", newline="") as file:
            rows = csv.writer(file)
            rows.writerow(("file", "row", "reason", "left_out"))
            rows.writerows((p.file, p.row, p.reason, "yes" if p.left_out else "no") for p in found.problems)
    click.echo(f"{len(found.listed)} services can be listed, {found.left_out} are left out.")


def _summary(batch: Batch, dry_run: bool) -> str:
    if batch.empty:
        return f"Nothing has changed since {batch.source} was imported last."
    counts = f"{len(batch.added)} added, {len(batch.changed)} changed, {len(batch.removed)} removed"
    if dry_run:
        return f"{batch.source}: {counts} it would be. Nothing was changed: it was a dry run."
    return f"{batch.source}: {counts}. To take it back: amparo directory undo"


# --- the others ----------------------------------------------------------------------------------


@click.command()
@click.argument("path", type=click.Path(path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="One JSON file instead of a package of CSV files.")
def export(path: Path, as_json: bool) -> None:
    """Write the imported services to PATH as HSDS 3.0: a folder or .zip of CSV files, or JSON."""
    with _plainly():
        listed = _store().imported()
        (write_json if as_json else write_package)(listed, path)
    click.echo(f"{len(listed)} services are in {path}")


@click.command()
def undo() -> None:
    """Take the last import back."""
    with _plainly():
        done = _store().undo()
    if done is None:
        raise click.ClickException("There is no import to undo: only the last one can be, and only once.")
    click.echo(
        f"{done.source} is as it was before {done.at:%Y-%m-%d %H:%M} UTC: "
        f"{done.added} taken out, {done.changed} changed back, {done.removed} put back."
    )


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
def template(path: Path) -> None:
    """Write an empty table for EOIR's list of free legal services to FILE (.csv)."""
    if path.suffix.casefold() != ".csv":
        raise click.ClickException("FILE must end in .csv.")
    with _plainly(), path.open("x", encoding="utf-8", newline="") as file:
        file.write(eoir.template())
    click.echo(
        f"{path} has the columns. One line for each provider and court; source_date is the date of the list."
    )


# --- list and show -------------------------------------------------------------------------------


def counted(listed: tuple[Listed, ...]) -> Iterator[str]:
    """How many services are listed, by state."""
    states = Counter(state for each in listed for state in (each.states or ("nationwide",)))
    where = "  ".join(f"{state} {count}" for state, count in sorted(states.items()))
    yield f"\n{len(listed)} listed services, of which a person gets the number: {where}"
    yield "amparo directory list --listed shows them."


def lines(listed: tuple[Listed, ...]) -> Iterator[str]:
    """A line for each listed service."""
    for each in listed:
        yield f"{each.id}  {each.name}  {each.phone or each.url}  {_where(each)}"


def listed_lines(everything: bool) -> Iterator[str]:
    """What `amparo directory list` says of the listed services."""
    listed = _store().all()
    yield from lines(listed) if everything else counted(listed)
    yield from eoir.old_lists(listed, utc_now().date())


def listed_facts(identity: str) -> tuple[tuple[str, str], ...]:
    """Everything we know of one listed service; nothing if there is none of this id."""
    each = _store().get(identity)
    if each is None:
        return ()
    old = next(eoir.old_lists((each,), utc_now().date()), "")
    facts = (
        ("Listed", each.id),
        ("Name", each.name),
        ("Run by", each.owner),
        ("Phone", each.phone + (" (takes texts)" if each.takes_texts else "")),
        ("Web", each.url),
        ("Where", _where(each)),
        ("Hours", each.hours or "not known"),
        ("Speaks", " ".join(each.languages) or "not known"),
        ("Serves", each.serves),
        ("Issues", " ".join(each.issues)),
        ("Source", each.source),
        ("Source id", each.source_id),
        ("Checked on", each.checked_on.isoformat() if each.checked_on else "not known"),
        ("Beware", old),
    )
    return tuple((name, value) for name, value in facts if value)


def _where(each: Listed) -> str:
    return ", ".join((*each.states, *each.counties)) or "nationwide"


def _store() -> Listings:
    return Listings(ground.durable(ground.settings()))


@contextmanager
def _plainly() -> Iterator[None]:
    """As elsewhere, and what can be wrong with files."""
    try:
        with ground.plainly():
            yield
    except (DirectoryFileError, ListingsError) as error:
        raise click.ClickException(str(error)) from error
    except FileExistsError as error:
        raise click.ClickException(f"{error.filename or error} is there already. Name a new one.") from error
    except OSError as error:
        raise click.ClickException(f"{error.filename} cannot be used ({type(error).__name__}).") from error


@contextmanager
def _progress(label: str) -> Iterator[Tick]:
    """A bar for a long import, where somebody watches."""
    with ExitStack() as stack:
        bars: list[Any] = []  # click does not name the type of a bar in public

        def tick(done: int, of: int) -> None:
            if of < LONG or (done % 100 and done < of) or not sys.stderr.isatty():
                return
            if not bars:
                bars.append(stack.enter_context(click.progressbar(length=of, label=label, file=sys.stderr)))
            bars[0].update(done - bars[0].pos)

        yield tick
