"""The inbox of an office: what waits, one request, and what can be decided. No contents: they are opened in the browser."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from flask import Blueprint, Response, abort, make_response, redirect, render_template, request, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as AnyResponse

from app.clock import on_clock
from app.directory.languages import LANGUAGES
from app.directory.office import Office
from app.referral import house_hours, word
from app.referral.bells import Bells
from app.referral.desk import Decision, DeskError, What
from app.referral.errand import TEXTER
from app.referral.foresight import Texted, texted
from app.referral.history import REASONS, history
from app.referral.life import LifeError, Referral
from app.referral.messenger import NoBellError
from app.referral.shelf import Wanted, row, rows
from app.staff.account import Account
from app.web.acts import ACTS, POSSIBLE, Act, said_of
from app.web.current import hotline
from app.web.gate import open_to, who
from app.web.noting import entry, note

door = Blueprint("inbox", __name__, url_prefix="/inbox")

AUDIT_SHOWN = 200


@dataclass(frozen=True)
class Text:
    """What the person will be texted, or was: in each language, and when."""

    when: str
    words: tuple[tuple[str, str], ...] = ()
    why_not: str = ""


@door.get("/requests")
@open_to("staff", "lead")
def requests() -> str:
    """The list."""
    return render_template("inbox/requests.html", **_list())


@door.get("/requests/part")
@open_to("staff", "lead")
def part() -> Response:
    """The list alone, for a page that looks again; 304 if nothing has changed since."""
    answer = make_response(render_template("inbox/list.html", **_list()))
    answer.set_etag(sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


@door.get("/requests/<reference>")
@open_to("staff", "lead")
def one(reference: str) -> str:
    """One request: what to do next, what is known of it, what has happened."""
    referral, office, now = found(reference), office_of_mine(), hotline().clock()
    shown = row(referral, now)
    return render_template(
        "inbox/request.html",
        referral=referral,
        row=shown,
        office=office,
        acts=[ACTS[what] for what in POSSIBLE.get(referral.state, ())],
        done=said_of(request.args.get("done")),
        clocks=_clocks(referral, office, now),
        decent=house_hours.within(now, referral.place),
        story=[(on_clock(each.at, office.zone), each) for each in history(referral, seen_by=office.id)],
        told=list(_told(referral, office)),
        holder=names_of((referral.holder,))[referral.holder],
        has_box=office.id in referral.boxes,
        deadline=_at(shown.by, office),
    )


@door.get("/requests/<reference>/<any(accept, decline, contacted, tried, close, hand):what>")
@open_to("staff", "lead")
def ask(reference: str, what: What) -> str | AnyResponse:
    """What would come of it, before it is done."""
    return _asked(found(reference), ACTS[what])


@door.post("/requests/<reference>/<any(accept, decline, contacted, tried, close, hand):what>")
@open_to("staff", "lead")
def decide(reference: str, what: What) -> str | AnyResponse:
    """Does it, and says so."""
    line, me, referral = hotline(), who().account, found(reference)
    try:
        decision = _decision(what, request.form, me)
    except DeskError:
        return _asked(referral, ACTS[what], error="Choose one of these first.")
    if request.form.get("stands") != _stands(referral):
        raise DeskError(_too_late(referral))
    try:
        deed = entry(ACTS[what].did, referral.reference)
        line.desk.decide(referral.id, me.office, decision, line.clock(), deed)
    except LifeError as error:
        raise DeskError(_too_late(referral)) from error
    line.jobs.hint_delivery(referral.id, f"inbox-{referral.version}")
    if what == "decline":
        return redirect(url_for("inbox.requests", done=what), code=303)
    return redirect(url_for("inbox.one", reference=referral.reference, done=what), code=303)


@door.get("/requests/<reference>/sealed")
@open_to("staff", "lead")
def sealed(reference: str) -> Response:
    """The sealed details, for this office's key alone; who fetched them is noted."""
    referral, me = found(reference), who().account
    box = referral.boxes.get(me.office)
    if box is None:
        abort(404)
    note("opened", referral.reference)
    answer = make_response(box)
    answer.headers["Content-Type"] = "application/octet-stream"
    answer.headers["Content-Disposition"] = f'attachment; filename="{referral.reference}.age"'
    return answer


@door.get("/audit")
@open_to("lead")
def audit() -> str:
    """Who did what at this office, the newest first."""
    line, office = hotline(), office_of_mine()
    after = max(request.args.get("after", 0, type=int), 0)
    lines = list(line.staff.audit.last(office.id, AUDIT_SHOWN + 1, after))
    entries = [(on_clock(each.at, office.zone), each) for each in lines[:AUDIT_SHOWN]]
    older = after + AUDIT_SHOWN if len(lines) > AUDIT_SHOWN else 0
    return render_template("inbox/audit.html", entries=entries, older=older, after=after)


def _list() -> dict[str, object]:
    line, me, office = hotline(), who().account, office_of_mine()
    wanted, now = Wanted.of(request.args), line.clock()
    if wanted.show == "closed":
        stands = [each for each in line.referrals.held() if each.office == office.id]
    else:
        stands = list(line.referrals.inbox(office.id))
    shown = rows(stands, wanted, me.id, now)
    names = names_of(each.holder for each in shown)
    waiting = [each for each in stands if each.state == "offered"]
    return {
        "office": office,
        "rows": [(each, _at(each.by, office), names[each.holder]) for each in shown],
        "wanted": wanted,
        "waiting": len(waiting),
        "urgent": sum(each.urgent for each in waiting),
        "done": said_of(request.args.get("done")),
    }


def found(reference: str) -> Referral:
    """The request of this reference, if it stands with the office of whoever asks, or was closed there.

    Another office's is as little there as one that never was.
    """
    read = word.read_reference(reference)
    referral = hotline().referrals.by_reference(read) if read else None
    mine = referral is not None and referral.office == who().account.office
    if referral is None or not mine or not (referral.at_the_office or referral.state == "closed"):
        abort(404)
    return referral


def office_of_mine() -> Office:
    """The office of whoever asks.

    Raises:
        DeskError: it is not in the directory any more.
    """
    office = hotline().offices.find(who().account.office)
    if office is None:
        raise DeskError(
            "Your office is not in the directory any more. Tell the person who looks after the line"
        )
    return office


def _decision(what: What, form: MultiDict[str, str], me: Account) -> Decision:
    """What was decided.

    Raises:
        DeskError: no reason was chosen, or one that there is not; or no colleague.
    """
    if what == "hand":
        colleagues = {each.id for each in hotline().staff.accounts.of(me.office)}
        if form.get("to") not in colleagues:
            raise DeskError("there is no such colleague")
        return Decision(what, holder=form["to"])
    chosen = [reason for reason in ACTS[what].reasons if reason == form.get("why")]
    return Decision(what, chosen[0] if chosen else "", me.id if what == "accept" else "")


def _asked(referral: Referral, act: Act, error: str = "") -> str | AnyResponse:
    """The page that shows what would come of it; one that cannot be done any more leads back."""
    line, me = hotline(), who().account
    try:
        decision = Decision(
            act.what,
            act.reasons[0] if act.reasons else "",
            me.id if act.what in {"accept", "hand"} else "",
        )
        after = line.desk.foresee(referral, me.office, decision, line.clock())
    except LifeError as late:
        raise DeskError(_too_late(referral)) from late
    page = render_template(
        "inbox/ask.html",
        referral=referral,
        act=act,
        stands=_stands(referral),
        reasons=[(reason, REASONS[reason]) for reason in act.reasons],
        colleagues=line.staff.accounts.of(me.office) if act.what == "hand" else (),
        text=None if act.what == "hand" else _text(referral, texted(referral, after)),
        error=error,
    )
    return make_response(page, 422) if error else page


def _stands(referral: Referral) -> str:
    """What a page showed of it: a form that comes twice, or after somebody else's, does nothing."""
    return f"{len(referral.moves)}.{referral.calls}.{referral.holder}.{referral.asked}"


def _too_late(referral: Referral) -> str:
    return f"Somebody was quicker, or it has gone on: {referral.reference} does not stand as this page showed it. Look again"


def _text(referral: Referral, what: Texted) -> Text:
    """The words of a bell in the person's language and in English, and when it rings by the person's clock."""
    line = hotline()
    if what.kind is None or what.at is None:
        return Text("", why_not=what.why_not)
    now = line.clock()
    zone = house_hours.zones_of(referral.place)[0]
    when = "at once" if what.at <= now else on_clock(what.at, zone)
    return Text(when, tuple(_words(Bells(line), what.kind, referral.language)))


def _words(bell: Bells, kind: str, language: str) -> Iterator[tuple[str, str]]:
    """A bell's words in the person's language, then in the others that staff read."""
    for each in dict.fromkeys((language, "en", "es")):
        try:
            yield LANGUAGES.get(each, each), bell(kind, each)
        except NoBellError:
            continue


def _told(referral: Referral, office: Office) -> Iterator[tuple[str, str]]:
    """The bells that have rung, and when, with their words as they are now; what somebody wrote stands among the texts."""
    bell = Bells(hotline())
    ours = (each for each in referral.errands if each.to == TEXTER and each.kind != "written")
    for errand in (each for each in ours if each.way == "done"):
        words = next(_words(bell, errand.kind, referral.language), None)
        if words is not None:
            yield on_clock(errand.begun or errand.due, office.zone), words[1]


def _clocks(referral: Referral, office: Office, now: datetime) -> tuple[tuple[str, str], ...]:
    """The time now, where the person is (each clock of their state) and at the office."""
    theirs = (on_clock(now, zone) for zone in house_hours.zones_of(referral.place))
    named = f"In {referral.place}" if referral.place else "Somewhere from coast to coast"
    return ((named, " or ".join(theirs)), ("At your office", on_clock(now, office.zone)))


def _at(moment: datetime | None, office: Office) -> str:
    return on_clock(moment, office.zone) if moment else ""


def names_of(accounts: Iterable[str]) -> Mapping[str, str]:
    """The sign-in name of each account, asked once; nothing for one that is there no more, or for nobody."""
    found = {each: hotline().staff.accounts.get(each) if each else None for each in set(accounts)}
    return {each: account.name if account else "" for each, account in found.items()}
