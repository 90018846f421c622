"""What is noted of who asks: one line of the audit, written in one place for all of the staff's doors."""

from __future__ import annotations

from flask import request

from app.staff.account import Account
from app.staff.audit import Did, Entry
from app.web.current import hotline
from app.web.gate import who


def entry(did: Did, about: str = "", *, by: Account | None = None, office: str | None = None) -> Entry:
    """Whoever asks (`by`, where they are not signed in yet) did this now, at their own office if no other is given."""
    account = by or who().account
    return Entry(hotline().clock(), account.name, did, about, account.office if office is None else office)


def note(did: Did, about: str = "", *, by: Account | None = None, office: str | None = None) -> None:
    """Writes that line, for what no other record is written with. Of a HEAD nothing is noted: nothing was shown."""
    if request.method != "HEAD":
        hotline().staff.audit.note(entry(did, about, by=by, office=office))
