"""The world's two edges as small servers of our own: Twilio's REST shape, and an office's mailbox."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller

from app.config import Twilio

ACCOUNT = "AC" + "0" * 32
HOTLINE = "+12025550100"


@dataclass
class TwilioEdge:
    """Takes texts and remembers them; `plays` says what goes wrong with the next requests, in order.

    "hang up" takes the text and never answers, "refuse connection" hangs up before it takes it, "500" answers
    with a page, and a number answers with that error.
    """

    url: str = ""
    texts: list[dict[str, str]] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    users: list[str] = field(default_factory=list)
    plays: list[str] = field(default_factory=list)
    wait: float = 0.0

    @property
    def settings(self) -> Twilio:
        """The account at this edge."""
        return Twilio(ACCOUNT, "secret-token", None, None, self.url, HOTLINE, None)


class _Handler(BaseHTTPRequestHandler):
    edge: TwilioEdge

    def do_POST(self) -> None:
        form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
        text = {name: values[0] for name, values in form.items()}
        self.edge.users.append(self.headers["Authorization"])
        play = self._play()
        if play in {"", "hang up"}:
            self.edge.texts.append({**text, "created": datetime.now(UTC).isoformat()})
        time.sleep(self.edge.wait)
        self._answer(play, 201, _message(self.edge.texts[-1]) if self.edge.texts else {})

    def do_GET(self) -> None:
        to = parse_qs(urlsplit(self.path).query)["To"][0]
        self.edge.asked.append(to)
        found = [_message(text) for text in self.edge.texts if text["To"] == to]
        self._answer(self._play(), 200, {"messages": found, "page": 0, "page_size": 50})

    def _play(self) -> str:
        return self.edge.plays.pop(0) if self.edge.plays else ""

    def _answer(self, play: str, status: int, body: dict[str, Any]) -> None:
        if play in {"hang up", "refuse connection"}:
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        if play == "500":
            self._send(500, b"<html>out of order</html>")
            return
        if play:
            words = "The number +12025550177 cannot be texted"
            self._send(400, json.dumps({"code": int(play), "message": words, "status": 400}).encode())
            return
        self._send(status, json.dumps(body).encode())

    def _send(self, status: int, body: bytes) -> None:
        # Whoever asked may have been killed meanwhile.
        with suppress(BrokenPipeError, ConnectionResetError):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Says nothing."""


def _message(text: dict[str, str]) -> dict[str, Any]:
    return {
        "sid": "SM" + "1" * 32,
        "account_sid": ACCOUNT,
        "to": text["To"],
        "direction": text.get("direction", "outbound-api"),
        "status": "queued",
        "date_created": format_datetime(datetime.fromisoformat(text["created"])),
    }


@contextmanager
def twilio_edge() -> Iterator[TwilioEdge]:
    """Twilio, on the loopback."""
    edge = TwilioEdge()
    handler = type("Handler", (_Handler,), {"edge": edge})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    edge.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield edge
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class MailEdge:
    """An office's mailbox; `refusals` are the SMTP answers to the next mails, in order."""

    url: str = ""
    mails: list[Message] = field(default_factory=list)
    refusals: list[str] = field(default_factory=list)

    @property
    def names(self) -> set[str]:
        """The Message-IDs that arrived: what a mail program shows as one mail."""
        return {mail["Message-ID"] for mail in self.mails}

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, to: str, _options: Any) -> str:  # noqa: N802 - the name is aiosmtpd's
        """Takes or refuses a recipient."""
        if self.refusals:
            return self.refusals.pop(0)
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802 - the name is aiosmtpd's
        """Keeps a mail."""
        self.mails.append(message_from_bytes(envelope.content))
        return "250 OK"


@contextmanager
def mail_edge() -> Iterator[MailEdge]:
    """A mail server, on the loopback."""
    edge = MailEdge()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    controller = Controller(edge, hostname="127.0.0.1", port=port)
    edge.url = f"smtp://127.0.0.1:{port}"
    controller.start()
    try:
        yield edge
    finally:
        controller.stop()
