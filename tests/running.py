"""A whole hotline that runs: `amparo run` as a process of its own, and the phones of its simulator."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import requests

from app.commands.run import mark_of
from app.host.redis import embedded_url
from app.host.supervisor import end_marked, marked
from app.referral.life import Referral
from app.store.memory import connect
from app.store.referrals import Referrals
from tests.app.simulator.doubles import Simulator, eventually
from tests.servers import free_port

AMPARO = Path(sys.executable).with_name("amparo")
CODE = re.compile(r"\b(?:Clave|Code) ([A-Z0-9]{5})\b")
WORD = re.compile(r"(?:Quien llame dice|The caller says) (\w+)")
BELL = "Amparo: hay noticias. Para leer, mande su clave."

# Someone is held in Texas: from the first text to the reference.
URGENT = ("hola", "1", "1", "Texas", "1", "1")


@dataclass(frozen=True)
class Asked:
    """What the line told a person who asked for a lawyer."""

    code: str
    word: str


@dataclass(frozen=True)
class Phone:
    """One phone of the simulator."""

    simulator: Simulator
    id: str
    number: str

    def texts(self, *bodies: str) -> str:
        """Texts one after the other; the words that came back to the last one, empty for silence."""
        for body in bodies:
            self.simulator.texts(body, self.id)
        failed = [each["text"] for each in self.since_last_text() if each["note"] == "carrier_error"]
        assert failed == []
        return "\n".join(each["text"] for each in self.since_last_text() if each["who"] == "line")

    def asks(self) -> Asked:
        """Asks for a lawyer for somebody who is held in Texas."""
        return asked(self.texts(*URGENT))

    def thread(self) -> list[dict[str, Any]]:
        """Every bubble of this phone."""
        return self.simulator.thread(self.id)

    def since_last_text(self) -> list[dict[str, Any]]:
        """The bubbles that came after the person's last text."""
        thread = self.thread()
        last = max(number for number, each in enumerate(thread) if each["who"] == "person")
        return thread[last + 1 :]

    def heard(self, words: str) -> int:
        """How many texts of the line are just these words."""
        return sum(each["who"] == "line" and each["text"] == words for each in self.thread())

    def notes(self) -> list[str]:
        """What the carrier did to this phone."""
        return [each["note"] for each in self.thread() if each["note"]]

    def plays(self, **trick: str) -> None:
        """Chooses what goes wrong next."""
        self.simulator.do(f"/phones/{self.id}/tricks", **trick)


@dataclass
class Hotline:
    """One data folder, and one run of `amparo run` on it after the other."""

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    run: subprocess.Popen[str] | None = None
    seconds: float = 0.0  # from the start of the process to the line "Amparo is ready"
    simulator: Simulator = field(init=False)
    inbox_port: int = field(init=False, default=0)

    @property
    def env(self) -> dict[str, str]:
        """The settings of this hotline, and nothing else of the machine's."""
        own = {"AMPARO_DATA": str(self.data), "PORT": str(self.port)}
        return {"PATH": os.environ["PATH"], "LANG": "C.UTF-8", **own, **self.settings}

    @property
    def url(self) -> str:
        """Where its web doors are."""
        return f"http://localhost:{self.port}"

    @property
    def inbox(self) -> str:
        """Where the staff's doors are."""
        return f"http://localhost:{self.inbox_port}"

    @property
    def log(self) -> Path:
        """What it has said since it was made; beside the data and not in it."""
        return self.data.with_name(f"{self.data.name}.log")

    def start(self) -> None:
        """Starts it, and waits until it says that it is ready and the doors say so too."""
        began = time.monotonic()
        with self.log.open("a") as log:
            self.run = subprocess.Popen(
                [AMPARO, "run"], env=self.env, text=True, stdout=subprocess.PIPE, stderr=log
            )
        assert self.run.stdout is not None
        said = self._until_ready(self.run.stdout)
        self.seconds = time.monotonic() - began
        phone = re.search(r"A phone to try it: +(\S+)", said)
        inbox = re.search(r"The staff's inbox: +http://localhost:(\d+)", said)
        self.inbox_port = int(inbox[1]) if inbox else 0
        self.simulator = Simulator(phone[1] if phone else "", 0)
        eventually(lambda: requests.get(f"{self.url}/readyz", timeout=5).ok, 10)

    def _until_ready(self, stdout: IO[str]) -> str:
        lines = []
        for line in stdout:
            lines.append(line)
            if "To stop it" in line:
                return "".join(lines)
        raise AssertionError(f"it did not start: {self.log.read_text()}")

    def stop(self) -> int:
        """SIGTERM; gives the exit code."""
        assert self.run is not None
        self.run.terminate()
        code = self.run.wait(20)
        assert self.run.stdout is not None
        self.run.stdout.close()
        self.run = None
        return code

    def close(self) -> None:
        """Ends it, and whatever it might have left."""
        if self.run is not None:
            self.stop()
        end_marked(mark_of(self.data), grace=0)

    def processes(self) -> list[int]:
        """Everything that runs for this data folder."""
        return marked(mark_of(self.data))

    def child(self, word: str) -> int:
        """The process that the supervisor started with this word in its command line; 0 for none."""
        assert self.run is not None
        return next((pid for pid in self.processes() if _is_child(pid, self.run.pid, word)), 0)

    def phone(self, number: str = "") -> Phone:
        """A new phone, with this number or the next free one."""
        made = self.simulator.do("/phones", number=number)
        return Phone(self.simulator, made["id"], made["address"])

    def mail(self, code: str) -> list[dict[str, Any]]:
        """The mail about this request."""
        return [each for each in self.simulator.everything()["mail"] if code in each["subject"]]

    def referral(self, code: str) -> Referral | None:
        """What the durable memory holds under this code."""
        with connect(embedded_url(self.data, "durable")) as durable:
            return Referrals(durable).by_reference(code)

    def settled(self, code: str) -> Referral:
        """The referral under this code, as soon as nobody is owed anything about it just now."""
        eventually(lambda: (found := self.referral(code)) is not None and not found.busy, 20)
        found = self.referral(code)
        assert found is not None
        return found

    def takes(self, code: str) -> Referral:
        """The office takes it, with its command; the referral, as soon as the person was told."""
        self.settled(code)
        done = self.does("referrals", "accept", code)
        assert (0, "") == (done.returncode, done.stderr)
        return self.settled(code)

    def does(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`amparo ...` in another shell with the same settings."""
        return subprocess.run(
            [AMPARO, *words], env=self.env, text=True, capture_output=True, timeout=20, check=False
        )

    def key_of(self, mail: Mapping[str, str]) -> Path:
        """The key file of the sample office that got this mail."""
        return self.data / "keys" / "offices" / f"{_office(mail)}.age"


def asked(confirmation: str) -> Asked:
    """The code and the caller's word in the line's confirmation."""
    code, word = CODE.search(confirmation), WORD.search(confirmation)
    assert code, confirmation
    assert word, confirmation
    return Asked(code[1], word[1])


def _office(mail: Mapping[str, str]) -> str:
    return mail["to"].partition("@")[2].partition(".")[0]


def _is_child(pid: int, parent: int, word: str) -> bool:
    try:
        words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:  # it has just ended
        return False
    return word in words and f"\nPPid:\t{parent}\n" in status
