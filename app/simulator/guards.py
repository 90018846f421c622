"""Keeps other web pages out: only this machine may ask, only by a local name, and only our own page may change things."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

LOCAL = frozenset({"localhost", "127.0.0.1"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def init_app(app: Flask) -> None:
    """Puts the guards before every door and the headers behind it."""
    app.before_request(refuse_strangers)
    app.after_request(set_headers)


def refuse_strangers() -> ResponseReturnValue | None:
    """Refuses a foreign Host (DNS rebinding) and a change that another site's page asks for."""
    if urlsplit(f"//{request.host}").hostname not in LOCAL:
        return {"error": "this simulator answers to localhost only"}, 403
    if request.method in {"GET", "HEAD", "OPTIONS"} or _same_origin():
        return None
    return {"error": "only the simulator's own page may do that"}, 403


def _same_origin() -> bool:
    """True for our own page, and for a client that is no browser: that sends neither header."""
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site not in {"same-origin", "none"}:
        return False
    return origin is None or origin == f"http://{request.host}"


def set_headers(response: Response) -> Response:
    """Adds the headers that keep the page to itself."""
    response.headers.update(HEADERS)
    return response
