"""`amparo directory`: an import and its report, undo, export, the template, and what is listed."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import time_machine
from click.testing import CliRunner, Result
from redis import Redis

from app.commands import directory_listed, main
from app.directory import eoir
from app.store.listings import Listings
from app.store.offices import Offices
from tests.app.directory.big import write_big
from tests.app.referral.made_up import office
from tests.servers import Servers

DIRTY = Path(__file__).parents[2] / "fixtures" / "hsds_dirty"
OFFICIAL = Path(__file__).parents[2] / "fixtures" / "hsds"

Amparo = Callable[..., Result]


@pytest.fixture
def amparo(servers: Servers) -> Amparo:
    """One command, as it is typed where the line runs."""
    return lambda *args: CliRunner().invoke(main, ["directory", *map(str, args)], env=servers.env)


def ids(durable: Redis) -> list[str]:
    return [each.id for each in Listings(durable).imported()]


DIRTY_IDS = ["kansas_svc-1", "kansas_svc-10", "kansas_svc-5", "kansas_svc-7"]


def test_an_import_tells_its_problems_and_what_it_did(amparo: Amparo, durable: Redis) -> None:
    """File, line and reason; then the counts; then how to take it back."""
    said = amparo("import", DIRTY, "--source", "kansas")

    assert 0 == said.exit_code
    assert "phones.csv:7: number 'call the front desk' cannot be dialled: not kept\n" in said.output
    assert [
        "4 services can be listed, 7 are left out.",
        "kansas: 4 added, 0 changed, 0 removed. To take it back: amparo directory undo",
    ] == said.output.splitlines()[-2:]
    assert DIRTY_IDS == ids(durable)


def test_the_same_import_again_says_that_nothing_has_changed(amparo: Amparo) -> None:
    """And the first is still the one that would be undone."""
    amparo("import", DIRTY, "--source", "kansas")
    again = amparo("import", DIRTY, "--source", "kansas")

    assert "Nothing has changed since kansas was imported last." == again.output.splitlines()[-1]
    assert "kansas is as it was before" in amparo("undo").output


def test_a_dry_run_says_the_same_and_changes_nothing(amparo: Amparo, durable: Redis) -> None:
    """To be read before."""
    said = amparo("import", DIRTY, "--source", "kansas", "--dry-run").output

    assert (
        "kansas: 4 added, 0 changed, 0 removed it would be. Nothing was changed: it was a dry run."
        == said.splitlines()[-1]
    )
    assert [] == ids(durable)


def test_an_import_is_taken_back(amparo: Amparo, durable: Redis) -> None:
    """Once."""
    amparo("import", DIRTY, "--source", "kansas")
    first, second = amparo("undo"), amparo("undo")

    assert "4 taken out, 0 changed back, 0 put back." in first.output
    assert (1, "Error: There is no import to undo: only the last one can be, and only once.\n") == (
        second.exit_code,
        second.output,
    )
    assert [] == ids(durable)


def test_the_name_of_the_file_is_the_source_if_none_is_given(amparo: Amparo, durable: Redis) -> None:
    """In small letters."""
    amparo("import", DIRTY)

    assert "hsds-dirty_svc-1" == ids(durable)[0]


def test_all_problems_go_into_a_file_on_demand(amparo: Amparo, tmp_path: Path) -> None:
    """For whoever mends them, in a spreadsheet."""
    amparo("import", DIRTY, "--problems", tmp_path / "problems.csv")

    rows = list(csv.DictReader((tmp_path / "problems.csv").read_text(encoding="utf-8").splitlines()))
    assert (29, 7) == (len(rows), sum(row["left_out"] == "yes" for row in rows))
    assert {"file", "row", "reason", "left_out"} == set(rows[0])


def test_a_long_report_is_cut_on_the_screen(amparo: Amparo, monkeypatch: pytest.MonkeyPatch) -> None:
    """And says where the rest is."""
    monkeypatch.setattr(directory_listed, "SHOWN", 5)
    said = amparo("import", DIRTY).output.splitlines()

    assert "... and 24 more problems. All of them: --problems FILE" == said[5]


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("import", "nowhere"), "nowhere is not there. Name a folder, a .zip or a .json file."),
        (("import", DIRTY, "--source", "Kansas 211!"), "--source must be a short name"),
        (("import", DIRTY, "--source", "national"), "the turning points' own. Give another"),
        (("import", DIRTY, "--elsewhere", "Atlantis"), "--elsewhere must be such as TX,NM, or nationwide"),
        (("import", OFFICIAL / "example"), "No service of the file can be listed, so nothing was changed"),
        (("undo",), "There is no import to undo"),
        (("template", "courts.txt"), "FILE must end in .csv"),
        (("export", OFFICIAL), "is there already. Name a new one."),
        (("export", OFFICIAL / "datapackage.json", "--json"), "is there already. Name a new one."),
        (("show", "demo_nobody"), "There is no office 'demo_nobody'"),
    ],
)
def test_a_slip_is_told_in_a_sentence(
    amparo: Amparo, durable: Redis, args: tuple[object, ...], says: str
) -> None:
    """With what to do; nothing is done."""
    said = amparo(*args)

    assert (1, True) == (said.exit_code, says in " ".join(said.output.split()))
    assert [] == ids(durable)


def test_a_service_without_a_place_is_taken_where_the_operator_says(amparo: Amparo, durable: Redis) -> None:
    """For directories of one state that do not name it."""
    amparo("import", OFFICIAL / "example", "--source", "sample", "--elsewhere", "texas,NM")

    assert [("NM", "TX")] == [tuple(sorted(each.states)) for each in Listings(durable).imported()]


@pytest.mark.parametrize(("name", "option"), [("out", ()), ("out.zip", ()), ("out.json", ("--json",))])
def test_what_was_imported_is_exported_and_imported_elsewhere(
    amparo: Amparo, durable: Redis, tmp_path: Path, name: str, option: tuple[str, ...]
) -> None:
    """The turning points stay at home: every line has its own."""
    amparo("import", DIRTY, "--source", "kansas")
    said = amparo("export", tmp_path / name, *option)
    amparo("undo")
    back = amparo("import", tmp_path / name, "--source", "kansas")

    assert f"4 services are in {tmp_path / name}" in said.output
    assert "4 services can be listed, 0 are left out." in back.output
    assert 4 == len(ids(durable))


# --- the list of the courts ----------------------------------------------------------------------


@pytest.fixture
def courts(amparo: Amparo, tmp_path: Path) -> Path:
    """The template, filled in with one line of 1 October 2026."""
    path = tmp_path / "courts.csv"
    assert 0 == amparo("template", path).exit_code
    values = {"name": "Sample Pro Bono", "phone": "713-555-0110", "state": "TX", "court": "Houston court"}
    with path.open("a", encoding="utf-8", newline="") as file:
        csv.DictWriter(file, eoir.COLUMNS).writerow({**values, "source_date": "2026-10-01"})
    return path


def test_a_filled_in_template_is_imported(amparo: Amparo, courts: Path, durable: Redis) -> None:
    """Its source tells what it is."""
    with time_machine.travel(date(2026, 11, 23), tick=False):
        said = amparo("import", courts, "--source", "texas").output

    assert "eoir-texas: 1 added" in said
    assert "older than one quarter" not in said
    assert ["Sample Pro Bono"] == [each.name for each in Listings(durable).imported()]


def test_a_list_older_than_one_quarter_is_told_wherever_it_is_seen(
    amparo: Amparo, courts: Path, durable: Redis
) -> None:
    """At the import, in the list, and beside each of its services."""
    with time_machine.travel(date(2027, 1, 15), tick=False):
        said = [
            amparo("import", courts).output,
            amparo("list").output,
            amparo("show", ids(durable)[0]).output,
        ]

    assert [True] * 3 == ["is of 2026-10-01, older than one quarter" in each for each in said]


# --- list and show -------------------------------------------------------------------------------


def test_partners_are_named_and_listed_services_are_counted(amparo: Amparo, durable: Redis) -> None:
    """By state; the turning points are nationwide."""
    Offices(durable).save(office("harbor"))
    amparo("import", DIRTY, "--source", "kansas")
    said = amparo("list").output

    assert said.startswith("harbor  ")
    assert "7 listed services, of which a person gets the number: KS 2  TX 1  nationwide 4" in said
    assert "kansas_svc-1" not in said


def test_listed_services_are_shown_on_demand(amparo: Amparo) -> None:
    """A line each."""
    amparo("import", DIRTY, "--source", "kansas")
    said = amparo("list", "--listed").output.splitlines()

    assert "kansas_svc-1  Deportation defense  +13165550110  KS" in said
    assert "kansas_svc-5" == next(line for line in said if "Harris County" in line).split()[0]
    assert "national_211  211  211  nationwide" in said


def test_everything_of_one_listed_service_is_shown(amparo: Amparo) -> None:
    """With who runs it, and what nobody knows."""
    amparo("import", DIRTY, "--source", "kansas")
    said = [" ".join(line.split()) for line in amparo("show", "kansas_svc-7").output.splitlines()]

    assert {
        "Listed: kansas_svc-7",
        "Run by: Río Legal Aid",
        "Phone: +18005550130 (takes texts)",
        "Where: nationwide",
        "Hours: not known",
        "Speaks: en",
        "Source: kansas",
        "Checked on: 2026-10-01",
    } <= set(said)


def test_an_office_is_shown_as_before(amparo: Amparo, durable: Redis) -> None:
    """Whatever was imported."""
    Offices(durable).save(office("harbor"))

    assert amparo("show", "harbor").output.startswith("Office:         harbor\n")


# --- the bar -------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_long_import_shows_how_far_it_is(amparo: Amparo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where somebody watches."""
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with directory_listed._progress("Reading") as tick:
        for done in range(1, 2001):
            tick(done, 2000)

    assert "Reading" in terminal.getvalue()
    assert "100%" in terminal.getvalue()


def test_no_bar_stands_in_a_log(amparo: Amparo, tmp_path: Path) -> None:
    """Nor where nobody watches."""
    said = amparo("import", write_big(tmp_path / "big", 1200))

    assert ("", True) == (said.stderr, "1200 added" in said.output)


def test_the_report_in_the_handbook_is_a_real_one(amparo: Amparo) -> None:
    """Word for word."""
    handbook = (Path(__file__).parents[3] / "docs" / "directory.md").read_text(encoding="utf-8")
    shown = handbook.partition("```\n$ amparo directory import tests/fixtures/hsds_dirty --source kansas\n")[
        2
    ]

    assert amparo("import", DIRTY, "--source", "kansas").output == shown.partition("```")[0]
