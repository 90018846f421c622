"""Facts, numbers, links and states that somebody has suspended, in the durable memory: who is asked looks here each second.

They hold whatever revision is live, until they are restored by the same id.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import cast

from redis import Redis

from app.store import keys


@dataclass(frozen=True)
class Suspension:
    """What was suspended or restored, when and why."""

    id: str
    at: datetime
    reason: str
    restored: bool = False


class Suspensions:
    """Writes and reads suspensions. Every method raises MemoryDown when the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._durable = durable

    def suspend(self, name: str, reason: str, at: datetime) -> Suspension:
        """Suspends an id, in one step with its line in the history."""
        return self._write(Suspension(name, at, reason))

    def restore(self, name: str, reason: str, at: datetime) -> Suspension:
        """Takes a suspension back, in one step with its line in the history."""
        return self._write(Suspension(name, at, reason, restored=True))

    def _write(self, entry: Suspension) -> Suspension:
        pipe = self._durable.pipeline(transaction=True)
        if entry.restored:
            pipe.hdel(keys.SUSPENDED(), entry.id)
        else:
            pipe.hset(keys.SUSPENDED(), entry.id, _written(entry))
        pipe.rpush(keys.SUSPENSIONS(), _written(entry))
        pipe.execute()
        return entry

    def all(self) -> Mapping[str, Suspension]:
        """What is suspended now, by id."""
        found = cast("dict[bytes, bytes]", self._durable.hgetall(keys.SUSPENDED()))
        return {name.decode(): _read(entry) for name, entry in found.items()}

    def ids(self) -> frozenset[str]:
        """The ids of what is suspended now, whatever version of this code wrote them."""
        return frozenset(name.decode() for name in cast("list[bytes]", self._durable.hkeys(keys.SUSPENDED())))

    def history(self) -> tuple[Suspension, ...]:
        """Every suspension and restoration, oldest first."""
        lines = cast("list[bytes]", self._durable.lrange(keys.SUSPENSIONS(), 0, -1))
        return tuple(_read(line) for line in lines)


def _written(entry: Suspension) -> str:
    return json.dumps({**asdict(entry), "at": entry.at.isoformat()}, ensure_ascii=False)


def _read(line: bytes) -> Suspension:
    entry = json.loads(line)
    return Suspension(**{**entry, "at": datetime.fromisoformat(entry["at"])})
