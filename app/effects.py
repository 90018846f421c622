"""Does what a turn asks for, and says what came of it. What must not be lost is written before anything is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, cast

from app.directory.office import Office
from app.referral import word
from app.referral.life import Referral
from app.referral.match import Wanted, match
from app.referral.seal import DETENTION, IMMIGRATION, Letter, Reach, seal
from app.store.sessions import Before
from app.values import CALLED
from flows.effects import Effect, Outcome

if TYPE_CHECKING:
    from app.bootstrap import Hotline


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


def perform(asking: Asking, effect: Effect) -> Outcome:
    """Does one effect.

    Raises:
        MemoryDown: it could not be done, and nothing may be confirmed.
    """
    return _PERFORM[effect.name](asking, effect.answers)


def _find_open(asking: Asking, _: Mapping[str, str]) -> Outcome:
    return _open_outcome(asking) or Outcome("none")


def _open_outcome(asking: Asking) -> Outcome | None:
    referrals = asking.open_referrals()
    return Outcome("open", {"reference": referrals[0].reference}) if referrals else None


def _find_office(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    wanted = Wanted(
        place=_state(asking, answers),
        spoken=answers.get("spoken", asking.language),
        urgent=answers.get("urgent") == "urgent",
        held=answers.get("held") == "held",
    )
    ranked = match(wanted, asking.line.offices.all(), asking.now)
    return Outcome("found", {"office": ranked[0].office.id}) if ranked else Outcome("none")


def _request_referral(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    """Writes the referral once.

    Its id is made of the person and of the very session that consented: the same text delivered again, on another
    thread or after a crash, and a second "1" sent in the same instant, all find the first one's.
    """
    line = asking.line
    consented = f"{asking.sender} {asking.before.session_bytes.hex()}"
    ids = asking.before.peppers.pseudonyms("referral", consented)
    office = line.offices.get(answers["office"]) if "office" in answers else None
    if office is None:
        return Outcome("none")
    already = _open_outcome(asking)
    if already and not any(line.referrals.get(identity) for identity in ids):
        return already
    # Noted before it exists: a pseudonym without a referral does no harm, a referral without one is deaf to STOP.
    line.contacts.add(asking.before.peppers, asking.sender, ids[0])
    requested = line.referrals.request(ids, _maker(asking, answers, office, ids[0]), word.new_reference)
    line.jobs.hint_delivery(requested.referral.id)
    return Outcome("requested", _mentioned(requested.referral))


def _maker(
    asking: Asking, answers: Mapping[str, str], office: Office, identity: str
) -> Callable[[str], Referral]:
    says = word.new_word(asking.language)

    def make(reference: str) -> Referral:
        letter = _letter(asking, answers, identity, reference, says)
        return Referral(
            id=identity,
            reference=reference,
            word=says,
            office=office.id,
            issue=letter.issue,
            place=letter.place,
            spoken=letter.spoken,
            language=asking.language,
            urgent=letter.urgent,
            texting="yes" if letter.texting else "no",
            created=asking.now,
            boxes={office.id: letter.sealed(office.recipients)},
            number_box=seal(asking.sender.encode(), (asking.line.worker_recipient,)),
        )

    return make


def _letter(asking: Asking, answers: Mapping[str, str], identity: str, reference: str, says: str) -> Letter:
    held = answers.get("held", "")
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
        issue=DETENTION if held == "held" else IMMIGRATION,
        place=_state(asking, answers),
        held={"held": True, "not_held": False}.get(held),
        spoken=answers.get("spoken", asking.language),
        language=asking.language,
        urgent=answers.get("urgent") == "urgent",
        may_be_minor=True if answers.get("minor") == "maybe" else None,
        consented_at=asking.now,
        texting=answers.get("texting") == "yes",
    )


def _state(asking: Asking, answers: Mapping[str, str]) -> str:
    """The state's code, or nothing where it is not known or no state of ours."""
    place = answers.get("place", "")
    return place if place in asking.line.live.current().places.rules else ""


def _mentioned(referral: Referral) -> dict[str, str]:
    return {
        "reference": referral.reference,
        "word": referral.word,
        "office": referral.office,
        "since": (referral.offered_at or referral.created).isoformat(),
    }


def _with_code(asking: Asking, answers: Mapping[str, str]) -> Referral | None:
    """The referral of this phone with this code. A right code from another phone confirms nothing."""
    found = (referral for referral in asking.referrals() if referral.reference == answers.get("code"))
    return next(found, None)


def _read_news(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    referral = _with_code(asking, answers)
    return Outcome(referral.state, _mentioned(referral)) if referral else Outcome("unknown")


def _withdraw_referral(asking: Asking, answers: Mapping[str, str]) -> Outcome:
    referral = _with_code(asking, answers)
    if referral is None:
        return Outcome("unknown")
    asking.line.wishes.withdraw(referral.id, asking.now)
    asking.line.jobs.hint_delivery(referral.id, "withdrawn")
    return Outcome("withdrawn")


def _stop_texting(asking: Asking) -> bool:
    """Makes this person's open referrals call-only; true if there are any. One that cannot be found yet waits."""
    referrals = asking.open_referrals()
    for referral in referrals:
        asking.line.wishes.stop(referral.id)
    if not asking.before.rekeyed:
        asking.line.contacts.note_stop(seal(asking.sender.encode(), (asking.line.worker_recipient,)))
    return bool(referrals)


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
    "read_news": _read_news,
    "withdraw_referral": _withdraw_referral,
    "opt_out": _opt_out,
    "erase": _erase,
}
