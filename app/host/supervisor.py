"""Starts the hotline's processes in order, mends those that die, and leaves nothing running."""

from __future__ import annotations

import ctypes
import functools
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.config import MARK
from app.host import HostError

TICK = 0.05  # seconds between two looks at the children
START_LIMIT = 60.0  # seconds a child may take to get ready: a large append-only file is read first
GRACE = 8.0  # seconds between SIGTERM and SIGKILL
STEADY = 10.0  # seconds after which a death no longer counts as one of a row
FIRST_PAUSE, LONGEST_PAUSE = 0.25, 30.0  # seconds

PR_SET_PDEATHSIG = 1  # linux/prctl.h
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None


@dataclass(frozen=True)
class Child:
    """A process to run: `once` means that it has to end well before the next stage starts."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    ready: Callable[[], bool] | None = None
    once: bool = False
    quiet: bool = False  # what it prints is shown only when it dies

    def __post_init__(self) -> None:
        if not self.argv or not Path(self.argv[0]).is_absolute():
            raise ValueError(f"argv must start with an absolute path, got {self.argv!r}")


Stage = Sequence[Child]


class Running:
    """A child that was started: its process, since when, and when it is due again if it died."""

    def __init__(self, child: Child, mark: str, folder: Path) -> None:
        self.child = child
        self.mark = mark
        self.folder = folder
        self.pause = 0.0
        self.due: float | None = None
        self.start()

    def start(self) -> None:
        """Starts the process, in a session of its own: Ctrl-C reaches the parent alone."""
        # It lives as long as the process does, so no `with` holds it; kill() closes it.
        self.output: IO[bytes] | None = tempfile.TemporaryFile() if self.child.quiet else None  # noqa: SIM115
        self.process = subprocess.Popen(
            self.child.argv,
            env={**self.child.env, MARK: self.mark},
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=self.output or sys.stderr.fileno(),  # our own words alone stand on stdout
            stderr=self.output or sys.stderr.fileno(),
            start_new_session=True,
            preexec_fn=functools.partial(die_with_parent, os.getpid()),  # noqa: PLW1509 - we have no threads
        )
        self.since = time.monotonic()
        self.due = None

    @property
    def ended(self) -> bool:
        """True if the process is there no more."""
        return self.process.poll() is not None

    @property
    def ready(self) -> bool:
        """True if the next stage need not wait for this child any longer."""
        if self.child.once:
            return self.process.poll() == 0
        return self.child.ready is None or (not self.ended and self.child.ready())

    def why(self) -> str:
        """How it ended, in a few words."""
        code = self.process.returncode
        ended = f"signal {-code}, {signal.strsignal(-code)}" if code < 0 else f"exit code {code}"
        return f"{self.child.name} ended ({ended})"

    def last_lines(self) -> str:
        """The last lines of a quiet child, each on a line of its own."""
        if self.output is None:
            return ""
        self.output.seek(0)
        lines = self.output.read().decode(errors="replace").splitlines()
        return "".join(f"\n  {line}" for line in [line for line in lines if line.strip()][-5:])

    def kill(self) -> None:
        """Ends what is left of the process and of its group, at once."""
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.output is not None:
            self.output.close()


class Supervisor:
    """One parent of all processes.

    Args:
        stages: what to start; each stage waits until the one before it is ready.
        mark: tells the processes of this data folder from all others.
        folder: the working directory of all children.
    """

    def __init__(self, stages: Sequence[Stage], mark: str, folder: Path) -> None:
        self.stages = stages
        self.mark = mark
        self.folder = folder
        self.running: list[list[Running]] = []
        self.stopping = False

    def run(self, announce: Callable[[], None]) -> None:
        """Starts every stage, calls `announce`, and returns when a signal came and all have ended.

        Raises:
            HostError: a child died, or took too long, before it was ready; all others have ended.
        """
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # under nohup it stays ignored
            signal.signal(signal.SIGHUP, self._on_signal)
        try:
            for stage in self.stages:
                self._bring_up(stage)
            if not self.stopping:
                announce()
            while not self.stopping:
                self._mend()
                time.sleep(TICK)
        finally:
            self._stop()

    def _on_signal(self, *_: object) -> None:
        self.stopping = True

    def _bring_up(self, stage: Stage) -> None:
        group: list[Running] = []
        self.running.append(group)
        if not self.stopping:
            group.extend(Running(child, self.mark, self.folder) for child in stage)
        deadline = time.monotonic() + START_LIMIT
        waiting = group
        while not self.stopping and (waiting := [one for one in waiting if not one.ready]):
            for one in waiting:
                if one.ended and not one.ready:  # asked again: it may have ended well just now
                    raise HostError(_not_started(one))
            if time.monotonic() > deadline:
                raise HostError(f"Amparo did not start: {waiting[0].child.name} was not ready in time.")
            time.sleep(TICK)
        group[:] = [one for one in group if not one.child.once or not one.ended]

    def _mend(self) -> None:
        """Starts again what died, after a pause that grows while it dies in a row."""
        now = time.monotonic()
        for one in (one for group in self.running for one in group if one.ended):
            if one.due is None:
                steady = now - one.since > STEADY
                one.pause = FIRST_PAUSE if steady else min(max(one.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
                one.due = now + one.pause
                say(f"{one.why()}; starting it again in {one.pause:g} s{one.last_lines()}")
                one.kill()  # its own children would hold its port
            elif now >= one.due:
                _start_again(one)

    def _stop(self) -> None:
        """Ends everything, the last stage first; then whatever left its group, such as a work-horse of rq."""
        for group in reversed(self.running):
            # One that is due again was killed with its group already: by now its number may be another's.
            _end([one for one in group if one.due is None])
        end_marked(self.mark, grace=0)


def _not_started(one: Running) -> str:
    """What one child's end means for the start. One that runs once has said itself what is wrong."""
    if one.child.once:
        return "Amparo did not start: mend what is said above, and start it again."
    return f"Amparo did not start: {one.why()}{one.last_lines()}"


def _start_again(one: Running) -> None:
    try:
        one.start()
    except OSError as error:  # no memory or no process to be had just now
        one.due = time.monotonic() + LONGEST_PAUSE
        say(f"{one.child.name} could not be started ({error.strerror}); again in {LONGEST_PAUSE:g} s")


def _end(group: Sequence[Running]) -> None:
    for one in group:
        one.process.terminate()
    wait_until(lambda: all(one.ended for one in group), GRACE)
    for one in group:
        one.kill()


def say(words: str) -> None:
    """One line for the operator, on stderr."""
    print(f"amparo: {words}", file=sys.stderr, flush=True)


def wait_until(true: Callable[[], bool], seconds: float) -> bool:
    """Waits until it is true, for at most so many seconds; says whether it came true."""
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(TICK)
    return True


def die_with_parent(parent: int) -> None:
    """Called in a new process: the kernel kills it when `parent` dies, however that dies.

    Linux only; it is not inherited by the process's own children, so a work-horse asks for itself.
    Elsewhere the next start ends what was left (`end_marked`).
    """
    if _LIBC is None:
        return
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


def end_marked(mark: str, grace: float) -> None:
    """Ends every process that carries this mark: SIGTERM, then SIGKILL after `grace` seconds."""
    if grace:
        _signal_marked(mark, signal.SIGTERM)
        wait_until(lambda: not marked(mark), grace)
    _signal_marked(mark, signal.SIGKILL)
    wait_until(lambda: not marked(mark), GRACE)


def _signal_marked(mark: str, number: signal.Signals) -> None:
    for pid in marked(mark):
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def marked(mark: str) -> list[int]:
    """The processes that carry the mark, but for this one; those of other users cannot be read and are not ours."""
    word = f"{MARK}={mark}".encode()
    found = _marked_in_proc(word) if Path("/proc/self/environ").exists() else _marked_by_ps(word)
    return [pid for pid in found if pid != os.getpid()]


def _marked_in_proc(word: bytes) -> list[int]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if word in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


def _marked_by_ps(word: bytes) -> list[int]:
    """For macOS, whose ps shows the environment after the command (-E)."""
    shown = subprocess.run(["ps", "-E", "-ww", "-axo", "pid=,command="], capture_output=True, check=False)
    lines = (line.split() for line in shown.stdout.splitlines())
    return [int(words[0]) for words in lines if word in words[1:]]
