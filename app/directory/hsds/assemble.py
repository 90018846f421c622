"""Makes listed services of the tables: what cannot be used is told, and the rest is taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from app.directory.hsds.areas import Area, add_area
from app.directory.hsds.hours import hours_line
from app.directory.hsds.tables import Row, Tables, first_rows
from app.directory.hsds.values import language_code, phone_number, web_address
from app.directory.listed import LIST_CODE, LONGEST_NAME, WEB_ADDRESS, Listed, ListedError, listed_id
from app.directory.report import Imported, Problem, Tick, imported, no_tick, shown
from app.directory.states import state_code

# RFC 6350 names, and what real exports write for them.
_TEXTS = frozenset({"text", "sms", "text (sms)", "texting"})
_NOT_FOR_CALLING = frozenset(
    {"fax", "video", "pager", "textphone", "tty", "tdd", "modem", "tty/tdd", "videophone"}
)
_HANGS_ON = ("service_id", "service_at_location_id", "location_id")


@dataclass(frozen=True)
class Elsewhere:
    """What is taken for a service that does not say where it is: some states, or the whole country, or it is left out."""

    states: tuple[str, ...] = ()
    nationwide: bool = False


def assemble(
    tables: Tables, source: str, today: date, elsewhere: Elsewhere | None = None, tick: Tick = no_tick
) -> Imported:
    """The active services as listed ones of this source, and everything that is wrong with the tables."""
    found: list[Listed] = []
    problems = list(tables.problems)
    rows = tables.rows["services"]
    for done, row in enumerate(rows, start=1):
        maker = _Maker(tables, row, source, today, elsewhere or Elsewhere())
        listed = maker.make()
        if listed:
            found.append(listed)
        problems.extend(maker.problems)
        tick(done, len(rows))
    return imported(found, problems)


class _LeftOutError(Exception):
    """Why this service cannot be listed."""


class _Maker:
    """Makes one listed service."""

    def __init__(self, tables: Tables, row: Row, source: str, today: date, elsewhere: Elsewhere) -> None:
        self._tables, self._row, self._source, self._today = tables, row, source, today
        self._elsewhere = elsewhere
        self.problems: list[Problem] = []

    def make(self) -> Listed | None:
        """The service, or None with the reason among the problems."""
        try:
            return self._listed()
        except (_LeftOutError, ListedError) as error:
            self.problems.append(self._row.wrong(f"{error}: left out", left_out=True))
        return None

    def _listed(self) -> Listed:
        identity = self._identity()
        owner = self._owner()
        phone, takes_texts, phones = self._phone()
        hours, unclear = hours_line(self._hanging("schedules"), self._today)
        self.problems.extend(unclear)
        area = self._area()
        return Listed(
            id=listed_id(self._source, identity),
            name=self._short("name", self._row),
            owner=self._short("name", owner),
            source=self._source,
            source_id=identity,
            phone=phone,
            url=self._url(owner),
            states=area.states,
            counties=area.counties,
            hours=hours,
            languages=tuple(sorted(self._languages(phones))),
            issues=tuple(sorted(set(self._issues()))),
            takes_texts=takes_texts,
            checked_on=self._checked_on(),
        )

    def _identity(self) -> str:
        row = self._row
        for name in ("id", "name"):
            if not row.get(name):
                raise _LeftOutError(f"it has no {name}")
        status = row.get("status").casefold()
        if status not in ("", "active"):
            raise _LeftOutError(f"its status is {shown(status)}")
        if not status:
            self.problems.append(row.wrong("it has no status: taken as active"))
        return row.get("id")

    def _owner(self) -> Row:
        identity = self._row.get("organization_id")
        owner = self._tables.by_id("organizations", identity) if identity else None
        if owner is None or not owner.get("name"):
            said = (
                f"organization {shown(identity)} is not in organizations"
                if identity
                else "no organization is named"
            )
            raise _LeftOutError(f"nobody says who runs it, {said}")
        return owner

    def _hanging(self, table: str) -> list[Row]:
        """The rows of the service itself, or else of its places."""
        return first_rows(self._groups(table))

    def _groups(self, table: str) -> Iterator[list[Row]]:
        identity = self._row.get("id")
        places = self._tables.of("service_at_location", "service_id", identity)
        yield self._tables.of(table, "service_id", identity)
        for place in places:
            yield self._tables.of(table, "service_at_location_id", place.get("id"))
        for place in places:
            at = self._tables.of(table, "location_id", place.get("location_id"))
            # Of the many services in one house each may have its own.
            yield [row for row in at if not row.get("service_id", "service_at_location_id")]

    def _phone(self) -> tuple[str, bool, list[Row]]:
        """The number to give, whether it takes texts, and the rows it was found in."""
        organization = self._tables.of("phones", "organization_id", self._row.get("organization_id"))
        # What hangs on a service or place as well is theirs; a contact's own is nobody's to give.
        shared = [
            row for row in organization if not any(row.get(name) for name in (*_HANGS_ON, "contact_id"))
        ]
        for rows in (*self._groups("phones"), shared):
            read = [(row, number) for row in rows if (number := self._number(row))]
            texting = {number for row, number in read if _kind(row) in _TEXTS}
            calling = [number for row, number in read if _kind(row) not in _TEXTS]
            chosen = next(iter((*calling, *sorted(texting))), "")
            if chosen:
                return chosen, chosen in texting, [row for row, number in read if number == chosen]
        return "", False, []

    def _number(self, row: Row) -> str:
        if _kind(row) in _NOT_FOR_CALLING:
            return ""
        text = row.get("number")
        read = phone_number(text)
        if read is None:
            self.problems.append(row.wrong(f"number {shown(text)} cannot be dialled: not kept"))
            return ""
        if '"' in text:
            self.problems.append(
                row.wrong(f"quotation marks stand in the number {shown(text)}: taken without them")
            )
        if extension := row.get("extension") or read[1]:
            self.problems.append(
                row.wrong(f"extension {shown(extension)} is not kept: the number alone is given")
            )
        return read[0]

    def _url(self, owner: Row) -> str:
        for row, text in ((self._row, self._row.get("url")), (owner, owner.get("website", "url"))):
            address = web_address(text)
            if re.fullmatch(WEB_ADDRESS, address):
                return address
            if address:
                self.problems.append(row.wrong(f"web address {shown(text)} is none: not kept"))
        return ""

    def _languages(self, phones: list[Row]) -> set[str]:
        """What is spoken at the service and on its phone, or else at its places."""
        of_phone = [
            row for phone in phones for row in self._tables.of("languages", "phone_id", phone.get("id"))
        ]
        found: set[str] = set()
        for row in (*self._hanging("languages"), *of_phone):
            for written, code in language_code(row.get("code"), row.get("name", "language")):
                if code:
                    found.add(code)
                else:
                    self.problems.append(row.wrong(f"language {shown(written)} is not known: not kept"))
        return found

    def _issues(self) -> Iterator[str]:
        """The LIST codes of its terms, or named in their place; other taxonomies are not kept."""
        for column in ("link_id", "service_id"):
            for row in self._tables.of("attributes", column, self._row.get("id")):
                name = row.get("taxonomy_term_id", "taxonomy_id")
                term = self._tables.by_id("taxonomy_terms", name)
                codes = (term.get("code") if term else "", name)
                yield from (code for code in codes if re.fullmatch(LIST_CODE, code))

    def _checked_on(self) -> date | None:
        text = self._row.get("assured_date")
        try:
            return date.fromisoformat(text[:10]) if text else None
        except ValueError:
            self.problems.append(
                self._row.wrong(f"assured_date {shown(text)} is no date such as 2026-12-31: not kept")
            )
            return None

    def _short(self, name: str, row: Row) -> str:
        line = "".join(char if char.isprintable() else " " for char in row.get(name))
        line = " ".join(line.split())
        if len(line) <= LONGEST_NAME:
            return line
        self.problems.append(row.wrong(f"name {shown(line)} is longer than {LONGEST_NAME} characters: cut"))
        return line[: LONGEST_NAME - 4].rpartition(" ")[0] + " ..."

    # --- where --------------------------------------------------------------------------------

    def _area(self) -> Area:
        """By what it says itself, or else by where it stands."""
        states = self._states_of_addresses()
        area = Area()
        for row in self._areas():
            extent = row.get("extent") if row.get("extent_type") == "text" else ""
            texts = (row.get("name", "service_area"), extent, row.get("description"))
            if not any(add_area(area, text) for text in texts if text):
                said = shown(next(filter(None, texts), ""))
                self.problems.append(row.wrong(f"area {said} is not understood: not kept"))
        area.settle(states)
        if area.everywhere:
            return Area(everywhere=True)
        if area.loose:
            raise _LeftOutError(f"nobody says in which state {shown(', '.join(sorted(area.loose)))} is")
        return area if area.states else self._without_area(states)

    def _without_area(self, states: set[str]) -> Area:
        if states:
            return Area(whole=states)
        if self._elsewhere.nationwide or self._elsewhere.states:
            self.problems.append(self._row.wrong("it does not say where it is: taken as --elsewhere says"))
            return Area(self._elsewhere.nationwide, set(self._elsewhere.states))
        raise _LeftOutError("no state of this country is said in its areas or addresses")

    def _areas(self) -> list[Row]:
        identity = self._row.get("id")
        places = self._tables.of("service_at_location", "service_id", identity)
        own = self._tables.of("service_areas", "service_id", identity)
        return own or [
            row
            for place in places
            for row in self._tables.of("service_areas", "service_at_location_id", place.get("id"))
        ]

    def _states_of_addresses(self) -> set[str]:
        states: set[str] = set()
        for location in self._locations():
            for row in self._tables.of("addresses", "location_id", location):
                state = state_code(row.get("state_province", "region"))
                if state and row.get("country").upper() in ("", "US", "USA", "UNITED STATES"):
                    states.add(state)
                else:
                    said = ", ".join(filter(None, (row.get("state_province"), row.get("country"))))
                    self.problems.append(row.wrong(f"{shown(said)} is no state of this country: not kept"))
        return states

    def _locations(self) -> list[str]:
        """The places of the service, or else of who runs it."""
        identity = self._row.get("id")
        at = [
            row.get("location_id") for row in self._tables.of("service_at_location", "service_id", identity)
        ]
        owned = self._tables.of("locations", "organization_id", self._row.get("organization_id"))
        return [each for each in at if each] or [row.get("id") for row in owned]


def _kind(row: Row) -> str:
    return row.get("type").casefold()
