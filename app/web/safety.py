"""What holds at every door: headers on every answer, and errors that show nothing of a person."""

from __future__ import annotations

import logging
from collections.abc import Mapping

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

# The inbox has scripts: they keep its list fresh, and open what is sealed in the browser. It asks nobody but itself.
STAFF_HEADERS = {
    **HEADERS,
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; style-src 'self'; "
        "img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # With no-referrer a browser sends "Origin: null" with our own forms (fetch.spec.whatwg.org, 3.2), and the gate refuses them.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Strict-Transport-Security": "max-age=63072000",
}


def init_app(app: Flask, headers: Mapping[str, str] = HEADERS) -> None:
    """Puts the headers on every answer, errors included, and keeps errors quiet."""

    def harden(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(harden)
    app.register_error_handler(Exception, _quiet)


def known(error: Exception) -> HTTPException:
    """The error as what may be told of it; one that nobody foresaw is logged, and is a 500."""
    if isinstance(error, HTTPException):
        return error
    log.error("a door failed", exc_info=error)
    return InternalServerError()


def _quiet(error: Exception) -> tuple[str, int, dict[str, str]]:
    """One plain line. A traceback with locals, or the request's form, would show who texted what."""
    told = known(error)
    plain = {"Content-Type": "text/plain; charset=utf-8"}
    if isinstance(told, MethodNotAllowed) and told.valid_methods:
        plain["Allow"] = ", ".join(sorted(told.valid_methods))  # RFC 9110, 15.5.6
    return f"{told.code} {told.name}\n", told.code or 500, plain
