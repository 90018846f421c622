"""A person with a phone, and the line she texts: `texter.texts("1")` is one signed webhook, as Twilio sends it."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

from flask import Flask
from flask.testing import FlaskClient
from twilio.request_validator import RequestValidator
from werkzeug.test import TestResponse

from app import create_app
from app.bootstrap import Hotline
from app.outside.mail import Mail
from app.referral.bells import Bells
from app.referral.handover import Handover
from app.referral.messenger import Line as HandoverLine
from app.referral.messenger import Messenger
from app.referral.rekey import Rekey
from app.store import peppers
from messages.segments import segments

ACCOUNT = "AC" + "0" * 32
TOKEN = "a token that only this test knows"
PUBLIC_URL = "https://line.example.org"
HOTLINE = "+12025550100"
COORDINATOR = "coordinator@line.example.org"

# A real line's settings; what no lawyer has signed is served all the same.
REAL_LINE = {
    "PUBLIC_URL": PUBLIC_URL,
    "TWILIO_ACCOUNT_SID": ACCOUNT,
    "TWILIO_AUTH_TOKEN": TOKEN,
    "HOTLINE_NUMBER": HOTLINE,
    "VOICE_NUMBER": "+12025550142",
    "AMPARO_SERVE_DRAFTS": "yes",
}


@dataclass
class Clock:
    """A clock that stands still until somebody turns it."""

    now: datetime = field(default_factory=lambda: datetime(2026, 7, 7, 16, 0, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        """Turns it: `clock.forward(hours=5)`."""
        self.now += timedelta(**by)


def new_sid() -> str:
    """A message sid as Twilio makes them."""
    return "SM" + secrets.token_hex(16)


def said(response: TestResponse) -> str:
    """The words of a TwiML answer; empty for silence."""
    assert response.status_code == 200, response.status
    root = ElementTree.fromstring(response.data)  # noqa: S314 - our own answer
    messages = root.findall("Message")
    assert len(messages) <= 1
    return (messages[0].text or "") if messages else ""


@dataclass
class Texter:
    """One phone."""

    line: Line
    number: str = "+12025550111"
    last: str = ""
    heard: list[str] = field(default_factory=list)

    def texts(self, body: str, **more: str) -> str:
        """Sends one text and returns the words that come back."""
        self.last = said(self.posts(body, **more))
        if self.last:
            self.heard.append(self.last)
        return self.last

    def posts(self, body: str, *, sid: str = "", **more: str) -> TestResponse:
        """Sends one text and returns the whole answer."""
        form = self.form(body, sid=sid or new_sid(), **more)
        return self.line.post("/sms", form)

    def form(self, body: str, **more: str) -> dict[str, str]:
        """The fields of one text as Twilio sends them."""
        sid = more.pop("sid", "") or new_sid()
        return {
            "ToCountry": "US",
            "SmsMessageSid": sid,
            "NumMedia": "0",
            "SmsSid": sid,
            "SmsStatus": "received",
            "Body": body,
            "To": HOTLINE,
            "NumSegments": "1",
            "MessageSid": sid,
            "AccountSid": ACCOUNT,
            "From": self.number,
            "ApiVersion": "2010-04-01",
            **more,
        }

    @property
    def segments(self) -> int:
        """How many segments the last answer costs."""
        return segments(self.last).count


@dataclass
class PostOffice:
    """Keeps the mail instead of sending it; a real SMTP receiver is used where the sending is the point."""

    sent: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> None:
        """Keeps one mail."""
        self.sent.append(mail)


@dataclass
class Carrier:
    """Twilio's edge: keeps the texts the line sends by itself."""

    sent: list[tuple[str, str]] = field(default_factory=list)

    def send(self, to: str, body: str, callback_url: str) -> None:
        """Keeps one text."""
        self.sent.append((to, body))

    def was_sent(self, to: str, since: datetime) -> bool:
        """True if a text to this address was kept."""
        return any(address == to for address, _ in self.sent)


@dataclass
class Line:
    """The hotline under test: real memories, its web doors, and a worker that works when it is told to."""

    hotline: Hotline
    clock: Clock
    identity: str
    app: Flask = field(init=False)
    client: FlaskClient = field(init=False)
    mail: PostOffice = field(default_factory=PostOffice)
    carrier: Carrier = field(default_factory=Carrier)

    def __post_init__(self) -> None:
        self.app = create_app(self.hotline)
        self.client = self.app.test_client()

    def texter(self, number: str = "+12025550111") -> Texter:
        """A person with this number."""
        return Texter(self, number)

    def post(self, path: str, form: dict[str, str], **headers: str) -> TestResponse:
        """A webhook signed as Twilio signs it."""
        signature = RequestValidator(TOKEN).compute_signature(PUBLIC_URL + path, form)
        return self.client.post(path, data=form, headers={"X-Twilio-Signature": signature, **headers})

    def works(self, step: Callable[[str], None] | None = None) -> None:
        """The worker sees to everything that is due by now."""
        self.clock.forward(seconds=1)
        handover = self._handover(step or (lambda _: None))
        for owed in self.hotline.outbox.due(self.clock()):
            handover.deliver(owed.id)

    def rekeys(self) -> None:
        """The worker writes the referrals it holds under today's pepper."""
        line = self.hotline
        Rekey(line.referrals, line.contacts, line.wishes, self._peppers, self.identity).run(self.clock())

    def _peppers(self, now: datetime) -> peppers.Peppers:
        return peppers.load(self.hotline.volatile, now)

    def _handover(self, step: Callable[[str], None]) -> Handover:
        line = self.hotline
        messenger = Messenger(
            texts=self.carrier,
            mailer=self.mail,
            identity=self.identity,
            line=HandoverLine(
                line.config.line_name, PUBLIC_URL, COORDINATOR, Bells(line), line.config.inbox.url
            ),
            now=self.clock,
        )
        return Handover(
            referrals=line.referrals,
            outbox=line.outbox,
            contacts=line.contacts,
            offices=line.offices,
            peppers=self._peppers,
            messenger=messenger,
            identity=self.identity,
            terms=line.terms,
            now=self.clock,
            step=step,
        )
