"""`amparo docs`: the pages and pictures of docs/ that are made from the files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from app.commands import ground
from app.coverage import coverage_page
from app.flow_map import draw, file_of, maps_page
from app.outside.failures import with_codes
from app.referral.life_map import life_picture, life_table
from app.sources import Sources, read_sources

DOCS = Path("docs")


@click.command()
def docs() -> None:
    """Draw the flows, and write the tables of what they cover and of Twilio's codes, anew."""
    if not (DOCS.is_dir() and Path("flows/definitions").is_dir()):
        raise click.ClickException("There is no folder docs here. Type this in the project's own folder.")
    with ground.plainly():
        sources = read_sources()
    try:
        pages = made_from(sources)
    except (OSError, ValueError) as error:
        raise click.ClickException(str(error)) from error
    for path in (DOCS / "flows").glob("*.svg"):
        if path.relative_to(DOCS).as_posix() not in pages:
            path.unlink()
    changed = [name for name, content in pages.items() if _write(DOCS / name, content)]
    click.echo("\n".join(f"docs/{name}" for name in changed) or "Everything is as it was.")


def made_from(sources: Sources) -> Mapping[str, str]:
    """Every page that is made from the files, by its name under docs/. Of twilio.md only the table of codes is.

    Raises:
        OSError, ValueError: docs/twilio.md is not there, or has lost the place where its table stands.
    """
    content = sources.content
    return {
        "coverage.md": coverage_page(sources.key_points, content),
        "flows/README.md": maps_page(content),
        "twilio.md": with_codes((DOCS / "twilio.md").read_text(encoding="utf-8")),
        "referrals/life.svg": life_picture(),
        "referrals/moves.md": f"{_MOVES_HEAD}\n{life_table()}\n",
        **{f"flows/{file_of(flow)}": draw(flow, content) for flow in content.graph.starts},
    }


_MOVES_HEAD = """\
# Every lawful move of a referral

Made from the table in `app/referral/life.py` by `amparo docs`; everything that is not here is refused. What happens at each
step is told in [referrals.md](../referrals.md).
"""


def _write(path: Path, content: str) -> bool:
    """True if the file was another one before."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return True
