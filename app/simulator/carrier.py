"""What the carrier knows: phones with their threads, messages, who opted out, the tricks. State and rules, no wires.

All of it is frozen values behind one lock: a snapshot may be read at leisure while the phones go on.
"""

from __future__ import annotations

import re
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from app.simulator.errors import LATER, SEND_FAILURES
from messages.segments import segments

DELIVERIES = ("", "lose", "repeat", "twice")
SENDS = ("", "lose", *SEND_FAILURES)
LONGEST = 1600
BUBBLES_KEPT = 400
MESSAGES_KEPT = 4000

# Twilio's default words, which it answers itself before the hotline does (Twilio help 223134027).
STOP_WORDS = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO"})

DEMO_PHONE = re.compile(r"\+1[2-9]\d{2}55501\d{2}")
SENDER = re.compile(r"\d{5,6}|[A-Za-z][A-Za-z0-9]{2,10}")
WHATSAPP = "whatsapp:"
FIRST_PHONES = ("+12025550111", "+12025550112", "+12025550113", f"{WHATSAPP}+12025550114")


class CarrierError(Exception):
    """Says why a phone cannot do what was asked; `missing` when there is no such phone."""

    def __init__(self, message: str, reason: str, *, missing: bool = False) -> None:
        self.reason = reason
        self.missing = missing
        super().__init__(message)


@dataclass(frozen=True)
class Tricks:
    """What will go wrong next for one phone, once each."""

    delivery: str = ""
    send: str = ""

    def __post_init__(self) -> None:
        if self.delivery not in DELIVERIES:
            raise CarrierError(f"delivery must be one of {DELIVERIES}, got {self.delivery!r}", "trick")
        if self.send not in SENDS:
            raise CarrierError(f"send must be one of {SENDS}, got {self.send!r}", "trick")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Bubble:
    """One thing seen in a thread: a text, a call, or a note about what the carrier did."""

    who: str
    kind: str
    text: str = ""
    status: str = ""
    code: int | None = None
    note: str = ""
    sid: str = ""
    media: int = 0
    lines: tuple[tuple[str, str], ...] = ()
    id: int = 0
    segments: int = 0
    encoding: str = ""
    time: datetime = field(default_factory=_now)


@dataclass(frozen=True)
class Phone:
    """One phone and its thread with the line; its address is a number, with `whatsapp:` before it there."""

    id: str
    address: str
    opted_out: bool = False
    tricks: Tricks = Tricks()
    thread: tuple[Bubble, ...] = ()

    @property
    def channel(self) -> str:
        """Either sms or whatsapp."""
        return "whatsapp" if self.address.startswith(WHATSAPP) else "sms"

    @property
    def number(self) -> str:
        """The address without its channel."""
        return self.address.removeprefix(WHATSAPP)


@dataclass(frozen=True)
class Outgoing:
    """A message that the hotline asked to be sent, checked and accepted."""

    to: str
    body: str
    callback: str = ""
    media: int = 0
    by_service: bool = False
    discards: bool = False
    hides: bool = False


@dataclass(frozen=True)
class Message:
    """One message as Twilio's log holds it, in either direction."""

    sid: str
    to: str
    sender: str
    body: str
    direction: str
    status: str
    media: int = 0
    service: str = ""
    callback: str = ""
    code: int | None = None
    segments: int = 0
    discards: bool = False
    hides: bool = False
    created: datetime = field(default_factory=_now)
    updated: datetime = field(default_factory=_now)

    @property
    def shown_body(self) -> str:
        """The words as the log shows them; none, if they were to be discarded."""
        return "" if self.discards else self.body

    @property
    def shown_to(self) -> str:
        """The address as the log shows it; without its end, if it was to be hidden."""
        return self.to[:-4] + "XXXX" if self.hides else self.to

    @property
    def final(self) -> bool:
        """True when nothing more will happen to it."""
        return self.status in {"received", "delivered", "undelivered", "failed"}


@dataclass(frozen=True)
class Inbound:
    """A text on its way to the hotline: what the webhook needs to know, and how it is to be mistreated."""

    phone: Phone
    sid: str
    body: str
    media: int
    delivery: str
    opt_out_type: str
    idempotency_token: str = field(default_factory=lambda: secrets.token_hex(16))


@dataclass(frozen=True)
class Mail:
    """One mail that the hotline sent."""

    id: int
    sender: str
    to: str
    subject: str
    text: str
    time: datetime


@dataclass(frozen=True)
class Snapshot:
    """Everything at one moment; `revision` grows with every change."""

    revision: int
    advanced_opt_out: bool
    phones: tuple[Phone, ...]
    mail: tuple[Mail, ...]

    def phone(self, phone_id: str) -> Phone | None:
        """The phone of that id."""
        return next((phone for phone in self.phones if phone.id == phone_id), None)


class Carrier:
    """The phones, the messages and the mail; every method is one change, made whole under the lock."""

    def __init__(self, line: str, service: str = "") -> None:
        self.line = line
        self.service = service
        self._lock = threading.RLock()
        self._revision = 0
        self._serial = 0
        self.reset()

    def reset(self) -> None:
        """Forgets every thread, message, opt-out, trick and mail."""
        with self._lock:
            self._phones = {str(n): Phone(str(n), number) for n, number in enumerate(FIRST_PHONES, 1)}
            self._messages: dict[str, Message] = {}
            self._mail: tuple[Mail, ...] = ()
            self._advanced_opt_out = False
            self._revision += 1

    def snapshot(self) -> Snapshot:
        """Everything as it is now."""
        with self._lock:
            return Snapshot(
                self._revision, self._advanced_opt_out, tuple(self._phones.values()), tuple(self._mail)
            )

    def phone(self, phone_id: str) -> Phone:
        """The phone of that id.

        Raises:
            CarrierError: there is none.
        """
        with self._lock:
            if phone_id not in self._phones:
                raise CarrierError(f"there is no phone {phone_id!r}", "phone", missing=True)
            return self._phones[phone_id]

    def at(self, address: str) -> Phone | None:
        """The phone with that address; a 555-01xx number that nobody had yet becomes one."""
        with self._lock:
            known = next((phone for phone in self._phones.values() if phone.address == address), None)
            if known or not DEMO_PHONE.fullmatch(address.removeprefix(WHATSAPP)):
                return known
            return self._add(address)

    def add(self, channel: str = "sms", number: str = "") -> Phone:
        """Adds a phone; without a number it gets the next free one.

        Raises:
            CarrierError: the number could be somebody's, is the line's own, or is taken.
        """
        with self._lock:
            address = (WHATSAPP if channel == "whatsapp" else "") + (number or self._free_number())
            if channel not in {"sms", "whatsapp"}:
                raise CarrierError(f"channel must be sms or whatsapp, got {channel!r}", "number")
            if number and not DEMO_PHONE.fullmatch(number) and not SENDER.fullmatch(number):
                raise CarrierError(
                    f"number must be a 555-01xx one such as +12025550119, got {number!r}", "number"
                )
            if any(phone.address == address for phone in self._phones.values()):
                raise CarrierError(f"there is a phone {address} already", "number")
            return self._add(address)

    def set_tricks(self, phone_id: str, tricks: Tricks) -> Phone:
        """Chooses what will go wrong next for one phone."""
        with self._lock:
            return self._put(replace(self.phone(phone_id), tricks=tricks))

    def set_advanced_opt_out(self, on: bool) -> None:
        """Says whether Twilio's Advanced Opt-Out is on for the line."""
        with self._lock:
            self._advanced_opt_out = on
            self._revision += 1

    def texted(self, phone_id: str, body: str, media: int = 0) -> Inbound:
        """A person sent a text: it stands in the thread, and Twilio's own words are heard.

        Raises:
            CarrierError: no such phone, or more than 1,600 characters.
        """
        body = _clean(body)
        if len(body) > LONGEST:
            raise CarrierError(f"a text has at most {LONGEST} characters, got {len(body)}", "too_long")
        with self._lock:
            phone = self.phone(phone_id)
            sid = _sid(media)
            self._log(Message(sid, self._line_on(phone), phone.address, body, "inbound", "received", media))
            self._show(phone_id, Bubble("person", "text", body, "sending", sid=sid, media=media))
            delivery = phone.tricks.delivery
            self._put(replace(self.phone(phone_id), tricks=replace(phone.tricks, delivery="")))
            heard = self._hear_opt_out(self.phone(phone_id), body)
            return Inbound(
                self.phone(phone_id), sid, body, media, delivery, heard if self._advanced_opt_out else ""
            )

    def replied(self, phone_id: str, text: str, callback: str = "", media: int = 0) -> Message | None:
        """The hotline answered with a `<Message>`: it arrives, unless the person opted out."""
        with self._lock:
            phone = self.phone(phone_id)
            if phone.opted_out:
                self.note(phone_id, "reply_refused", 21610)
                return None
            sid, line = _sid(media), self._line_on(phone)
            self._show(phone_id, Bubble("line", "text", text, "delivered", sid=sid, media=media))
            return self._log(
                Message(
                    sid, phone.address, line, text, "outbound-reply", "delivered", media, callback=callback
                )
            )

    def sent(self, outgoing: Outgoing) -> Message:
        """The hotline sent a message by REST and it was accepted; to a number that is no phone here it goes nowhere."""
        with self._lock:
            phone, sid = self.at(outgoing.to), _sid(outgoing.media)
            status = "accepted" if outgoing.by_service else "queued"
            service = self.service if outgoing.by_service else ""
            if phone:
                self._show(
                    phone.id, Bubble("line", "text", outgoing.body, status, sid=sid, media=outgoing.media)
                )
            line = self._line_on(phone) if phone else self.line
            return self._log(
                Message(
                    sid,
                    outgoing.to,
                    line,
                    outgoing.body,
                    "outbound-api",
                    status,
                    outgoing.media,
                    service,
                    outgoing.callback,
                    discards=outgoing.discards,
                    hides=outgoing.hides,
                )
            )

    def take_send_trick(self, phone_id: str) -> str:
        """What is to go wrong with this message; the trick is over with it."""
        with self._lock:
            phone = self.phone(phone_id)
            self._put(replace(phone, tricks=replace(phone.tricks, send="")))
            return phone.tricks.send

    def moved(self, sid: str, status: str, code: int | None = None) -> Message | None:
        """A message came to a new state; None when the log no longer holds it."""
        with self._lock:
            message = self._messages.get(sid)
            if message is None:
                return None
            now = _now()
            self._messages[sid] = replace(message, status=status, code=code, updated=now)
            self._change_bubble(sid, lambda bubble: replace(bubble, status=status, code=code))
            return self._messages[sid]

    def received(self, inbound: Inbound) -> None:
        """The hotline has taken the person's text."""
        with self._lock:
            self._change_bubble(inbound.sid, lambda bubble: replace(bubble, status="received"))

    def note(self, phone_id: str, note: str, code: int | None = None) -> None:
        """Writes between the bubbles what the carrier did; with a code it is an error, in red."""
        with self._lock:
            self._show(phone_id, Bubble("note", "error" if code else "note", note=note, code=code))

    def called(self, phone_id: str, sid: str, lines: tuple[tuple[str, str], ...]) -> None:
        """A call was made: these lines were heard."""
        with self._lock:
            self._show(phone_id, Bubble("line", "call", sid=sid, lines=lines))

    def message(self, sid: str) -> Message | None:
        """The message of that sid, if the log still holds it."""
        with self._lock:
            return self._messages.get(sid)

    def log(self) -> tuple[Message, ...]:
        """Every message, the newest first."""
        with self._lock:
            return tuple(reversed(self._messages.values()))

    def redact(self, sid: str) -> Message:
        """Empties the body of a message in the log (the phone still has it)."""
        with self._lock:
            self._messages[sid] = replace(self._messages[sid], body="", updated=_now())
            return self._messages[sid]

    def delete(self, sid: str) -> None:
        """Removes a message from the log (the phone still has it)."""
        with self._lock:
            self._messages.pop(sid, None)

    def mailed(self, sender: str, to: str, subject: str, text: str) -> None:
        """A mail arrived."""
        with self._lock:
            mail = Mail(self._next(), sender, to, subject, text, _now())
            self._mail = (*self._mail, mail)[-BUBBLES_KEPT:]
            self._revision += 1

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def _put(self, phone: Phone) -> Phone:
        self._phones[phone.id] = phone
        self._revision += 1
        return phone

    def _add(self, address: str) -> Phone:
        return self._put(Phone(str(len(self._phones) + 1), address))

    def _free_number(self) -> str:
        taken = {phone.number for phone in self._phones.values()} | {self.line}
        numbers = (f"+12025550{last}" for last in range(111, 200))
        free = next((number for number in numbers if number not in taken and number != "+12025550142"), None)
        if free is None:
            raise CarrierError("there are no more 555-01xx numbers", "number")
        return free

    def _line_on(self, phone: Phone) -> str:
        return WHATSAPP + self.line if phone.channel == "whatsapp" else self.line

    def _hear_opt_out(self, phone: Phone, body: str) -> str:
        """Obeys Twilio's own words on SMS and answers as Twilio; returns STOP, START, HELP or nothing."""
        word = body.strip().upper()
        if phone.channel != "sms":
            return ""
        if word in STOP_WORDS:
            self._put(replace(phone, opted_out=True))
            self._show(phone.id, Bubble("twilio", "note", note="twilio_stop"))
            return "STOP"
        if word in START_WORDS and (phone.opted_out or word == "START"):
            self._put(replace(phone, opted_out=False))
            self._show(phone.id, Bubble("twilio", "note", note="twilio_start"))
            return "START"
        if word in HELP_WORDS:
            self._show(phone.id, Bubble("twilio", "note", note="twilio_help"))
            return "HELP"
        return ""

    def _log(self, message: Message) -> Message:
        counted = replace(message, segments=segments(message.body).count)
        self._messages[message.sid] = counted
        if len(self._messages) > MESSAGES_KEPT:
            del self._messages[next(iter(self._messages))]
        return counted

    def _show(self, phone_id: str, bubble: Bubble) -> None:
        phone, size = self.phone(phone_id), segments(bubble.text)
        encoding = size.encoding if bubble.text else ""
        counted = replace(bubble, id=self._next(), segments=size.count, encoding=encoding)
        self._put(replace(phone, thread=(*phone.thread, counted)[-BUBBLES_KEPT:]))

    def _change_bubble(self, sid: str, change: Callable[[Bubble], Bubble]) -> None:
        for phone in self._phones.values():
            if any(bubble.sid == sid for bubble in phone.thread):
                thread = tuple(change(bubble) if bubble.sid == sid else bubble for bubble in phone.thread)
                self._put(replace(phone, thread=thread))
                return


def ending(trick: str) -> tuple[str, int | None]:
    """The state a message ends in when that trick is played on it, and the code that is reported."""
    later = next((code for code in LATER if str(code.code) == trick), None)
    return (later.ends, later.code) if later else ("delivered", None)


def _sid(media: int) -> str:
    return ("MM" if media else "SM") + secrets.token_hex(16)


def _clean(body: str) -> str:
    """The text as it would travel: one kind of line break, and no half of a surrogate pair (UTF-8 has none)."""
    whole = body.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.replace("\r\n", "\n").replace("\r", "\n")
