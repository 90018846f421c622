"""The hand-over: from a confirmed request to an office that knows of it and a person who was told.

Every step is durable before the next begins, and every step may be repeated: a worker can be killed anywhere.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Literal

from app.directory.office import Office
from app.outside.mail import Mail, Mailer, MailError
from app.outside.sms import SmsError, Texts
from app.referral import notices
from app.referral.life import Move, Referral, Told
from app.referral.seal import number_in
from app.store.contacts import Contacts
from app.store.offices import Offices
from app.store.outbox import Lease, Outbox
from app.store.peppers import Peppers
from app.store.referrals import Due, Referrals

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
# A text may still be on its way to Twilio for as long as our request may take; only then is its log asked.
PATIENCE = timedelta(seconds=15)
# After so many attempts to learn whether a text went, it is left as it is: a second bell is worse than none.
ASKED_ENOUGH = 8
# A bell that Twilio has refused for a day, for whatever reason, is given up; the code still opens the news.
BELL_LIFE = timedelta(hours=24)


# What we learnt of a bell: it rang; it did not; ask later; nobody will ever know.
Heard = Literal["rang", "silent", "wait", "lost"]


@dataclass(frozen=True)
class Line:
    """What the hand-over must know of this line. `bell` gives the text that names no matter, by language."""

    name: str
    public_url: str
    bell: Callable[[str], str]


def backoff(tries: int, luck: float) -> timedelta:
    """How long to wait after so many attempts: doubling, capped, and spread by `luck` (0 to 1) over a half."""
    wait = min(FIRST_WAIT * (1 << min(tries - 1, 20)), LONGEST_WAIT)
    return wait * (0.75 + luck / 2)


def _now() -> datetime:
    return datetime.now(UTC)


def nothing(_: str) -> None:
    """A step that passes without anybody watching."""


class Handover:
    """Does what a referral is owed. `step` is told the name of each point at which a kill must do no harm."""

    def __init__(  # noqa: PLR0913 - the one place where all of it meets
        self,
        *,
        referrals: Referrals,
        outbox: Outbox,
        contacts: Contacts,
        offices: Offices,
        peppers: Callable[[datetime], Peppers],
        texts: Texts,
        mailer: Mailer,
        identity: str,
        line: Line,
        now: Callable[[], datetime] = _now,
        step: Callable[[str], None] = nothing,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._referrals = referrals
        self._outbox = outbox
        self._contacts = contacts
        self._offices = offices
        self._peppers = peppers
        self._texts = texts
        self._mailer = mailer
        self._identity = identity
        self._line = line
        self._now = now
        self._step = step
        self._patience = patience

    def deliver(self, identity: str) -> None:
        """Takes every step that is due, in order; may run twice, and at once in two workers.

        1. Take the lease, and move the due time on: if we die, the sweep finds the referral then.
        2. Mail the office.
        3. Mark it mailed and offered, and put it into the office's inbox: one write.
        4. Ring the person's bell, if they agreed: mark `sending`, send, mark `sent`.
        5. The last mark takes it out of the outbox.

        Raises:
            MemoryDown: a memory does not answer; what was done is marked, the rest is still due.
        """
        with self._outbox.lease(identity) as lease:
            if lease is None:
                return
            referral = self._begin(identity)
            while referral is not None and referral.owed != "nothing" and lease.held:
                referral = self._next(referral, lease)

    def _begin(self, identity: str) -> Referral | None:
        """Counts the attempt and moves its due time on, before anything is done outside."""
        now = self._now()

        def begun(seen: Referral) -> tuple[Referral, Due]:
            if seen.owed == "nothing":
                return seen, Due(None)
            tries = seen.tries + 1
            return replace(seen, tries=tries), Due(now + backoff(tries, secrets.randbelow(1000) / 1000))

        self._step("claimed")
        referral = self._referrals.change(identity, begun)
        if referral is None:
            log.error("the outbox names a referral that is not there", extra={"referral": identity[:8]})
            self._outbox.drop(identity)
            return None
        self._step("begun")
        self._find_again(referral)
        return referral

    def _find_again(self, referral: Referral) -> None:
        """Lets STOP and the code find it, in case the web process died before it could note the contact."""
        address = number_in(referral.number_box, self._identity, referral.id) if referral.number_box else None
        if address:
            self._contacts.add(self._peppers(self._now()), address, referral.id)

    def _next(self, referral: Referral, lease: Lease) -> Referral | None:
        """One step; None if the rest has to wait."""
        office = self._offices.get(referral.office)
        if office is None:
            log.error("a referral is for an office that is not there", extra=_ids(referral))
            return None
        match referral.owed:
            case "offer":
                return self._offer(referral, office)
            case "withdrawal":
                return self._tell_of_withdrawal(referral, office)
            case _:
                return self._ring(referral, lease)

    def _offer(self, referral: Referral, office: Office) -> Referral | None:
        if not self._mail(referral, notices.offered(self._line.name, referral, office, self._now())):
            return None
        self._step("mailed")
        move = Move(self._now(), "line", "offered", "reached_office")

        def offered(seen: Referral) -> tuple[Referral, Due | None] | None:
            if seen.state != "requested":
                return None
            return _written(replace(seen.moved(move), mailed="offer"))

        written = self._referrals.change(referral.id, offered)
        self._step("offered")
        return written

    def _tell_of_withdrawal(self, referral: Referral, office: Office) -> Referral | None:
        if not self._mail(referral, notices.withdrawn(self._line.name, referral, office)):
            return None
        self._step("mailed")
        return self._referrals.change(referral.id, lambda seen: _written(replace(seen, mailed="withdrawal")))

    def _mail(self, referral: Referral, mail: Mail) -> bool:
        """True if it went. A refusal for good is no end: the referral waits, and a person must look."""
        try:
            self._mailer.send(mail)
        except MailError as error:
            log.exception("an office could not be mailed", extra=_ids(referral, error.code))
            if error.permanent:
                self._outbox.postpone(referral.id, self._now() + LONGEST_WAIT)
            return False
        return True

    def _ring(self, referral: Referral, lease: Lease) -> Referral | None:
        if not referral.number_box:
            return self._mark(referral, "failed")
        address = number_in(referral.number_box, self._identity, referral.id)
        if address is None:  # the wrong key may be changed for the right one: the bell waits
            return None
        match self._heard_of(referral, address):
            case "rang":
                return self._mark(referral, "sent")
            case "lost":
                return self._mark(referral, "uncertain")
            case "wait":
                return None
            case "silent":
                return self._send(referral, address, lease)

    def _heard_of(self, referral: Referral, address: str) -> Heard:
        """What is known of a bell that somebody may have begun to ring."""
        if referral.told != "sending":
            return "silent"
        since = referral.told_at or referral.created
        if self._now() < since + self._patience:
            self._outbox.postpone(referral.id, since + self._patience)
            return "wait"
        try:
            return "rang" if self._texts.was_sent(address, since) else "silent"
        except SmsError as error:
            if not error.permanent and referral.tries < ASKED_ENOUGH:
                return "wait"
            log.exception("nobody knows whether a bell rang", extra=_ids(referral, error.code))
            return "lost"

    def _send(self, referral: Referral, address: str, lease: Lease) -> Referral | None:
        """Rings, after `sending` is written over exactly what was read: of two workers one goes on."""
        words = self._line.bell(referral.language)
        ringing = self._referrals.replace(referral, replace(referral, told="sending", told_at=self._now()))
        self._step("sending")
        if ringing is None or not lease.held:
            return None
        callback = f"{self._line.public_url}/sms/status/{notices.opaque_name(referral.id, 'bell')}"
        try:
            self._texts.send(address, words, callback)
        except SmsError as error:
            log.warning("a bell did not ring", extra=_ids(referral, error.code))
            if error.permanent or self._now() - referral.created > BELL_LIFE:
                return self._mark(referral, "failed")
            if not error.uncertain:
                self._mark(referral, "none")
            return None
        self._step("sent")
        told = self._mark(referral, "sent")
        self._step("told")
        return told

    def _mark(self, referral: Referral, told: Told) -> Referral | None:
        """Writes how far the bell came, whatever else (a STOP) was written meanwhile."""
        return self._referrals.change(referral.id, lambda seen: _written(replace(seen, told=told)))


def _written(referral: Referral) -> tuple[Referral, Due | None]:
    """The referral, and out of the outbox with it if nothing is owed any more."""
    return referral, Due(None) if referral.owed == "nothing" else None


def _ids(referral: Referral, code: int | None = None) -> dict[str, str | int]:
    """What the log may know: the beginning of an opaque id, and a vendor's code."""
    ids: dict[str, str | int] = {"referral": referral.id[:8]}
    return ids if code is None else {**ids, "code": code}
