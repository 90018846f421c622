"""`amparo`: what it offers, and what it says when something is not there."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app.commands import COMMANDS, main
from tests.servers import Servers, free_port

NEEDS_THE_DURABLE_MEMORY = [
    ["publish", "--reason", "first"],
    ["rollback", "--reason", "back"],
    ["revisions"],
    ["directory", "list"],
    ["referrals", "list"],
    ["hooks", "list"],
]


def amparo(*args: str, env: dict[str, str] | None = None) -> Result:
    """One command, as it is typed."""
    return CliRunner().invoke(main, args, env=env)


@pytest.mark.parametrize("args", [[], ["--help"], ["-h"]])
def test_help_lists_every_command(args: list[str]) -> None:
    """Each with what it is for."""
    said = " ".join(amparo(*args).output.split())

    assert [] == [name for name, purpose in COMMANDS.items() if f"{name} {purpose}" not in said]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_explains_itself(name: str) -> None:
    """In its own help."""
    result = amparo(name, "--help")

    assert (0, True) == (result.exit_code, f"Usage: main {name}" in result.output)


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_stands_in_the_module_of_its_name(name: str) -> None:
    """So that it is found, and loaded alone."""
    assert (Path(__file__).parents[3] / "app/commands" / f"{name}.py").is_file()


def test_a_command_that_is_not_there_is_named() -> None:
    """A typing error gets no traceback."""
    result = amparo("pubish")

    assert (2, True) == (result.exit_code, "No such command 'pubish'" in result.output)


@pytest.mark.parametrize("args", NEEDS_THE_DURABLE_MEMORY, ids=lambda args: " ".join(args[:2]))
def test_a_memory_that_is_down_is_a_plain_sentence(args: list[str], tmp_path: Path) -> None:
    """Exit code 1, what is wrong, what to do; no traceback and no address."""
    durable, volatile = (f"redis://127.0.0.1:{free_port()}" for _ in range(2))

    result = amparo(
        *args, env={"REDIS_URL": durable, "REDIS_VOLATILE_URL": volatile, "AMPARO_DATA": str(tmp_path)}
    )

    assert (
        1,
        "Error: The memory does not answer. Is the hotline running (make run), in this folder and with these settings?\n",
    ) == (
        result.exit_code,
        result.output,
    )


@pytest.mark.parametrize("args", NEEDS_THE_DURABLE_MEMORY[2:4], ids=lambda args: args[0])
def test_a_hotline_that_was_never_started_here_is_the_same_sentence(args: list[str], tmp_path: Path) -> None:
    """There is no socket in this folder."""
    result = amparo(*args, env={"REDIS_URL": "", "REDIS_VOLATILE_URL": "", "AMPARO_DATA": str(tmp_path)})

    assert (1, True) == (result.exit_code, result.output.startswith("Error: The memory does not answer."))


def test_a_setting_that_is_wrong_is_named(tmp_path: Path) -> None:
    """Before anything else is tried."""
    result = amparo("revisions", env={"PORT": "many", "AMPARO_DATA": str(tmp_path)})

    assert (1, True) == (result.exit_code, result.output.startswith("Error: PORT"))


def test_publishing_needs_a_reason() -> None:
    """It stands in the history."""
    result = amparo("publish")

    assert (2, True) == (result.exit_code, "Missing option '--reason'" in result.output)


def test_what_was_published_is_listed_newest_first_with_the_live_one_marked(servers: Servers) -> None:
    """Published once, and once more in vain."""
    empty = amparo("revisions", env=servers.env)
    first = amparo("publish", "--reason", "first words", env=servers.env)
    again = amparo("publish", "--reason", "again", env=servers.env)
    listed = amparo("revisions", env=servers.env)
    nowhere = amparo("rollback", "--reason", "back", env=servers.env)

    assert (1, True) == (empty.exit_code, "Nothing was published yet" in empty.output)
    assert (0, True) == (first.exit_code, " is live, within 2 seconds" in first.output)
    assert (1, True) == (again.exit_code, "Nothing has changed" in again.output)
    assert ["live", "first", "words"] == listed.output.split()[-3:]
    assert (1, True) == (nowhere.exit_code, "There is no earlier revision" in nowhere.output)
