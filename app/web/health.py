"""Is the process alive, and is the line ready: for supervisors, load balancers and the person who was paged."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from flask import Blueprint
from redis import Redis

from app.bootstrap import Hotline
from app.config import Config
from app.host.redis import durable_url, embedded_url
from app.live import Live, NothingPublishedError
from app.store import keys
from app.store.ledger import Ledger, Reconciled
from app.store.lockdown import Lockdown
from app.store.memory import MemoryDown, why
from app.store.peppers import day_of
from app.web.current import hotline

door = Blueprint("health", __name__)

# With less than this the next rewriting of the durable file may fail, and then nothing can be written at all.
ROOM = 16 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Seen:
    """What one look at the house found.

    `durable` and `volatile` say what is wrong with that memory, nothing if all is well. `worker` and `sweep` are None
    if nobody could tell. `full` is true where our own durable server has no room left on its disk. `spent` counts the
    day's segments. `locked` is since when the line is; why is not for whoever asks a door.
    """

    durable: str
    volatile: str
    worker: bool | None
    sweep: bool | None
    live: Live | None
    reconciled: Reconciled | None = None
    full: bool = False
    spent: int | None = None
    locked: datetime | None = None


@dataclass(frozen=True)
class _Lasting:
    """What the durable memory told."""

    trouble: str
    live: Live | None
    reconciled: Reconciled | None = None
    locked: datetime | None = None


@dataclass(frozen=True)
class _Fleeting:
    """What the volatile memory told."""

    trouble: str
    worker: bool | None = None
    sweep: bool | None = None
    spent: int | None = None


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
        asked = pool.submit(_lasting, line), pool.submit(_fleeting, line.volatile, day_of(line.clock()))
    lasting, fleeting = asked[0].result(), asked[1].result()
    return Seen(
        durable=lasting.trouble,
        volatile=fleeting.trouble,
        worker=fleeting.worker,
        sweep=fleeting.sweep,
        live=lasting.live,
        reconciled=lasting.reconciled,
        full=_full(line.config),
        spent=fleeting.spent,
        locked=lasting.locked,
    )


def missing(seen: Seen) -> list[str]:
    """What keeps the line from being ready, in sentences that name no person, address or password."""
    life = keys.HEARTBEAT_LIFE
    sentences = {
        f"The durable Redis (REDIS_URL) {seen.durable}.": bool(seen.durable),
        "The disk of AMPARO_DATA is full: make room there, or no request can be written.": seen.full,
        f"The volatile Redis (REDIS_VOLATILE_URL) {seen.volatile}.": bool(seen.volatile),
        f"No worker has given a sign of life for {life} seconds.": seen.worker is False,
        f"The sweep has given no sign of life for {life} seconds.": seen.sweep is False,
        "No revision is live. Publish one with: amparo publish": not seen.durable and seen.live is None,
        "The line is locked: every text gets one fixed answer.": seen.locked is not None,
    }
    return [*(sentence for sentence, true in sentences.items() if true), *_lost(seen.reconciled)]


def _lost(found: Reconciled | None) -> list[str]:
    """What the last reconciliation found, if anything."""
    if found is None:
        return []
    owed = "1 referral is" if found.owed == 1 else f"{found.owed} referrals are"
    other = "1 referral is" if found.other == 1 else f"{found.other} referrals are"
    sentences = {
        f"{owed} owed something that nobody will do: amparo reconcile --mend": found.owed,
        f"{other} not in every list where they belong: amparo reconcile": found.other,
    }
    return [sentence for sentence, count in sentences.items() if count]


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


def _full(config: Config) -> bool:
    """True where the durable server is our own and its disk has no room left.

    With `appendfsync always` a server that cannot write ends at once, so that it cannot tell why it is gone.
    """
    if durable_url(config) != embedded_url(config.data, "durable"):
        return False
    try:
        return shutil.disk_usage(config.data).free < ROOM
    except OSError:
        return False


def _probe(redis: Redis, probe: keys.Key) -> None:
    """Asks for a write, which a memory that is full, a copy, or out of disk refuses even where the key stands.

    NX: it is written once in its life, however often somebody asks whether the line is ready.
    """
    redis.set(probe(), b"1", nx=True, ex=keys.PROBE_LIFE)


def _lasting(line: Hotline) -> _Lasting:
    """What is wrong with the durable memory, and what is live; if it is down, what this process holds."""
    try:
        # First, because looking for a revision in a memory that hangs would wait for it more than once.
        _probe(line.durable, keys.DURABLE_PROBE)
        lock = Lockdown(line.durable).standing()
        reconciled = Ledger(line.durable).last()
        return _Lasting("", _current(line), reconciled, lock.at if lock else None)
    except MemoryDown as error:
        return _Lasting(why(error), line.live.at_hand())


def _current(line: Hotline) -> Live | None:
    try:
        return line.live.current()
    except NothingPublishedError:
        return None


def _fleeting(volatile: Redis, day: str) -> _Fleeting:
    """What is wrong with the volatile memory, whether a worker and the sweep are alive, and the day's segments."""
    try:
        _probe(volatile, keys.PROBE)
        beats = [bool(volatile.exists(keys.HEARTBEAT(kind))) for kind in ("worker", "sweep")]
        spent = cast("bytes | None", volatile.get(keys.SPENT(day)))
    except MemoryDown as error:
        return _Fleeting(why(error))
    return _Fleeting("", worker=beats[0], sweep=beats[1], spent=int(spent or 0))
