"""The log: it says what happened, and nothing about whom."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from app.logs import FIELDS, QUIET, OneLine

# One number as people, phones and libraries write it.
SPELLINGS = ["+12025550177", "12025550177", "2025550177", "202-555-0177", "(202) 555-0177", "202.555.0177", "202 555 0177", "+1 (202) 555-0177",
             "1-202-555-0177", "whatsapp:+12025550177", "tel:+1-202-555-0177", "%2B12025550177"]  # fmt: skip


def written(
    name: str, message: object, *args: object, error: BaseException | None = None, **extra: Any
) -> str:
    """The line of one record."""
    info = (type(error), error, error.__traceback__) if error else None
    record = logging.getLogger(name).makeRecord(
        name, logging.WARNING, "x.py", 1, message, args, info, extra=extra
    )
    return OneLine().format(record)


def failure(broken: Callable[[], object]) -> BaseException:
    """The error that this raises."""
    try:
        broken()
    except Exception as error:
        return error
    raise AssertionError("it did not fail")


def test_a_line_says_when_how_bad_where_and_what() -> None:
    """As JSON, so that a machine can read it as well."""
    line = json.loads(written("app.live", "the durable memory did not answer"))

    assert {"at", "level", "from", "what"} == set(line)
    assert ("warning", "app.live", "the durable memory did not answer") == (
        line["level"],
        line["from"],
        line["what"],
    )
    assert line["at"].endswith("+00:00")


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_among_the_arguments_never_appears(spelling: str) -> None:
    """The template is written, and not what would stand in it."""
    line = written("app.outside.sms", "text to %s failed", spelling)

    assert "text to %s failed" == json.loads(line)["what"]
    assert spelling not in line
    assert "0177" not in line


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_in_an_error_or_its_locals_never_appears(spelling: str) -> None:
    """An error is where it happened, and what kind."""

    def send(to: str = spelling) -> None:
        try:
            int(to + "x")
        except ValueError as error:
            raise RuntimeError(f"cannot send to {to}") from error

    line = written("app.outside.sms", "a text failed", error=failure(send))

    assert "0177" not in line
    kind, *places = json.loads(line)["error"]
    assert "RuntimeError" == kind
    assert all(place.startswith("app/test_logs.py:") for place in places)


@pytest.mark.parametrize("field", FIELDS)
def test_a_field_that_is_allowed_is_written(field: str) -> None:
    """Opaque ids, counts and codes."""
    assert "r1" == json.loads(written("app", "moved", error=None, **{field: "r1"}))[field]


@pytest.mark.parametrize("field", ["sender", "body", "phone", "From", "to", "answers", "request"])
def test_a_field_that_is_not_allowed_is_not_written(field: str) -> None:
    """What nobody thought of stays out."""
    assert "+12025550177" not in written("app", "moved", error=None, **{field: "+12025550177"})


@pytest.mark.parametrize(
    "name",
    [
        "twilio.http_client",
        "rq.worker",
        "urllib3.connectionpool",
        "apprise",
        "application",
        "workers",
        "root",
        "messaging",
    ],
)
def test_what_others_say_is_not_repeated(name: str) -> None:
    """Their templates may hold anything; who said it is enough to look it up."""
    line = json.loads(written(name, "POST https://example.org/?To=+12025550177"))

    assert (name, "see the code") == (line["from"], line["what"])


@pytest.mark.parametrize("name", ["app", "app.conversation", "worker.sweep", "flows.engine", "messages.po"])
def test_what_we_say_is_said(name: str) -> None:
    """A constant sentence."""
    assert "it stopped" == json.loads(written(name, "it stopped"))["what"]


def test_an_error_that_is_logged_as_it_is_says_nothing() -> None:
    """`log.error(error)` would write its message."""
    assert "0177" not in written("app", ValueError("+12025550177"))


def test_a_field_that_no_json_can_hold_does_not_bring_the_record_to_light() -> None:
    """Logging's own report of a record that failed shows all of its arguments."""
    line = json.loads(written("app", "moved", "+12025550177", referral=ValueError("+12025550177")))

    assert "ValueError" == line["referral"]


def test_one_record_is_one_line_of_ascii() -> None:
    """Whatever is in it."""
    line = written("app", "first\nsecond\u2028third", state="ñ\n")

    assert (1, True) == (len(line.splitlines()), line.isascii())


def test_a_process_writes_so_from_its_start() -> None:
    """To stderr; those who chat about addresses are heard from a warning on."""
    program = (
        "import logging; from app import logs; logs.start();"
        "logging.getLogger('app.x').info('up with %s', '+12025550177');"
        "logging.getLogger('app.x').debug('never');"
        "logging.getLogger('rq.worker').info('job for +12025550177');"
        "logging.getLogger('twilio.http_client').warning('To=+12025550177')"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert [("app.x", "up with %s"), ("twilio.http_client", "see the code")] == [
        (line["from"], line["what"]) for line in lines
    ]
    assert "0177" not in done.stderr + done.stdout


@pytest.mark.parametrize("name", ["twilio", "twilio.http_client", "urllib3", "rq.worker"])
def test_those_who_log_addresses_are_known(name: str) -> None:
    """They log them below a warning."""
    assert name in QUIET
