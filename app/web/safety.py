"""What holds at every door: headers on every answer, and errors that show nothing of a person."""

from __future__ import annotations

import logging

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; img-src 'self'; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def init_app(app: Flask) -> None:
    """Puts the headers on every answer, errors included, and keeps errors quiet."""
    app.after_request(_harden)
    app.register_error_handler(Exception, _quiet)


def _harden(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _quiet(error: Exception) -> tuple[str, int, dict[str, str]]:
    """One plain line. A traceback with locals, or the request's form, would show who texted what."""
    known = error if isinstance(error, HTTPException) else InternalServerError()
    if not isinstance(error, HTTPException):
        log.error("a door failed", exc_info=error)
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    if isinstance(known, MethodNotAllowed) and known.valid_methods:
        plain["Allow"] = ", ".join(sorted(known.valid_methods))  # RFC 9110, 15.5.6
    return f"{known.code} {known.name}\n", known.code or 500, plain
