"""Mail to offices, through the SMTP server of SMTP_URL."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate
from typing import Protocol
from urllib.parse import unquote, urlsplit

TIMEOUT = 10  # seconds
LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


class MailError(Exception):
    """A mail that did not go; `permanent` if the server will never take it as it is; `code` is SMTP's, if any."""

    def __init__(self, message: str, permanent: bool, code: int | None = None) -> None:
        self.permanent = permanent
        self.code = code
        super().__init__(message)


@dataclass(frozen=True)
class Mail:
    """One mail. `name` makes its Message-ID: the same name twice is the same mail twice, and shows as one."""

    to: str
    subject: str
    text: str
    name: str


class Mailer(Protocol):
    """How the line writes to an office."""

    def send(self, mail: Mail) -> None:
        """Sends one mail.

        Raises:
            MailError: it did not go.
        """


class SmtpMailer:
    """Mail over SMTP: smtp:// (with STARTTLS where the server has it) or smtps://."""

    def __init__(self, smtp_url: str, mail_from: str) -> None:
        self._url = urlsplit(smtp_url)
        self._from = mail_from

    def send(self, mail: Mail) -> None:
        """Sends one mail; see Mailer."""
        with _plainly(), self._server() as server:
            server.send_message(self._message(mail))

    def greet(self) -> None:
        """Comes as far as a mail would, with TLS and password, and sends none.

        Raises:
            MailError: a mail would not go.
        """
        with _plainly(), self._server() as server:
            server.noop()

    @contextmanager
    def _server(self) -> Iterator[smtplib.SMTP]:
        host, user = self._url.hostname or "localhost", self._url.username
        with self._connected(host) as server:
            server.ehlo()
            secure = self._url.scheme == "smtps"
            if not secure and server.has_extn("starttls"):
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
                secure = True
            if user is not None:
                if not secure and host not in LOCAL:
                    raise MailError("the mail server offers no TLS: we keep the password", permanent=False)
                server.login(unquote(user), unquote(self._url.password or ""))
            yield server

    def _connected(self, host: str) -> smtplib.SMTP:
        if self._url.scheme == "smtps":
            context = ssl.create_default_context()
            return smtplib.SMTP_SSL(host, self._url.port or 465, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(host, self._url.port or 25, timeout=TIMEOUT)

    def _message(self, mail: Mail) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._from
        message["To"] = mail.to
        message["Subject"] = mail.subject
        message["Date"] = formatdate()
        message["Message-ID"] = f"<{mail.name}@{self._from.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(mail.text)
        return message


@contextmanager
def _plainly() -> Iterator[None]:
    """Turns what SMTP and the network say into our one error, without the address or the password."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as error:
        code = min(code for code, _ in error.recipients.values())
        fault = "the mail server refuses the office's address"
        raise MailError(fault, permanent=code >= 500, code=code) from None
    except smtplib.SMTPAuthenticationError as error:
        fault = "the mail server does not accept the password of SMTP_URL"
        raise MailError(fault, permanent=False, code=error.smtp_code) from None
    except smtplib.SMTPResponseException as error:
        fault = f"the mail server answered {error.smtp_code}"
        raise MailError(fault, permanent=error.smtp_code >= 500, code=error.smtp_code) from None
    except (OSError, smtplib.SMTPException) as error:
        fault = f"the mail server cannot be reached ({type(error).__name__})"
        raise MailError(fault, permanent=False) from None
