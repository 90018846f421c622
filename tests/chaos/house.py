"""A hotline of real processes between real servers and counted edges; whatever dies is started again at once."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from app.host.supervisor import Child, Running, end_marked, wait_until
from app.sources import read_sources
from app.store import keys
from app.store.memory import MemoryDown, connect
from app.store.offices import Offices
from app.store.revisions import Revisions
from tests.app.outside.edges import MailEdge, TwilioEdge, mail_edge, twilio_edge
from tests.app.referral.made_up import WORKER_KEY, office
from tests.chaos.schedule import Blow, Target
from tests.servers import Server, Servers
from tests.worker.conftest import ROOT, settings_of

MARK = f"chaos-{os.getpid()}"
LOOK = 0.5  # seconds to wait for a worker that has a job in hand: an idle one is no loss
SLOW_EDGE = 0.05  # seconds that Twilio takes, as it does; so a kill can fall into it


@dataclass
class House:
    """Servers, edges, workers and the sweep."""

    servers: Servers
    twilio: TwilioEdge
    mailbox: MailEdge
    workers: list[Running] = field(default_factory=list)
    sweep: list[Running] = field(default_factory=list)
    kills: Counter[str] = field(default_factory=Counter)
    last_kill: float = field(default_factory=time.monotonic)

    def mend(self) -> None:
        """Starts again whatever has ended."""
        for one in (*self.workers, *self.sweep):
            if one.ended:
                if one.output is not None:
                    one.output.close()
                one.start()

    def strike(self, blow: Blow) -> None:
        """SIGKILL, to whom it is meant for; a server comes back on the same socket and data."""
        killed = blow.target
        match blow.target:
            case "durable":
                self._restart(self.servers.durable, blow.down)
            case "volatile":
                self._restart(self.servers.volatile, blow.down)
            case "sweep":
                _kill(self.sweep[0].process.pid)
            case _:
                killed = self._strike_worker(blow)
        self.kills[killed] += 1
        self.last_kill = time.monotonic()

    def _strike_worker(self, blow: Blow) -> Target:
        """Whom it met: a worker without work has no horse."""
        worker, horse = self._at_work(blow.number)
        if horse and blow.target != "parent":
            _kill(horse)
        if horse and blow.target == "horse":
            return "horse"
        _kill(worker)
        return blow.target if horse else "parent"

    def _at_work(self, first: int) -> tuple[int, int]:
        """A worker with its horse, the chosen one if it is at work; if nobody is, the one that has lived longest.

        One that is still starting is spared: on a slow machine none would ever come to work.
        """
        workers = [*self.workers[first:], *self.workers[:first]]
        pids = [worker.process.pid for worker in workers]
        end = time.monotonic() + LOOK
        while time.monotonic() < end:
            for pid in pids:
                if horse := horse_of(pid):
                    return pid, horse
            time.sleep(0.002)
        return min(workers, key=lambda worker: worker.since).process.pid, 0

    def _restart(self, server: Server, down: float) -> None:
        server.kill()
        time.sleep(down)
        server.start()

    def alive(self) -> bool:
        """True if a worker and the sweep have given their first sign of life."""
        with connect(self.servers.volatile.url) as volatile, suppress(MemoryDown):
            return all(volatile.exists(keys.HEARTBEAT(kind)) for kind in ("worker", "sweep"))
        return False


@contextmanager
def house(workers: int, settings: dict[str, str], worker: str = "worker") -> Iterator[House]:
    """Everything started, and nothing left of it afterwards.

    Raises:
        RuntimeError: no worker gave a sign of life.
    """
    servers = Servers.start()
    try:
        with twilio_edge() as twilio, mail_edge() as mailbox:
            twilio.wait = SLOW_EDGE
            made = House(servers, twilio, mailbox)
            env = {**settings_of(servers, twilio, mailbox, _key(servers.data)), **settings}
            _furnish(servers)
            try:
                made.workers += [_running(f"worker {number}", worker, env) for number in range(workers)]
                made.sweep.append(_running("sweep", "worker.sweep", env))
                if not wait_until(made.alive, 60):
                    raise RuntimeError(f"no worker gave a sign of life{made.workers[0].last_lines()}")
                yield made
            finally:
                # Before the edges close: a horse that lost its parent must not find them shut.
                for one in (*made.workers, *made.sweep):
                    one.kill()
                end_marked(MARK, grace=0)
    finally:
        servers.stop()


def _running(name: str, module: str, env: dict[str, str]) -> Running:
    return Running(Child(name, (sys.executable, "-m", module), env, quiet=True), MARK, ROOT)


def _key(folder: Path) -> Path:
    path = folder / "worker.age"
    path.write_text(WORKER_KEY)
    return path


def _furnish(servers: Servers) -> None:
    """The words, and one office."""
    with connect(servers.durable.url) as durable:
        Revisions(durable).publish(read_sources().revision(), "chaos", datetime.now(UTC))
        Offices(durable).save(office())


def horse_of(pid: int) -> int:
    """The process that does this worker's job; 0 if it has none in hand. Linux tells a process's children."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    return int(children[0]) if children else 0


def _kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
