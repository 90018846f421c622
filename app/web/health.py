"""Is the process alive, and is the line ready: for supervisors, load balancers and the person who was paged."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Blueprint
from redis import Redis

from app.bootstrap import Hotline
from app.config import Config
from app.live import Live, NothingPublishedError
from app.store import keys
from app.store.lockdown import Lockdown
from app.store.memory import MemoryDown
from app.store.peppers import day_of
from app.web.current import hotline

door = Blueprint("health", __name__)


@dataclass(frozen=True)
class Seen:
    """What one look at the house found; `worker` and `sweep` are None if nobody could tell.

    `locked` is since when the line is; why is not for whoever asks a door.
    """

    durable: bool
    volatile: bool
    worker: bool | None
    sweep: bool | None
    live: Live | None
    spent: int | None = None  # segments of today
    locked: datetime | None = None


@door.get("/healthz")
def healthz() -> tuple[str, dict[str, str]]:
    """200 as long as the process lives; asks nobody else."""
    return "ok\n", {"Content-Type": "text/plain; charset=utf-8"}


@door.get("/readyz")
def readyz() -> tuple[dict[str, Any], int]:
    """200 if a text sent now would be answered and a referral carried out; else 503 and what is missing."""
    line = hotline()
    seen = look(line)
    faults = missing(seen)
    body = {
        "ready": not faults,
        **({"locked_since": seen.locked.isoformat(timespec="seconds")} if seen.locked else {}),
        "missing": faults,
        "notes": [*_notes(line, seen.live), *_spending(line, seen.spent)],
        "revision": seen.live.hash[:12] if seen.live else None,
    }
    return body, 503 if faults else 200


def _notes(line: Hotline, live: Live | None) -> list[str]:
    if live is None:
        return notes(line.config, 0, 0)
    silent = live.silent(live.today(line.config, line.clock()))
    return notes(line.config, live.unsigned_count, len(silent))


def _spending(line: Hotline, spent: int | None) -> list[str]:
    sentence = line.spending.sentence(spent) if spent is not None else None
    return [sentence] if sentence else []


def look(line: Hotline) -> Seen:
    """Asks both memories side by side: two that hang take the time of one (1.5 s with their time-outs)."""
    with ThreadPoolExecutor(2) as pool:
        lasting = pool.submit(_live, line)
        volatile = pool.submit(_volatile, line.volatile, day_of(line.clock()))
    durable, live, locked = lasting.result()
    found = volatile.result()
    worker, sweep, spent = found or (None, None, None)
    return Seen(durable, found is not None, worker, sweep, live, spent, locked)


def missing(seen: Seen) -> list[str]:
    """What keeps the line from being ready, in sentences that name no person, address or password."""
    life = keys.HEARTBEAT_LIFE
    sentences = {
        "The durable Redis (REDIS_URL) does not answer.": not seen.durable,
        "The volatile Redis (REDIS_VOLATILE_URL) does not answer.": not seen.volatile,
        f"No worker has given a sign of life for {life} seconds.": seen.worker is False,
        f"The sweep has given no sign of life for {life} seconds.": seen.sweep is False,
        "No revision is live. Publish one with: amparo publish": seen.durable and seen.live is None,
        "The line is locked: every text gets one fixed answer.": seen.locked is not None,
    }
    return [sentence for sentence, true in sentences.items() if true]


def notes(config: Config, unsigned: int, silent: int) -> list[str]:
    """What an operator should know although the line is ready."""
    found = []
    if config.demonstration:
        found.append("This is a demonstration: no real number is behind the line.")
    if unsigned:
        found.append(_unsigned(config, unsigned))
    if silent:
        texts = "1 text gives" if silent == 1 else f"{silent} texts give"
        found.append(f"{texts} way to a standing text; which, and why: amparo facts.")
    return found


def _unsigned(config: Config, count: int) -> str:
    texts, they_are = ("1 text is", "it is") if count == 1 else (f"{count} texts are", "they are")
    if not config.serve_drafts:
        return f"{texts} not signed by a lawyer yet; {they_are} not served."
    why = "this is a demonstration" if config.demonstration else "AMPARO_SERVE_DRAFTS is yes"
    return f"{texts} not signed by a lawyer yet; {they_are} served because {why}."


def _live(line: Hotline) -> tuple[bool, Live | None, datetime | None]:
    """Whether the durable memory answers, what is live (if it is down, what this process holds), since when it is locked."""
    try:
        # First, because looking for a revision in a memory that hangs would wait for it more than once.
        lock = Lockdown(line.durable).standing()
    except MemoryDown:
        return False, line.live.at_hand(), None
    locked = lock.at if lock else None
    try:
        return True, line.live.current(), locked
    except NothingPublishedError:
        return True, None, locked
    except MemoryDown:
        return False, line.live.at_hand(), locked


def _volatile(volatile: Redis, day: str) -> tuple[bool, bool, int] | None:
    """Whether a worker and the sweep are alive, and the day's segments; None if the memory does not answer."""
    pipe = volatile.pipeline(transaction=False)
    pipe.exists(keys.HEARTBEAT("worker"))
    pipe.exists(keys.HEARTBEAT("sweep"))
    pipe.get(keys.SPENT(day))
    try:
        worker, sweep, spent = cast("tuple[int, int, bytes | None]", tuple(pipe.execute()))
    except MemoryDown:
        return None
    return bool(worker), bool(sweep), int(spent or 0)
