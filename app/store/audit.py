"""What staff did, in the durable memory: written at the end, read, and never changed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import cast

from redis import Redis

from app.staff.audit import Entry
from app.store import keys

THE_LINE = "_line"  # no office's id may begin so


def audit_of(office: str) -> str:
    """The list of an office, or ("") of the line itself."""
    return keys.AUDIT(office or THE_LINE)


class Audit:
    """One list an office, and one of the line itself. Every method raises MemoryDown if the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._redis = durable

    def note(self, entry: Entry) -> None:
        """Writes one line at the end."""
        self._redis.rpush(audit_of(entry.office), entry.to_json())

    def last(self, office: str, many: int = 0, after: int = 0) -> Iterator[Entry]:
        """The last lines of an office (of the line itself: ""), the newest first; so many (0: all), `after` as many."""
        first, last = (-many - after if many else 0), -1 - after
        found = cast("list[bytes]", self._redis.lrange(audit_of(office), first, last))
        return (Entry.from_json(line) for line in reversed(found))
