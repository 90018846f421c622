"""What every page of the staff has: who is signed in, the way about, and errors that say what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import Any

from flask import Blueprint, Flask, Response, g, make_response, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import MethodNotAllowed, ServiceUnavailable

from app.clock import in_short
from app.directory.languages import LANGUAGES
from app.referral.desk import DeskError
from app.staff.account import Role, StaffError
from app.store.lockdown import LockedError
from app.store.memory import MemoryDown
from app.web.current import hotline
from app.web.gate import always
from app.web.safety import known

# Where each role may go, in the order of the bar at the top: endpoint and name.
WAYS: Mapping[Role, tuple[tuple[str, str], ...]] = {
    "staff": (
        ("inbox.requests", "Requests"),
        ("duty.page", "Duty"),
        ("opening.key", "Key"),
        ("auth.account", "You"),
    ),
    "lead": (
        ("inbox.requests", "Requests"),
        ("duty.page", "Duty"),
        ("opening.key", "Key"),
        ("people.page", "People"),
        ("numbers.page", "Numbers"),
        ("inbox.audit", "Who did what"),
        ("auth.account", "You"),
    ),
    "coordinator": (("overview.page", "Overview"), ("numbers.page", "Numbers"), ("auth.account", "You")),
    "operator": (("auth.account", "You"),),
    "admin": (("people.page", "People"), ("auth.account", "You")),
}

# What went wrong, and the next step, by status.
ERRORS: Mapping[int, tuple[str, str]] = {
    400: (
        "This form was not taken",
        "It was too old, or it did not come from this page. Go back, load the page again, and send it once more.",
    ),
    401: ("You are signed out", "Sign in again: a visit lasts a working day."),
    403: ("This page is not for your role", "Go back. If you need it, ask whoever invited you."),
    404: (
        "There is nothing here",
        "The request may have gone to another office, or the person took it back. Please delete what you noted.",
    ),
    405: ("That cannot be done here", "Go back, and use the buttons of the page."),
    413: ("That was too long", "Go back, and make it shorter."),
    429: ("Too many tries", "Wait some minutes, then try again."),
    503: (
        "The line cannot answer now",
        "It is locked, or its memory does not answer. Nothing is lost. If you have just sent something, look whether it was done "
        "before you send it again. Try in some minutes; if it is urgent, call the person who looks after the line.",
    ),
    500: (
        "Something went wrong here",
        "Nothing about it was shown to anybody. Try again; if it happens again, tell the person who looks after the line.",
    ),
}


def init_app(app: Flask) -> None:
    """Gives every template what it needs, and errors a page."""
    app.register_error_handler(Exception, _explained)
    app.context_processor(_common)
    health = Blueprint("alive", __name__)
    health.get("/healthz")(_alive)
    app.register_blueprint(health)


@always
def _alive() -> tuple[str, int, dict[str, str]]:
    """That this process answers; it asks no memory."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


def _common() -> dict[str, Any]:
    who = g.get("who")
    account = who.known if who else None
    return {
        "line": hotline().config.line_name,
        "demonstration": hotline().config.demonstration,
        "me": account,
        "ways": WAYS[account.role] if account and who.visit.stage == "in" else (),
        "languages": LANGUAGES,
        "once": lambda: token_hex(16),
        "short": in_short,
        "hidden": lambda: _HIDDEN.format(who.visit.proof if who else ""),
    }


# What every form of ours holds, so that no other site can send one.
_HIDDEN = Markup('<input type="hidden" name="proof" value="{}">')


def _explained(error: Exception) -> Response:
    """What it is, and the next step."""
    if isinstance(error, StaffError | DeskError):
        return _page(409, "That cannot be done", f"{error}")
    told = known(ServiceUnavailable() if isinstance(error, MemoryDown | LockedError) else error)
    code = told.code or 500
    title, text = ERRORS.get(code, ERRORS[500])
    answer = _page(code, title, text)
    if isinstance(told, MethodNotAllowed) and told.valid_methods:
        answer.headers["Allow"] = ", ".join(sorted(told.valid_methods))  # RFC 9110, 15.5.6
    return answer


def _page(code: int, title: str, text: str) -> Response:
    """For a person a page; for a script of ours the sentence that it shows."""
    if request.headers.get("Sec-Fetch-Dest") == "empty":
        return make_response(f"{title}. {text}\n", code, {"Content-Type": "text/plain; charset=utf-8"})
    return make_response(render_template("staff/error.html", title=title, text=text), code)
