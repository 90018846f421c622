"""The telephone exchange: carries texts, calls and status reports between the phones and the hotline, tricks and all."""

from __future__ import annotations

import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from urllib.parse import urljoin, urlsplit

from app.simulator.carrier import Carrier, Inbound, Message, Phone, ending
from app.simulator.settings import Settings
from app.simulator.twiml import TwimlError, read_call, read_replies
from app.simulator.webhook import Answer, WebhookError, post
from messages.segments import segments

API_VERSION = "2010-04-01"
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# Where Twilio believes a number of area code 202 to be.
PLACE = {"City": "WASHINGTON", "State": "DC", "Zip": "20001", "Country": "US"}


class Exchange:
    """Carries things to the hotline and shows on the phone what comes back."""

    def __init__(self, settings: Settings, carrier: Carrier) -> None:
        self.settings = settings
        self.carrier = carrier

    def text(self, phone_id: str, body: str, media: int = 0) -> None:
        """Sends a person's text to the hotline, and returns when its answer is in the thread.

        Raises:
            CarrierError: no such phone, or a text that is too long.
        """
        inbound = self.carrier.texted(phone_id, body, media)
        match inbound.delivery:
            case "lose":
                self._post_text(inbound)
                self.carrier.note(phone_id, "answer_lost")
                self._show(inbound, self._post_text(inbound))
            case "repeat":
                first = self._post_text(inbound)
                self._show(inbound, first)
                self._show_second(inbound, first, self._post_text(inbound))
            case "twice":
                with ThreadPoolExecutor(2) as pool:
                    first, second = pool.map(self._post_text, (inbound, inbound))
                self._show(inbound, first)
                self._show_second(inbound, first, second)
            case _:
                self._show(inbound, self._post_text(inbound))

    def call(self, phone_id: str) -> None:
        """Calls the hotline and shows what is heard.

        Raises:
            CarrierError: no such phone.
        """
        phone, sid = self.carrier.phone(phone_id), "CA" + secrets.token_hex(16)
        try:
            answer = self._post("/voice", call_fields(self.settings, phone, sid), secrets.token_hex(16))
            self.carrier.called(phone_id, sid, read_call(answer))
        except (WebhookError, TwimlError) as error:
            self.carrier.note(phone_id, "call_failed", error.code)

    def report(self, message: Message, trick: str = "") -> None:
        """Moves an accepted message to its end, and reports each state to its status callback, in the background."""
        threading.Thread(target=self._report, args=(message, trick), daemon=True).start()

    def may_call_back(self, url: str) -> bool:
        """True for the hotline's own addresses and this machine: nothing else is ever posted to."""
        parts = urlsplit(url)
        ours = urlsplit(self.settings.public_url)
        same = (parts.scheme, parts.netloc) == (ours.scheme, ours.netloc)
        return parts.scheme in {"http", "https"} and (same or parts.hostname in LOOPBACK)

    def _report(self, message: Message, trick: str) -> None:
        status, code = ending(trick)
        path = ["queued"] if message.status == "accepted" else []
        path += [status] if status == "failed" else ["sent", status]
        for state in path:
            time.sleep(self.settings.pace)
            moved = self.carrier.moved(message.sid, state, code if state == status else None)
            self._post_status(moved or message, state)

    def _post_status(self, message: Message, state: str) -> None:
        if not message.callback:
            return
        try:
            post(message.callback, status_fields(self.settings, message, state), self.settings.auth_token)
        except WebhookError as error:
            phone = self.carrier.at(message.to)
            if phone:
                self.carrier.note(phone.id, "callback_failed", error.code)

    def _post_text(self, inbound: Inbound) -> Answer | WebhookError:
        try:
            return self._post("/sms", text_fields(self.settings, inbound), inbound.idempotency_token)
        except WebhookError as error:
            return error

    def _post(self, path: str, fields: dict[str, str], idempotency_token: str) -> Answer:
        return post(self.settings.public_url + path, fields, self.settings.auth_token, idempotency_token)

    def _show(self, inbound: Inbound, answer: Answer | WebhookError) -> None:
        self.carrier.received(inbound)
        if isinstance(answer, WebhookError):
            self.carrier.note(inbound.phone.id, "carrier_error", answer.code)
            return
        try:
            replies = read_replies(answer)
        except TwimlError as error:
            self.carrier.note(inbound.phone.id, "carrier_error", error.code)
            return
        for reply in replies:
            callback = urljoin(self.settings.public_url + "/sms", reply.callback) if reply.callback else ""
            allowed = callback if self.may_call_back(callback) else ""
            message = self.carrier.replied(inbound.phone.id, reply.text, allowed, reply.media)
            if message and allowed:
                self.report(message)

    def _show_second(
        self, inbound: Inbound, first: Answer | WebhookError, second: Answer | WebhookError
    ) -> None:
        """What a second delivery of the same sid brought; the same answer again is only noted."""
        if isinstance(first, Answer) and first == second:
            self.carrier.note(inbound.phone.id, "same_answer")
            return
        self.carrier.note(inbound.phone.id, "other_answer")
        self._show(inbound, second)


def text_fields(settings: Settings, inbound: Inbound) -> dict[str, str]:
    """Every field that Twilio posts for a text; names and spelling as in its webhook reference."""
    phone = inbound.phone
    to = "whatsapp:" + settings.hotline_number if phone.channel == "whatsapp" else settings.hotline_number
    return {
        "MessageSid": inbound.sid,
        "SmsSid": inbound.sid,
        "SmsMessageSid": inbound.sid,
        "AccountSid": settings.account_sid,
        "ApiVersion": API_VERSION,
        "SmsStatus": "received",
        "From": phone.address,
        "To": to,
        "Body": inbound.body,
        "NumSegments": str(max(1, segments(inbound.body).count)),
        "NumMedia": str(inbound.media),
        **_media_fields(settings, inbound),
        **({"OptOutType": inbound.opt_out_type} if inbound.opt_out_type else {}),
        **_service_field(settings.messaging_service_sid),
        **(_whatsapp_fields(phone) if phone.channel == "whatsapp" else _places("From", "To")),
    }


def call_fields(settings: Settings, phone: Phone, sid: str) -> dict[str, str]:
    """Every field that Twilio posts for a call that comes in."""
    return {
        "CallSid": sid,
        "AccountSid": settings.account_sid,
        "ApiVersion": API_VERSION,
        "CallStatus": "ringing",
        "Direction": "inbound",
        "From": phone.number,
        "To": settings.hotline_number,
        "Caller": phone.number,
        "Called": settings.hotline_number,
        **_places("From", "To", "Caller", "Called"),
    }


def status_fields(settings: Settings, message: Message, state: str) -> dict[str, str]:
    """Every field that Twilio posts when a message comes to a new state."""
    fields = {
        "MessageSid": message.sid,
        "SmsSid": message.sid,
        "MessageStatus": state,
        "SmsStatus": state,
        "AccountSid": settings.account_sid,
        "ApiVersion": API_VERSION,
        "From": message.sender,
        "To": message.to,
        **_service_field(message.service),
    }
    if message.code:
        fields["ErrorCode"] = str(message.code)
    if state in {"delivered", "undelivered"}:
        fields["RawDlrDoneDate"] = datetime.now(UTC).strftime("%y%m%d%H%M")
    return fields


def _media_fields(settings: Settings, inbound: Inbound) -> dict[str, str]:
    base = f"http://127.0.0.1:{settings.port}/{API_VERSION}/Accounts/{settings.account_sid}/Messages/{inbound.sid}"
    fields = {}
    for number in range(inbound.media):
        fields[f"MediaContentType{number}"] = "image/jpeg"
        fields[f"MediaUrl{number}"] = f"{base}/Media/ME{inbound.sid[2:-1]}{number}"
    return fields


def _whatsapp_fields(phone: Phone) -> dict[str, str]:
    return {
        "ProfileName": "Demo",
        "WaId": phone.number.removeprefix("+"),
        "ChannelPrefix": "whatsapp",
        "MessageType": "text",
    }


def _places(*whose: str) -> dict[str, str]:
    return {who + what: value for who in whose for what, value in PLACE.items()}


def _service_field(service: str) -> dict[str, str]:
    return {"MessagingServiceSid": service} if service else {}
