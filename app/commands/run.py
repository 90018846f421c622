"""`amparo run`: the whole hotline under one parent, and with nothing configured a demonstration of it."""

from __future__ import annotations

import errno
import fcntl
import functools
import hashlib
import http.client
import os
import resource
import secrets
import socket
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

import app
import messages
from app.config import DEMO_HOTLINE, DEMO_VOICE, INTERNAL, SECRETS, Config, ConfigError
from app.host import HostError, redis
from app.host.keyfile import make_keyfile, recipient_in
from app.host.supervisor import Child, Stage, Supervisor, end_marked, say
from app.sealing import SealError
from app.store import keys
from app.store.memory import MemoryDown, connect
from messages.facts import read_facts
from messages.yaml_reader import ReadError

Environment = dict[str, str]
Plan = Callable[[Config, Environment], Sequence[Stage]]

# Where the packages are. The children work from here, so that no folder named `app` and no gunicorn.conf.py
# of the folder where somebody typed `amparo run` comes before ours.
ROOT = Path(app.__file__).resolve().parents[1]

# The settings of gunicorn are those below; what is trusted of a request is not left to a stray variable.
STRAY = ("GUNICORN_CMD_ARGS", "FORWARDED_ALLOW_IPS", "WEB_CONCURRENCY")

LOOPBACK = "127.0.0.1"
ORPHANS_GRACE = 2.0  # seconds: what an earlier run left has lost its servers and can finish nothing


@click.command(name="run")
def run() -> None:
    """Start the hotline; with nothing configured, with a phone in the browser."""
    sys.exit(start(os.environ))


def start(env: Mapping[str, str], plan: Plan | None = None) -> int:
    """Runs until a signal comes; gives the exit code: 0 stopped, 1 cannot run here, 2 a setting is wrong."""
    outer = {name: value for name, value in env.items() if name not in (*INTERNAL, *STRAY)}
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a core file would be menu traffic on a disk
    try:
        config = Config.from_env(outer)
        with _alone(config.data):
            _supervise(config, outer, plan or stages)
    except ConfigError as error:
        for fault in error.faults:
            say(fault)
        return 2
    except HostError as error:
        say(str(error))
        return 1
    return 0


def _supervise(config: Config, env: Environment, plan: Plan) -> None:
    """What is done in order: 1 end what an earlier run left; 2 refuse a taken port; 3 the key; 4 the processes."""
    mark = mark_of(config.data)
    end_marked(mark, grace=ORPHANS_GRACE)
    _refuse_taken_port(_bind_host(config), config.port, "PORT")
    if config.twilio is not None or env.get("INBOX_PORT"):  # else the demonstration looks for a free one
        _refuse_taken_port(config.inbox.bind, config.inbox.port, "INBOX_PORT")
    recipient = worker_recipient(config)
    inner = children_env(config, env, recipient)
    if config.redis_url is None:
        _make_way_for_servers(config.data)
    Supervisor(plan(config, inner), mark, ROOT).run(functools.partial(announce, config, inner))


def mark_of(data: Path) -> str:
    """What the processes of this data folder carry; see app.host.supervisor."""
    return hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:16]


def _make_way_for_servers(data: Path) -> None:
    redis.make_folders(data)
    for name in redis.MEMORIES:
        redis.free_socket(data, name)


@contextmanager
def _alone(data: Path) -> Iterator[None]:
    """Holds the data folder for this run; the kernel lets go of it however we end.

    Raises:
        HostError: another run holds it, or the folder cannot be used.
    """
    folder = redis.private_folder(data.resolve())
    with (folder / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise HostError(
                f"Amparo is already running with the data in {data}. "
                "Stop that one first, or run beside it: AMPARO_DATA=var2 PORT=8080 make run."
            ) from None
        yield


def _bind_host(config: Config) -> str:
    # The demonstration has no secret: it is for this machine only. With real credentials the proxy that ends
    # TLS may stand in another container, and what changes anything asks for Twilio's signature.
    return LOOPBACK if config.twilio is None else "0.0.0.0"  # noqa: S104 - as above


def _refuse_taken_port(host: str, port: int, setting: str) -> None:
    try:
        _bind(host, port)
    except OSError as error:
        taken = error.errno == errno.EADDRINUSE
        why = "is in use" if taken else f"cannot be used ({error.strerror})"
        other = f"set {setting} to another"
        mend = f"Stop what holds it, or {other}" if taken else f"Please {other}, above 1023"
        raise HostError(f"Port {port} {why}. {mend}, such as {setting}=8080.") from error


def _bind(host: str, port: int) -> int:
    """Takes a port and lets it go again; gives its number.

    Raises:
        OSError: it is taken or not allowed.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)
        return int(probe.getsockname()[1])


def _free_port(preferred: int) -> int:
    try:
        return _bind(LOOPBACK, preferred)
    except (OSError, OverflowError):  # OverflowError: one more than 65535
        return _bind(LOOPBACK, 0)


def worker_recipient(config: Config) -> str:
    """The public half of the worker's age identity; a missing one is made at the default place only.

    Raises:
        ConfigError: the file that WORKER_IDENTITY_FILE names cannot be used.
        HostError: the file at the default place cannot be used.
    """
    path = config.worker_identity_file
    own = path == config.data / "keys" / "worker.age"
    if own and not path.exists():
        _make_key(path)
    try:
        return recipient_in(path)
    except (OSError, UnicodeDecodeError, SealError) as error:
        # A new key in its place would lock the numbers of the open referrals away for ever.
        words = f"must be a readable age identity ({type(error).__name__}): {path}."
        if own:
            raise HostError(f"The worker's key {words} Put it back from your copy.") from None
        raise ConfigError([f"WORKER_IDENTITY_FILE {words}"]) from None


def _make_key(path: Path) -> None:
    redis.private_folder(path.parent)
    try:
        make_keyfile(path)
    except OSError as error:
        raise HostError(f"The worker's key {path} cannot be written: {error.strerror}.") from error


def children_env(config: Config, env: Mapping[str, str], recipient: str) -> Environment:
    """The environment of the children: what was set outside, with what we decided in its place."""
    inner = {name: value for name, value in env.items() if value}
    for name in SECRETS:  # the children work from another folder
        if path := inner.get(f"{name}_FILE"):
            inner[f"{name}_FILE"] = str(Path(path).absolute())
    decided = {
        "PORT": str(config.port),
        "AMPARO_DATA": str(config.data),
        "PUBLIC_URL": config.public_url,
        "WORKER_IDENTITY_FILE": str(config.worker_identity_file),
        "AMPARO_WORKER_RECIPIENT": recipient,
        "INBOX_PORT": str(config.inbox.port),
        "INBOX_URL": config.inbox.url,
    }
    if config.redis_url is None:
        decided["REDIS_URL"] = redis.embedded_url(config.data, "durable")
        decided["REDIS_VOLATILE_URL"] = redis.embedded_url(config.data, "volatile")
    if config.twilio is None:
        decided |= _demonstration(config, env)
    for name in decided:
        inner.pop(f"{name}_FILE", None)
    return inner | decided


def _demonstration(config: Config, env: Mapping[str, str]) -> Environment:
    """Made-up credentials for this run, and nothing that leads out of this machine."""
    inbox = config.inbox.port if env.get("INBOX_PORT") else 0
    simulator = _free_port(config.port + (2 if inbox == config.port + 1 else 1))
    mail = _free_port(simulator + (2 if inbox == simulator + 1 else 1))
    inbox = inbox or _free_port(mail + 1)
    no_proxy = ",".join(filter(None, (env.get("NO_PROXY") or env.get("no_proxy"), "localhost", LOOPBACK)))
    return {
        "TWILIO_ACCOUNT_SID": "AC" + secrets.token_hex(16),
        "TWILIO_AUTH_TOKEN": secrets.token_hex(16),
        "TWILIO_API_KEY": "",
        "TWILIO_API_SECRET": "",
        "TWILIO_API_URL": f"http://localhost:{simulator}",
        "TWILIO_MESSAGING_SERVICE_SID": "",
        "HOTLINE_NUMBER": DEMO_HOTLINE,
        "VOICE_NUMBER": env.get("VOICE_NUMBER") or DEMO_VOICE,
        "SMTP_URL": f"smtp://{LOOPBACK}:{mail}",
        "AMPARO_SIMULATOR_URL": f"http://localhost:{simulator}",
        "SIMULATOR_PORT": str(simulator),
        "SMTP_SINK_PORT": str(mail),
        "INBOX_PORT": str(inbox),
        "INBOX_URL": env.get("INBOX_URL") or f"http://localhost:{inbox}",
        "SIMULATOR_FACTS_AS_OF": _facts_as_of(),
        # A proxy of the operator's shell must not stand between two processes of one machine.
        "NO_PROXY": no_proxy,
        "no_proxy": no_proxy,
    }


def _facts_as_of() -> str:
    """The day at which the facts' clock stands still, for the page to say; nothing if the files cannot be read."""
    try:
        return read_facts(Path(messages.__file__).parent / "facts.yaml").checked_through.isoformat()
    except ReadError:
        return ""


def stages(config: Config, env: Environment) -> list[Stage]:
    """Everything there is to start, in order."""
    servers = redis_children(config, env) if config.redis_url is None else []
    without_key = {name: value for name, value in env.items() if name != "WORKER_IDENTITY_FILE"}
    prepare = Child("prepare", _module("app.commands.prepare"), without_key, once=True)
    inbox = int(env["INBOX_PORT"])
    line = [
        Child(
            "web",
            _web("app:wsgi()", _bind_host(config), config.port, workers=2),
            without_key,
            healthy(config.port),
        ),
        Child(
            "inbox",
            _web("app:inbox_wsgi()", config.inbox.bind, inbox, workers=1, threads=16),
            without_key,
            healthy(inbox, config.inbox.bind),
        ),
        Child("worker", _module("worker"), env, alive(config, "worker")),
        Child("sweep", _module("worker.sweep"), without_key, alive(config, "sweep")),
    ]
    if config.twilio is None:
        simulator = _module("app.simulator")
        line.append(Child("simulator", simulator, without_key, healthy(int(env["SIMULATOR_PORT"]))))
    return [servers, [prepare], line]


def redis_children(config: Config, env: Environment) -> list[Child]:
    """The two servers; they get no setting of ours but the command line."""
    program = redis.find_server()
    return [
        Child(
            name=f"the {name} Redis",
            argv=redis.command(program, config.data, name),
            env={key: env[key] for key in ("PATH", "LANG", "LD_LIBRARY_PATH") if key in env},
            ready=functools.partial(redis.answers, redis.embedded_url(config.data, name)),
            quiet=True,
        )
        for name in redis.MEMORIES
    ]


def _module(name: str, *arguments: str) -> tuple[str, ...]:
    return (sys.executable, "-P", "-m", name, *arguments)


def _web(app: str, host: str, port: int, *, workers: int, threads: int = 4) -> tuple[str, ...]:
    """The doors of texters and of staff are two servers: open pages of the inbox must not slow one text."""
    return _module(
        "gunicorn",
        *("-k", "gthread", "-w", str(workers), "--threads", str(threads)),
        *("--bind", f"{host}:{port}"),
        *("--chdir", str(ROOT)),
        # Its warnings quote what a stranger sent, and from where.
        *("--graceful-timeout", "5", "--log-level", "error"),
        # By default it opens a control socket in $HOME, where two instances meet.
        "--no-control-socket",
        # PUBLIC_URL alone says who we are; no header of a request does.
        *("--forwarded-allow-ips", ""),
        app,
    )


def alive(config: Config, kind: str) -> Callable[[], bool]:
    """A check that a worker, or the sweep, has given its sign of life: without them no request is carried out."""
    memory = connect(redis.volatile_url(config))

    def check() -> bool:
        try:
            return bool(memory.exists(keys.HEARTBEAT(kind)))
        except MemoryDown:
            return False

    return check


def healthy(port: int, bound: str = LOOPBACK) -> Callable[[], bool]:
    """A check that GET /healthz answers 200 on this port of this machine."""
    host = LOOPBACK if bound in {"0.0.0.0", "::"} else bound  # noqa: S104 - every address is this one as well

    def check() -> bool:
        connection = http.client.HTTPConnection(host, port, timeout=1)
        try:
            connection.request("GET", "/healthz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    return check


def announce(config: Config, env: Environment) -> None:
    """Says where to look and how to stop."""
    lines = [f"Amparo is ready: http://localhost:{config.port}"]
    if config.twilio is None:
        lines.append(f"  A phone to try it:  {env['AMPARO_SIMULATOR_URL']}  (text it: hola)")
        lines.append(
            f"  The staff's inbox:  {env['INBOX_URL']}/inbox/  (amparo staff invite NAME --role lead --office mesa)"
        )
        lines.append("  Mail to the legal services appears beside the phone. Nothing leaves this machine.")
    else:
        lines.append(f"  Twilio calls it at: {config.public_url}")
        lines.append(f"  The staff's inbox:  {config.inbox.url}/inbox/, on port {config.inbox.port}")
    lines.append(f"  Its data:           {config.data}")
    lines.append("  To stop it:         Ctrl-C")
    click.echo("\n".join(lines))
    sys.stdout.flush()
