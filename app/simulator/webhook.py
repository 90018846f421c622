"""Posts to the hotline as Twilio does: signed, form-encoded, fifteen seconds and no more.

Source: Twilio, "Webhooks security" (the signature) and "Messaging webhooks" (the fields).
"""

from __future__ import annotations

import base64
import hmac
import socket
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from urllib.parse import urlencode, urlsplit

TIMEOUT = 15.0
LARGEST = 64 * 1024


class WebhookError(Exception):
    """The hotline could not be asked, with Twilio's code for it."""

    def __init__(self, code: int) -> None:
        self.code = code
        super().__init__(str(code))


@dataclass(frozen=True)
class Answer:
    """What the hotline answered."""

    status: int
    content_type: str
    body: bytes


def signature(token: str, url: str, fields: Mapping[str, str]) -> str:
    """Twilio's signature: HMAC-SHA1 over the address and then each field's name and value, sorted by name."""
    signed = url + "".join(name + fields[name] for name in sorted(fields))
    return base64.b64encode(hmac.new(token.encode(), signed.encode(), "sha1").digest()).decode()


def post(
    url: str, fields: Mapping[str, str], token: str, idempotency_token: str = "", timeout: float = TIMEOUT
) -> Answer:
    """Posts the fields, signed with the account's token, and reads the answer; redirects are not followed.

    Raises:
        WebhookError: no answer within `timeout` seconds, or one that is no 2xx, or one over 64 kB.
    """
    headers = {
        "Content-Type": "application/x-www-form-urlencoded; charset=UTF-8",
        "Accept": "*/*",
        "User-Agent": "TwilioProxy/1.1",
        "X-Twilio-Signature": signature(token, url, fields),
        "I-Twilio-Idempotency-Token": idempotency_token,
    }
    try:
        answer = _exchange(url, urlencode(fields), headers, time.monotonic() + timeout)
    except socket.gaierror as error:
        raise WebhookError(11210) from error
    except TimeoutError as error:
        raise WebhookError(11200) from error
    except HTTPException as error:
        raise WebhookError(11206) from error
    except OSError as error:
        raise WebhookError(11205) from error
    if not 200 <= answer.status < 300:
        raise WebhookError(11217 if answer.status >= 400 else 11200)
    return answer


def _exchange(url: str, body: str, headers: dict[str, str], deadline: float) -> Answer:
    parts = urlsplit(url)
    kind = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=deadline - time.monotonic())
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body.encode("ascii"), headers)
        sock = connection.sock
        with connection.getresponse() as response:
            typed = "Content-Type" in response.headers
            content_type = response.headers.get_content_type() if typed else ""
            return Answer(response.status, content_type, _read(response, sock, deadline))
    finally:
        connection.close()


def _read(response: HTTPResponse, sock: socket.socket, deadline: float) -> bytes:
    """Reads the whole answer; the deadline holds for a slow trickle too, which a socket's own timeout does not."""
    body = b""
    while len(body) <= LARGEST:
        if response.isclosed():
            return body
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        sock.settimeout(left)
        piece = response.read1(LARGEST)
        if not piece:
            return body
        body += piece
    raise WebhookError(11750)
