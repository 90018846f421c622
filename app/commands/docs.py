"""`amparo docs`: the pages and pictures of docs/ that are made from the files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from app.commands import ground
from app.coverage import coverage_page
from app.flow_map import draw, file_of, maps_page
from app.sources import Sources, read_sources

DOCS = Path("docs")


@click.command()
def docs() -> None:
    """Draw the flows, and write the table of what they cover, anew."""
    if not (DOCS.is_dir() and Path("flows/definitions").is_dir()):
        raise click.ClickException("There is no folder docs here. Type this in the project's own folder.")
    with ground.plainly():
        pages = made_from(read_sources())
    for path in (DOCS / "flows").glob("*.svg"):
        if path.relative_to(DOCS).as_posix() not in pages:
            path.unlink()
    changed = [name for name, content in pages.items() if _write(DOCS / name, content)]
    click.echo("\n".join(f"docs/{name}" for name in changed) or "Everything is as it was.")


def made_from(sources: Sources) -> Mapping[str, str]:
    """Every page that is made from the files, by its name under docs/."""
    content = sources.content
    return {
        "coverage.md": coverage_page(sources.key_points, content),
        "flows/README.md": maps_page(content),
        **{f"flows/{file_of(flow)}": draw(flow, content) for flow in content.graph.starts},
    }


def _write(path: Path, content: str) -> bool:
    """True if the file was another one before."""
    if path.is_file() and path.read_text(encoding="utf-8") == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content, encoding="utf-8")
    return True
