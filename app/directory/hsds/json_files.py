"""Reads the JSON of HSDS 3.0: what stands nested there becomes rows of the same tables as in CSV."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from app.directory.hsds.csv_files import MOST_BYTES
from app.directory.hsds.tables import Row, Tables
from app.directory.report import DirectoryFileError

_LISTS = {"phones": "phones", "schedules": "schedules", "languages": "languages", "addresses": "addresses"}


def read_json(path: Path) -> Tables:
    """The tables of a service, an array of them, a page of an API, or organizations with their services.

    Raises:
        DirectoryFileError: it cannot be read, is too large, or holds no services.
    """
    reader = _Reader(path.name, Tables())
    for number, item in enumerate(_items(_loaded(path)), start=1):
        reader.item(number, item)
    if not reader.tables.rows["services"]:
        raise DirectoryFileError(
            f"{path.name} holds no service of HSDS 3.0. It may be one service, a list, a page with `contents`, "
            "or an organization with `services`."
        )
    return reader.tables.link()


def _loaded(path: Path) -> Any:
    try:
        if path.stat().st_size > MOST_BYTES:
            raise DirectoryFileError(
                f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB. Export less at once."
            )
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise DirectoryFileError(
            f"{path.name}:{error.lineno}:{error.colno}: no JSON ({error.msg})."
        ) from error
    except (OSError, ValueError, RecursionError) as error:
        raise DirectoryFileError(f"{path.name} cannot be read ({type(error).__name__}).") from error


def _items(loaded: Any) -> Iterator[Any]:
    """Services and organizations, out of a list, a page, or alone."""
    found = loaded.get("contents", [loaded]) if isinstance(loaded, dict) else loaded
    yield from found if isinstance(found, list) else []


@dataclass
class _Reader:
    """Adds what it finds to the tables; ids of what is nested are made up, for the same phone hangs in many places."""

    file: str
    tables: Tables

    def __post_init__(self) -> None:
        self._made = count(1)
        self._seen: set[tuple[str, str]] = set()

    def item(self, number: int, item: Any) -> None:
        if isinstance(item, dict) and "services" in item:
            owner = self._organization(number, item)
            for service in self._objects(number, item, "services"):
                self._service(number, service, owner)
        elif isinstance(item, dict):
            self._service(number, item, "")
        else:
            self.tables.problems.append(self._row(number, {}).wrong("no object stands here", left_out=True))

    def _service(self, number: int, service: dict[str, Any], owner: str) -> None:
        inner = service.get("organization")
        if isinstance(inner, dict):
            owner = self._organization(number, inner)
        identity = {"organization_id": owner} if owner else {}
        row = self._row(number, {**service, **identity})
        self.tables.rows["services"].append(row)
        at = {"service_id": row.get("id")}
        self._hanging(number, service, at)
        for area in self._objects(number, service, "service_areas"):
            self._add("service_areas", number, area, at)
        for attribute in self._objects(number, service, "attributes"):
            self._attribute(number, attribute, row.get("id"))
        for place in self._objects(number, service, "service_at_locations"):
            self._at_location(number, place, at)

    def _hanging(self, number: int, item: dict[str, Any], at: dict[str, str]) -> None:
        """What may hang on a service, a location or an organization."""
        for name, table in _LISTS.items():
            for each in self._objects(number, item, name):
                identity = self._add(table, number, each, at)
                for language in self._objects(number, each, "languages"):
                    self._add("languages", number, language, {"phone_id": identity})

    def _organization(self, number: int, item: dict[str, Any]) -> str:
        row = self._row(number, item)
        identity = row.get("id")
        if self._first("organizations", identity):
            self.tables.rows["organizations"].append(row)
            self._hanging(number, {"phones": item.get("phones", [])}, {"organization_id": identity})
            for location in self._objects(number, item, "locations"):
                self._location(number, location, {"organization_id": identity})
        return identity

    def _at_location(self, number: int, item: dict[str, Any], at: dict[str, str]) -> None:
        location = item.get("location")
        where = self._location(number, location, {}) if isinstance(location, dict) else ""
        identity = self._add("service_at_location", number, item, {**at, "location_id": where})
        self._hanging(number, item, {"service_at_location_id": identity})

    def _location(self, number: int, item: dict[str, Any], at: dict[str, str]) -> str:
        row = self._row(number, {**item, **at})
        identity = row.get("id")
        if self._first("locations", identity):
            self.tables.rows["locations"].append(row)
            self._hanging(number, item, {"location_id": identity})
        return identity

    def _attribute(self, number: int, item: dict[str, Any], service: str) -> None:
        term = item.get("taxonomy_term")
        made = self._add("taxonomy_terms", number, term, {}) if isinstance(term, dict) else ""
        self._add(
            "attributes",
            number,
            item,
            {"link_id": service, "link_entity": "service", "taxonomy_term_id": made},
        )

    def _add(self, table: str, number: int, item: dict[str, Any], at: dict[str, str]) -> str:
        identity = f"made-{next(self._made)}"
        self.tables.rows[table].append(self._row(number, {**item, **at, "id": identity}))
        return identity

    def _first(self, table: str, identity: str) -> bool:
        """True for the first of those that the file repeats under every service."""
        known = (table, identity) in self._seen
        self._seen.add((table, identity))
        return bool(identity) and not known

    def _objects(self, number: int, item: dict[str, Any], name: str) -> Iterator[dict[str, Any]]:
        found = item.get(name)
        if found is None:
            return
        if not isinstance(found, list):
            self.tables.problems.append(self._row(number, {}).wrong(f"{name} is no list: not read"))
            return
        for each in found:
            if isinstance(each, dict):
                yield each
            else:
                self.tables.problems.append(self._row(number, {}).wrong(f"{name} holds no objects: not read"))

    def _row(self, number: int, item: dict[str, Any]) -> Row:
        texts = {name: _text(value) for name, value in item.items()}
        return Row(self.file, number, {name: text for name, text in texts.items() if text})


def _text(value: Any) -> str:
    """A plain value as a CSV would have it; what is nested is read elsewhere."""
    return str(value).strip() if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
