"""Who can open what is sealed to an office: its key, its members, and the boxes. Everything secret is done in the browser."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Mapping
from dataclasses import replace

from flask import Blueprint, Response, abort, jsonify, render_template, request

from app.directory.office import Office
from app.referral.life import Referral
from app.staff.account import StaffError
from app.staff.keyring import Keyring, Member, NewKey
from app.web.current import hotline
from app.web.gate import open_to, who
from app.web.inbox import found, office_of_mine
from app.web.noting import entry, note

door = Blueprint("opening", __name__, url_prefix="/inbox")

LONGEST_BOX = 32 * 1024  # bytes; ours have 2 to 3 kB
AGE = b"age-encryption.org/v1\n"


@door.get("/key")
@open_to("staff", "lead")
def key() -> str:
    """What the office's key is, who has it, and what to do next."""
    line, me, office = hotline(), who().account, office_of_mine()
    ring = line.staff.keyrings.of(office.id)
    colleagues = [each for each in line.staff.accounts.of(office.id) if each.id != me.id]
    return render_template(
        "inbox/key.html",
        office=office,
        ring=ring,
        mine=ring.members.get(me.id),
        opens=ring.opens(me.id),
        passkeys=[each for each in me.passkeys if each.prf],
        waiting=[(each, ring.members[each.id]) for each in colleagues if _waits(ring, each.id)],
        openers=[each for each in colleagues if ring.opens(each.id)],
        without=[each for each in colleagues if each.id not in ring.members],
        older=[each for each in office.recipients if each not in {ring.recipient, ring.escrow}],
    )


@door.get("/key/mine")
@open_to("staff", "lead")
def mine() -> Response:
    """What this browser needs to open: one's own key, wrapped, and the office's, sealed to it."""
    asked, ring = who(), hotline().staff.keyrings.of(office_of_mine().id)
    member = ring.members.get(asked.account.id)
    return jsonify(
        recipient=ring.recipient,
        paper=ring.paper,
        former=ring.former,
        shade=asked.visit.shade,
        wrapped=member.wrapped if member else "",
        office=member.office if member else "",
        passkeys=[
            {"id": each.id, "name": each.name, "transports": each.transports, "box": member.passkeys[each.id]}
            for each in asked.account.passkeys
            if member and each.id in member.passkeys
        ],
    )


@door.post("/key/make")
@open_to("lead")
def make() -> Response:
    """The office's first key, or a new one: from now on everything is sealed to it and to the one on paper."""
    line, office, form = hotline(), office_of_mine(), request.form
    new = NewKey(
        **{name: form.get(name, "") for name in ("before", "recipient", "escrow", "paper", "former")},
        sealed=_table(form.get("sealed", "")),
    )
    before = line.staff.keyrings.of(office.id)
    ring = line.staff.keyrings.change(office.id, lambda seen: seen.with_key(new))
    line.offices.save(replace(office, recipients=_recipients(office, before, ring)))
    note("made_key", office.id)
    return jsonify(open=[each.reference for each in line.referrals.inbox(office.id)])


@door.post("/key/own")
@open_to("staff", "lead")
def own() -> Response:
    """One's own key, made in this browser; or the same one under another passphrase, which keeps the office's."""
    line, me, office = hotline(), who().account, office_of_mine()
    chosen = Member(request.form.get("recipient", ""), request.form.get("wrapped", ""))

    def with_own(ring: Keyring) -> Keyring:
        had = ring.members.get(me.id)
        same = had is not None and had.recipient == chosen.recipient
        return ring.with_member(me.id, replace(had, wrapped=chosen.wrapped) if had and same else chosen)

    line.staff.keyrings.change(office.id, with_own)
    note("made_own_key")
    return jsonify(done=True)


@door.post("/key/passkey")
@open_to("staff", "lead")
def passkey() -> Response:
    """One's own key once more, sealed in this browser to a passkey of one's own."""
    line, me, office, form = hotline(), who().account, office_of_mine(), request.form
    found = me.passkey(form.get("passkey", ""))
    if found is None or not found.prf:
        raise StaffError("That passkey is not there any more, or cannot open files. Load the page again.")
    recipient, box = form.get("recipient", ""), form.get("box", "")
    line.staff.keyrings.change(office.id, lambda ring: ring.with_passkey(me.id, recipient, found.id, box))
    note("let_passkey_open")
    return jsonify(done=True)


@door.post("/key/let-in")
@open_to("staff", "lead")
def let_in() -> Response:
    """The office's key, sealed to a colleague by somebody who has it."""
    line, me, office = hotline(), who().account, office_of_mine()
    form = request.form
    colleague = next((each for each in line.staff.accounts.of(office.id) if each.id == form.get("to")), None)

    def with_colleague(ring: Keyring) -> Keyring:
        # Oneself, with the key on paper: what it is sealed to is one's own all the same.
        if colleague is None or not (ring.opens(me.id) or colleague.id == me.id):
            raise StaffError(
                "That colleague is not there any more, or you have no key to give. Load the page again."
            )
        return ring.let_in(colleague.id, form.get("recipient", ""), form.get("sealed", ""))

    line.staff.keyrings.change(office.id, with_colleague)
    note("let_open", colleague.name if colleague else "")
    return jsonify(done=True)


@door.post("/requests/<reference>/sealed")
@open_to("staff", "lead")
def reseal(reference: str) -> Response:
    """The same details, sealed in the browser to the office's new key, in the place of the old box."""
    line, office, referral = hotline(), office_of_mine(), found(reference)
    box = _box(request.form.get("box", ""))

    def resealed(seen: Referral) -> Referral | None:
        if seen.office != office.id or office.id not in seen.boxes:
            return None
        return replace(seen, boxes={**seen.boxes, office.id: box})

    if line.referrals.change(referral.id, resealed, entry("resealed", referral.reference)) is None:
        abort(404)
    return jsonify(done=True)


@door.get("/requests/<reference>/box")
@open_to("staff", "lead")
def box(reference: str) -> Response:
    """The sealed details of one request, for this browser to open; who fetched them is noted."""
    referral = found(reference)
    sealed = referral.boxes.get(who().account.office)
    if sealed is None:
        abort(404)
    note("opened", referral.reference)
    return jsonify(box=b64encode(sealed).decode("ascii"))


def _waits(ring: Keyring, account: str) -> bool:
    """True for somebody who has chosen a passphrase and has not been given the office's key."""
    return account in ring.members and not ring.opens(account)


def _recipients(office: Office, before: Keyring, ring: Keyring) -> tuple[str, ...]:
    """The new key and the one on paper; a key that did not come from here (a file of the office's own) stays beside them."""
    others = (each for each in office.recipients if each not in {before.recipient, before.escrow})
    return tuple(dict.fromkeys((ring.recipient, ring.escrow, *others)))


def _table(text: str) -> Mapping[str, str]:
    """Account -> the office's identity, sealed to that member."""
    try:
        table = json.loads(text)
    except ValueError:
        table = None
    if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values()):
        raise StaffError("The new key did not arrive whole. Load the page again.")
    return table


def _box(text: str) -> bytes:
    try:
        box = b64decode(text, validate=True)
    except (Base64Error, ValueError):
        box = b""
    if not box.startswith(AGE) or len(box) > LONGEST_BOX:
        raise StaffError("That is no sealed box. Load the page again.")
    return box
