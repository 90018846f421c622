"""Catches the hotline's mail: an SMTP server on 127.0.0.1 that delivers to the page and nowhere else."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from app.simulator.carrier import Carrier

LARGEST = 1024 * 1024


class Sink:
    """Hands each mail to the carrier."""

    def __init__(self, carrier: Carrier) -> None:
        self._carrier = carrier

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Takes one mail."""
        mail = message_from_bytes(_as_bytes(envelope.content), policy=policy.default)
        self._carrier.mailed(
            str(mail["From"] or envelope.mail_from or ""),
            ", ".join(envelope.rcpt_tos),
            str(mail["Subject"] or ""),
            text_of(mail),
        )
        return "250 OK"


def _as_bytes(content: bytes | str | None) -> bytes:
    return content.encode() if isinstance(content, str) else content or b""


def text_of(mail: EmailMessage) -> str:
    """The mail's own words: its plain part, else its HTML as it is written."""
    part = mail.get_body(preferencelist=("plain", "html"))
    if part is None:
        return ""
    return str(part.get_content()).replace("\r\n", "\n").strip()


def start(carrier: Carrier, port: int) -> Controller:
    """Starts the sink in a thread of its own; `stop()` ends it."""
    sink = Controller(
        Sink(carrier),
        hostname="127.0.0.1",
        port=port,
        data_size_limit=LARGEST,
        ready_timeout=10,
        server_hostname="localhost",
    )
    sink.start()
    return sink
