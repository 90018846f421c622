"""Writing to the person through the line: nobody of the office needs the number, and the person sees the line's."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from secrets import token_hex

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from app.checking.ids import CANNED
from app.clock import on_clock
from app.directory.office import Office
from app.referral import course, house_hours
from app.referral.bells import Bells
from app.referral.desk import DeskError
from app.referral.history import WAYS
from app.referral.life import LifeError, Referral
from app.referral.thread import MOST_UNANSWERED, Said, last, unanswered
from app.sealing import seal
from app.thread import sealed_to
from app.web.current import hotline
from app.web.gate import open_to, who
from app.web.inbox import found, names_of, office_of_mine
from app.web.noting import entry, note
from flows.answers import looks_private
from flows.heard import hear
from messages.segments import segments

door = Blueprint("writing", __name__, url_prefix="/inbox")

MOST_SEGMENTS = 4
# About what a segment costs in the United States, with the carriers' fees. Source: twilio.com/en-us/sms/pricing/us
CENTS = 1.2


class WordsError(ValueError):
    """Words that are not sent as they are; what is wrong, for whoever wrote them."""


@dataclass(frozen=True)
class Draft:
    """What will be sent, word for word, and what that costs."""

    words: str
    count: int
    dear: tuple[str, ...]

    @property
    def cents(self) -> str:
        """About how much, as a person says it."""
        cents = max(1, round(self.count * CENTS))
        return f"about {cents} {'cent' if cents == 1 else 'cents'}"


@door.get("/requests/<reference>/thread")
@open_to("staff", "lead")
def thread(reference: str) -> str:
    """What was written, to be opened in the browser, and a place to write."""
    referral = found(reference)
    note("read", referral.reference)
    return _page(referral, request.args.get("canned", ""))


@door.get("/requests/<reference>/thread/lines")
@open_to("staff", "lead")
def lines(reference: str) -> Response:
    """The sealed lines, for a page that looks again; 304 if nothing has changed since."""
    answer = jsonify(lines=_lines(found(reference), office_of_mine()))
    answer.set_etag(sha256(answer.get_data()).hexdigest()[:32])
    answer.make_conditional(request)
    return answer


@door.post("/requests/<reference>/thread/size")
@open_to("staff", "lead")
def size(reference: str) -> Response:
    """How many segments it will be, while somebody types; nothing is kept."""
    draft = _draft(found(reference), office_of_mine(), request.form.get("text", ""))
    return jsonify(count=draft.count, cents=draft.cents, dear=" ".join(draft.dear), most=MOST_SEGMENTS)


@door.post("/requests/<reference>/thread/preview")
@open_to("staff", "lead")
def preview(reference: str) -> str | AnyResponse:
    """What the person will read, word for word, and when."""
    referral, office, typed = found(reference), office_of_mine(), request.form.get("text", "")
    try:
        draft = _good(referral, office, typed)
    except WordsError as error:
        return make_response(_page(referral, typed=typed, error=str(error)), 422)
    return render_template(
        "inbox/send.html",
        referral=referral,
        draft=draft,
        typed=typed,
        when=_when(referral, hotline().clock()),
    )


@door.post("/requests/<reference>/thread/send")
@open_to("staff", "lead")
def send(reference: str) -> str | AnyResponse:
    """Sends it, at once or at the next decent hour: sealed to the office, and to the worker until it is sent."""
    line, me, referral, office = hotline(), who().account, found(reference), office_of_mine()
    typed, now = request.form.get("text", ""), line.clock()
    try:
        draft = _good(referral, office, typed)
    except WordsError as error:
        return make_response(_page(referral, typed=typed, error=str(error)), 422)
    said = Said(
        id=request.form.get("once", "")[:32] or token_hex(16),
        at=now,
        by="office",
        box=sealed_to(office, draft.words),
        out=seal(draft.words.encode(), (line.worker_recipient,)),
        who=me.id,
    )
    try:
        deed = entry("wrote_to", referral.reference)
        line.referrals.change(referral.id, lambda seen: _written(seen, office, said, now), deed)
    except LifeError as error:
        return make_response(_page(referral, typed=typed, error=_sentence(error)), 422)
    line.jobs.hint_delivery(referral.id, said.id)
    return redirect(url_for("writing.thread", reference=referral.reference), code=303)


def _written(seen: Referral, office: Office, said: Said, now: datetime) -> Referral | None:
    if seen.office != office.id:
        raise DeskError("It stands with another office now. Please delete what you noted.")
    # The same form sent twice is one text.
    return None if any(each.id == said.id for each in seen.thread) else course.write(seen, said, now)


def _good(referral: Referral, office: Office, typed: str) -> Draft:
    """The draft of words that may be sent.

    Raises:
        WordsError: what is wrong with them.
    """
    if not typed.strip():
        raise WordsError("Write something first.")
    if looks_private(hear(typed).text):
        raise WordsError(
            "That looks like an A-number, a social security number or a birth date. Ask by phone."
        )
    draft = _draft(referral, office, typed)
    if draft.count > MOST_SEGMENTS:
        raise WordsError(
            f"That is {draft.count} segments, and {MOST_SEGMENTS} are the most. Make it shorter, or call."
        )
    return draft


def _draft(referral: Referral, office: Office, typed: str) -> Draft:
    """The words as the person reads them: the first time, that somebody of the office writes."""
    plain = "\n".join(" ".join(part.split()) for part in typed.strip().splitlines())
    if last(referral.thread, "office") is None:
        (opening,) = Bells(hotline()).says(("thread.opening",), referral.language, office=office.name)
        plain = f"{opening}\n{plain}"
    measured = segments(plain)
    return Draft(plain, measured.count, tuple(measured.forced_by))


def _page(referral: Referral, canned: str = "", *, typed: str = "", error: str = "") -> str:
    office, ready = office_of_mine(), _canned(referral)
    chosen = next((words for name, words, _ in ready if name == canned), "")
    return render_template(
        "inbox/thread.html",
        referral=referral,
        office=office,
        lines=_lines(referral, office),
        canned=ready,
        typed=typed or chosen,
        error=error,
        why_not=_why_not(referral),
        when=_when(referral, hotline().clock()),
    )


def _canned(referral: Referral) -> tuple[tuple[str, str, str], ...]:
    """What may be sent with a click: name, in the person's language, in English."""
    bells, ids = Bells(hotline()), [f"thread.{name}" for name in CANNED]
    return tuple(zip(CANNED, bells.says(ids, referral.language), bells.says(ids, "en"), strict=True))


def _why_not(referral: Referral) -> str:
    """Why nobody can write now; nothing if somebody can."""
    if referral.state not in {"accepted", "contacted"}:
        return "Take the request first." if referral.state == "offered" else "It is closed."
    if referral.texting != "yes" or not referral.reachable:
        return "The person wants no texts, or none arrives: call."
    if unanswered(referral.thread) >= MOST_UNANSWERED:
        return f"The person has not answered your last {MOST_UNANSWERED} texts: call."
    return ""


def _when(referral: Referral, now: datetime) -> str:
    """When a text would go out, by the clock where the person is; nothing for at once."""
    at = course.may_ring(referral, "written", now)
    return "" if at <= now else on_clock(at, house_hours.zones_of(referral.place)[0])


def _lines(referral: Referral, office: Office) -> list[dict[str, str]]:
    names = names_of(said.who for said in referral.thread)
    ways = {errand.name: WAYS[errand.way] for errand in referral.errands}
    return [
        {
            "id": said.id,
            "at": on_clock(said.at, office.zone),
            "by": said.by,
            "who": names[said.who],
            "way": ways.get(said.errand, ""),
            "box": b64encode(said.box).decode("ascii"),
        }
        for said in referral.thread
    ]


def _sentence(error: LifeError) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}."
