"""`amparo check`: what is wrong with the files as they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import click

from app.checking.check import check as checked
from app.checking.findings import Finding
from app.sources import FLOWS, MESSAGES, SourceError, read_sources


@click.command()
@click.option("--quiet", is_flag=True, help="Only what must be mended.")
@click.option("--unsigned", is_flag=True, help="List the texts that no lawyer has signed, one by one.")
@click.option("--json", "as_json", is_flag=True, help="For a program to read.")
def check(quiet: bool, unsigned: bool, as_json: bool) -> None:
    """Say what is wrong with the flows, texts, words, facts and places, and how to mend it."""
    raise SystemExit(report(FLOWS, MESSAGES, quiet=quiet, unsigned=unsigned, as_json=as_json))


def report(
    flow_folder: Path,
    message_folder: Path,
    *,
    quiet: bool = False,
    unsigned: bool = False,
    as_json: bool = False,
) -> int:
    """Prints what is wrong with a draft; gives the exit code: 1 if it cannot be published as it stands."""
    try:
        findings = checked(read_sources(flow_folder, message_folder))
    except SourceError as error:
        click.echo(json.dumps({"unreadable": list(error.lines)}) if as_json else _unreadable(error))
        return 1
    blocking = [finding for finding in findings if finding.blocks]
    if as_json:
        shown = [asdict(finding) for finding in (blocking if quiet else findings)]
        click.echo(json.dumps({"findings": shown}, ensure_ascii=False, indent=1))
    else:
        # Every text is unsigned until a lawyer comes: one by one they would hide the other warnings.
        listed = [finding for finding in findings if unsigned == (finding.code == "unsigned")]
        click.echo("\n".join(told(blocking if quiet else listed, findings)))
    return 1 if blocking else 0


def _unreadable(error: SourceError) -> str:
    count = _count(len(error.lines), "fault")
    return "\n".join(
        ("Cannot be read:", *error.lines, "", f"{count}; mend and check again: the rest was not looked at.")
    )


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
    warnings = _count(len(findings) - blocking - unsigned, "warning")
    if blocking:
        return f"{_count(blocking, 'thing')} must be mended before this can be published, {warnings}."
    texts = "text is" if unsigned == 1 else "texts are"
    note = f", and {unsigned} {texts} not signed by a lawyer (amparo check --unsigned)" if unsigned else ""
    return f"Clean: nothing blocking, {warnings}{note}."


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
