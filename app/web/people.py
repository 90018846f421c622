"""Who may sign in: a lead lets the people of their office in and out, an admin everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.staff.account import ROLES, Account, Role, StaffError, by_name
from app.staff.audit import Did
from app.web.current import hotline
from app.web.gate import open_to, who
from app.web.noting import note

door = Blueprint("people", __name__, url_prefix="/inbox/people")

Deed = Literal["secrets", "out", "back"]


@dataclass(frozen=True)
class Step:
    """One thing that is done to somebody: its button, what the page says before and after, what the audit notes."""

    button: str
    says: str
    done: str
    did: Did


STEPS: Mapping[Deed, Step] = {
    "secrets": Step(
        "New secrets",
        "Every visit they have ends at once. You get a code for them, shown once: with it they choose a new passphrase and add "
        "their app anew. Their name, their role and their part of the office's key stay.",
        "",
        "reset",
    ),
    "out": Step(
        "Shut out",
        "Every visit they have ends at once, and they cannot sign in. Their part of the office's key is destroyed. What they have "
        "in hand stays with the office. You can let them in again.",
        "They are shut out. If somebody has left for good, make a new key under Key.",
        "disabled",
    ),
    "back": Step(
        "Let in again",
        "They can sign in again, with the secrets they had. To open what people send they need the office's key anew, from a "
        "colleague.",
        "They may sign in again.",
        "enabled",
    ),
}

# Whom somebody may invite.
MAY_INVITE: Mapping[Role, tuple[Role, ...]] = {"lead": ("staff", "lead"), "admin": ROLES}
IN_WORDS: Mapping[Role, str] = {
    "staff": "staff: takes and answers an office's requests",
    "lead": "lead: the same, and sees to the office and its people",
    "coordinator": "coordinator: sees what waits at every office",
    "operator": "operator: changes what the line says",
    "admin": "admin: lets people in and out",
}


@door.get("")
@open_to("lead", "admin")
def page() -> str:
    """Who there is, and the form to invite somebody."""
    return _page()


@door.post("")
@open_to("lead", "admin")
def invite() -> Response:
    """The code with which somebody joins; it is shown this once, and stands in no address."""
    line, me, form = hotline(), who().account, request.form
    name = form.get("name", "").strip().casefold()
    office = me.office or form.get("office", "")
    try:
        code = line.staff.reception.invite(name, _role(form.get("role", "")), office, me.name)
    except StaffError as error:
        return make_response(_page(error=_sentence(error)), 422)
    note("invited", name, office=office)
    return _code(name, code)


@door.get("/<name>/<any(secrets, out, back):deed>")
@open_to("lead", "admin")
def ask(name: str, deed: Deed) -> str:
    """What would come of it, before it is done."""
    person = _found(name)
    _refuse_oneself(person)
    return render_template("inbox/people_ask.html", person=person, deed=deed, step=STEPS[deed])


@door.post("/<name>/<any(secrets, out, back):deed>")
@open_to("lead", "admin")
def do(name: str, deed: Deed) -> Response:
    """Does it; new secrets are chosen with a code, which is shown this once."""
    reception, person = hotline().staff.reception, _found(name)
    try:
        _refuse_oneself(person)
        if deed == "secrets":
            code = reception.reset(person.name, who().account.name)
        else:
            reception.shut_out(person.name, out=deed == "out")
    except StaffError as error:
        return make_response(_page(error=_sentence(error)), 422)
    note(STEPS[deed].did, person.name, office=person.office)
    if deed == "secrets":
        return _code(person.name, code)
    return redirect(url_for("people.page", done=deed), code=303)


def _page(error: str = "") -> str:
    line, me = hotline(), who().account
    offices = {office.id: office.name for office in line.offices.all()}
    people = by_name(each for each in line.staff.accounts.all() if _may_see_to(me, each))
    done = request.args.get("done", "")
    return render_template(
        "inbox/people.html",
        people=[(each, _day(each.since)) for each in people],
        offices=offices,
        roles={role: IN_WORDS[role] for role in MAY_INVITE[me.role]},
        steps=STEPS,
        typed=request.form,
        done=STEPS[cast("Deed", done)].done if done in get_args(Deed) else "",
        error=error,
    )


def _code(name: str, code: str) -> Response:
    join = hotline().config.inbox.url + url_for("auth.join")
    return make_response(render_template("inbox/people_code.html", name=name, code=code, join=join))


def _found(name: str) -> Account:
    """The person of this name, if whoever asks may see to them; another office's is as little there as nobody."""
    found = hotline().staff.accounts.named(name)
    if found is None or not _may_see_to(who().account, found):
        abort(404)
    return found


def _may_see_to(me: Account, other: Account) -> bool:
    return me.role == "admin" or (me.role == "lead" and me.office == other.office)


def _role(typed: str) -> Role:
    """The role that was chosen.

    Raises:
        StaffError: it is none that this person may give.
    """
    may = MAY_INVITE[who().account.role]
    chosen = next((role for role in may if role == typed), None)
    if chosen is None:
        raise StaffError(f"Choose a role: {', '.join(may)}")
    return chosen


def _refuse_oneself(person: Account) -> None:
    """Who shuts themselves out cannot come back; and a browser left open must not give away new secrets.

    Raises:
        StaffError: it is oneself.
    """
    if person.id == who().account.id:
        raise StaffError("Nobody does that to themselves: ask a colleague, or whoever looks after the line")


def _sentence(error: StaffError) -> str:
    said = f"{error}".rstrip(".")
    return f"{said[:1].upper()}{said[1:]}."


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"
