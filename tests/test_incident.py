"""The page for the worst day is true: what it says we hold, and what it shows of a lockdown."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from app.commands import main
from app.sealing import make_identity, recipient_of, unseal
from app.store import keys
from app.store.emptying import KEPT
from app.store.lockdown import Lockdown
from app.store.memory import connect
from tests.servers import Servers
from tests.test_handbooks import blocks, rows

TEXT = (Path(__file__).parents[1] / "docs" / "incident.md").read_text(encoding="utf-8")
HELD = rows(TEXT, "## What we hold now")[1:]
PASSING = {"[0-9-]{10} [0-9:]{5} UTC": "MOMENT", r"\([0-9]+ keys\)": "(N keys)"}


def steady(said: str) -> str:
    """What was said, without what is another each time."""
    for passing, name in PASSING.items():
        said = re.sub(passing, name, said)
    return said


def test_every_family_of_keys_is_told_with_its_memory() -> None:
    """Whoever adds a key writes down what it shows, to whoever seizes it."""
    told = sorted((row[0].strip("`"), row[1]) for row in HELD)

    assert sorted((key.pattern, key.memory) for key in keys.KEYS) == told
    assert [] == [row for row in HELD if len(row) != 4 or not all(row)]


def test_what_a_lockdown_leaves_is_told() -> None:
    """Volatile families are gone, save for those that are spared."""
    gone = {row[0].strip("`") for row in HELD if row[3] == "gone"}

    assert {key.pattern for key in keys.KEYS if key.memory == "volatile" and key not in KEPT} == gone


def test_the_transcript_is_what_the_commands_say(
    servers: Servers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command of the page, in its order; moments and counts apart."""
    monkeypatch.chdir(tmp_path)
    identities = {name: make_identity() for name in ("ana", "ben")}
    for name, identity in identities.items():
        run(servers, "lockdown", "person", "add", name, "--recipient", recipient_of(identity), "--by", "eva")
    transcript = "".join(block.text for block in blocks(TEXT, "console"))
    shown = re.findall(r"^\$ amparo (.+)\n((?:[^$].*\n)*)", transcript, re.MULTILINE)

    said = [(command, run(servers, *words(command, servers, identities["ben"]))) for command, _ in shown]

    assert 6 == len(shown)
    assert [(command, steady(answer)) for command, answer in shown] == [
        (command, steady(answer)) for command, answer in said
    ]


def words(command: str, servers: Servers, identity: str) -> list[str]:
    """A command's words, with the answer that ben finds in his box."""
    found = [quoted or bare for quoted, bare in re.findall(r'"([^"]*)"|(\S+)', command)]
    lock = Lockdown(connect(servers.durable.url)).standing()
    answer = unseal(lock.challenges["ben"].box, identity).decode() if lock else ""
    return [answer if word == "ANSWER" else word for word in found]


def run(servers: Servers, *args: str) -> str:
    """What a command says."""
    return CliRunner().invoke(main, args, env=servers.env).output
