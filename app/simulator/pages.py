"""The page: a phone in the browser, drawn by the server and usable without JavaScript."""

from __future__ import annotations

import re
from datetime import datetime

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue

from app.simulator.carrier import Carrier, Snapshot
from app.simulator.errors import LATER, REFUSALS
from app.simulator.settings import Settings
from app.simulator.words import (
    LANGUAGES,
    PROBLEMS,
    SUGGESTIONS,
    WORDS,
    bubble_meta,
    call_line,
    facts_line,
    note_text,
)


def blueprint(settings: Settings, carrier: Carrier) -> Blueprint:
    """The page and the supervisor's health check."""
    pages = Blueprint("pages", __name__)
    pages.add_app_template_filter(clock)
    pages.add_app_template_filter(pretty)

    @pages.get("/")
    def phone_page() -> ResponseReturnValue:
        return render_template("phone.html", **_view(settings, carrier.snapshot()))

    @pages.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    return pages


def _view(settings: Settings, now: Snapshot) -> dict[str, object]:
    lang = _language()
    return {
        "line": settings,
        "now": now,
        "phone": now.phone(request.args.get("phone", "1")) or now.phones[0],
        "lang": lang,
        "languages": LANGUAGES,
        "w": WORDS[lang],
        "facts_line": facts_line(lang, settings.facts_as_of),
        "problem": PROBLEMS[lang].get(request.args.get("problem", ""), ""),
        "suggestions": SUGGESTIONS[lang],
        "refusals": REFUSALS,
        "later": LATER,
        "note_text": note_text,
        "bubble_meta": bubble_meta,
        "call_line": call_line,
        "at": datetime.now().astimezone(),
    }


def _language() -> str:
    """What the address says, else what the browser prefers, else English."""
    asked = request.args.get("lang", "")
    return asked if asked in LANGUAGES else request.accept_languages.best_match(list(LANGUAGES)) or "en"


def clock(moment: datetime) -> str:
    """Hours and minutes of this machine, which is the reader's own."""
    return moment.astimezone().strftime("%H:%M")


def pretty(address: str) -> str:
    """A number as people write it: (202) 555-0111."""
    number = address.removeprefix("whatsapp:")
    found = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", number)
    return f"({found[1]}) {found[2]}-{found[3]}" if found else number
