"""What is exported is HSDS 3.0, as others' validators see it, and comes back as it went."""

from __future__ import annotations

import csv
import json
import shutil
import zipfile
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from frictionless import Package
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from app.directory.hsds.export import package_files, service_objects, write_json, write_package
from app.directory.hsds.read import read_hsds
from app.directory.listed import Listed
from tests.app.directory.test_listed import listed

OFFICIAL = Path(__file__).parents[2] / "fixtures" / "hsds"
DAY = date(2026, 10, 1)
SERVICES = (
    listed(
        "demo_all", languages=("es", "kiche"), takes_texts=True, checked_on=DAY, hours="24 hours, every day"
    ),
    listed(
        "demo_some",
        url="https://help.example.org/a",
        states=("NM", "TX"),
        counties=("TX:Fort Bend County", "TX:Harris County"),
        hours="Mon-Fri 9:00-17:00, Sat 10:00-14:00",
        issues=("IM-01-00-00-00", "IM-02-00-00-00"),
    ),
    listed(
        "demo_site",
        phone="",
        url="https://site.example.org",
        issues=("IM-01-00-00-00",),
        owner='Río, "Legal" Aid',
    ),
    listed("demo_code", phone="211", states=("PR",)),
)


def faults(descriptor: Path) -> list[str]:
    """What the validator of data packages says, file and line."""
    report = Package(str(descriptor)).validate()
    return [f"{error.title}: {error.message}" for task in report.tasks for error in task.errors] + [
        error.message for error in report.errors
    ]


def test_the_package_is_valid_by_its_own_description(tmp_path: Path) -> None:
    """Types, required values, unique ids and references: frictionless says so."""
    write_package(SERVICES, tmp_path / "out")

    assert [] == faults(tmp_path / "out" / "datapackage.json")


def test_the_package_is_valid_by_the_official_description(tmp_path: Path) -> None:
    """The same files under the datapackage.json of HSDS 3.0; tables that we do not write are empty there."""
    write_package(SERVICES, tmp_path / "out")
    shutil.copy(OFFICIAL / "datapackage.json", tmp_path / "out" / "datapackage.json")
    for resource in json.loads((OFFICIAL / "datapackage.json").read_text())["resources"]:
        path = tmp_path / "out" / resource["path"]
        if not path.exists():
            path.write_text(",".join(field["name"] for field in resource["schema"]["fields"]) + "\n")

    assert [] == faults(tmp_path / "out" / "datapackage.json")


def test_the_validator_does_see_faults(tmp_path: Path) -> None:
    """A test that could not fail would prove nothing."""
    write_package(SERVICES, tmp_path / "out")
    services = tmp_path / "out" / "services.csv"
    services.write_text(services.read_text(encoding="utf-8").replace(",active,", ",,", 1), encoding="utf-8")
    phones = tmp_path / "out" / "phones.csv"
    rows = list(csv.reader(phones.read_text(encoding="utf-8").splitlines()))
    rows[1][2] = "6f1d5a0e-5a53-4a39-9f0c-000000000000"
    with phones.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)

    assert {"Constraint Error", "ForeignKey Error"} == {
        fault.partition(":")[0] for fault in faults(tmp_path / "out" / "datapackage.json")
    }


def schema_faults(services: Iterable[object]) -> list[str]:
    """What the JSON Schema of HSDS 3.0 says, formats too."""
    schemas = {path.name: json.loads(path.read_text()) for path in (OFFICIAL / "schema").iterdir()}
    draft = "https://json-schema.org/draft/2020-12/schema"
    registry = Registry().with_resources(
        (name, Resource.from_contents({"$schema": draft, **schema})) for name, schema in schemas.items()
    )
    validator = Draft202012Validator(
        {"$ref": "service.json"}, registry=registry, format_checker=Draft202012Validator.FORMAT_CHECKER
    )
    return [error.message for service in services for error in validator.iter_errors(service)]


def test_the_json_is_valid_by_the_official_schema(tmp_path: Path) -> None:
    """Every service, and all that hangs on it."""
    write_json(SERVICES, tmp_path / "out.json")

    written = json.loads((tmp_path / "out.json").read_text(encoding="utf-8"))
    assert len(SERVICES) == len(written)
    assert [] == schema_faults(written)


def test_the_schema_does_see_faults() -> None:
    """In the service itself and in what hangs on it."""
    service = service_objects(SERVICES[:1])[0]
    service["status"] = "open"
    service["phones"][0]["number"] = 911
    service["languages"][0]["id"] = "no uuid"

    assert 3 == len(schema_faults([service]))


@pytest.mark.parametrize("name", ["out", "out.zip", "out.json"])
def test_what_was_exported_is_imported_again_as_it_was(tmp_path: Path, name: str) -> None:
    """Save for its ids, and for whom it serves in words: eligibility is not kept."""
    path = tmp_path / name
    (write_json if path.suffix == ".json" else write_package)(SERVICES, path)

    found = read_hsds(path, "demo", DAY)

    def plain(services: Iterable[Listed]) -> list[Listed]:
        bare = [replace(each, id="demo_x", source_id="") for each in services]
        return sorted(bare, key=lambda each: each.phone + each.url)

    assert () == found.problems
    assert plain(SERVICES) == plain(found.listed)


def test_two_exports_of_the_same_are_the_same_bytes(tmp_path: Path) -> None:
    """So that a difference of two of them tells what changed."""
    for name in ("a.zip", "b.zip"):
        write_package(SERVICES if name == "a.zip" else tuple(reversed(SERVICES)), tmp_path / name)

    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    assert {name for name, _ in package_files(SERVICES)} == set(
        zipfile.ZipFile(tmp_path / "a.zip").namelist()
    )


@pytest.mark.parametrize("name", ["out", "out.zip", "out.json"])
def test_nothing_is_ever_written_over(tmp_path: Path, name: str) -> None:
    """An export goes to a new place, or to an empty folder."""
    path = tmp_path / name
    write = write_json if path.suffix == ".json" else write_package
    write(SERVICES, path)

    with pytest.raises(FileExistsError):
        write(SERVICES, path)
