"""Hooks: what an office's own case system is told, signed by Standard Webhooks 1.0.0.

Source: github.com/standard-webhooks/standard-webhooks, spec/standard-webhooks.md.
"""

from __future__ import annotations

import hmac
import io
import json
import re
import socket
import ssl
import time
from base64 import b64encode
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection, HTTPException
from typing import Any, Protocol, cast

from app.directory.endpoint import Endpoint, EndpointError, Target, key_of
from app.outside.guard import Guard, GuardError
from app.sealing import SealError, unseal

# What may stand in `data`; docs/webhooks.md says it of each. No field of it names or reaches a person: the box does,
# and only the office opens that. A list of what may be sent, because a list of what may not would miss something.
FIELDS = frozenset({"reference", "issue", "place", "spoken", "language", "urgent", "box"})
Value = str | bool | None

LARGEST = 20_000  # bytes; the specification asks for less than 20 kB
TIMEOUT = (
    20.0  # seconds for all of it: name, connection, TLS, sending, answer; the specification says 15 to 30
)
# One dead address of several must not use up the time of the others.
CONNECT_TIMEOUT = 5.0
# An answer's status and headers need no more; whoever sends more is cut off.
MOST_READ = 64 * 1024
DRAINED = 4 * 1024

# The specification's own table: how long after each failure the next attempt begins.
SCHEDULE = (
    timedelta(),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
LONGEST_WAIT = timedelta(days=1)
# A receiver that is under load, and does not say for how long, gets more time than the schedule's five seconds.
THROTTLED = timedelta(minutes=1)
THROTTLES = frozenset({429, 502, 503, 504})
GONE = 410


class HookError(Exception):
    """A hook that was not taken. It carries no word of the answer, and of the address at most the host.

    `permanent`: trying again as things are cannot help; `gone`: the receiver wants no more (410), disable the
    endpoint and tell the office; `retry_after`: not before this time has passed; `uncertain`: it may have been
    taken though nobody said so (the same id makes a repetition harmless); `status` is None where none came.
    """

    def __init__(
        self,
        message: str,
        *,
        permanent: bool = False,
        gone: bool = False,
        retry_after: timedelta | None = None,
        uncertain: bool = False,
        status: int | None = None,
    ) -> None:
        self.permanent = permanent
        self.gone = gone
        self.retry_after = retry_after
        self.uncertain = uncertain
        self.status = status
        super().__init__(message)


class Caller(Protocol):
    """How the line tells an office's system something."""

    def call(
        self,
        endpoint: Endpoint,
        message_id: str,
        kind: str,
        data: Mapping[str, Value],
        now: datetime,
        *,
        happened: datetime | None = None,
    ) -> None:
        """Sends one hook, once.

        `message_id` stays the same for every attempt; `happened` is when what it tells of came about, `now` if
        not given.

        Raises:
            HookError: it was not taken.
        """


# --- the words: pure -----------------------------------------------------------------------------


def next_try(tries: int, luck: float, retry_after: timedelta | None = None) -> timedelta | None:
    """How long to wait after so many attempts, spread by `luck` (0 to 1) over a half; None: it is given up.

    Never sooner than the receiver asked for.
    """
    if not 0 <= tries < len(SCHEDULE):
        return None
    wait = SCHEDULE[tries] * (0.75 + luck / 2)
    return max(wait, retry_after) if retry_after else wait


def body_of(kind: str, data: Mapping[str, Value], happened: datetime) -> bytes:
    """The body of a hook, the same for every attempt.

    Raises:
        HookError: what it is given is no hook, or too large for one.
    """
    if not re.fullmatch(r"[a-z0-9_]+(\.[a-z0-9_]+)*", kind):
        raise HookError(f"kind must be such as referral.offered, got {kind!r}", permanent=True)
    if strange := sorted(set(data) - FIELDS):
        raise HookError(f"data may hold {', '.join(sorted(FIELDS))} only, got {strange}", permanent=True)
    if nested := sorted(name for name, value in data.items() if not isinstance(value, str | bool | None)):
        raise HookError(f"data must be flat: text, true, false or null, not so {nested}", permanent=True)
    at = _aware(happened).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    body = json.dumps({"type": kind, "timestamp": at, "data": dict(data)}, separators=(",", ":")).encode()
    if len(body) >= LARGEST:
        raise HookError(f"a hook must be below {LARGEST} bytes, got {len(body)}", permanent=True)
    return body


def headers_of(message_id: str, now: datetime, body: bytes, keys: Iterable[bytes]) -> dict[str, str]:
    """The three headers that prove where a hook comes from, with one signature for each key.

    Raises:
        HookError: the id is none (a full stop in it would let two hooks sign alike).
    """
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", message_id):
        raise HookError(f"message_id must be letters, digits, - or _, got {message_id!r}", permanent=True)
    stamp = str(int(_aware(now).timestamp()))
    signed = f"{message_id}.{stamp}.".encode() + body
    signatures = (b64encode(hmac.digest(key, signed, "sha256")).decode("ascii") for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": stamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }


def wait_asked_for(header: str | None, now: datetime) -> timedelta | None:
    """What a Retry-After header asks for, in seconds or as a date, and at most a day; None if it says nothing.

    Source: RFC 9110, section 10.2.3.
    """
    text = (header or "").strip()
    if re.fullmatch(r"[0-9]+", text):
        return min(timedelta(seconds=int(text)), LONGEST_WAIT) if len(text) < 10 else LONGEST_WAIT
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, OverflowError):
        return None
    wait = (date if date.tzinfo else date.replace(tzinfo=UTC)) - now
    return min(max(wait, timedelta()), LONGEST_WAIT)


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise HookError(f"a time must have a time zone, got {moment!r}", permanent=True)
    return moment.astimezone(UTC)


@dataclass(frozen=True)
class _Answer:
    status: int
    retry_after: str | None


def _refusal(answer: _Answer, now: datetime) -> HookError:
    """What it means that the receiver did not answer 2xx. A 4xx is no end: it may be mended within the schedule."""
    status = answer.status
    usual = THROTTLED if status in THROTTLES else None
    return HookError(
        f"the office's system answered {status}",
        permanent=status == GONE,
        gone=status == GONE,
        retry_after=wait_asked_for(answer.retry_after, now) or usual,
        uncertain=status >= 500,
        status=status,
    )


# --- the sending ---------------------------------------------------------------------------------


class Hooks:
    """Hooks over HTTP. `identity` is the worker's: it opens the secrets. No proxy is used, no redirect followed."""

    def __init__(
        self,
        identity: str,
        guard: Guard,
        timeout: float = TIMEOUT,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._identity = identity
        self._guard = guard
        self._timeout = timeout
        self._tls = tls or ssl.create_default_context()

    def call(
        self,
        endpoint: Endpoint,
        message_id: str,
        kind: str,
        data: Mapping[str, Value],
        now: datetime,
        *,
        happened: datetime | None = None,
    ) -> None:
        """Sends one hook, once; see Caller."""
        if endpoint.disabled:
            raise HookError("the endpoint is disabled", permanent=True)
        body = body_of(kind, data, happened or now)
        headers = headers_of(message_id, now, body, self._keys(endpoint, now))
        answer = self._post(endpoint.target, headers, body)
        if not 200 <= answer.status < 300:
            raise _refusal(answer, now)

    def _keys(self, endpoint: Endpoint, now: datetime) -> tuple[bytes, ...]:
        try:
            return tuple(key_of(unseal(box, self._identity).decode()) for box in endpoint.signing(now))
        except (SealError, EndpointError, UnicodeDecodeError) as error:
            # Not permanent: the wrong key file can be changed for the right one.
            raise HookError("the worker's identity does not open the endpoint's secret") from error

    def _post(self, target: Target, headers: Mapping[str, str], body: bytes) -> _Answer:
        deadline = _Deadline(self._timeout)
        with closing(self._connected(target, deadline)) as sock:
            try:
                return _exchange(_Wire(sock, deadline), target, headers, body)
            except (OSError, HTTPException) as error:
                fault = f"the office's system gave no answer ({type(error).__name__})"
                raise HookError(fault, uncertain=True) from None

    def _connected(self, target: Target, deadline: _Deadline) -> socket.socket:
        """A connection to one of the very addresses that the guard has looked at: the name is not asked again."""
        try:
            sock = _first(self._guard.addresses(target, deadline.left()), target.port, deadline)
            return self._secured(sock, target, deadline) if target.secure else sock
        except GuardError as error:
            raise HookError(str(error), permanent=error.permanent) from None
        except ssl.SSLCertVerificationError:
            raise HookError("the certificate of the office's system is not good for its name") from None
        except OSError as error:
            fault = f"the office's system cannot be reached ({type(error).__name__})"
            raise HookError(fault) from None

    def _secured(self, sock: socket.socket, target: Target, deadline: _Deadline) -> socket.socket:
        try:
            sock.settimeout(deadline.left())
            return self._tls.wrap_socket(sock, server_hostname=target.host)
        except OSError:
            sock.close()
            raise


class _Deadline:
    """The end of all patience, however often something small happens before it."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds.

        Raises:
            TimeoutError: there are none.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError("the time is over")
        return left


def _first(addresses: Iterable[str], port: int, deadline: _Deadline) -> socket.socket:
    """A connection to the first address that takes one."""
    fault: OSError = OSError("no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), min(CONNECT_TIMEOUT, deadline.left()))
        except OSError as error:
            fault = error
    raise fault


class _Wire:
    """A socket that keeps to the deadline, as http.client wants one. A socket's own time-out begins anew with each byte."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline

    def sendall(self, data: bytes) -> None:
        """Sends all of it."""
        rest = memoryview(data)
        while rest:
            self._sock.settimeout(self._deadline.left())
            rest = rest[self._sock.send(rest) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """What the answer is read from."""
        return io.BufferedReader(_Incoming(self._sock, self._deadline))

    def close(self) -> None:
        """Leaves the socket open: http.client closes it before it reads, and whoever opened it closes it too."""


class _Incoming(io.RawIOBase):
    """What comes in, until the deadline, and no more of it than enough."""

    def __init__(self, sock: socket.socket, deadline: _Deadline) -> None:
        self._sock = sock
        self._deadline = deadline
        self._allowed = MOST_READ

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # its type has a name from Python 3.12 on
        """Reads what has come."""
        if not self._allowed:
            raise OSError("the answer has no end")
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(memoryview(buffer)[: self._allowed])
        self._allowed -= count
        return count


def _exchange(wire: _Wire, target: Target, headers: Mapping[str, str], body: bytes) -> _Answer:
    connection = HTTPConnection(target.host, target.port)
    connection.sock = cast("socket.socket", wire)  # so it never connects by itself
    own = {
        "Host": target.authority,
        "User-Agent": "Amparo",
        "Content-Type": "application/json",
        "Connection": "close",
    }
    connection.request("POST", target.path, body, {**own, **headers})
    with connection.getresponse() as response:
        # What it says is for nobody; taking a little of it lets an ordinary receiver finish in peace.
        with suppress(OSError, HTTPException):
            response.read(DRAINED)
        return _Answer(response.status, response.headers.get("Retry-After"))
