"""The sweep: `python -m worker.sweep` looks every second for what is due and what nobody was told of."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from threading import Event

from app import logs
from app.clock import utc_now
from app.config import Config, ConfigError
from app.host.redis import durable_url, volatile_url
from app.outside.jobs import Jobs
from app.reconcile import Nightly
from app.store.contacts import Contacts
from app.store.emptying import Emptying
from app.store.ledger import Ledger
from app.store.lockdown import Lockdown
from app.store.memory import MemoryDown, connect
from app.store.outbox import Outbox
from app.store.peppers import day_of
from worker.heartbeat import beat

# Run with -m its __name__ is __main__, by which the log would not know it for ours.
log = logging.getLogger("worker.sweep")

EVERY = 1.0  # seconds; AMPARO_SWEEP_SECONDS
# The same work is hinted once in so many looks: a worker that died with a hint does not hold it up for longer.
SLOT = 5
# With so many hints waiting, more would only make the queue longer.
ENOUGH = 500


class Sweep:
    """One look at everything that is due."""

    def __init__(
        self,
        outbox: Outbox,
        contacts: Contacts,
        jobs: Jobs,
        alive: Callable[[], None],
        locked: Callable[[], bool] = lambda: False,
        every: float = EVERY,
    ) -> None:
        self._outbox = outbox
        self._contacts = contacts
        self._jobs = jobs
        self._alive = alive
        self._locked = locked
        # The web's own hint goes first, for the time of one look; the sweep is for those that were lost.
        self._grace = timedelta(seconds=every)
        self._slot = every * SLOT

    def once(self, now: datetime) -> int:
        """Hints at everything due; how many hints were left. None while the line is locked.

        Raises:
            MemoryDown: a memory does not answer.
        """
        self._alive()
        if self._locked():
            return 0
        if self._jobs.waiting() > ENOUGH:
            return 0
        slot = str(int(now.timestamp() / self._slot))
        hints = [self._jobs.hint_delivery(owed.id, slot) for owed in self._outbox.due(now - self._grace)]
        day = day_of(now)
        if self._contacts.rekey_wanted(day):
            hints.append(self._jobs.hint_rekey(day, slot))
        return sum(hints)


def main() -> int:
    """Sweeps until SIGTERM or SIGINT; 2 if a setting is wrong."""
    logs.start()
    try:
        config = Config.from_env(os.environ)
    except ConfigError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    done = Event()
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda *_: done.set())
    sweep_until(done, durable_url(config), volatile_url(config), config.sweep_seconds)
    return 0


def sweep_until(done: Event, durable: str, volatile: str, every: float = EVERY) -> None:
    """Sweeps every second, and reconciles each night; while a memory is down it says so once, and goes on."""
    memory, lasting = connect(volatile), connect(durable)
    lockdown, emptying = Lockdown(lasting), Emptying(memory)

    def locked() -> bool:
        """Whether it is; and whatever a process in the middle of something still wrote is taken out again."""
        stands = lockdown.stands()
        if stands:
            emptying.empty()
        return stands

    outbox = Outbox(lasting, memory)
    sweep = Sweep(outbox, Contacts(memory), Jobs(memory), lambda: beat(memory, "sweep"), locked, every)
    nightly = Nightly(Ledger(lasting))
    down = False
    while not done.is_set():
        try:
            sweep.once(utc_now())
            nightly.look(utc_now())
            down = False
        except MemoryDown:
            if not down:
                log.exception("a memory does not answer; the sweep goes on")
            down = True
        done.wait(every)


if __name__ == "__main__":
    sys.exit(main())
