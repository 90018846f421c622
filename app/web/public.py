"""The pages anybody may read: what this line is, what it keeps, and on what terms. Both languages on each page."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template
from werkzeug.wrappers import Response

from app.store import keys
from app.values import spelled
from app.web.current import hotline

door = Blueprint("public", __name__)


@door.get("/")
def home() -> str | Response:
    """What this line is and the number to text; in the demonstration, the way to the phone in the browser."""
    simulator = hotline().config.simulator_url
    if simulator is not None:
        return redirect(simulator)
    return _page("home")


@door.get("/privacy")
def privacy() -> str:
    """What is kept, by whom and for how long. Carriers ask for this page (A2P 10DLC, toll-free)."""
    return _page("privacy")


@door.get("/terms")
def terms() -> str:
    """On what terms the line answers. Carriers ask for this page (A2P 10DLC, toll-free)."""
    return _page("terms")


def _page(name: str) -> str:
    config = hotline().config
    number = config.twilio.hotline_number if config.twilio else None
    return render_template(
        f"public/{name}.html",
        line=config.line_name,
        number=number,
        voice=config.voice_number,
        hours=config.voice_hours,
        email=config.contact_email,
        demonstration=config.demonstration,
        spelled=spelled,
        # The lives are those of the keys themselves, so that the page cannot promise something else.
        session_hours=keys.SESSION_LIFE // keys.HOUR,
        answer_minutes=keys.ANSWER_LIFE // keys.MINUTE,
        mark_hours=keys.MARK_LIFE // keys.HOUR,
        pepper_hours=keys.PEPPER_LIFE // keys.HOUR,
        callback_hours=keys.CALLBACK_LIFE // keys.HOUR,
        kept_days=config.terms.kept.days,
        thread_days=config.terms.thread.days,
        unclaimed_days=config.terms.unclaimed.days,
    )
