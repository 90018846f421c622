"""Twilio's door: texts, calls and status callbacks. What is not signed by Twilio changes nothing."""

from __future__ import annotations

import logging
import re

from flask import Blueprint, Response, abort, request
from twilio.request_validator import RequestValidator
from twilio.twiml.messaging_response import MessagingResponse
from twilio.twiml.voice_response import VoiceResponse
from werkzeug.datastructures import MultiDict

from app.conversation import Inbound, converse
from app.outside.failures import failure_of
from app.referral.life import LifeError
from app.store.lockdown import LockedError
from app.store.memory import MemoryDown
from app.store.referrals import ReferralError
from app.web.current import hotline

log = logging.getLogger(__name__)
door = Blueprint("webhooks", __name__)

MESSAGE_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
CALL_SID = re.compile(r"CA[0-9a-fA-F]{32}")
FIELD = re.compile(r"[A-Za-z0-9_.\[\]-]{1,64}")
PERSON = re.compile(r"(?:whatsapp:)?\+[1-9][0-9]{7,14}")


@door.post("/sms")
def sms() -> Response:
    """One text in, one text out: at most one `<Message>`."""
    form = _signed_form()
    if not MESSAGE_SID.fullmatch(form.get("MessageSid", "")) or "From" not in form:
        abort(403)
    inbound = Inbound(
        sid=form["MessageSid"],
        sender=form.get("From", ""),
        body=form.get("Body", ""),
        media=form.get("NumMedia", "0") not in {"", "0"},
        opt_out=form.get("OptOutType", ""),
    )
    line = hotline()
    own = inbound.sender.removeprefix("whatsapp:") in line.config.own_numbers or inbound.sender == form.get(
        "To"
    )
    if own or not PERSON.fullmatch(inbound.sender):
        return _twiml("")
    try:
        return _twiml(converse(line, inbound))
    except Exception:
        # A memory that is down, or a fault of ours: whatever it is, a frightened person gets no silence.
        log.exception("a turn failed; the fixed text was sent")
        said = line.locked_text if line.watch.locked else line.down_text
        return _twiml("" if inbound.answered_by_twilio else said)


@door.post("/sms/status/<delivery>")
@door.post("/sms/status")
def status(delivery: str = "") -> Response:
    """How far Twilio got with one of our texts. An unknown or old id is answered 200, so that Twilio stops.

    A text that has failed wakes the referral that waits for it. A status that Twilio does not document is answered 400,
    so that its console shows it. While the line is locked nothing is kept.
    """
    form = _signed_form()
    if delivery and not hotline().locked:
        try:
            _noted(delivery, form.get("MessageStatus", ""), form.get("ErrorCode", ""))
        except ValueError:
            abort(400)
        except (MemoryDown, LockedError, LifeError, ReferralError):
            log.exception("a status could not be kept")
    return Response("", 200)


def _noted(delivery: str, status: str, code: str) -> None:
    line = hotline()
    referral = line.deliveries.note(delivery, status, code)
    if referral is None:
        return
    failed = line.deliveries.failure(delivery)
    if failure_of(failed).page:
        log.error("Twilio reports that our texts do not arrive: look at the account", extra={"code": failed})
    if failed is not None and line.reports.failed(referral, delivery, failed, line.clock()):
        line.jobs.hint_delivery(referral, f"failed-{delivery}")


@door.post("/voice")
def voice() -> Response:
    """Says what this line is, 911, and where a person answers: in Spanish, then in English."""
    form = _signed_form()
    if not CALL_SID.fullmatch(form.get("CallSid", "")):
        abort(403)
    answer = VoiceResponse()
    for language, sentence in hotline().spoken():
        answer.say(sentence, language=language)
    answer.hangup()
    return Response(str(answer), mimetype="text/xml")


def _twiml(text: str) -> Response:
    answer = MessagingResponse()
    if text:
        answer.message(text)
    return Response(str(answer), mimetype="text/xml")


def _signed_form() -> MultiDict[str, str]:
    """The form of this request, if Twilio signed it.

    The signature is checked against PUBLIC_URL and never against Host or X-Forwarded headers, which anybody
    can send. A field given twice is refused: the signature does not tell `a,a` from `a`. So is a name that holds
    more than letters, digits and a little punctuation: names and values are signed without a boundary, and a value could hide in it.
    So is JSON, whose body Twilio's form signature does not cover.
    Source: twilio.com/docs/usage/security#validating-requests
    """
    if request.mimetype != "application/x-www-form-urlencoded":
        abort(415)
    form = request.form
    if any(len(values) != 1 or not FIELD.fullmatch(name) for name, values in form.lists()):
        abort(403)
    line = hotline()
    twilio = line.config.twilio
    signature = request.headers.get("X-Twilio-Signature", "")
    if twilio is None or not signature or form.get("AccountSid") != twilio.account_sid:
        abort(403)
    query = request.query_string.decode("latin-1")
    url = line.config.public_url + request.path + (f"?{query}" if query else "")
    if not _valid(RequestValidator(twilio.auth_token), url, form, signature):
        abort(403)
    return form


def _valid(validator: RequestValidator, url: str, form: MultiDict[str, str], signature: str) -> bool:
    try:
        return bool(validator.validate(url, form, signature))
    except (TypeError, ValueError, IndexError, UnicodeError):
        # Twilio's own library raises on odd input; whatever it cannot check is not signed.
        return False
