"""What a person may still ask of a referral: no more texts, another office, a better time, that it ends."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.referral import course
from app.referral.life import Better, Referral
from app.referral.terms import Terms
from app.store.referrals import Referrals


class Wishes:
    """Done by the web process, which has no identity and needs none.

    Every method returns the referral as it became, or None where it is gone or there was nothing to do; raises
    MemoryDown if a memory does not answer, LifeError if it has come too far for the wish; and may be repeated.
    """

    def __init__(self, referrals: Referrals, terms: Terms) -> None:
        self._referrals = referrals
        self._terms = terms

    def stop(self, identity: str) -> Referral | None:
        """STOP: the referral goes on by telephone only."""
        return self._referrals.change(
            identity, lambda seen: None if seen.texting == "stopped" else course.settled(seen.call_only())
        )

    def withdraw(self, identity: str, now: datetime) -> Referral | None:
        """WITHDRAW: ends it and destroys its boxes and number in one write.

        An office that may have heard of it is mailed by the worker. The person's pseudonym keeps its mark for two days
        at most, so that the same wish, told twice, has the same answer.
        """
        return self._while_open(identity, lambda seen: course.withdraw(seen, self._terms, now))

    def came(self, identity: str, now: datetime) -> Referral | None:
        """Somebody reached the person."""
        return self._while_open(identity, lambda seen: course.came(seen, now))

    def did_not_come(self, identity: str, now: datetime) -> Referral | None:
        """Nobody reached the person: the office and the coordinator hear of it."""
        return self._while_open(identity, lambda seen: course.did_not_come(seen, now))

    def better_time(self, identity: str, better: Better, now: datetime) -> Referral | None:
        """When the person can be called: the office hears of it."""
        return self._while_open(identity, lambda seen: course.better_time(seen, better, now))

    def another(self, identity: str, office: str, box: bytes, now: datetime) -> Referral | None:
        """Another office gets it in the place of the first; its letter is in `box`."""
        return self._while_open(
            identity,
            lambda seen: (
                None if seen.office == office else course.another(seen, office, box, self._terms, now)
            ),
        )

    def again_tomorrow(self, identity: str, number_box: bytes, now: datetime) -> Referral | None:
        """One text tomorrow, to ask again where there was no office today."""
        return self._referrals.change(
            identity, lambda seen: course.again_tomorrow(seen, number_box, self._terms, now)
        )

    def _while_open(self, identity: str, step: Callable[[Referral], Referral | None]) -> Referral | None:
        return self._referrals.change(identity, lambda seen: None if seen.ended else step(seen))
