"""Empties the volatile memory of everything that could tell about somebody, and of the queue."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import cast

from redis import Redis

from app.store import keys

# Numbers that sent STOP are sealed to the worker, and must be honoured afterwards; a heartbeat tells that a process
# lives, and a lease that a worker has something in hand: both end by themselves in seconds.
KEPT = (keys.STOPPED, keys.HEARTBEAT, keys.LEASE)
# rq's register of its processes: names of the machine, none of a person. Without it a living worker would be lost.
WORKERS = re.compile(r"rq:workers?(:.*)?")
BATCH = 500


class Emptying:
    """Empties the volatile memory. Every method raises MemoryDown if it does not answer."""

    def __init__(self, volatile: Redis) -> None:
        self._volatile = volatile

    def empty(self) -> int:
        """Removes sessions, answers, peppers, contacts, marks and the queue; how many keys. May run again and again."""
        names = list(self._ours())
        for at in range(0, len(names), BATCH):
            self._volatile.delete(*names[at : at + BATCH])
        return len(names)

    def in_hand(self) -> int:
        """How many pieces of work some worker has in hand."""
        return sum(1 for _ in self._volatile.scan_iter(keys.LEASE.pattern.format("*"), count=BATCH))

    def uptime(self) -> timedelta:
        """For how long the server has run, at most: it tells whole seconds. What was held before is gone."""
        return timedelta(
            seconds=cast("dict[str, int]", self._volatile.info("server"))["uptime_in_seconds"] + 1
        )

    def _ours(self) -> Iterator[str]:
        """Names of ours and of the queue's; what somebody else keeps in this server is not ours to take."""
        for raw in cast("Iterator[bytes]", self._volatile.scan_iter(count=BATCH)):
            name = raw.decode(errors="replace")
            family = keys.owner_of(name, "volatile")
            if family not in KEPT and (family or _of_the_queue(name)):
                yield name


def _of_the_queue(name: str) -> bool:
    return bool(keys.FOREIGN.fullmatch(name)) and not WORKERS.fullmatch(name)
