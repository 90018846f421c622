"""The jobs: each takes one opaque id, loads everything fresh, and may run twice."""

from __future__ import annotations

from contextlib import suppress

from app.clock import utc_now
from app.store.lockdown import LockedError
from worker.hands import hands


def deliver(identity: str) -> None:
    """Does what this referral is owed. May run twice, and at once in two workers: it takes a lease.

    While the line is locked it does nothing: what is owed is still due afterwards. A STOP that waits (texted during a
    lockdown, or before the morning's re-key) is applied first: whoever sent it gets no bell.
    """
    held = hands()
    with suppress(LockedError):
        held.refuse()
        if held.contacts.noted_stops():
            held.rekey.run(utc_now())
        held.handover.deliver(identity)


def rekey(day: str) -> None:  # noqa: ARG001 - the day names the hint; what is written is always today
    """Writes the open referrals under today's pepper. May run twice: it writes the same again."""
    held = hands()
    with suppress(LockedError):
        held.refuse()
        held.rekey.run(utc_now())
