"""What an office does with a referral: the commands call it, and the pages will."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.directory.office import Office
from app.referral import course
from app.referral.life import Decline, Outcome, Referral
from app.referral.terms import Terms
from app.store.offices import Offices
from app.store.referrals import Referrals


class DeskError(Exception):
    """What cannot be done with a referral, and what can; `permanent`: trying again changes nothing."""

    def __init__(self, message: str, permanent: bool = True) -> None:
        self.permanent = permanent
        super().__init__(message)


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

    def accept(self, identity: str, office: str, now: datetime) -> Referral:
        """Takes it."""
        taker = self._office(office)
        return self._change(identity, office, lambda seen: course.accept(seen, taker, self._terms, now))

    def decline(self, identity: str, office: str, reason: Decline, now: datetime) -> Referral:
        """Does not take it, or hands it back."""
        return self._change(identity, office, lambda seen: course.decline(seen, reason, self._terms, now))

    def contacted(self, identity: str, office: str, now: datetime) -> Referral:
        """Has spoken with the person."""
        return self._change(identity, office, lambda seen: course.contacted(seen, "office", now))

    def tried(self, identity: str, office: str, now: datetime) -> Referral:
        """Has called and reached nobody."""
        caller = self._office(office)
        return self._change(identity, office, lambda seen: course.tried(seen, caller, self._terms, now))

    def close(self, identity: str, office: str, outcome: Outcome, now: datetime) -> Referral:
        """Has done what it could."""
        return self._change(identity, office, lambda seen: course.close(seen, outcome, self._terms, now))

    def _office(self, office: str) -> Office:
        found = self._offices.get(office)
        if found is None:
            raise DeskError(f"there is no office {office!r}")
        return found

    def _change(self, identity: str, office: str, step: Callable[[Referral], Referral]) -> Referral:
        def own(seen: Referral) -> Referral:
            if seen.office != office:
                raise DeskError(f"it stands with another office now, not with {office!r}")
            return step(seen)

        changed = self._referrals.change(identity, own)
        if changed is None:
            raise DeskError("it is there no more")
        return changed
