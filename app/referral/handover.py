"""The hand-over: what a referral is owed is done when it is due, whatever dies in between.

Every step is durable before the next begins, and every step may be repeated: a worker can be killed anywhere.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta

from app.clock import utc_now
from app.logs import of_referral
from app.referral import course
from app.referral.errand import Errand
from app.referral.life import Referral, Timer, UnreadableError
from app.referral.messenger import LONGEST_WAIT, Messenger
from app.referral.seal import number_of
from app.referral.terms import Terms
from app.store.contacts import Contacts
from app.store.offices import Offices
from app.store.outbox import Lease, Outbox
from app.store.peppers import Peppers
from app.store.referrals import Referrals

log = logging.getLogger(__name__)

UNREADABLE_WAITS = timedelta(hours=1)
# One job does no more than this of one referral: a fault must not keep a worker busy for ever.
MOST_STEPS = 40
# For so long an office that could not be told of an offer keeps it all the same, looked at again so often.
TELL_FIRST = timedelta(hours=1)
TELL_AGAIN = timedelta(minutes=15)


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
        messenger: Messenger,
        identity: str,
        terms: Terms,
        now: Callable[[], datetime] = utc_now,
        step: Callable[[str], None] = nothing,
    ) -> None:
        self._referrals = referrals
        self._outbox = outbox
        self._contacts = contacts
        self._offices = offices
        self._peppers = peppers
        self._messenger = messenger
        self._identity = identity
        self._terms = terms
        self._now = now
        self._step = step
        self._due: dict[Timer, Callable[[Referral], Referral | None]] = {
            "offer_at": self._offered,
            "take_by": self._not_taken,
            "alarm_at": lambda seen: course.alarm(seen, self._now()),
            "lapse_at": lambda seen: course.lapse(seen, self._now()),
            "follow_up_at": lambda seen: course.follow_up(seen, self._terms, self._now()),
            "unask_at": course.unasked,
            "expire_at": lambda seen: course.expire(seen, self._terms, self._now()),
            "unthread_at": course.unthread,
            "wipe_at": course.wipe,
            "close_at": lambda seen: course.leave_open_no_longer(seen, self._terms, self._now()),
        }

    def deliver(self, identity: str) -> None:
        """Takes every step that is due, in order; may run twice, and at once in two workers.

        A step is a timer that ran out (one write), or an errand: write that it is begun, do it, write what came of it.
        An errand that was begun and not ended is due again by itself, so a worker that dies leaves nothing behind.

        Raises:
            MemoryDown: a memory does not answer; what was done is marked, the rest is still due.
        """
        with self._outbox.lease(identity) as lease:
            if lease is None:
                return
            self._step("claimed")
            try:
                for referral in self._due_steps(identity, lease):
                    self._take(referral)
            except UnreadableError:
                log.exception(
                    "a stored referral cannot be read; see amparo reconcile", extra=of_referral(identity)
                )
                self._outbox.put_off(identity, self._now() + UNREADABLE_WAITS)

    def _due_steps(self, identity: str, lease: Lease) -> Iterator[Referral]:
        """The referral as it is, again and again while something of it is due and the work is ours."""
        for step in range(MOST_STEPS):
            referral = self._referrals.get(identity)
            if referral is None and step:  # it was just forgotten
                return
            if referral is None:
                log.warning("the outbox names a referral that is not there", extra=of_referral(identity))
                self._outbox.drop(identity)
                return
            if referral.due is None or referral.due > self._now() or not lease.held:
                return
            yield referral

    def _take(self, referral: Referral) -> None:
        """The one step that is due the longest; an errand goes before a timer of the same moment."""
        errand = next(referral.open_errands(), None)
        timer = min(referral.timers, key=lambda name: referral.timers[name], default=None)
        if timer is None or (errand is not None and errand.due <= referral.timers[timer]):
            if errand is not None:
                self._run(referral, errand)
        elif timer == "forget_at":
            self._messenger.forget(referral)
            self._referrals.forget(referral, f"{self._now():%Y%m}")
        else:
            self._fire(referral.id, timer)

    # --- timers ---

    def _fire(self, identity: str, timer: Timer) -> None:
        rule = self._due[timer]

        def fired(seen: Referral) -> Referral | None:
            at = seen.timers.get(timer)
            return rule(seen) if at is not None and at <= self._now() else None

        self._referrals.change(identity, fired)
        self._step(timer)

    def _offered(self, referral: Referral) -> Referral:
        now = self._now()
        self._find_again(referral)
        office = self._offices.find(referral.office)
        if office is not None:
            return course.offer(referral, office, self._messenger.channels(office), self._terms, now)
        log.error(
            "a referral is for an office that is not there, or cannot be read", extra=of_referral(referral.id)
        )
        later = replace(referral, timers={**referral.timers, "offer_at": now + LONGEST_WAIT})
        return course.pass_on(later, now)

    def _not_taken(self, referral: Referral) -> Referral:
        """An office that could not be told yet has not let a person wait; but a person waits no hour for our mail."""
        offers = [each for each in referral.errands if (each.kind, each.to) == ("offer", referral.office)]
        untold = any(each.open for each in offers) and not any(each.way == "done" for each in offers)
        since = min((each.first for each in offers if each.first), default=self._now())
        if untold and self._now() - since < TELL_FIRST:
            return replace(referral, timers={**referral.timers, "take_by": self._now() + TELL_AGAIN})
        return course.pass_on(referral, self._now())

    def _find_again(self, referral: Referral) -> None:
        """Lets STOP and the code find it, in case the web process died before it could note the contact."""
        address = number_of(referral, self._identity)
        if address:
            self._contacts.add(self._peppers(self._now()), address, referral.id)

    # --- errands ---

    def _run(self, referral: Referral, errand: Errand) -> None:
        """Begun is written over exactly what was read: of two workers one goes on."""
        if errand.way == "sending":
            self._write(referral.id, errand, self._messenger.heard_of(referral, errand))
            return
        begun = self._messenger.begun(referral, errand)
        ours = self._referrals.replace(referral, referral.with_errand(begun))
        self._step(f"{errand.kind}-begun")
        if ours is None or begun.tries == errand.tries:
            return
        ran = self._messenger.run(ours, begun, self._offices.get(begun.to))
        self._step(f"{errand.kind}-done")
        self._write(referral.id, begun, ran)
        self._step(f"{errand.kind}-marked")

    def _write(self, identity: str, was: Errand, came: Errand) -> None:
        """Marks how far it came, whatever else (a STOP, a decision) was written of the referral meanwhile.

        One that was dropped meanwhile, that another worker took up again, or that Twilio has reported on already, is no
        longer ours to mark.
        """

        def marked(seen: Referral) -> Referral | None:
            return course.carried(seen, came, self._now()) if was in seen.errands else None

        self._referrals.change(identity, marked)
