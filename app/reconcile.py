"""Reconcile: every confirmed referral has come to its office, is being worked for, or has ended; this finds the others.

The outbox is what the line works from. A referral that is owed something and is not in it would wait for ever, and
nobody would know: so each night, and when somebody asks, all records are held against all lists.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal

from app.referral.life import Referral
from app.store.ledger import Books, Ledger, Reconciled
from app.store.memory import MemoryDown
from app.store.referrals import Due, Referrals

log = logging.getLogger(__name__)

NIGHT_ENDS = timedelta(hours=4)  # UTC: midnight or earlier in the whole country
SHOWN = 8  # characters of an id, as in the log

Reason = Literal[
    "nobody_works_for_it",
    "not_among_the_open",
    "not_in_its_inbox",
    "reference_leads_nowhere",
    "ended_and_still_listed",
    "listed_without_a_record",
    "unreadable",
]

REASONS: dict[Reason, str] = {
    "nobody_works_for_it": "is owed something, and is not in the outbox",
    "not_among_the_open": "has not ended, and is not among the open ones: STOP and the morning's re-key miss it",
    "not_in_its_inbox": "was offered, and is not in its office's inbox",
    "reference_leads_nowhere": "has not ended, and its reference does not lead to it",
    "ended_and_still_listed": "has ended, and is still among the open ones, in an inbox or under its reference",
    "listed_without_a_record": "is in a list, and has no record",
    "unreadable": "has a record that this version of Amparo cannot read",
}


@dataclass(frozen=True, order=True)
class Gap:
    """One place where the books disagree about one referral."""

    id: str
    reason: Reason

    def __str__(self) -> str:
        return f"{self.id[:SHOWN]}  {REASONS[self.reason]}"


def owes(referral: Referral) -> bool:
    """True while the line owes somebody anything about this referral: then the outbox must hold it."""
    return referral.owed != "nothing"


def gaps(books: Books) -> tuple[Gap, ...]:
    """Every disagreement in these books, by id."""
    listed = books.open.union(books.references.values(), *books.inboxes.values())
    known = books.records.keys() | books.unreadable
    found = {gap for referral in books.records.values() for gap in _of(referral, books, listed)}
    found |= {Gap(identity, "unreadable") for identity in books.unreadable}
    found |= {Gap(identity, "listed_without_a_record") for identity in (listed | books.outbox) - known}
    return tuple(sorted(found))


def _of(referral: Referral, books: Books, listed: frozenset[str]) -> Iterator[Gap]:
    if owes(referral) and referral.id not in books.outbox:
        yield Gap(referral.id, "nobody_works_for_it")
    if referral.ended:
        if referral.id in listed:
            yield Gap(referral.id, "ended_and_still_listed")
        return
    if referral.id not in books.open:
        yield Gap(referral.id, "not_among_the_open")
    if referral.offered_at and referral.id not in books.inboxes.get(referral.office, ()):
        yield Gap(referral.id, "not_in_its_inbox")
    if books.references.get(referral.reference) != referral.id:
        yield Gap(referral.id, "reference_leads_nowhere")


def reconcile(ledger: Ledger, now: datetime) -> tuple[Gap, ...]:
    """Reads the books, and gives the gaps that two readings found: the line goes on while one reads.

    The counts are kept for /readyz.

    Raises:
        MemoryDown: the durable memory does not answer.
    """
    seen = gaps(ledger.read())
    lasting = tuple(sorted(set(seen).intersection(gaps(ledger.read())))) if seen else ()
    owed = sum(gap.reason == "nobody_works_for_it" for gap in lasting)
    ledger.save(Reconciled(now, owed, len(lasting) - owed))
    return lasting


def mend(found: tuple[Gap, ...], referrals: Referrals, now: datetime) -> int:
    """Puts back into the outbox, due at once, whatever is still owed something; how many were put back.

    Raises:
        MemoryDown: the durable memory does not answer; what was put back stays there.
    """
    lost = [gap.id for gap in found if gap.reason == "nobody_works_for_it"]
    return sum(_put_back(identity, referrals, now) for identity in lost)


def _put_back(identity: str, referrals: Referrals, now: datetime) -> bool:
    return bool(referrals.change(identity, lambda seen: (seen, Due(now)) if owes(seen) else None))


class Nightly:
    """Reconciles once when the process starts, and once after each 04:00 UTC."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._done: date | None = None

    def look(self, now: datetime) -> bool:
        """Reconciles if this night has not been seen to; true if it did. What is found goes to the log, as a count.

        Raises:
            MemoryDown: the durable memory does not answer; the next look tries again.
        """
        night = (now - NIGHT_ENDS).date()
        if night == self._done:
            return False
        try:
            found = reconcile(self._ledger, now)
        except MemoryDown:
            raise
        except Exception:  # whatever it is, the sweep itself must go on: it is what carries requests out
            log.exception("the books could not be held together; see amparo reconcile")
            found = ()
        if found:
            log.error("the books do not agree; see amparo reconcile", extra={"count": len(found)})
        self._done = night
        return True
