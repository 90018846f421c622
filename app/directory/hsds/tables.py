"""The tables of HSDS that a listed service is made of, by their names of 3.0, whatever version they came in."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from app.directory.listed import LIST_CODE
from app.directory.report import Problem, shown

# Our name -> the names of the files that hold it, of 3.0 first. Contacts are never read: they are names of people.
FILES: Mapping[str, tuple[str, ...]] = {
    "organizations": ("organizations", "organization"),
    "services": ("services", "service"),
    "locations": ("locations", "location"),
    "addresses": ("addresses", "address", "addresss", "physical_addresses", "postal_addresses"),
    "service_at_location": ("service_at_location", "service_at_locations", "services_at_location"),
    "phones": ("phones", "phone"),
    "languages": ("languages", "language"),
    "schedules": ("schedules", "schedule", "regular_schedules"),
    "service_areas": ("service_areas", "service_area"),
    "attributes": ("attributes", "attribute", "service_attributes", "services_taxonomy"),
    "taxonomy_terms": ("taxonomy_terms", "taxonomy_term", "taxonomy"),
}
TABLE_OF = {file: name for name, files in FILES.items() for file in files}
# What a table must have for any of its rows to be of use.
NEEDED = {
    "services": ("id", "name"),
    "organizations": ("id", "name"),
    "phones": ("number",),
    "addresses": ("location_id", "state_province"),
    "service_at_location": ("service_id", "location_id"),
    "taxonomy_terms": ("id",),
}
# Every column that 2.0.1, 3.0 or 3.1 know in these tables; others are the sender's own.
_COLUMNS = """
    id name alternate_name description email website url tax_status tax_id year_incorporated legal_status logo uri
    parent_organization_id organization_id program_id status interpretation_services application_process
    fees_description wait_time fees accreditations eligibility_description minimum_age maximum_age assured_date
    assurer_email licenses alert last_modified link_id link_type link_entity taxonomy_term_id value label service_id
    location_id service_at_location_id contact_id phone_id location_type transportation latitude longitude
    external_identifier external_identifier_type number extension type department attention address_1 address_2
    address_3 address_4 city region state_province postal_code country address_type valid_from valid_to dtstart
    timezone until count wkst freq interval byday byweekno bymonthday byyearday opens_at closes_at opens closes
    weekday schedule_link attending_type notes language code note extent extent_type service_area parent_id parent_name
    taxonomy taxonomy_id taxonomy_detail vocabulary term term_uri metadata version additional_info priority
"""
COLUMNS = frozenset(_COLUMNS.split())
# Where a column points: the table that must have its id.
POINTS_AT = {
    "organization_id": "organizations",
    "service_id": "services",
    "location_id": "locations",
    "service_at_location_id": "service_at_location",
    "phone_id": "phones",
}
_UNIQUE = ("organizations", "services", "locations", "phones", "service_at_location", "taxonomy_terms")


@dataclass(frozen=True)
class Row:
    """One row: the file and line it stands in, and its values; what is empty is not among them."""

    file: str
    line: int
    values: Mapping[str, str]

    def get(self, *names: str) -> str:
        """The first of these that has a value, or nothing."""
        for name in names:
            if name in self.values:
                return self.values[name]
        return ""

    def wrong(self, reason: str, *, left_out: bool = False) -> Problem:
        """What is wrong in this row."""
        return Problem(self.file, self.line, reason, left_out)


@dataclass
class Tables:
    """All rows by table and id, and by what they belong to; and what was wrong with them."""

    rows: dict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    problems: list[Problem] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._by_id: dict[str, dict[str, Row]] = {}
        self._by_owner: dict[tuple[str, str], dict[str, list[Row]]] = {}

    def link(self) -> Tables:
        """Makes the rows known by their ids, and tells of those that are there twice or point at nothing."""
        for name in _UNIQUE:
            self._by_id[name] = self._unique(name)
        for name, rows in self.rows.items():
            for row in rows:
                self.problems.extend(self._astray(name, row))
        return self

    def _unique(self, name: str) -> dict[str, Row]:
        found: dict[str, Row] = {}
        for row in self.rows[name]:
            identity = row.get("id")
            if identity and found.setdefault(identity, row) is not row:
                first = found[identity]
                reason = f"id {shown(identity)} is in row {first.line} already: the first one is taken"
                self.problems.append(row.wrong(reason, left_out=name == "services"))
        if name != "phones":
            self.rows[name] = [row for row in self.rows[name] if found.get(row.get("id"), row) is row]
        return found

    def _astray(self, name: str, row: Row) -> Iterator[Problem]:
        for column, table in POINTS_AT.items():
            target = row.get(column)
            if (
                target
                and target not in self._by_id[table]
                and (name, column) != ("services", "organization_id")
            ):
                yield row.wrong(f"{column} {shown(target)} is not in {table}")
        if name == "attributes":
            yield from self._attribute_astray(row)

    def _attribute_astray(self, row: Row) -> Iterator[Problem]:
        service, term = row.get("link_id"), row.get("taxonomy_term_id", "taxonomy_id")
        if (
            row.get("link_entity").casefold() in ("service", "services")
            and service not in self._by_id["services"]
        ):
            yield row.wrong(f"link_id {shown(service)} is not in services")
        # Some exports name the code itself, and send no table of terms along.
        if term not in self._by_id["taxonomy_terms"] and not re.fullmatch(LIST_CODE, term):
            yield row.wrong(f"taxonomy_term_id {shown(term)} is not in taxonomy_terms")

    def by_id(self, table: str, identity: str) -> Row | None:
        """The row with this id."""
        return self._by_id[table].get(identity)

    def of(self, table: str, column: str, identity: str) -> list[Row]:
        """The rows that point with this column at this id."""
        if (table, column) not in self._by_owner:
            grouped: dict[str, list[Row]] = defaultdict(list)
            for row in self.rows[table]:
                grouped[row.get(column)].append(row)
            self._by_owner[table, column] = grouped
        return self._by_owner[table, column].get(identity, []) if identity else []


def first_rows(groups: Iterable[list[Row]]) -> list[Row]:
    """The first group that has any rows: what is said nearest to the service holds."""
    return next((group for group in groups if group), [])
