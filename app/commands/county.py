"""A county as an operator types it, read as the ZIP codes name it: a mistyped one would match nobody, in silence."""

from __future__ import annotations

from difflib import get_close_matches

import click

from app.directory.office import STATES, fold_county
from app.places import counties_of


def read_county(state: str, name: str) -> str:
    """The county of this state with this name; the word County, Parish and such may be left out.

    Raises:
        click.ClickException: there is none, or two are meant; it names those that may be.
    """
    if state not in STATES:
        raise click.ClickException(f"The county {name!r} needs its state: such as TX, or TX:Harris County.")
    known = {fold_county(county): county for county in sorted(counties_of(state))}
    wanted = fold_county(name)
    meant = [county for each, county in known.items() if wanted in (each, each.rpartition(" ")[0])]
    if wanted in known or len(meant) == 1:
        return known.get(wanted, meant[0])
    names = {each.rpartition(" ")[0]: county for each, county in known.items()}
    near = meant or [names[each] for each in get_close_matches(wanted.removesuffix(" county"), names)]
    hint = f" Did you mean {' or '.join(near)}?" if near else ""
    raise click.ClickException(f"{state} has no county {name!r}.{hint}")
