"""The log: what happened, where, to which opaque id. Never a number, a name or a text of a person."""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import Any

# The only fields of a record that are written besides the message: opaque ids, counts and codes.
FIELDS = ("referral", "revision", "code", "step", "attempt", "count", "child", "setting", "state")

# How much of an opaque id is shown to people who look after the line: enough to know it again in two places.
SHOWN = 8

OURS = frozenset({"app", "worker", "flows", "messages"})

# These log addresses, numbers or contents at lower levels; nothing below a warning of theirs is ours to keep.
QUIET = ("twilio", "twilio.http_client", "urllib3", "rq", "rq.worker", "mail.log", "werkzeug", "asyncio")


def shown(identity: str) -> str:
    """The beginning of an opaque id."""
    return identity[:SHOWN]


def of_referral(identity: str, code: int | None = None) -> dict[str, str | int]:
    """What the log may know of a referral: the beginning of its opaque id, and a vendor's code."""
    found: dict[str, str | int] = {"referral": shown(identity)}
    return found if code is None else {**found, "code": code}


class OneLine(logging.Formatter):
    """One JSON object a line, from an allow-list: a scrubber that knows phone numbers would miss some."""

    def format(self, record: logging.LogRecord) -> str:
        """The record's constant message, without its arguments, and the allowed fields."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="seconds"),
            "level": record.levelname.lower(),
            "from": record.name,
            "what": _what(record),
        }
        line |= {name: getattr(record, name) for name in FIELDS if hasattr(record, name)}
        if record.exc_info and record.exc_info[1] is not None:
            line["error"] = where_it_failed(record.exc_info[1])
        # A record that cannot be written would be shown whole, with its arguments, by logging itself.
        return json.dumps(line, ensure_ascii=True, default=lambda value: type(value).__name__)


def _what(record: logging.LogRecord) -> str:
    """The template and not its arguments; what a third party, or an error that is logged as it is, says may hold anything."""
    ours = record.name.split(".")[0] in OURS
    return record.msg if ours and isinstance(record.msg, str) else "see the code"


def where_it_failed(error: BaseException) -> list[str]:
    """The error's type and the lines it came through; no message and no locals, which may hold a person's text."""
    frames = traceback.extract_tb(error.__traceback__)
    return [
        type(error).__name__,
        *(f"{'/'.join(frame.filename.split('/')[-2:])}:{frame.lineno}" for frame in frames),
    ]


def start() -> None:
    """Sends this process's log to stderr, one line a record."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(OneLine())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
