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

from app.logs import shown
from app.referral.life import Referral
from app.store.ledger import Books, Ledger, Reconciled
from app.store.memory import MemoryDown
from app.store.referrals import Referrals, is_held

log = logging.getLogger(__name__)

NIGHT_ENDS = timedelta(hours=4)  # UTC: midnight or earlier in the whole country

Reason = Literal[
    "nobody_works_for_it",
    "not_among_the_open",
    "not_in_its_inbox",
    "reference_leads_nowhere",
    "over_and_still_listed",
    "listed_without_a_record",
    "unreadable",
]

REASONS: dict[Reason, str] = {
    "nobody_works_for_it": "is owed something, and is not in the outbox",
    "not_among_the_open": "is open, or its number is held, and it is not among these: STOP and the morning's re-key miss it",
    "not_in_its_inbox": "stands with an office, and is not in its inbox",
    "reference_leads_nowhere": "has a reference that does not lead to it",
    "over_and_still_listed": "is over, and is still among the open ones or in an inbox that is not its own",
    "listed_without_a_record": "is in a list, and has no record",
    "unreadable": "has a record that this version of Amparo cannot read",
}


@dataclass(frozen=True, order=True)
class Gap:
    """One place where the books disagree about one referral."""

    id: str
    reason: Reason

    def __str__(self) -> str:
        return f"{shown(self.id)}  {REASONS[self.reason]}"


def owes(referral: Referral) -> bool:
    """True while the line owes somebody anything about this referral: then the outbox must hold it."""
    return referral.due is not None


def gaps(books: Books) -> tuple[Gap, ...]:
    """Every disagreement in these books, by id."""
    listed = books.open.union(books.references.values(), *books.inboxes.values())
    known = books.records.keys() | books.unreadable
    found = {gap for referral in books.records.values() for gap in _of(referral, books)}
    found |= {Gap(identity, "unreadable") for identity in books.unreadable}
    found |= {Gap(identity, "listed_without_a_record") for identity in (listed | books.outbox) - known}
    return tuple(sorted(found))


def _of(referral: Referral, books: Books) -> Iterator[Gap]:
    if owes(referral) and referral.id not in books.outbox:
        yield Gap(referral.id, "nobody_works_for_it")
    if is_held(referral) and referral.id not in books.open:
        yield Gap(referral.id, "not_among_the_open")
    if referral.at_the_office and referral.id not in books.inboxes.get(referral.office, ()):
        yield Gap(referral.id, "not_in_its_inbox")
    if books.references.get(referral.reference) != referral.id:
        yield Gap(referral.id, "reference_leads_nowhere")
    if any(referral.id in ids for ids in _no_place_for(referral, books)):
        yield Gap(referral.id, "over_and_still_listed")


def _no_place_for(referral: Referral, books: Books) -> Iterator[frozenset[str]]:
    """The lists in which it must not stand any more."""
    if not is_held(referral):
        yield books.open
    yield from (
        ids
        for office, ids in books.inboxes.items()
        if not (referral.at_the_office and office == referral.office)
    )


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


def mend(found: tuple[Gap, ...], referrals: Referrals) -> int:
    """Writes whatever disagrees anew, with its place in every list; how many were written.

    What has no record, or one that cannot be read, is left for a person to look at.

    Raises:
        MemoryDown: the durable memory does not answer; what was mended stays so.
    """
    lost = sorted({gap.id for gap in found if gap.reason not in {"unreadable", "listed_without_a_record"}})
    return sum(referrals.change(identity, lambda seen: seen) is not None for identity in lost)


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
