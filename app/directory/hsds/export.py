"""Writes listed services as HSDS 3.0: a tabular data package of CSV files, or JSON.

The tables and columns are those of https://docs.openreferral.org, version 3.0.
"""

from __future__ import annotations

import csv
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from errno import EEXIST
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from app.directory.listed import Listed
from app.directory.states import state_names

Record = dict[str, Any]

# Ids of ours are no UUIDs, which HSDS asks for; the same service has the same one in every export.
_NAMESPACE = UUID("6f1d5a0e-5a53-4a39-9f0c-3c1f6c1f7b1e")
_LIST = str(uuid5(_NAMESPACE, "taxonomy:LIST"))
_DAY_ONE = (
    1980,
    1,
    1,
    0,
    0,
    0,
)  # the time of every file in a .zip, so that the same services make the same bytes

_KINDS = {"uuid": ("string", "uuid"), "uri": ("string", "uri"), "email": ("string", "email")}
# Resource -> its file, and its columns as HSDS orders them; ! is required, and after the colon stands the type.
_TABLES: Mapping[str, tuple[str, str]] = {
    "organization": (
        "organizations.csv",
        "id:uuid! name! alternate_name description! email:email website:uri tax_status tax_id year_incorporated:number "
        "legal_status logo uri:uri parent_organization_id:uuid",
    ),
    "service": (
        "services.csv",
        "id:uuid! organization_id:uuid! program_id:uuid name! alternate_name description url:uri email:email status! "
        "interpretation_services application_process fees_description wait_time fees accreditations "
        "eligibility_description minimum_age:number maximum_age:number assured_date:date assurer_email:email licenses "
        "alert last_modified:datetime",
    ),
    "phone": (
        "phones.csv",
        "id:uuid! location_id:uuid service_id:uuid organization_id:uuid contact_id:uuid service_at_location_id:uuid "
        "number! extension:number type description",
    ),
    "schedule": (
        "schedules.csv",
        "id:uuid! service_id:uuid location_id:uuid service_at_location_id:uuid valid_from:date valid_to:date "
        "dtstart:date timezone:number until:date count:number wkst freq interval:number byday byweekno bymonthday "
        "byyearday description opens_at:time closes_at:time schedule_link:uri attending_type notes",
    ),
    "service_area": ("service_areas.csv", "id:uuid! service_id:uuid name description extent extent_type uri"),
    "language": ("languages.csv", "id:uuid! service_id:uuid location_id:uuid phone_id:uuid name code note"),
    "attribute": (
        "attributes.csv",
        "id:uuid! link_id:uuid! taxonomy_term_id:uuid! link_type link_entity! value",
    ),
    "taxonomy_term": (
        "taxonomy_terms.csv",
        "id:uuid! code name! description! parent_id:uuid taxonomy language taxonomy_id:uuid term_uri:uri",
    ),
    "taxonomy": ("taxonomies.csv", "id:uuid! name! description! uri:uri version"),
}
# Of the references of HSDS those between the tables that are written here.
_REFERENCES = {
    "service": ("organization",),
    "phone": ("service",),
    "schedule": ("service",),
    "service_area": ("service",),
    "language": ("service",),
    "attribute": ("taxonomy_term",),
    "taxonomy_term": ("taxonomy",),
}


def write_package(listed: Iterable[Listed], path: Path) -> None:
    """Writes the package into a new or empty folder, or into a new .zip if the name ends so.

    Raises:
        FileExistsError: something is there already.
        OSError: it cannot be written.
    """
    files = dict(package_files(listed))
    if path.suffix.casefold() == ".zip":
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(zipfile.ZipInfo(name, _DAY_ONE), text, zipfile.ZIP_DEFLATED)
        return
    path.mkdir(parents=True, exist_ok=True)
    if next(path.iterdir(), None):
        raise FileExistsError(EEXIST, "it is not empty", str(path))
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8", newline="")


def write_json(listed: Iterable[Listed], path: Path) -> None:
    """Writes an array of services, each with all that hangs on it, into a new file.

    Raises:
        FileExistsError: it is there already.
        OSError: it cannot be written.
    """
    with path.open("x", encoding="utf-8") as file:
        json.dump(service_objects(listed), file, ensure_ascii=False, indent=1)
        file.write("\n")


def service_objects(listed: Iterable[Listed]) -> list[Record]:
    """The services as nested objects of HSDS 3.0."""
    return [_nested(each) for each in sorted(listed, key=lambda each: each.id)]


def package_files(listed: Iterable[Listed]) -> Iterator[tuple[str, str]]:
    """The name and text of each file of the package."""
    rows: dict[str, dict[str, Record]] = {name: {} for name in _TABLES}
    for each in sorted(listed, key=lambda each: each.id):
        for name, record in _flat(_nested(each)):
            rows[name].setdefault(record["id"], record)
    yield "datapackage.json", json.dumps(_datapackage(), indent=1) + "\n"
    for name, (file, _) in _TABLES.items():
        written = StringIO()
        table = csv.DictWriter(written, [column for column, _, _ in _columns(name)], restval="")
        table.writeheader()
        table.writerows(rows[name].values())
        yield file, written.getvalue()


def _nested(each: Listed) -> Record:
    service = _uuid("service", each.id)
    return {
        "id": service,
        "name": each.name,
        "status": "active",
        **_given("url", each.url),
        **_given("eligibility_description", each.serves),
        **_given("assured_date", each.checked_on.isoformat() if each.checked_on else ""),
        "organization": {
            "id": _uuid("organization", each.owner),
            "name": each.owner,
            "description": each.owner,
        },
        "phones": list(_phones(each)),
        "schedules": [{"id": _uuid("schedule", each.id), "description": each.hours}] if each.hours else [],
        "service_areas": list(_areas(each)),
        "languages": [
            {"id": _uuid("language", each.id, code), "name": code, "code": _iso(code)}
            for code in each.languages
        ],
        "attributes": [_attribute(each, code, service) for code in each.issues],
    }


def _phones(each: Listed) -> Iterator[Record]:
    for kind in ("voice", "text") if each.takes_texts else ("voice",):
        if each.phone:
            yield {"id": _uuid("phone", each.id, kind), "number": each.phone, "type": kind}


def _areas(each: Listed) -> Iterator[Record]:
    if each.nationwide:
        yield _area(each, "United States")
    for state in each.states:
        counties = [county[3:] for county in each.counties if county[:2] == state]
        for county in counties:
            yield _area(each, f"{county}, {state_names()[state]}")
        if not counties:
            yield _area(each, state_names()[state])


def _area(each: Listed, name: str) -> Record:
    return {"id": _uuid("service_area", each.id, name), "name": name, "extent": name, "extent_type": "text"}


def _attribute(each: Listed, code: str, service: str) -> Record:
    taxonomy = {"id": _LIST, "name": "LIST", "description": "Legal issues, by code"}
    term = {
        "id": _uuid("taxonomy_term", code),
        "code": code,
        "name": code,
        "description": f"The legal issue {code} of LIST",
        "taxonomy": "LIST",
        "taxonomy_detail": taxonomy,
    }
    return {
        "id": _uuid("attribute", each.id, code),
        "link_id": service,
        "link_entity": "service",
        "taxonomy_term": term,
    }


def _flat(service: Record) -> Iterator[tuple[str, Record]]:
    """A nested service as the rows of the tables."""
    organization = service["organization"]
    yield "organization", organization
    lists = {
        "phones": "phone",
        "schedules": "schedule",
        "service_areas": "service_area",
        "languages": "language",
    }
    plain = {name: value for name, value in service.items() if isinstance(value, str)}
    yield "service", {**plain, "organization_id": organization["id"]}
    for name, table in lists.items():
        for record in service[name]:
            yield table, {**record, "service_id": service["id"]}
    for attribute in service["attributes"]:
        term = dict(attribute["taxonomy_term"])
        taxonomy = term.pop("taxonomy_detail")
        yield "taxonomy", taxonomy
        yield "taxonomy_term", {**term, "taxonomy_id": taxonomy["id"]}
        yield "attribute", {**_without(attribute, "taxonomy_term"), "taxonomy_term_id": term["id"]}


def _datapackage() -> Record:
    return {
        "name": "listed_services",
        "title": "Listed services, in HSDS 3.0",
        "profile": "tabular-data-package",
        "version": "3.0.0",
        "resources": [_resource(name, file) for name, (file, _) in _TABLES.items()],
    }


def _resource(name: str, file: str) -> Record:
    references = [
        {"fields": f"{other}_id", "reference": {"resource": other, "fields": "id"}}
        for other in _REFERENCES.get(name, ())
    ]
    return {
        "name": name,
        "path": file,
        "format": "csv",
        "mediatype": "text/csv",
        "profile": "tabular-data-resource",
        "schema": {
            "primaryKey": "id",
            "fields": [_field(*column) for column in _columns(name)],
            **({"foreignKeys": references} if references else {}),
        },
    }


def _columns(name: str) -> Iterator[tuple[str, str, bool]]:
    for column in _TABLES[name][1].split():
        plain, _, kind = column.rstrip("!").partition(":")
        yield plain, kind, column.endswith("!")


def _field(name: str, kind: str, required: bool) -> Record:
    plain, form = _KINDS.get(kind, (kind or "string", ""))
    return {"name": name, "type": plain, **_given("format", form), "constraints": {"required": required}}


def _given(name: str, value: str) -> Record:
    return {name: value} if value else {}


def _without(record: Record, name: str) -> Record:
    return {key: value for key, value in record.items() if key != name}


def _iso(code: str) -> str:
    return "quc" if code == "kiche" else code


def _uuid(*parts: str) -> str:
    return str(uuid5(_NAMESPACE, "\n".join(parts)))
