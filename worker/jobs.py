"""The jobs: each takes one opaque id, loads everything fresh, and may run twice."""

from __future__ import annotations

from datetime import UTC, datetime

from worker.hands import hands


def deliver(identity: str) -> None:
    """Does what this referral is owed. May run twice, and at once in two workers: it takes a lease."""
    hands().handover.deliver(identity)


def rekey(day: str) -> None:  # noqa: ARG001 - the day names the hint; what is written is always today
    """Writes the open referrals under today's pepper. May run twice: it writes the same again."""
    hands().rekey.run(datetime.now(UTC))
