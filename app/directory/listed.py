"""A listed service: the person gets its number, hours and languages; nothing is ever sent to it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from app.directory.office import STATES

# They stand in one text with the name of another service.
LONGEST_NAME = 100
LONGEST_HOURS = 60
LONGEST_SERVES = 160

# An office's id has no underscore and this one always has: neither can ever be taken for the other.
_ID = r"[A-Za-z0-9-]{1,40}_[A-Za-z0-9_-]{1,60}"
_PHONE = r"\+[1-9][0-9]{6,14}|[2-9][0-9]{2}|[0-9]{5,6}"
WEB_ADDRESS = r"https?://[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:[0-9]+)?([/?#][!-~]*)?"
LIST_CODE = r"[A-Z]{2}(-[0-9]{2}){4}"


class ListedError(ValueError):
    """A listed service that cannot be as it is written, with the value that is wrong."""


@dataclass(frozen=True)
class Listed:
    """One listed service. No `states` means nationwide; `counties` narrow the state they are in ("TX:Harris County").

    `owner` says who runs it: people decide by that whether they call. `languages` are codes such as es, mam, kiche;
    none means that nobody knows. `issues` are codes of LIST, such as IM-02-00-00-00.
    """

    id: str
    name: str
    owner: str
    source: str
    source_id: str
    phone: str = ""
    url: str = ""
    states: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    hours: str = ""
    languages: tuple[str, ...] = ()
    issues: tuple[str, ...] = ()
    serves: str = ""
    takes_texts: bool = False
    checked_on: date | None = None

    def __post_init__(self) -> None:
        _matches("id", self.id, _ID)
        _matches("source", self.source, r"[A-Za-z0-9-]{1,40}")
        for name, longest in (("name", LONGEST_NAME), ("owner", LONGEST_NAME)):
            _line(name, getattr(self, name), 1, longest)
        for name, longest in (("hours", LONGEST_HOURS), ("serves", LONGEST_SERVES), ("source_id", 200)):
            _line(name, getattr(self, name), 0, longest)
        self._check_reach()
        self._check_where()
        for name, pattern in (("languages", r"[a-z][a-z0-9-]{1,15}"), ("issues", LIST_CODE)):
            for code in getattr(self, name):
                _matches(name, code, pattern)

    def _check_reach(self) -> None:
        if not self.phone and not self.url:
            raise ListedError(f"phone or url must be given, neither is for {self.id!r}")
        if self.phone:
            _matches("phone", self.phone, _PHONE)
        if self.url:
            _matches("url", self.url, WEB_ADDRESS)
        if self.takes_texts and not self.phone:
            raise ListedError(f"phone must be given where it takes texts, it is not for {self.id!r}")

    def _check_where(self) -> None:
        for state in self.states:
            if state not in STATES:
                raise ListedError(f"states must be codes such as TX, got {state!r}")
        for county in self.counties:
            _matches("county", county, r"[A-Z]{2}:\S.{0,58}\S")
            if county[:2] not in self.states:
                raise ListedError(f"states must hold the state of {county!r}, got {' '.join(self.states)!r}")

    @property
    def nationwide(self) -> bool:
        """True for a service that takes people from every state."""
        return not self.states

    def serves_place(self, state: str | None, county: str | None) -> bool:
        """True if it is for people there; one of a county is not, as long as the county is not known."""
        if self.nationwide:
            return True
        if state is None or state not in self.states:
            return False
        narrowed = [each for each in self.counties if each[:2] == state]
        return not narrowed or (county is not None and f"{state}:{county}" in narrowed)

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        day = self.checked_on.isoformat() if self.checked_on else None
        record = {**asdict(self), "checked_on": day}
        return json.dumps(record, separators=(",", ":"), sort_keys=True, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str | bytes) -> Listed:
        """The listed service that `to_json` wrote.

        Raises:
            ListedError: the text is not such a record.
        """
        try:
            record: dict[str, Any] = json.loads(text)
            for name in ("states", "counties", "languages", "issues"):
                record[name] = tuple(record[name])
            day = record["checked_on"]
            return cls(**{**record, "checked_on": date.fromisoformat(day) if day else None})
        except ListedError:
            raise
        except (KeyError, TypeError, ValueError) as error:
            raise ListedError(f"a stored listed service cannot be read: {error}") from error


def listed_id(source: str, source_id: str) -> str:
    """The lasting id of a source's entry: its own id where that is opaque, a digest of it where it is not."""
    if re.fullmatch(r"[A-Za-z0-9-]{1,60}", source_id):
        return f"{source}_{source_id}"
    return f"{source}_{hashlib.sha256(source_id.encode()).hexdigest()[:24]}"


def pick(
    listed: Iterable[Listed], place: str | None, county: str | None, spoken: str, limit: int = 2
) -> tuple[Listed, ...]:
    """The services to name to a person, the same ones each time and no number twice.

    One with a phone goes before one without, then one of the place before a nationwide one, then one that is known
    to speak the language.
    """

    def rank(each: Listed) -> tuple[bool, bool, bool, str]:
        return not each.phone, each.nationwide, spoken not in each.languages, each.id

    fitting = sorted((each for each in listed if each.serves_place(place, county)), key=rank)
    by_reach: dict[str, Listed] = {}
    for each in fitting:
        by_reach.setdefault(each.phone or each.url, each)
    return tuple(by_reach.values())[:limit]


def _line(name: str, value: str, shortest: int, longest: int) -> None:
    if value != value.strip() or not value.isprintable() or not shortest <= len(value) <= longest:
        raise ListedError(f"{name} must be a line of {shortest} to {longest} characters, got {value!r}")


def _matches(name: str, value: str, pattern: str) -> None:
    if not re.fullmatch(pattern, value):
        raise ListedError(f"{name} must match {pattern}, got {value!r}")
