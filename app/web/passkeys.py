"""Passkeys at the door of the inbox: adding one, removing one, and showing one in the place of a code."""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, jsonify, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.staff import passkeys
from app.staff.account import ROLES, Account, StaffError
from app.web.auth import refused, through
from app.web.current import hotline
from app.web.gate import address, at_stage, open_to, who, with_visit
from app.web.noting import note

door = Blueprint("passkeys", __name__, url_prefix="/inbox")

JSON = "application/json"


@door.get("/passkey/new")
@open_to(*ROLES)
def asked_to_make() -> Response:
    """What this browser needs to make one."""
    config = hotline().config
    site, challenge = passkeys.rp_id(config.inbox.url), _new_challenge()
    return Response(passkeys.asked_to_make(who().account, site, config.line_name, challenge), mimetype=JSON)


@door.post("/passkey/new")
@open_to(*ROLES)
def made() -> Response:
    """Adds the one that this browser made."""
    line, me = hotline(), who().account
    passkey = passkeys.made(_answer(), request.form.get("name", ""))
    line.staff.accounts.change(me.id, lambda seen: passkeys.added(seen, passkey))
    note("added_passkey")
    return jsonify(done=True)


@door.post("/passkey/<identity>/remove")
@open_to(*ROLES)
def remove(identity: str) -> AnyResponse:
    """Removes one of one's own, and what it opens."""
    line, me = hotline(), who().account

    def without(seen: Account) -> Account | None:
        return seen.without_passkey(identity) if seen.passkey(identity) else None

    if line.staff.accounts.change(me.id, without) is None:
        raise StaffError("That passkey is not there any more. Load the page again.")
    note("removed_passkey")
    if me.office:
        line.staff.keyrings.change(me.office, lambda ring: ring.without_passkeys(me.id, identity))
    return redirect(url_for("auth.account"), code=303)


@door.get("/code/passkey")
@at_stage("half")
def asked_to_show() -> Response:
    """What this browser needs to ask for one."""
    site, challenge = passkeys.rp_id(hotline().config.inbox.url), _new_challenge()
    return Response(passkeys.asked_to_show(who().account, site, challenge), mimetype=JSON)


@door.post("/code/passkey")
@at_stage("half")
def shown() -> AnyResponse:
    """Takes a passkey in the place of the code; the script is told where to go."""
    line, half, answer = hotline(), who().account, _answer()
    try:
        visit = through(half, lambda: line.staff.sign_in.touched(half, answer, address()))
    except StaffError as error:
        told = refused(f"{error}\n", error)
        told.mimetype = "text/plain"
        return told
    return with_visit(jsonify(to=url_for("auth.home")), visit)


def _new_challenge() -> str:
    """A challenge that this visit remembers, in the place of the one before."""
    challenge = passkeys.new_challenge()
    hotline().staff.visits.keep(who().word, replace(who().visit, challenge=challenge))
    return challenge


def _answer() -> passkeys.Answer:
    """What this browser sent; the challenge is used up, whatever comes of it."""
    line = hotline()
    challenge = line.staff.visits.take_challenge(who().word)
    return passkeys.Answer(request.form.get("credential", ""), challenge, line.config.inbox.url)
