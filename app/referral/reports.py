"""What Twilio reports of a text later: that it failed, and with which code."""

from __future__ import annotations

from datetime import datetime

from app.outside.failures import after
from app.referral import course
from app.referral.life import Referral
from app.referral.luck import luck
from app.referral.messenger import told
from app.referral.notices import opaque_name
from app.store.referrals import Referrals


class Reports:
    """Done by the web process as a status callback comes; needs no identity.

    Raises:
        MemoryDown: the durable memory does not answer; the report is lost, and the text counts as sent.
    """

    def __init__(self, referrals: Referrals) -> None:
        self._referrals = referrals

    def failed(self, identity: str, delivery: str, code: int, now: datetime) -> Referral | None:
        """A text of this referral failed: sent again, or given up, as the code's row says. None if it is not waited for."""

        def step(seen: Referral) -> Referral | None:
            names = (each for each in seen.errands if opaque_name(seen.id, each.delivery) == delivery)
            errand = next(names, None)
            if errand is None or errand.way not in {"sending", "done", "uncertain"}:
                return None
            following = after(code, errand.tries, errand.first or now, now, luck())
            return course.carried(seen, told(errand, following), now)

        return self._referrals.change(identity, step)
