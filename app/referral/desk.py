"""What an office does with a referral: the commands and the pages of the inbox call it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast, get_args

from app.directory.office import Office
from app.referral import course
from app.referral.life import DECLINES, OUTCOMES, Decline, Outcome, Referral
from app.referral.terms import Terms
from app.staff.audit import Entry
from app.store.offices import Offices
from app.store.referrals import Referrals

What = Literal["accept", "decline", "contacted", "tried", "close", "hand"]
WHATS: tuple[What, ...] = get_args(What)


class DeskError(Exception):
    """What cannot be done with a referral, and what can; `permanent`: trying again changes nothing."""

    def __init__(self, message: str, permanent: bool = True) -> None:
        self.permanent = permanent
        super().__init__(message)


@dataclass(frozen=True)
class Decision:
    """What an office decides; `why` is a reason to decline, or an outcome; `holder` the account that has it in hand from now on."""

    what: What
    why: Decline | Outcome | Literal[""] = ""
    holder: str = ""

    def __post_init__(self) -> None:
        reasons = {"decline": DECLINES, "close": OUTCOMES}.get(self.what, ("",))
        if self.what not in WHATS or self.why not in reasons:
            raise DeskError(
                f"to {self.what} goes with one of {', '.join(filter(None, reasons)) or 'no reason'}, got {self.why!r}"
            )


class Desk:
    """One office's hands. Every method writes one step and returns the referral as it became.

    Raises:
        DeskError: it is not with this office.
        LifeError: it has not come so far, or has come too far; the words say what it is.
        MemoryDown: the durable memory does not answer.
    """

    def __init__(self, referrals: Referrals, offices: Offices, terms: Terms) -> None:
        self._referrals = referrals
        self._offices = offices
        self._terms = terms

    def decide(
        self, identity: str, office: str, decision: Decision, now: datetime, note: Entry | None = None
    ) -> Referral:
        """Does what was decided; `note` goes into the audit with it."""
        step = self._step(office, decision, now)
        changed = self._referrals.change(identity, step, note)
        if changed is None:
            raise DeskError("it is there no more")
        return changed

    def foresee(self, seen: Referral, office: str, decision: Decision, now: datetime) -> Referral:
        """What would come of it; nothing is written."""
        return self._step(office, decision, now)(seen)

    def accept(self, identity: str, office: str, now: datetime) -> Referral:
        """Takes it."""
        return self.decide(identity, office, Decision("accept"), now)

    def decline(self, identity: str, office: str, reason: Decline, now: datetime) -> Referral:
        """Does not take it, or hands it back."""
        return self.decide(identity, office, Decision("decline", reason), now)

    def contacted(self, identity: str, office: str, now: datetime) -> Referral:
        """Has spoken with the person."""
        return self.decide(identity, office, Decision("contacted"), now)

    def tried(self, identity: str, office: str, now: datetime) -> Referral:
        """Has called and reached nobody."""
        return self.decide(identity, office, Decision("tried"), now)

    def close(self, identity: str, office: str, outcome: Outcome, now: datetime) -> Referral:
        """Has done what it could."""
        return self.decide(identity, office, Decision("close", outcome), now)

    def _step(self, office: str, decision: Decision, now: datetime) -> Callable[[Referral], Referral]:
        whose = self._offices.get(office)
        if whose is None:
            raise DeskError(f"there is no office {office!r}")

        def own(seen: Referral) -> Referral:
            if seen.office != office:
                raise DeskError(f"it stands with another office now, not with {office!r}")
            return _decided(seen, whose, decision, self._terms, now)

        return own


def _decided(seen: Referral, office: Office, decision: Decision, terms: Terms, now: datetime) -> Referral:
    """The referral after this decision; pure."""
    match decision.what:
        case "accept":
            taken = course.accept(seen, office, terms, now)
            return course.hand(taken, decision.holder) if decision.holder else taken
        case "decline":
            return course.decline(seen, cast("Decline", decision.why), terms, now)
        case "contacted":
            return course.contacted(seen, "office", now)
        case "tried":
            return course.tried(seen, office, terms, now)
        case "close":
            return course.close(seen, cast("Outcome", decision.why), terms, now)
        case "hand":
            return course.hand(seen, decision.holder)
