"""Published revisions, in the durable memory: immutable, named by their hash, one of them live."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from app.revision import Revision
from app.store import keys


@dataclass(frozen=True)
class Published:
    """One line of the history: which revision went live when, and why."""

    hash: str
    at: datetime
    reason: str


class Revisions:
    """Writes and reads revisions. Every method raises MemoryDown when the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._durable = durable

    def publish(self, revision: Revision, reason: str, at: datetime) -> Published:
        """Stores the revision and makes it live, in one step."""
        entry = Published(revision.hash, at, reason)
        pipe = self._durable.pipeline(transaction=True)
        pipe.set(keys.REVISION(revision.hash), revision.to_bytes())
        pipe.rpush(keys.REVISIONS(), json.dumps({**asdict(entry), "at": at.isoformat()}))
        pipe.set(keys.LIVE(), revision.hash)
        pipe.execute()
        return entry

    def live_hash(self) -> str | None:
        """The name of the live revision; None before the first was published."""
        found = cast("bytes | None", self._durable.get(keys.LIVE()))
        return found.decode() if found else None

    def get(self, name: str) -> Revision | None:
        """The revision of this name."""
        found = cast("bytes | None", self._durable.get(keys.REVISION(name)))
        return Revision.from_bytes(found) if found else None

    def history(self) -> tuple[Published, ...]:
        """What was published, oldest first."""
        lines = cast("list[bytes]", self._durable.lrange(keys.REVISIONS(), 0, -1))
        entries = (json.loads(line) for line in lines)
        return tuple(Published(**{**entry, "at": datetime.fromisoformat(entry["at"])}) for entry in entries)
