"""What a person may still ask of a referral: that we no longer text about it, or that it ends."""

from __future__ import annotations

from datetime import datetime

from app.referral.life import Move, Referral
from app.store.contacts import Contacts
from app.store.peppers import Peppers
from app.store.referrals import Due, Referrals


class Wishes:
    """Done by the web process, which has no identity and needs none.

    Every method raises MemoryDown if a memory does not answer, and may be repeated.
    """

    def __init__(self, referrals: Referrals, contacts: Contacts) -> None:
        self._referrals = referrals
        self._contacts = contacts

    def stop(self, identity: str) -> Referral | None:
        """STOP: the referral goes on by telephone only; None if it has ended or does so already."""
        return self._referrals.change(identity, _call_only)

    def withdraw(self, identity: str, peppers: Peppers, address: str, now: datetime) -> Referral | None:
        """WITHDRAW: ends it and destroys its boxes and number in one write; None if it had ended.

        An office that may have heard of it is mailed by the worker.
        """
        ended = self._referrals.change(identity, lambda seen: _withdrawn(seen, now))
        self._contacts.remove(peppers, address, identity)
        return ended


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
