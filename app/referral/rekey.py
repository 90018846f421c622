"""Each day, and after a restart: the open referrals are found again under the new pepper."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime

from app.referral.life import Referral
from app.referral.seal import SealError, unseal
from app.referral.wishes import Wishes
from app.store.contacts import Contacts
from app.store.peppers import Peppers
from app.store.referrals import Referrals

log = logging.getLogger(__name__)


class Rekey:
    """Opens the number of every open referral for a moment; needs the worker's identity."""

    def __init__(
        self,
        referrals: Referrals,
        contacts: Contacts,
        peppers: Callable[[datetime], Peppers],
        identity: str,
    ) -> None:
        self._referrals = referrals
        self._contacts = contacts
        self._peppers = peppers
        self._identity = identity

    def run(self, now: datetime) -> None:
        """Notes every open referral under today's pepper, applies the STOPs that came before, marks the day.

        May run twice. A STOP noted after the mark is applied by the next run, which the sweep asks for.

        Raises:
            MemoryDown: a memory does not answer; the day is not marked then.
        """
        peppers = self._peppers(now)
        for referral in self._referrals.open():
            if address := self._opened(referral.number_box, referral):
                self._contacts.add(peppers, address, referral.id)
        self._contacts.mark_rekeyed(peppers.today.day)
        self._apply_stops(peppers)

    def _apply_stops(self, peppers: Peppers) -> None:
        wishes = Wishes(self._referrals, self._contacts)
        for sealed in self._contacts.noted_stops():
            address = self._opened(sealed)
            for identity in self._contacts.find(peppers, address) if address else ():
                wishes.stop(identity)
            self._contacts.stop_done(sealed)

    def _opened(self, box: bytes, referral: Referral | None = None) -> str | None:
        """The address in a box sealed to the worker; None, and a line in the log, if it does not open."""
        try:
            return unseal(box, self._identity).decode()
        except SealError:
            log.exception(
                "the worker's identity does not open a number: is WORKER_IDENTITY_FILE the right one?",
                extra={"referral": referral.id[:8] if referral else ""},
            )
            return None
