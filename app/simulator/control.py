"""What the page and the tests may do: text, call, choose tricks. One door each, for forms and for JSON alike."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from urllib.parse import urlencode

from flask import Blueprint, jsonify, redirect, request
from flask.typing import ResponseReturnValue

from app.simulator.carrier import Bubble, Carrier, CarrierError, Mail, Phone, Snapshot, Tricks
from app.simulator.exchange import Exchange
from app.simulator.settings import Settings
from app.simulator.words import note_text


def blueprint(settings: Settings, carrier: Carrier, exchange: Exchange) -> Blueprint:
    """The doors that `app.simulator`'s docstring describes."""
    control, doors = Blueprint("control", __name__), Doors(settings, carrier, exchange)
    control.register_error_handler(CarrierError, refuse)
    control.get("/phones.json")(doors.phones)
    control.post("/phones")(doors.add_phone)
    control.post("/phones/<phone_id>/texts")(doors.text)
    control.post("/phones/<phone_id>/calls")(doors.call)
    control.post("/phones/<phone_id>/tricks")(doors.tricks)
    control.post("/line")(doors.line)
    control.post("/reset")(doors.reset)
    return control


class Doors:
    """One method a door; each answers a form with the page and JSON with JSON."""

    def __init__(self, settings: Settings, carrier: Carrier, exchange: Exchange) -> None:
        self.settings = settings
        self.carrier = carrier
        self.exchange = exchange

    def phones(self) -> ResponseReturnValue:
        """Shows everything."""
        return jsonify(everything(self.settings, self.carrier.snapshot()))

    def add_phone(self) -> ResponseReturnValue:
        """Adds a phone."""
        given = _given()
        phone = self.carrier.add(_word(given, "channel") or "sms", _word(given, "number"))
        return self._done(phone.id, 201)

    def text(self, phone_id: str) -> ResponseReturnValue:
        """Sends a text, and waits for the hotline's answer."""
        given = _given()
        self.exchange.text(phone_id, _word(given, "body"), int(_on(given, "media")))
        return self._done(phone_id)

    def call(self, phone_id: str) -> ResponseReturnValue:
        """Calls the line."""
        self.exchange.call(phone_id)
        return self._done(phone_id)

    def tricks(self, phone_id: str) -> ResponseReturnValue:
        """Chooses what goes wrong next; what is not named stays as it was."""
        now, given = self.carrier.phone(phone_id).tricks, _given()
        delivery = _word(given, "delivery") if "delivery" in given else now.delivery
        send = _word(given, "send") if "send" in given else now.send
        self.carrier.set_tricks(phone_id, Tricks(delivery, send))
        return self._done(phone_id)

    def line(self) -> ResponseReturnValue:
        """Turns Advanced Opt-Out on or off."""
        self.carrier.set_advanced_opt_out(_on(_given(), "advanced_opt_out"))
        return self._line_done()

    def reset(self) -> ResponseReturnValue:
        """Forgets everything."""
        self.carrier.reset()
        return self._line_done()

    def _done(self, phone_id: str, status: int = 200) -> ResponseReturnValue:
        if not _wants_json():
            return _back(phone_id)
        return jsonify(phone_json(self.carrier.phone(phone_id))), status

    def _line_done(self) -> ResponseReturnValue:
        if not _wants_json():
            return _back(request.form.get("phone", "1"))
        return jsonify(line_json(self.settings, self.carrier.snapshot()))


def refuse(error: CarrierError) -> ResponseReturnValue:
    """Says what cannot be done, in the way it was asked."""
    if _wants_json():
        return {"error": str(error)}, 404 if error.missing else 400
    return _back(str((request.view_args or {}).get("phone_id", "1")), error.reason)


def everything(settings: Settings, now: Snapshot) -> dict[str, object]:
    """All there is to see, as JSON."""
    return {
        "revision": now.revision,
        "line": line_json(settings, now),
        "phones": [phone_json(phone) for phone in now.phones],
        "mail": [mail_json(mail) for mail in now.mail],
    }


def line_json(settings: Settings, now: Snapshot) -> dict[str, object]:
    """The line as JSON."""
    return {
        "name": settings.line_name,
        "number": settings.hotline_number,
        "voice_number": settings.voice_number,
        "advanced_opt_out": now.advanced_opt_out,
    }


def phone_json(phone: Phone) -> dict[str, object]:
    """A phone and its thread as JSON."""
    return {
        "id": phone.id,
        "address": phone.address,
        "channel": phone.channel,
        "opted_out": phone.opted_out,
        "tricks": {"delivery": phone.tricks.delivery, "send": phone.tricks.send},
        "thread": [bubble_json(bubble) for bubble in phone.thread],
    }


def bubble_json(bubble: Bubble) -> dict[str, object]:
    """A bubble as JSON; a note's text is its English words."""
    return {
        "id": bubble.id,
        "who": bubble.who,
        "kind": bubble.kind,
        "text": bubble.text or note_text("en", bubble),
        "note": bubble.note,
        "code": bubble.code,
        "segments": bubble.segments,
        "encoding": bubble.encoding,
        "status": bubble.status,
        "sid": bubble.sid,
        "media": bubble.media,
        "lines": [list(line) for line in bubble.lines],
        "time": bubble.time.astimezone(UTC).isoformat(timespec="seconds"),
    }


def mail_json(mail: Mail) -> dict[str, object]:
    """A mail as JSON."""
    return {
        "id": mail.id,
        "from": mail.sender,
        "to": mail.to,
        "subject": mail.subject,
        "text": mail.text,
        "time": mail.time.astimezone(UTC).isoformat(timespec="seconds"),
    }


def _wants_json() -> bool:
    return request.is_json or request.accept_mimetypes.best == "application/json"


def _given() -> Mapping[str, object]:
    """What was sent, as a form or as a JSON object.

    Raises:
        CarrierError: JSON that is no object.
    """
    if not request.is_json:
        return request.form
    given = request.get_json(silent=True)
    if not isinstance(given, dict):
        raise CarrierError("the JSON must be an object", "json")
    return given


def _word(given: Mapping[str, object], name: str) -> str:
    value = given.get(name, "")
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise CarrierError(f"{name} must be a text, got {value!r}", "json")
    return str(value)


def _on(given: Mapping[str, object], name: str) -> bool:
    return given.get(name) not in {None, False, "", "0"}


def _back(phone_id: str, problem: str = "") -> ResponseReturnValue:
    """Back to the page, where the person was."""
    asked = {"phone": phone_id, "lang": request.form.get("lang", ""), "problem": problem}
    query = urlencode({name: value for name, value in asked.items() if value})
    return redirect(f"/?{query}#write", 303)
