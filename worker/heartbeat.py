"""A sign of life of our own: rq still counts a worker that was killed for a minute and a half."""

from __future__ import annotations

import logging
from threading import Event, Thread

from redis import Redis

from app.store import keys
from app.store.memory import MemoryDown

log = logging.getLogger(__name__)

EVERY = 3.0  # seconds; the key lives for ten


def beat(volatile: Redis, kind: str) -> None:
    """Says once that a process of this kind (worker, sweep) is alive.

    Raises:
        MemoryDown: the volatile memory does not answer.
    """
    volatile.set(keys.HEARTBEAT(kind), b"1", ex=keys.HEARTBEAT_LIFE)


def start_beating(volatile: Redis, kind: str, done: Event) -> Thread:
    """Beats from a thread until `done` is set; a memory that is down only makes it miss a beat."""
    thread = Thread(target=_beat_on, args=(volatile, kind, done), name=f"heartbeat-{kind}", daemon=True)
    thread.start()
    return thread


def _beat_on(volatile: Redis, kind: str, done: Event) -> None:
    while True:
        try:
            beat(volatile, kind)
        except MemoryDown:
            log.warning("a heartbeat could not be written")
        if done.wait(EVERY):
            return
