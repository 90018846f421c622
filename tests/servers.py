"""The two real Redis servers of a test run, and what can go wrong with them on a bad day."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from app.host import redis
from app.host.supervisor import Child, Running, wait_until
from app.store.keys import Memory
from app.store.memory import connect


def _candidates() -> Iterator[int]:
    """Ports below those that the kernel gives to outgoing connections, apart for each process of a test run.

    A port that was asked of the kernel and let go can be taken by any connection before a server binds it: it
    happened. They come in fours, because `amparo run` takes the next two for its phone and its mail.
    """
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 2
    return itertools.count(12_000 + process * 8_000 + os.getpid() % 1_000 * 4, 4)


_PORTS = _candidates()


def free_port() -> int:
    """A port of the loopback that nobody holds, and that no other test of this run is given."""
    return next(port for port in _PORTS if _is_free(port))


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@dataclass
class Server:
    """One real server under the same command line as in production."""

    name: Memory
    data: Path
    running: Running | None = field(default=None, init=False)
    changed: bool = field(default=False, init=False)

    @property
    def url(self) -> str:
        return redis.embedded_url(self.data, self.name)

    def launch(self, *options: str, through: tuple[str, ...] = ()) -> None:
        """Starts it without waiting, with more options or through another program (which must exec it)."""
        argv = (*through, *redis.command(redis.find_server(), self.data, self.name), *options)
        self.changed = bool(options or through)
        self.running = Running(Child(self.name, argv, {}, quiet=True), mark="", folder=self.data)

    def start(self, *options: str, through: tuple[str, ...] = ()) -> None:
        """Starts it and waits until it answers."""
        self.launch(*options, through=through)
        if not wait_until(lambda: redis.answers(self.url), 10):
            self.kill()
            raise RuntimeError(f"the {self.name} server did not start")

    def stop(self) -> None:
        """Ends it politely."""
        if self.running is not None:
            self.resume()
            self.running.process.terminate()
            self.running.process.wait(10)
            self.running.kill()
            self.running = None

    def kill(self) -> None:
        """Ends it as a power cut would."""
        if self.running is not None:
            self.running.kill()
            self.running = None

    def pause(self) -> None:
        """Makes it hang: it takes connections and says nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Lets it go on."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """Makes it answer again, whatever a test did to it, with nothing in it."""
        if self.running is None or self.running.ended or self.changed:
            self.kill()
            self.start()
        self.resume()
        client = connect(self.url)
        client.flushall()
        client.close()

    def _signal(self, number: signal.Signals) -> None:
        if self.running is not None and not self.running.ended:
            os.kill(self.running.process.pid, number)


@dataclass(frozen=True)
class Servers:
    """Both memories of one test run, in a folder of their own."""

    data: Path
    durable: Server
    volatile: Server

    @classmethod
    def start(cls) -> Servers:
        """Starts both in a new folder."""
        data = Path(tempfile.mkdtemp(prefix="amparo-test-"))
        redis.make_folders(data)
        servers = cls(data, Server("durable", data), Server("volatile", data))
        servers.durable.start()
        servers.volatile.start()
        return servers

    def stop(self) -> None:
        """Ends both and removes their folder."""
        self.durable.stop()
        self.volatile.stop()
        shutil.rmtree(self.data, ignore_errors=True)

    def flush(self) -> None:
        """Empties both."""
        self.durable.flush()
        self.volatile.flush()

    @property
    def env(self) -> dict[str, str]:
        """The settings that lead a process here."""
        return {
            "AMPARO_DATA": str(self.data),
            "REDIS_URL": self.durable.url,
            "REDIS_VOLATILE_URL": self.volatile.url,
        }
