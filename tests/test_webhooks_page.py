"""docs/webhooks.md: what an office's developer builds on is true."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from standardwebhooks import Webhook

from app.commands.hooks import hooks
from app.directory.endpoint import ROTATION
from app.directory.issues import ASKED_ABOUT
from app.outside.hooks import FIELDS, GONE, LARGEST, SCHEDULE, THROTTLED, THROTTLES, TIMEOUT

PAGE = (Path(__file__).parents[1] / "docs" / "webhooks.md").read_text(encoding="utf-8")


def fenced(language: str) -> str:
    """The one example in this language."""
    (found,) = re.findall(rf"```{language}\n(.*?)\n```", PAGE, re.DOTALL)
    return str(found)


def test_the_example_is_believed_by_the_library_as_the_page_uses_it() -> None:
    """Headers, body, secret and code, as they stand."""
    headers = dict(re.findall(r"^([\w-]+): (.+)$", fenced("http"), re.MULTILINE))
    (secret,) = re.findall(r"`(whsec_\w+)`", PAGE)
    scope = {"SECRET": secret}
    exec(fenced("python"), scope)  # noqa: S102 - the page's own

    with time_machine.travel(datetime.fromtimestamp(int(headers["webhook-timestamp"]), UTC)):
        taken = scope["taken"](fenced("json").encode(), headers)  # type: ignore[operator]
        assert taken == Webhook(secret).verify(fenced("json"), headers)


def test_every_field_has_a_row_and_stands_in_the_example() -> None:
    """And no other does."""
    rows = set(re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE))

    assert FIELDS == rows == set(json.loads(fenced("json"))["data"])
    assert all(code in PAGE for code in ASKED_ABOUT)


def test_the_table_of_attempts_is_the_schedule() -> None:
    """Ten rows, and the waits as a person says them."""
    rows = re.findall(r"^\| (\d\d?) \| (.+) \|$", PAGE, re.MULTILINE)
    units = {"second": 1, "minute": 60, "hour": 3600}
    waits = [0.0 if said == "at once" else _seconds(said, units) for _, said in rows]

    assert [str(number) for number in range(1, 11)] == [number for number, _ in rows]
    assert [wait.total_seconds() for wait in SCHEDULE] == waits


def _seconds(said: str, units: dict[str, int]) -> float:
    number, unit = said.split()
    return int(number) * units[unit.rstrip("s")]


@pytest.mark.parametrize(
    "words",
    [
        f"within {TIMEOUT:.0f} seconds",
        f"below {LARGEST:,} bytes",
        f"For {ROTATION.total_seconds() / 3600:.0f} hours",
        f"| {GONE} |",
        f"| {', '.join(map(str, sorted(THROTTLES)))} | We wait a minute",
    ],
)
def test_every_figure_is_the_one_in_the_code(words: str) -> None:
    """Time, size, a day for two secrets."""
    assert words in PAGE
    assert 60 == THROTTLED.total_seconds()


def test_every_command_of_the_page_is_there() -> None:
    """And every command is in the page."""
    assert set(hooks.commands) == set(re.findall(r"`amparo hooks (\w+)", PAGE))
