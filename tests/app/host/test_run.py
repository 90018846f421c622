"""`amparo run` from outside: started, signalled, killed, and started again."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.commands.run import children_env, mark_of, stages, worker_recipient
from app.config import DEMO_HOTLINE, Config, ConfigError
from app.host import HostError, redis
from app.host.supervisor import end_marked, marked, wait_until
from app.sealing import recipient_of
from app.store.memory import connect
from messages.facts import read_facts
from tests.servers import free_port

ROOT = Path(__file__).resolve().parents[3]


@dataclass
class Line:
    """One data folder, and the runs of `amparo run` on it."""

    data: Path
    port: int = field(default_factory=free_port)
    runs: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self, **settings: str) -> subprocess.Popen[str]:
        env = {"PATH": os.environ["PATH"], "AMPARO_DATA": str(self.data), "PORT": str(self.port), **settings}
        run = subprocess.Popen(
            [sys.executable, "-m", "tests.app.host.line"],
            cwd=ROOT,
            env=env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        self.runs.append(run)
        return run

    def ready(self, **settings: str) -> subprocess.Popen[str]:
        run = self.start(**settings)
        assert run.stdout is not None
        assert f"Amparo is ready: http://localhost:{self.port}\n" == run.stdout.readline()
        return run

    def processes(self) -> list[int]:
        """Everything that was started for this data folder, by whomever, and is alive."""
        return marked(mark_of(self.data))

    def pid(self, name: str) -> int:
        """The process id of the worker or of its work-horse, as soon as it has written it down and is alive."""
        assert wait_until(lambda: self._alive(name) > 0, 5)  # 0 would be this test's own group
        return self._alive(name)

    def _alive(self, name: str) -> int:
        path = self.data / f"{name}.pid"
        text = path.read_text() if path.exists() else ""
        return int(text) if text and Path(f"/proc/{text}").exists() else 0

    def has_another_worker_than(self, worker: int) -> bool:
        return wait_until(lambda: self._alive("worker") not in {0, worker}, 5)

    def close(self) -> None:
        for run in self.runs:
            run.kill()
        end_marked(mark_of(self.data), grace=0)  # a work-horse holds the pipes that communicate() reads
        for run in self.runs:
            run.communicate()


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    """A data folder that nothing runs on yet."""
    line = Line(tmp_path / "var")
    yield line
    line.close()


def ended(run: subprocess.Popen[str]) -> tuple[int, str]:
    """The exit code, and what it said on stderr."""
    _, said = run.communicate(timeout=20)
    return run.returncode, said


def healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=1)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_everything(line: Line, number: signal.Signals) -> None:
    """Not even a work-horse in a group of its own, deaf to SIGTERM, is left; no socket and no port is held."""
    run = line.ready()
    assert {line.pid("worker"), line.pid("horse")} < set(line.processes())
    run.send_signal(number)

    assert (0, "") == ended(run)

    assert [] == line.processes()
    assert [] == list((line.data / "run").iterdir())
    assert not healthy(line.port)


def test_it_is_ready_in_time(line: Line) -> None:
    """Of the five seconds that a start may take, ours are at most two."""
    began = time.monotonic()

    line.ready()

    assert time.monotonic() - began < 2


def test_after_a_kill_nothing_runs_and_the_next_start_has_the_same_data(line: Line) -> None:
    """`kill -9` of the parent takes the children along; what they left behind is gone with the next start."""
    run = line.ready()
    for name in redis.MEMORIES:
        client = connect(redis.embedded_url(line.data, name))
        client.set("word", name)
        client.close()
    worker, horse = line.pid("worker"), line.pid("horse")
    run.kill()
    assert wait_until(lambda: line.processes() == [horse], 2)  # the kernel does not know grandchildren

    line.ready()

    assert {worker, horse}.isdisjoint(line.processes())
    durable, volatile = (connect(redis.embedded_url(line.data, name)) for name in redis.MEMORIES)
    assert (b"durable", None) == (durable.get("word"), volatile.get("word"))
    durable.close()
    volatile.close()


def test_a_child_that_dies_is_started_again(line: Line) -> None:
    """The worker and the durable server are killed: both come back, with one line each, and the data is there."""
    run = line.ready()
    client = connect(redis.embedded_url(line.data, "durable"))
    client.set("word", "kept")
    worker, server = line.pid("worker"), int(client.info("server")["process_id"])
    os.kill(worker, signal.SIGKILL)
    os.kill(server, signal.SIGKILL)

    assert line.has_another_worker_than(worker)
    assert wait_until(lambda: redis.answers(redis.embedded_url(line.data, "durable")), 5)
    assert b"kept" == client.get("word")
    client.close()

    run.terminate()
    code, said = ended(run)
    assert 0 == code
    assert re.search(
        r"^amparo: worker ended \(signal 9, Killed\); starting it again in 0.25 s$", said, re.MULTILINE
    )
    assert "amparo: the durable Redis ended (signal 9, Killed)" in said


def test_a_child_that_dies_at_once_is_started_after_a_growing_pause(line: Line) -> None:
    """A fault that stays does not eat the machine."""
    run = line.ready()
    for _ in range(3):
        worker = line.pid("worker")
        os.kill(worker, signal.SIGKILL)
        assert line.has_another_worker_than(worker)
    run.terminate()

    assert ["0.25", "0.5", "1"] == re.findall(r"again in (\S+) s", ended(run)[1])


def test_a_second_run_on_the_same_data_is_refused(line: Line) -> None:
    """Two parents of one data folder would write the same file twice."""
    line.ready()

    code, said = ended(line.start(PORT=str(free_port())))

    assert 1 == code
    assert f"amparo: Amparo is already running with the data in {line.data}." in said
    assert healthy(line.port)


def test_a_port_in_use_is_named_before_anything_starts(line: Line) -> None:
    """The person is told which setting helps."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", line.port))
        other.listen()

        code, said = ended(line.start())

    assert 1 == code
    assert f"amparo: Port {line.port} is in use." in said
    assert "PORT" in said
    assert not (line.data / "durable").exists()


def test_a_fault_in_the_preparation_ends_the_start_with_its_words(line: Line) -> None:
    """Nothing is served when there is nothing to serve, and nothing is left running."""
    code, said = ended(line.start(STUB_PREPARE="fail"))

    assert 1 == code
    assert "flows/detained.yaml:3: no such node\n" in said
    assert "amparo: Amparo did not start: mend what is said above, and start it again." in said
    assert [] == list((line.data / "run").iterdir())


def test_a_durable_file_that_cannot_be_read_is_shown(line: Line) -> None:
    """The server's own last words reach the operator."""
    files = line.data / "durable" / "appendonlydir"
    files.mkdir(parents=True)
    (files / "appendonly.aof.manifest").write_text("file ../x seq 1 type b\n")

    code, said = ended(line.start())

    assert 1 == code
    assert "amparo: Amparo did not start: the durable Redis ended (exit code 1)" in said
    assert "file ../x seq 1 type b" in said


def test_every_wrong_setting_is_named(line: Line) -> None:
    """A person mends them all in one go."""
    code, said = ended(line.start(PORT="eighty", LINE_NAME="x" * 21, REDIS_URL="redis://localhost"))

    assert 2 == code
    assert ["PORT", "LINE_NAME", "REDIS_URL"] == re.findall(r"^amparo: ([A-Z_]+)", said, re.MULTILINE)
    assert not line.data.exists()


def test_a_key_file_that_is_not_there_is_named(line: Line) -> None:
    """A new key in the place of a lost one would lock the open referrals away for ever."""
    code, said = ended(line.start(WORKER_IDENTITY_FILE="/nowhere/worker.age"))

    assert 2 == code
    assert "WORKER_IDENTITY_FILE must be a readable age identity" in said


def config(tmp_path: Path, **settings: str) -> Config:
    return Config.from_env({"AMPARO_DATA": str(tmp_path), **settings})


def test_the_worker_has_a_key_of_its_own_from_the_first_start(tmp_path: Path) -> None:
    """It is made once, closed to others, in the form that stock age reads."""
    first = worker_recipient(config(tmp_path))

    assert first == worker_recipient(config(tmp_path))
    path = tmp_path / "keys" / "worker.age"
    assert 0o600 == stat.S_IMODE(path.stat().st_mode)
    comment, secret = path.read_text().splitlines()
    assert f"# public key: {first}" == comment
    assert first == recipient_of(secret)


def test_a_broken_key_is_never_replaced(tmp_path: Path) -> None:
    """And its content is not shown."""
    path = tmp_path / "keys" / "worker.age"
    path.parent.mkdir()
    path.write_text("AGE-SECRET-KEY-1BROKEN\n")

    with pytest.raises(HostError, match="Put it back from your copy") as refused:
        worker_recipient(config(tmp_path))

    assert "BROKEN" not in str(refused.value)
    with pytest.raises(ConfigError, match="WORKER_IDENTITY_FILE"):
        worker_recipient(config(tmp_path, WORKER_IDENTITY_FILE=str(tmp_path)))


def test_a_key_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    """A link to a disk that is not there: the key may be on it, and nothing takes its place."""
    path = tmp_path / "keys" / "worker.age"
    path.parent.mkdir()
    path.symlink_to(tmp_path / "gone" / "worker.age")

    with pytest.raises(HostError, match="cannot be written: File exists"):
        worker_recipient(config(tmp_path))

    assert [path] == list(path.parent.iterdir())


def test_only_the_worker_is_told_where_its_key_is(tmp_path: Path) -> None:
    """The web and the sweep know the public half alone; the servers know no setting at all."""
    plain = config(tmp_path)
    env = children_env(plain, {"PATH": "/usr/bin"}, "age1public")

    children = {child.name: child.env for stage in stages(plain, env) for child in stage}

    assert {"worker"} == {name for name, env in children.items() if "WORKER_IDENTITY_FILE" in env}
    assert {"web", "inbox", "worker", "sweep", "simulator", "prepare"} == {
        name for name, env in children.items() if env.get("AMPARO_WORKER_RECIPIENT") == "age1public"
    }
    assert {"PATH"} == set(children["the durable Redis"])


def test_the_demonstration_leads_nowhere_but_to_this_machine(tmp_path: Path) -> None:
    """Whatever was half configured, texts and mails go to the simulator, under credentials of this run."""
    outside = {"SMTP_URL": "smtp://mail.example.org", "TWILIO_API_KEY": "", "HOTLINE_NUMBER": "+12025550199"}
    plain = config(tmp_path, **outside)

    env = children_env(plain, outside, "age1public")
    inner = Config.from_env(env)

    assert inner.twilio is not None
    assert inner.demonstration
    assert {DEMO_HOTLINE} == inner.own_numbers
    assert "localhost" in inner.twilio.api_url
    assert inner.smtp_url.startswith("smtp://127.0.0.1:")
    web = next(child for stage in stages(plain, env) for child in stage if child.name == "web")
    assert "127.0.0.1:8000" in web.argv
    assert (
        read_facts(ROOT / "messages" / "facts.yaml").checked_through.isoformat()
        == env["SIMULATOR_FACTS_AS_OF"]
    )
    again = Config.from_env(children_env(plain, outside, "age1public")).twilio
    assert again is not None
    assert again.auth_token != inner.twilio.auth_token


def test_real_credentials_reach_the_children_as_they_are(tmp_path: Path) -> None:
    """No simulator; a secret's file is found from any folder."""
    outside = {
        "TWILIO_ACCOUNT_SID": "AC" + "0" * 32,
        "TWILIO_AUTH_TOKEN_FILE": "token",
        "HOTLINE_NUMBER": "+12025550199",
        "VOICE_NUMBER": "+12025550142",
        "PUBLIC_URL": "https://line.example.org",
    }
    (tmp_path / "token").write_text("a-token")
    here = Path.cwd()
    os.chdir(tmp_path)
    try:
        real = config(tmp_path, **outside)
        env = children_env(real, outside, "age1public")
    finally:
        os.chdir(here)

    assert real.twilio == Config.from_env(env).twilio
    children = {child.name: child for stage in stages(real, env) for child in stage}
    servers = ["the durable Redis", "the volatile Redis"]
    assert [*servers, "prepare", "web", "inbox", "worker", "sweep"] == list(children)
    assert "0.0.0.0:8000" in children["web"].argv
    assert "127.0.0.1:8003" in children["inbox"].argv


def test_the_servers_of_the_operator_are_used_when_they_are_set(tmp_path: Path) -> None:
    """No server of ours is started beside them."""
    outside = {"REDIS_URL": "redis://one.example.org", "REDIS_VOLATILE_URL": "redis://two.example.org"}
    plain = config(tmp_path, **outside)
    env = children_env(plain, outside, "age1public")

    assert outside == {name: env[name] for name in outside}
    assert [] == stages(plain, env)[0]
