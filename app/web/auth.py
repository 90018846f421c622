"""The door of the inbox: signing in with two secrets, joining by invitation, leaving."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.staff import factors, passphrase
from app.staff.account import ROLES, Account, StaffError
from app.staff.codes import fingerprint
from app.staff.invitations import Secrets
from app.store.memory import MemoryDown
from app.store.visits import Visit
from app.web.current import hotline
from app.web.gate import address, at_stage, everybody, let_in, let_out, open_to, who
from app.web.noting import note
from app.web.staff_pages import WAYS

door = Blueprint("auth", __name__, url_prefix="/inbox")


@door.get("/", strict_slashes=False)  # people type /inbox
@open_to(*ROLES)
def home() -> Response:
    """Leads to where this role works."""
    return redirect(url_for(WAYS[who().account.role][0][0]), code=303)


@door.get("/sign-in")
@everybody
def sign_in() -> str:
    """Asks for the first secret."""
    return render_template("staff/sign_in.html")


@door.post("/sign-in")
@everybody
def first() -> Response:
    """Takes the first secret; the second is asked for whether or not there is such an account to see."""
    line, name = hotline(), request.form.get("name", "")
    try:
        account = line.staff.sign_in.first(name, request.form.get("passphrase", ""), address())
    except StaffError as error:
        return _again("staff/sign_in.html", error, name=name)
    return let_in(Visit("half", account.id, account.epoch), url_for("auth.code"))


@door.get("/code")
@at_stage("half")
def code() -> str:
    """Asks for the second secret."""
    return render_template("staff/code.html")


@door.post("/code")
@at_stage("half")
def second() -> Response:
    """Takes the second secret."""
    line, half = hotline(), who().account
    code = request.form.get("code", "")
    try:
        visit = through(half, lambda: line.staff.sign_in.second(half, code, address()))
    except StaffError as error:
        return _again("staff/code.html", error)
    return let_in(visit, url_for("auth.home"))


@door.get("/join")
@everybody
def join() -> str:
    """Asks for the code of an invitation. It is typed, and never stands in an address."""
    return render_template("staff/join.html")


@door.post("/join")
@everybody
def begin() -> Response:
    """Takes the code; it stays good until both secrets are chosen."""
    line, mark = hotline(), fingerprint(request.form.get("code", ""))
    try:
        line.staff.reception.look(mark)
    except StaffError as error:
        return _again("staff/join.html", error)
    return let_in(Visit("joining", invitation=mark), url_for("auth.choose"))


@door.get("/join/passphrase")
@at_stage("joining")
def choose() -> str:
    """Asks for a new passphrase."""
    invitation = hotline().staff.reception.look(who().visit.invitation)
    return render_template("staff/choose.html", invitation=invitation, least=passphrase.LEAST)


@door.post("/join/passphrase")
@at_stage("joining")
def chosen() -> Response:
    """Keeps the hash of a good one, and goes on to the second secret."""
    line, asked = hotline(), who()
    invitation = line.staff.reception.look(asked.visit.invitation)
    typed = request.form.get("passphrase", "")
    try:
        passphrase.refuse_weak(typed, (invitation.name, invitation.office, line.config.line_name, "inbox"))
        passphrase.refuse_mistyped(typed, request.form.get("again", ""))
    except StaffError as error:
        return _again("staff/choose.html", error, invitation=invitation, least=passphrase.LEAST)
    seed = asked.visit.seed or factors.new_seed()
    line.staff.visits.keep(asked.word, replace(asked.visit, passphrase=passphrase.kept(typed), seed=seed))
    return redirect(url_for("auth.app"), code=303)


@door.get("/join/app")
@at_stage("joining")
def app() -> str | Response:
    """Shows the second secret to an authenticator app."""
    if not who().visit.seed:
        return redirect(url_for("auth.choose"), code=303)
    return render_template("staff/app.html", **_shown())


@door.post("/join/app")
@at_stage("joining")
def joined() -> Response:
    """Takes the app's first code; now there is an account, and its recovery codes are shown this once."""
    line, visit = hotline(), who().visit
    recovery = factors.new_recovery()
    try:
        again = bool(line.staff.reception.look(visit.invitation).account)
        step = factors.first_step(visit.seed, request.form.get("code", ""), line.clock())
        marks = tuple(map(fingerprint, recovery))
        account = line.staff.reception.join(
            visit.invitation, Secrets(visit.passphrase, visit.seed, step, marks)
        )
    except StaffError as error:
        return _again("staff/app.html", error, **_shown())
    line.staff.visits.end(who().word)
    # Whatever becomes of this line: the codes below are shown this once.
    with suppress(MemoryDown):
        note("chose_secrets" if again else "joined", account.role, by=account)
    return make_response(render_template("staff/recovery.html", codes=recovery, name=account.name))


@door.get("/you")
@open_to(*ROLES)
def account() -> str:
    """Who one is here, and the ways out."""
    line, me = hotline(), who().account
    office = line.offices.find(me.office) if me.office else None
    return render_template("staff/account.html", office=office, left=len(me.recovery))


@door.post("/sign-out")
@open_to(*ROLES)
def sign_out() -> Response:
    """Ends this visit."""
    return let_out(url_for("auth.sign_in"))


@door.post("/sign-out-everywhere")
@open_to(*ROLES)
def sign_out_everywhere() -> Response:
    """Ends every visit of this account, in every browser."""
    me = who().account
    hotline().staff.reception.end_visits(me.id)
    note("ended_visits", me.name)
    return let_out(url_for("auth.sign_in"))


def _shown() -> dict[str, object]:
    """The seed as a picture and as letters."""
    line, visit = hotline(), who().visit
    name = line.staff.reception.look(visit.invitation).name
    return {
        "picture": factors.picture(visit.seed, name, line.config.line_name),
        "seed": factors.in_groups(visit.seed),
    }


def through(half: Account, show: Callable[[], Account]) -> Visit:
    """The visit of somebody who has shown the second secret, whichever it was; it is noted, and so is a wrong one.

    Raises:
        StaffError: from `show`.
    """
    try:
        passed = show()
    except StaffError:
        note("wrong_code", by=half)
        raise
    note("signed_in" if len(passed.recovery) == len(half.recovery) else "used_recovery", by=passed)
    return Visit("in", passed.id, passed.epoch)


def _again(template: str, error: StaffError, **values: object) -> Response:
    """The same page with what was wrong; 429 and for how long where somebody has to wait."""
    return refused(render_template(template, error=str(error), **values), error)


def refused(page: str, error: StaffError) -> Response:
    """What was wrong, as this page or this line says it."""
    answer = make_response(page, 429 if error.wait else 422)
    if error.wait:
        answer.headers["Retry-After"] = str(error.wait)
    return answer
