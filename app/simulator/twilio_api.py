"""The part of Twilio's REST API that the hotline uses, for the real `twilio` client.

Source: Twilio, "Messages resource" and "IncomingPhoneNumber resource" (2010-04-01) and the error dictionary.
"""

from __future__ import annotations

import hmac
import re
import socket
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, request
from flask.typing import ResponseReturnValue

from app.simulator.carrier import LONGEST, WHATSAPP, Carrier, Message, Outgoing, Phone
from app.simulator.errors import CODES, SEND_FAILURES
from app.simulator.exchange import API_VERSION, Exchange
from app.simulator.settings import Settings

ADDRESS = re.compile(r"(whatsapp:)?\+[1-9]\d{7,14}")
# A number that is no phone here is out of reach: nothing leaves this machine.
NOBODY_THERE = "30003"
# What an operator writes behind the webhook's address, so that Twilio tries again; and a host that is not ours.
RETRIES = "#rc=2&rp=5xx,ct,rt"
FALLBACK = "https://fallback.example.org/sms"


class Refused(Exception):  # noqa: N818 - the caller reads it as what happened, and it is no fault of ours
    """A request that Twilio refuses with this code."""

    def __init__(self, code: int) -> None:
        self.code = CODES[code]
        super().__init__(str(code))


def blueprint(settings: Settings, carrier: Carrier, exchange: Exchange) -> Blueprint:
    """The doors of the API under `/2010-04-01/Accounts/{sid}`."""
    api = Blueprint("twilio_api", __name__, url_prefix=f"/{API_VERSION}/Accounts/<account>")
    desk = Desk(settings, carrier, exchange)
    _guard(api, desk)
    _message_doors(api, desk)

    @api.get("/IncomingPhoneNumbers.json")
    def numbers() -> ResponseReturnValue:
        return desk.numbers()

    return api


def _guard(api: Blueprint, desk: Desk) -> None:
    @api.before_request
    def check_credentials() -> None:
        account = (request.view_args or {}).pop("account", "")
        given = request.authorization
        known = given is not None and desk.knows(given.username, given.password)
        if account != desk.settings.account_sid or not known:
            raise Refused(20003)

    @api.errorhandler(Refused)
    def refuse(error: Refused) -> ResponseReturnValue:
        return jsonify(refusal(error)), error.code.http


def _message_doors(api: Blueprint, desk: Desk) -> None:
    @api.post("/Messages.json")
    def create() -> ResponseReturnValue:
        return desk.send()

    @api.get("/Messages.json")
    def listing() -> ResponseReturnValue:
        return desk.page()

    @api.get("/Messages/<sid>.json")
    def fetch(sid: str) -> ResponseReturnValue:
        return desk.resource(desk.found(sid))

    @api.post("/Messages/<sid>.json")
    def update(sid: str) -> ResponseReturnValue:
        desk.found(sid)
        if request.form.get("Body") == "":
            return desk.resource(desk.carrier.redact(sid))
        return desk.resource(desk.found(sid))

    @api.delete("/Messages/<sid>.json")
    def delete(sid: str) -> ResponseReturnValue:
        if not desk.found(sid).final:
            raise Refused(20009)
        desk.carrier.delete(sid)
        return "", 204


def refusal(error: Refused) -> dict[str, object]:
    """A refusal as Twilio writes it."""
    code = error.code
    more = f"https://www.twilio.com/docs/errors/{code.code}"
    return {"code": code.code, "message": code.en, "more_info": more, "status": code.http}


class Desk:
    """Reads one request and does what it asks."""

    def __init__(self, settings: Settings, carrier: Carrier, exchange: Exchange) -> None:
        self.settings = settings
        self.carrier = carrier
        self.exchange = exchange

    def knows(self, name: str | None, password: str | None) -> bool:
        """True for the account's token and for the API key, compared in constant time."""
        known = [(self.settings.account_sid, self.settings.auth_token)]
        if self.settings.api_key and self.settings.api_secret:
            known.append((self.settings.api_key, self.settings.api_secret))
        given = f"{name}:{password}".encode()
        return any(hmac.compare_digest(given, f"{sid}:{secret}".encode()) for sid, secret in known)

    def found(self, sid: str) -> Message:
        """The message of that sid, or a refusal."""
        message = self.carrier.message(sid)
        if message is None:
            raise Refused(20404)
        return message

    def send(self) -> ResponseReturnValue:
        """Takes a message, plays the trick that was chosen for its phone, and delivers it."""
        outgoing = self._checked()
        phone = self.carrier.at(outgoing.to)
        trick = self._checked_phone(phone) if phone else NOBODY_THERE
        message = self.carrier.sent(outgoing)
        self.exchange.report(message, trick)
        if phone and trick == "lose":
            self.carrier.note(phone.id, "send_answer_lost")
            return _cut_connection()
        return self.resource(message), 201

    def page(self) -> ResponseReturnValue:
        """One page of the log, the newest first, filtered as the client asks."""
        size = max(1, min(1000, request.args.get("PageSize", 50, type=int)))
        number = max(0, request.args.get("Page", 0, type=int))
        found = [message for message in self.carrier.log() if _matches(message)]
        part = found[number * size : (number + 1) * size]
        more = len(found) > (number + 1) * size
        path = f"/{API_VERSION}/Accounts/{self.settings.account_sid}/Messages.json"
        return jsonify(
            messages=[self._as_json(message) for message in part],
            page=number,
            page_size=size,
            start=number * size,
            end=max(0, number * size + len(part) - 1),
            uri=path,
            first_page_uri=f"{path}?PageSize={size}&Page=0",
            next_page_uri=_next_page(path, size, number + 1) if more else None,
            previous_page_uri=None,
        )

    def numbers(self) -> ResponseReturnValue:
        """The account's one number, if it is asked for; Twilio finds parts of numbers too."""
        asked = request.args.get("PhoneNumber", "").removeprefix("+")
        path = f"/{API_VERSION}/Accounts/{self.settings.account_sid}/IncomingPhoneNumbers"
        found = [_number_as_json(self.settings, path)] if asked in self.settings.hotline_number else []
        return jsonify(
            incoming_phone_numbers=found,
            page=0,
            page_size=50,
            start=0,
            end=max(0, len(found) - 1),
            uri=f"{path}.json",
            first_page_uri=f"{path}.json?PageSize=50&Page=0",
            next_page_uri=None,
            previous_page_uri=None,
        )

    def resource(self, message: Message) -> Response:
        """A message as Twilio shows it."""
        return jsonify(self._as_json(message))

    def _checked(self) -> Outgoing:
        """The message that is asked for, in the order in which Twilio finds fault."""
        form = request.form
        body, callback, media = form.get("Body", ""), form.get("StatusCallback", ""), form.getlist("MediaUrl")
        faults = (
            *self._faulty_addresses(
                form.get("To", ""), form.get("From", ""), form.get("MessagingServiceSid", "")
            ),
            (not body and not media, 21602),
            (len(body) > LONGEST, 21617),
            (bool(callback) and not self.exchange.may_call_back(callback), 21609),
            (form.get("ContentRetention", "retain") not in {"retain", "discard"}, 30029),
            (form.get("AddressRetention", "retain") not in {"retain", "obfuscate"}, 30030),
        )
        for faulty, code in faults:
            if faulty:
                raise Refused(code)
        return Outgoing(
            form["To"],
            body,
            callback,
            len(media),
            by_service=bool(form.get("MessagingServiceSid")),
            discards=form.get("ContentRetention") == "discard",
            hides=form.get("AddressRetention") == "obfuscate",
        )

    def _faulty_addresses(self, to: str, sender: str, service: str) -> tuple[tuple[bool, int], ...]:
        line = self.settings.hotline_number
        return (
            (not to, 21604),
            (not ADDRESS.fullmatch(to), 21211),
            (not sender and not service, 21603),
            (bool(service) and service != self.settings.messaging_service_sid, 21701),
            (bool(sender) and sender.removeprefix(WHATSAPP) != line, 21606),
            (bool(sender) and sender.startswith(WHATSAPP) != to.startswith(WHATSAPP), 21910),
            (to.removeprefix(WHATSAPP) == line, 21266),
        )

    def _checked_phone(self, phone: Phone) -> str:
        """The trick to be played on an accepted message; a refusal is noted on the phone first."""
        trick = self.carrier.take_send_trick(phone.id)
        code = 21610 if phone.opted_out else getattr(SEND_FAILURES.get(trick), "code", 0)
        if phone.opted_out or (code and not SEND_FAILURES[trick].ends):
            self.carrier.note(phone.id, "send_refused", code)
            raise Refused(code)
        return trick

    def _as_json(self, message: Message) -> dict[str, object]:
        path = f"/{API_VERSION}/Accounts/{self.settings.account_sid}/Messages/{message.sid}"
        code = CODES.get(message.code) if message.code else None
        gone = message.status not in {"accepted", "queued"}
        return {
            "sid": message.sid,
            "account_sid": self.settings.account_sid,
            "api_version": API_VERSION,
            "to": message.shown_to,
            "from": message.sender if message.status != "accepted" else None,
            "messaging_service_sid": message.service or None,
            "body": message.shown_body,
            "direction": message.direction,
            "status": message.status,
            "num_segments": str(message.segments),
            "num_media": str(message.media),
            "error_code": message.code,
            "error_message": code.en if code else None,
            "date_created": format_datetime(message.created),
            "date_updated": format_datetime(message.updated),
            "date_sent": format_datetime(message.updated) if gone else None,
            "price": None,
            "price_unit": "USD",
            "uri": f"{path}.json",
            "subresource_uris": {"media": f"{path}/Media.json"},
        }


def _number_as_json(settings: Settings, path: str) -> dict[str, object]:
    """The number as Twilio shows it, set as it should be for this hotline."""
    sid = "PN" + settings.account_sid[2:]
    return {
        "sid": sid,
        "account_sid": settings.account_sid,
        "api_version": API_VERSION,
        "phone_number": settings.hotline_number,
        "friendly_name": settings.line_name,
        "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False},
        "sms_url": f"{settings.public_url}/sms{RETRIES}",
        "sms_method": "POST",
        "sms_fallback_url": FALLBACK,
        "sms_fallback_method": "POST",
        "sms_application_sid": "",
        "voice_url": f"{settings.public_url}/voice",
        "voice_method": "POST",
        "voice_fallback_url": None,
        "voice_fallback_method": "POST",
        "voice_application_sid": None,
        "status": "in-use",
        "uri": f"{path}/{sid}.json",
    }


def _matches(message: Message) -> bool:
    args = request.args
    to, sender = message.shown_to, message.sender
    if args.get("To", to) != to or args.get("From", sender) != sender:
        return False
    after, before, on = (_moment(args.get(name, "")) for name in ("DateSent>", "DateSent<", "DateSent"))
    if after and message.created < after:
        return False
    if before and message.created > before:
        return False
    return not on or message.created.date() == on.date()


def _moment(text: str) -> datetime | None:
    """A date or a time as the client writes them; None for anything else."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _next_page(path: str, size: int, number: int) -> str:
    return f"{path}?{urlencode(request.args.to_dict() | {'PageSize': size, 'Page': number})}"


def _cut_connection() -> ResponseReturnValue:
    """Ends the connection without an answer: the client cannot know whether the message was taken."""
    wire = request.environ.get("werkzeug.socket")
    if isinstance(wire, socket.socket):
        wire.shutdown(socket.SHUT_RDWR)
    return "", 500
