"""A clean HSDS 3.0 package of many invented services."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path


def write_big(folder: Path, services: int) -> Path:
    """Each service with a phone, a place with an address, two languages and a schedule; ten to an organization."""
    folder.mkdir(parents=True, exist_ok=True)
    ids = range(services)
    tables: dict[str, Iterator[tuple[object, ...]]] = {
        "organizations": iter(
            [("id", "name")] + [(f"o{n}", f"Sample Office {n}") for n in range(services // 10 + 1)]
        ),
        "services": iter(
            [("id", "organization_id", "name", "status")]
            + [(f"s{n}", f"o{n // 10}", f"Help {n}", "active") for n in ids]
        ),
        "phones": iter(
            [("id", "service_id", "number", "type")]
            + [(f"p{n}", f"s{n}", f"202-555-01{n % 100:02}", "voice") for n in ids]
        ),
        "service_at_location": iter(
            [("id", "service_id", "location_id")] + [(f"a{n}", f"s{n}", f"l{n}") for n in ids]
        ),
        "locations": iter([("id", "name")] + [(f"l{n}", f"Place {n}") for n in ids]),
        "addresses": iter(
            [("id", "location_id", "state_province", "country")]
            + [(f"d{n}", f"l{n}", ("TX", "New Mexico")[n % 2], "US") for n in ids]
        ),
        "languages": iter(
            [("id", "service_id", "name")]
            + [(f"g{n}{name}", f"s{n}", name) for n in ids for name in ("Spanish", "English")]
        ),
        "schedules": iter(
            [("id", "service_id", "byday", "opens_at", "closes_at")]
            + [(f"h{n}", f"s{n}", "MO,TU,WE", "09:00", "17:00") for n in ids]
        ),
    }
    for name, rows in tables.items():
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows(rows)
    return folder
