"""What an office says of itself: when it is open, whom it takes and how many, where it is told. Its lead changes it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.directory.languages import code_of
from app.directory.office import WHOM, Office, OfficeError, as_written, hours_in_line, office_from
from app.web.current import hotline
from app.web.gate import open_to
from app.web.inbox import office_of_mine
from app.web.noting import note

door = Blueprint("duty", __name__, url_prefix="/inbox/duty")

# What is typed in a line; the rest of an office is the line's own affair.
LINES = (
    "hours", "spoken", "interpreters", "whom", "capacity", "email", "lead_email", "duty_phone",
)  # fmt: skip


@door.get("")
@open_to("staff", "lead")
def page() -> str:
    """How it stands."""
    office = office_of_mine()
    return _page(office, _written(office))


@door.post("")
@open_to("lead")
def save() -> Response:
    """Writes what the lead typed, or says what is wrong with it and writes nothing."""
    office, typed = office_of_mine(), _typed()
    try:
        changed = _changed(office, typed)
    except OfficeError as error:
        return make_response(_page(office, typed, f"Not saved: {error}.".replace("`", "")), 422)
    _save(changed)
    return redirect(url_for("duty.page", done="saved"), code=303)


@door.post("/away")
@open_to("lead")
def away() -> Response:
    """The office is offered nothing until its lead gives it a capacity again."""
    _save(replace(office_of_mine(), capacity=0))
    return redirect(url_for("duty.page"), code=303)


def _page(office: Office, typed: Mapping[str, str], error: str = "") -> str:
    saved = request.args.get("done") == "saved"
    return render_template("inbox/duty.html", office=office, typed=typed, whom=WHOM, saved=saved, error=error)


def _written(office: Office) -> dict[str, str]:
    """The office as its lead would type it."""
    written = {name: value for name, value in as_written(office).items() if name in LINES}
    detained = "yes" if office.takes_detained else "no"
    return {**written, "hours": hours_in_line(office.hours), "takes_detained": detained}


def _typed() -> dict[str, str]:
    lines = {name: request.form.get(name, "").strip() for name in LINES}
    return {**lines, "takes_detained": "yes" if request.form.get("takes_detained") == "yes" else "no"}


def _changed(office: Office, typed: Mapping[str, str]) -> Office:
    """The office with what was typed in the place of what it had.

    Raises:
        OfficeError: a value that cannot be.
    """
    if not typed["spoken"]:
        raise OfficeError("spoken must hold at least one language, got none")
    changes = {**typed, **{name: _codes(typed[name]) for name in ("spoken", "interpreters")}}
    changed = office_from({**as_written(office), **changes}, office.recipients)
    return replace(changed, made_up=office.made_up)


def _codes(text: str) -> str:
    return " ".join(map(_code, text.replace(",", " ").split()))


def _code(text: str) -> str:
    code = code_of(text)
    if code is None:
        raise OfficeError(
            f"{text!r} is no language that is known; write its code, such as es, ht, mam, kiche, or any"
        )
    return code


def _save(office: Office) -> None:
    hotline().offices.save(office)
    note("changed_office", office.id)
