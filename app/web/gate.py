"""Who may open what: declared on each route, enforced here and nowhere else.

A route without a declaration is open to nobody, and a test fails (tests/app/web/test_gate.py).
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from ipaddress import ip_address, ip_network
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Flask, current_app, g, redirect, request, url_for
from werkzeug.exceptions import BadRequest, Forbidden, ServiceUnavailable, Unauthorized
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response as AnyResponse

from app.staff.account import Account, Role
from app.store.lockdown import LockedError
from app.store.memory import MemoryDown
from app.store.visits import LIVES, Stage, Visit
from app.web.current import hotline

log = logging.getLogger(__name__)

# The prefix binds it to this host and to TLS (RFC 6265bis, 4.1.3.2). Lax, and not Strict: a link in a mail opens the page.
COOKIE = "__Host-amparo"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True)
class Access:
    """Who may open a route: anybody (no `stage`), whoever has come so far, or, signed in, one of the roles.

    One that is open `always` asks no memory: it answers while the line is locked, and while a memory is down.
    """

    stage: Stage | None
    roles: frozenset[Role] = frozenset()
    always: bool = False


@dataclass(frozen=True)
class Who:
    """Who asks. While somebody joins there is no account yet."""

    word: str
    visit: Visit
    known: Account | None

    @property
    def account(self) -> Account:
        """The account of somebody who is past the first secret."""
        if self.known is None:
            raise LookupError("nobody has an account while joining")
        return self.known


_DECLARED: dict[Callable[..., Any], Access] = {}


def everybody(view: View) -> View:
    """Opens a route to anybody, signed in or not."""
    _DECLARED[view] = Access(None)
    return view


def always(view: View) -> View:
    """Opens a route to anybody, whatever state the line is in."""
    _DECLARED[view] = Access(None, always=True)
    return view


def at_stage(stage: Stage) -> Callable[[View], View]:
    """Opens a route to who is half way in."""

    def declare(view: View) -> View:
        _DECLARED[view] = Access(stage)
        return view

    return declare


def open_to(*roles: Role) -> Callable[[View], View]:
    """Opens a route to people of these roles who are signed in."""

    def declare(view: View) -> View:
        _DECLARED[view] = Access("in", frozenset(roles))
        return view

    return declare


def access_of(app: Flask, endpoint: str) -> Access | None:
    """What is declared for an endpoint."""
    return _DECLARED.get(app.view_functions[endpoint])


def init_app(app: Flask) -> None:
    """Sets the gate before every route of this app."""
    inbox = app.extensions["amparo"].config.inbox
    always(app.view_functions["static"])
    # A redirection that Flask makes by itself would name the host that the request names, and leave TLS.
    app.url_map.merge_slashes = False
    app.before_request(_guard)
    if inbox.proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=inbox.proxies, x_proto=0, x_host=0)  # type: ignore[method-assign]


def who() -> Who:
    """Who asks; only on a route that is not open to everybody."""
    return cast("Who", g.who)


def let_in(visit: Visit, to: str) -> AnyResponse:
    """Begins a visit in this browser, in the place of the one it had, and leads it to a page."""
    return with_visit(redirect(to, code=303), visit)


def with_visit(answer: AnyResponse, visit: Visit) -> AnyResponse:
    """An answer that begins a visit in this browser, in the place of the one it had."""
    word = hotline().staff.visits.begin(visit, before=request.cookies.get(COOKIE, ""))
    answer.set_cookie(
        COOKIE, word, max_age=LIVES[visit.stage], path="/", secure=True, httponly=True, samesite="Lax"
    )
    return answer


def let_out(to: str) -> AnyResponse:
    """Ends this browser's visit, and what the browser holds of it. Source: w3.org/TR/clear-site-data."""
    hotline().staff.visits.end(request.cookies.get(COOKIE, ""))
    answer = redirect(to, code=303)
    answer.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
    answer.headers["Clear-Site-Data"] = '"cache", "cookies", "storage"'
    return answer


def address() -> str:
    """From where somebody asks: what INBOX_PROXIES makes of it, and nothing that they say themselves.

    Of an IPv6 address the network (/64): whoever has one address of it has all.
    """
    told = (request.remote_addr or "").removeprefix("[").partition("]")[0]
    plain = told.rpartition(":")[0] if told.count(":") == 1 else told
    try:
        found = ip_address(plain)
    except ValueError:
        return ""
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else str(found)


def _guard() -> AnyResponse | None:
    """Before every route, in this order: is it declared, is the line open, is it our own form, who asks, may they."""
    if request.endpoint is None:  # no such page
        return None
    access = access_of(current_app, request.endpoint)
    if access is None:
        log.error("a route says not who may open it")
        raise Forbidden
    try:
        return _checked(access)
    except (MemoryDown, LockedError) as error:
        log.warning("nobody is let in while the line is locked, or a memory is down")
        raise ServiceUnavailable from error


def _checked(access: Access) -> AnyResponse | None:
    if access.always:
        return None
    hotline().watch.refuse()
    if request.method not in SAFE and not _is_ours():
        raise BadRequest
    if access.stage is None:
        return None
    found = _found()
    if found is None or found.visit.stage != access.stage:
        return _to_sign_in()
    if access.roles and found.account.role not in access.roles:
        raise Forbidden
    proof = request.form.get("proof", "")
    if request.method not in SAFE and not compare_digest(proof.encode(), found.visit.proof.encode()):
        raise BadRequest
    g.who = found
    return None


def _is_ours() -> bool:
    """True if the browser says that the form was sent by a page of ours. Source: fetch.spec.whatwg.org, the Origin header.

    Each browser of these years sends Origin with a POST. Behind a proxy only INBOX_URL says which origin is ours.
    """
    sent = request.headers.get("Origin", "")
    ours = urlsplit(hotline().config.inbox.url)
    return sent == f"{ours.scheme}://{ours.netloc}"


def _found() -> Who | None:
    """Who has this browser's cookie, if their visit stands and nobody has shut them out."""
    line = hotline()
    word = request.cookies.get(COOKIE, "")
    visit = line.staff.visits.get(word)
    if visit is None:
        return None
    if visit.stage == "joining":
        return Who(word, visit, None)
    account = line.staff.accounts.get(visit.account)
    if account is None or account.disabled or account.epoch != visit.epoch:
        line.staff.visits.end(word)
        return None
    return Who(word, visit, account)


def _to_sign_in() -> AnyResponse:
    """A page leads to the sign-in; a script that looks after a list hears 401, and a form that came too late as well."""
    if request.method in SAFE and request.headers.get("Sec-Fetch-Dest", "document") == "document":
        return redirect(url_for("auth.sign_in"), code=303)
    raise Unauthorized
