"""`amparo check`: what is wrong with the files as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from app.checking import Finding
from app.checking import check as checked
from app.sources import FLOWS, MESSAGES, SourceError, read_sources


@click.command()
@click.option("--quiet", is_flag=True, help="Only what must be mended.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
def check(quiet: bool, as_json: bool) -> None:
    """Say what is wrong with the flows, texts, words, facts and places, and how to mend it."""
    raise SystemExit(report(FLOWS, MESSAGES, quiet=quiet, as_json=as_json))


def report(flow_folder: Path, message_folder: Path, *, quiet: bool = False, as_json: bool = False) -> int:
    """Prints what is wrong with a draft; gives the exit code: 1 if it cannot be published as it stands."""
    try:
        findings = checked(read_sources(flow_folder, message_folder))
    except SourceError as error:
        click.echo(json.dumps({"unreadable": list(error.lines)}) if as_json else "\n".join(error.lines))
        return 1
    blocking = [finding for finding in findings if finding.blocks]
    shown = blocking if quiet else findings
    if as_json:
        click.echo(
            json.dumps({"findings": [asdict(finding) for finding in shown]}, ensure_ascii=False, indent=1)
        )
    else:
        click.echo("\n".join(told(shown, findings)))
    return 1 if blocking else 0


def told(shown: Sequence[Finding], findings: Sequence[Finding]) -> Iterator[str]:
    """The findings to show, what blocks first, and one line that counts all of them."""
    for heading, blocks in (("Must be mended:", True), ("Warnings:", False)):
        lines = [str(finding) for finding in shown if finding.blocks is blocks]
        if lines:
            yield from (heading, *lines, "")
    yield _verdict(findings)


def _verdict(findings: Sequence[Finding]) -> str:
    blocking = sum(finding.blocks for finding in findings)
    unsigned = sum(finding.code == "unsigned" for finding in findings)
    warnings = _count(len(findings) - blocking, "warning")
    if blocking:
        return f"{_count(blocking, 'thing')} must be mended before this can be published, {warnings}."
    texts = "text is" if unsigned == 1 else "texts are"
    note = f" ({unsigned} {texts} not signed by a lawyer)" if unsigned else ""
    return f"Clean: nothing blocking, {warnings}{note}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
