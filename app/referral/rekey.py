"""Each day, and after a restart: the open referrals are found again under the new pepper."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from app.referral.life import Referral
from app.referral.seal import number_in, number_of
from app.referral.wishes import Wishes
from app.store.contacts import Contacts
from app.store.peppers import Peppers
from app.store.referrals import Referrals


class Rekey:
    """Opens every number that is still held for a moment; needs the worker's identity."""

    def __init__(
        self,
        referrals: Referrals,
        contacts: Contacts,
        wishes: Wishes,
        peppers: Callable[[datetime], Peppers],
        identity: str,
    ) -> None:
        self._referrals = referrals
        self._contacts = contacts
        self._wishes = wishes
        self._peppers = peppers
        self._identity = identity

    def run(self, now: datetime) -> None:
        """Notes every open referral under today's pepper, applies the STOPs that came before, marks the day.

        A number or a STOP that does not open stays where it is, and the day unmarked: with the right key in its
        place the next run finds them. May run twice. A STOP noted after the mark is applied by the next run, which the sweep asks for.

        Raises:
            MemoryDown: a memory does not answer; the day is not marked then.
        """
        peppers = self._peppers(now)
        noted = [self._note(referral, peppers) for referral in self._referrals.held()]
        if all(noted):
            self._contacts.mark_rekeyed(peppers)
        self._apply_stops(peppers)

    def _note(self, referral: Referral, peppers: Peppers) -> bool:
        if not referral.reachable:  # Twilio says that there is no such number
            return True
        address = number_of(referral, self._identity)
        if address is not None:
            self._contacts.add(peppers, address, referral.id)
        return address is not None

    def _apply_stops(self, peppers: Peppers) -> None:
        for sealed in self._contacts.noted_stops():
            address = number_in(sealed, self._identity)
            if address is None:
                continue
            for identity in self._contacts.find(peppers, address):
                self._wishes.stop(identity)
            self._contacts.stop_done(sealed)
