"""What is owed to somebody, by due time, and the lease under which one worker sees to it."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Event, Thread
from typing import cast

from redis import Redis

from app.store import keys
from app.store.memory import MemoryDown

log = logging.getLogger(__name__)

_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('DEL', KEYS[1]) end
return 1
"""


@dataclass(frozen=True)
class Owed:
    """A referral whose next step is due, and since when."""

    id: str
    due: datetime


class Lease:
    """Says whether the work is still ours: a lease that was not renewed in time is somebody else's."""

    def __init__(self) -> None:
        self._lost = Event()

    @property
    def held(self) -> bool:
        """True while nobody else may have taken the work."""
        return not self._lost.is_set()

    def lose(self) -> None:
        """Remembers that it could not be renewed."""
        self._lost.set()


class Outbox:
    """Due times stand in the durable memory, leases in the volatile one: a lease need not outlive a crash.

    Due times are set by store.referrals, in one step with the state they belong to.
    """

    def __init__(self, durable: Redis, volatile: Redis, lease_life: float = keys.LEASE_LIFE) -> None:
        self._durable = durable
        self._volatile = volatile
        self._life = lease_life
        self._renew = volatile.register_script(_RENEW)
        self._release = volatile.register_script(_RELEASE)

    def due(self, now: datetime, limit: int = 200) -> tuple[Owed, ...]:
        """What is due, the longest overdue first.

        Raises:
            MemoryDown: the durable memory does not answer.
        """
        found = cast(
            "list[tuple[bytes, float]]",
            self._durable.zrangebyscore(
                keys.OUTBOX(), "-inf", now.timestamp(), start=0, num=limit, withscores=True
            ),
        )
        return tuple(Owed(name.decode(), datetime.fromtimestamp(score, UTC)) for name, score in found)

    def put_off(self, identity: str, at: datetime) -> None:
        """Moves what cannot be read out of the way of all that can: it would stand first for ever."""
        self._durable.zadd(keys.OUTBOX(), {identity: at.timestamp()}, xx=True)

    def drop(self, identity: str) -> None:
        """Takes out what has no record; everything else leaves with its last change of state."""
        self._durable.zrem(keys.OUTBOX(), identity)

    @contextmanager
    def lease(self, identity: str) -> Iterator[Lease | None]:
        """Takes the work in hand, renewing the lease from a thread; None if somebody else has it.

        Raises:
            MemoryDown: the volatile memory does not answer.
        """
        name, token = keys.LEASE(identity), secrets.token_hex(8)
        if not self._volatile.set(name, token, nx=True, px=int(self._life * 1000)):
            yield None
            return
        lease, done = Lease(), Event()
        thread = Thread(target=self._keep, args=(name, token, lease, done), daemon=True)
        thread.start()
        try:
            yield lease
        finally:
            done.set()
            thread.join()
            self._let_go(name, token)

    def _keep(self, name: str, token: str, lease: Lease, done: Event) -> None:
        """Renews every third of the life. One failure may be a hiccup; the second in a row is the end."""
        failures = 0
        while not done.wait(self._life / 3):
            try:
                kept = self._renew(keys=[name], args=[token, int(self._life * 1000)])
                failures = 0 if kept else 2
            except MemoryDown:
                failures += 1
            if failures >= 2:
                lease.lose()
                return

    def _let_go(self, name: str, token: str) -> None:
        try:
            self._release(keys=[name], args=[token])
        except MemoryDown:
            log.warning("a lease could not be given back; it ends by itself")
