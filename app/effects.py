"""Does what a turn asks for, and says what came of it. What must not be lost is written before anything is said."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, cast

from app.directory.issues import DETENTION, IMMIGRATION, SURVIVORS
from app.directory.office import Office
from app.referral import course, word
from app.referral.life import BETTER, LifeError, Ranking, Referral
from app.referral.match import Ranked, Wanted, match
from app.referral.seal import Letter, Reach
from app.sealing import seal
from app.store.sessions import Before
from app.values import CALLED
from flows.definition import COUNTY
from flows.effects import Effect, Outcome

if TYPE_CHECKING:
    from app.bootstrap import Hotline

# Besides the one a person sees first: more would be a list, and not a choice.
MOST_OTHERS = 2


@dataclass(frozen=True)
class Asking:
    """Who asks, in which text, and what was known of them."""

    line: Hotline
    sender: str = field(repr=False)
    language: str
    before: Before
    now: datetime

    def referrals(self) -> tuple[Referral, ...]:
        """This person's referrals of these days."""
        return tuple(self.line.referrals.each(self.before.contact))

    def open_referrals(self) -> tuple[Referral, ...]:
        """Those of them that have not ended."""
        return tuple(referral for referral in self.referrals() if not referral.ended)

    def number_box(self) -> bytes:
        """The sender, sealed to the worker."""
        return seal(self.sender.encode(), (self.line.worker_recipient,))


def perform(asking: Asking, effect: Effect) -> Outcome:
    """Does one effect.

    Raises:
        MemoryDown: it could not be done, and nothing may be confirmed.
    """
    return _PERFORM[effect.name](asking, effect.answers)


# --- asking for an office ------------------------------------------------------------------------


def _find_open(asking: Asking, _: Mapping[str, str]) -> Outcome:
    return _open_outcome(asking.open_referrals()) or Outcome("none")


def _open_outcome(referrals: Iterable[Referral]) -> Outcome | None:
    """The newest. A code that is shown may be used: whoever holds this phone sees it anyway (docs/decisions/0010)."""
    found = max(referrals, key=lambda referral: referral.created, default=None)
    return Outcome("open", {"reference": found.reference, "code": found.reference}) if found else None


def _wanted(asking: Asking, answers: Mapping[str, str]) -> Wanted:
    return Wanted(
        place=_state(asking, answers),
        county=answers.get(COUNTY, ""),
        spoken=answers.get("spoken", asking.language),
        urgent=answers.get("urgent") == "urgent",
        held=answers.get("held") == "held",
        issue=_issue(answers),
    )


def _issue(answers: Mapping[str, str]) -> str:
    if answers.get("held") == "held":
        return DETENTION
    return SURVIVORS if answers.get("subject") == "survivor" else IMMIGRATION


def _ranked(asking: Asking, wanted: Wanted) -> tuple[Ranked, ...]:
    offices = asking.line.offices.all()
    return match(wanted, offices, asking.now, asking.line.referrals.load(office.id for office in offices))


def _find_office(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    ranked = _ranked(asking, _wanted(asking, answers))
    if not ranked:
        return Outcome("none")
    others = " ".join(each.office.id for each in ranked[1 : 1 + MOST_OTHERS])
    return Outcome("found_more" if others else "found", {"office": ranked[0].office.id, "others": others})


def _request_referral(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    """Writes the referral once.

    Its id is made of the person and of the very session that consented: the same text delivered again, on another
    thread or after a crash, and a second "1" sent in the same instant, all find the first one's.
    """
    line = asking.line
    ids = _ids(asking, "referral")
    agreed = _agreed(asking, answers)
    if not agreed:
        return Outcome("none")
    same = [referral for referral in asking.open_referrals() if referral.issue == _issue(answers)]
    if same and not any(line.referrals.get(identity) for identity in ids):
        return _open_outcome(same) or Outcome("none")
    # Noted before it exists: a pseudonym without a referral does no harm, a referral without one is deaf to STOP.
    line.contacts.add(asking.before.peppers, asking.sender, ids[0])
    requested = line.referrals.request(ids, _maker(asking, answers, agreed, ids[0]), word.new_reference)
    line.jobs.hint_delivery(requested.referral.id)
    return Outcome("requested", _mentioned(requested.referral))


def _ids(asking: Asking, purpose: str) -> tuple[str, ...]:
    consented = f"{asking.sender} {asking.before.session_bytes.hex()}"
    return asking.before.peppers.pseudonyms(purpose, consented)


def _agreed(asking: Asking, answers: Mapping[str, str]) -> tuple[Office, ...]:
    """The offices the person said yes to, in order; none if the first has gone from the directory meanwhile."""
    names = [answers.get("office", ""), *(answers.get("others", "").split() if answers.get("more") else ())]
    found = [asking.line.offices.find(name) for name in names if name]
    return tuple(office for office in found if office) if found and found[0] else ()


def _maker(
    asking: Asking, answers: Mapping[str, str], agreed: tuple[Office, ...], identity: str
) -> Callable[[str], Referral]:
    says = word.new_word(asking.language)
    wanted = _wanted(asking, answers)
    ranked = _ranked(asking, wanted)
    ranking = tuple(Ranking(each.office.id, each.reasons) for each in ranked)

    def make(reference: str) -> Referral:
        letter = _letter(asking, answers, wanted, identity, reference, says)
        asked = replace(
            _blank(asking, wanted, identity, reference, says),
            office=agreed[0].id,
            others=tuple(office.id for office in agreed[1:]),
            texting="yes" if letter.texting else "no",
            boxes={office.id: letter.sealed(office.recipients) for office in agreed},
            number_box=asking.number_box(),
            ranking=ranking,
        )
        return course.requested(asked, asking.line.terms)

    return make


def _blank(asking: Asking, wanted: Wanted, identity: str, reference: str, says: str) -> Referral:
    """What of a request may stand in clear, with no office yet, no box and no number."""
    return Referral(
        id=identity,
        reference=reference,
        word=says,
        office="nobody",
        issue=wanted.issue,
        place=wanted.place,
        spoken=wanted.spoken,
        language=asking.language,
        urgent=wanted.urgent,
        texting="no",
        created=asking.now,
        boxes={},
        number_box=b"",
    )


def _letter(
    asking: Asking, answers: Mapping[str, str], wanted: Wanted, identity: str, reference: str, says: str
) -> Letter:
    reach = cast("Reach", answers.get("reach", "call"))
    # A number given before she chose "this phone" after all is not where she wants to be called.
    other = answers.get("phone") if reach == "other_phone" else None
    return Letter(
        id=identity,
        reference=reference,
        phone=other or asking.sender.removeprefix("whatsapp:"),
        reach=reach,
        voicemail=reach in CALLED and answers.get("voicemail") == "voicemail",
        ask_for=answers.get("ask_for", ""),
        word=says,
        issue=wanted.issue,
        place=wanted.place,
        county=wanted.county,
        held={"held": True, "not_held": False}.get(answers.get("held", "")),
        spoken=wanted.spoken,
        language=asking.language,
        urgent=wanted.urgent,
        may_be_minor=True if answers.get("minor") == "maybe" else None,
        consented_at=asking.now,
        texting=answers.get("texting") == "yes",
    )


def _state(asking: Asking, answers: Mapping[str, str]) -> str:
    """The state's code, or nothing where it is not known.

    Whether a rule is known there, or is suspended, is nothing to an office, nor to the clock by which we text.
    """
    place = answers.get("place", "")
    return place if place in asking.line.live.current().content.places else ""


# --- no office -----------------------------------------------------------------------------------


def _note_unmet(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    """The coordinator hears that somebody found no office; nothing that leads to the person is written."""
    line, ids = asking.line, _ids(asking, "unmet")
    wanted, says = _wanted(asking, answers), word.new_word(asking.language)

    def make(reference: str) -> Referral:
        return course.nobody(_blank(asking, wanted, ids[0], reference, says), line.terms, asking.now)

    noted = line.referrals.request(ids, make, word.new_reference)
    line.jobs.hint_delivery(noted.referral.id)
    reference = noted.referral.reference
    return Outcome("noted", {"reference": reference, "code": reference})


def _ask_tomorrow(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    """Keeps the number for one text tomorrow. The person has just seen the code, or typed it."""
    line = asking.line
    found = line.referrals.by_reference(answers.get("code") or answers.get("reference", "00000"))
    if found is None or not _may_ask_again(asking, found):
        return Outcome("unknown")
    line.contacts.add(asking.before.peppers, asking.sender, found.id)
    try:
        line.wishes.again_tomorrow(found.id, asking.number_box(), asking.now)
    except LifeError:
        return Outcome("unknown")
    return Outcome("done", {"reference": found.reference})


def _may_ask_again(asking: Asking, referral: Referral) -> bool:
    """True for a request of this phone, and for one that found no office and is nobody's yet."""
    nobodys = bool(referral.moves) and referral.moves[-1].reason == "nobody" and not referral.reachable
    return referral.id in asking.before.contact or nobodys


# --- an open request -----------------------------------------------------------------------------


def _with_code(asking: Asking, answers: Mapping[str, str], named: str = "code") -> Referral | None:
    """The referral of this phone with this code. A right code from another phone confirms nothing."""
    found = (referral for referral in asking.referrals() if referral.reference == answers.get(named))
    return next(found, None)


def _mentioned(referral: Referral) -> dict[str, str]:
    since = referral.since(referral.state) or referral.created
    return {
        "reference": referral.reference,
        "word": referral.word,
        "office": referral.office,
        "since": since.isoformat(),
        "language": referral.language,
    }


def _read_news(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    referral = _with_code(asking, answers)
    if referral is None:
        return Outcome("unknown")
    told = referral.stuck if referral.stuck and not referral.ended else referral.state
    return Outcome(told, _mentioned(referral))


def _withdraw_referral(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    referral = _with_code(asking, answers)
    if referral is None:
        return Outcome("unknown")
    asking.line.wishes.withdraw(referral.id, asking.now)
    asking.line.jobs.hint_delivery(referral.id, "withdrawn")
    return Outcome("withdrawn")


def _find_another(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    """An office that has not had this request yet. What was asked once is not asked again."""
    referral = _with_code(asking, answers)
    if referral is None or referral.ended:
        return Outcome("unknown")
    known = _known(referral)
    had = {referral.office, *(move.office for move in referral.moves)}
    ranked = [each for each in _ranked(asking, _wanted(asking, known)) if each.office.id not in had]
    return Outcome("found", {**known, "office": ranked[0].office.id}) if ranked else Outcome("none")


def _known(referral: Referral) -> dict[str, str]:
    """What a referral says in clear, as answers. What else was said in this conversation is not what goes."""
    return {
        "place": referral.place,
        "spoken": referral.spoken,
        "held": {DETENTION: "held"}.get(referral.issue, ""),
        "urgent": "urgent" if referral.urgent else "calm",
        "subject": "survivor" if referral.issue == SURVIVORS else "",
        **dict.fromkeys((COUNTY, "minor", "ask_for"), ""),
    }


def _request_another(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    referral, line = _with_code(asking, answers), asking.line
    if referral is None or referral.ended:
        return Outcome("unknown")
    office = line.offices.find(answers.get("office", "nobody"))
    if office is None:
        return Outcome("none")
    told = {**_known(referral), **answers, "texting": referral.texting}
    letter = _letter(asking, told, _wanted(asking, told), referral.id, referral.reference, referral.word)
    asked = line.wishes.another(referral.id, office.id, letter.sealed(office.recipients), asking.now)
    now = asked or line.referrals.get(referral.id)
    if now is None or now.ended:  # it ended while the person chose
        return Outcome("unknown")
    line.jobs.hint_delivery(referral.id, f"another-{now.version}")
    return Outcome("requested", _mentioned(now))


# --- what the line asked -------------------------------------------------------------------------


def asked_about(asking: Asking) -> Referral | None:
    """The referral about which the line has asked this person something, the newest question first."""
    asked = [referral for referral in asking.open_referrals() if referral.asked]
    return max(asked, key=lambda referral: referral.timers.get("unask_at", referral.created), default=None)


def _meant(asking: Asking, answers: Mapping[str, str]) -> Referral | None:
    """The referral whose code was typed, else the one just answered about, else the one the line asked about."""
    return _with_code(asking, answers) or _with_code(asking, answers, "reference") or asked_about(asking)


def _note_came(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    referral = _meant(asking, answers)
    if referral is None or referral.ended:
        return Outcome("gone")
    asking.line.wishes.came(referral.id, asking.now)
    return Outcome("done")


def _note_not_came(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    """The reference goes along unseen, so that "a better time" just after it means the same request.

    Not as a code: WITHDRAW by whoever holds this phone must still ask for that.
    """
    referral = _meant(asking, answers)
    if referral is None or referral.ended:
        return Outcome("gone")
    asking.line.wishes.did_not_come(referral.id, asking.now)
    asking.line.jobs.hint_delivery(referral.id, f"not-came-{referral.version}")
    return Outcome("done", {"reference": referral.reference})


def _note_time(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    referral, better = _meant(asking, answers), answers.get("better", "")
    if referral is None or referral.ended or better not in BETTER:
        return Outcome("gone")
    asking.line.wishes.better_time(referral.id, better, asking.now)
    asking.line.jobs.hint_delivery(referral.id, f"time-{referral.version}")
    return Outcome("done")


# --- leaving -------------------------------------------------------------------------------------


def _stop_texting(asking: Asking) -> bool:
    """Makes this person's referrals call-only; true if any is open. One that cannot be found yet waits."""
    referrals = asking.referrals()
    for referral in referrals:
        asking.line.wishes.stop(referral.id)
    if not asking.before.rekeyed:
        asking.line.contacts.note_stop(asking.number_box())
    return any(not referral.ended for referral in referrals)


def _opt_out(asking: Asking, _: Mapping[str, str]) -> Outcome:
    _stop_texting(asking)
    return Outcome("done")


def _erase(asking: Asking, _: Mapping[str, str]) -> Outcome:
    """What we hold goes with the session. A request that is open stays with its office, and we fall silent."""
    return Outcome("open" if _stop_texting(asking) else "erased")


_PERFORM: Mapping[str, Callable[[Asking, Mapping[str, str]], Outcome]] = {
    "find_open": _find_open,
    "find_office": _find_office,
    "request_referral": _request_referral,
    "note_unmet": _note_unmet,
    "ask_tomorrow": _ask_tomorrow,
    "find_another": _find_another,
    "request_another": _request_another,
    "read_news": _read_news,
    "withdraw_referral": _withdraw_referral,
    "note_came": _note_came,
    "note_not_came": _note_not_came,
    "note_time": _note_time,
    "opt_out": _opt_out,
    "erase": _erase,
}
