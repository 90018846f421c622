"""What a person may still ask of a referral: that we no longer text about it, or that it ends."""

from __future__ import annotations

from datetime import datetime

from app.referral.life import Move, Referral
from app.store.referrals import Due, Referrals


class Wishes:
    """Done by the web process, which has no identity and needs none.

    Every method raises MemoryDown if a memory does not answer, and may be repeated.
    """

    def __init__(self, referrals: Referrals) -> None:
        self._referrals = referrals

    def stop(self, identity: str) -> Referral | None:
        """STOP: the referral goes on by telephone only; None if it has ended or does so already."""
        return self._referrals.change(identity, _call_only)

    def withdraw(self, identity: str, now: datetime) -> Referral | None:
        """WITHDRAW: ends it and destroys its boxes and number in one write; None if it had ended.

        An office that may have heard of it is mailed by the worker. The person's pseudonym keeps its mark for two days
        at most, so that the same wish, told twice, has the same answer.
        """
        return self._referrals.change(identity, lambda seen: _withdrawn(seen, now))


def _call_only(seen: Referral) -> tuple[Referral, Due | None] | None:
    if seen.ended or seen.texting == "stopped":
        return None
    stopped = seen.call_only()
    return stopped, Due(None) if stopped.owed == "nothing" else None


def _withdrawn(seen: Referral, now: datetime) -> tuple[Referral, Due | None] | None:
    if seen.ended:
        return None
    ended = seen.moved(Move(now, "texter", "withdrawn", "asked_to_stop"))
    return ended, Due(None if ended.owed == "nothing" else now)
