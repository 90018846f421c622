"""Runs one errand: a mail, a text, a bell. Says what came of it and writes nothing."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.clock import utc_now
from app.directory.office import Office
from app.logs import of_referral
from app.outside.failures import Again, GiveUp, Next, after
from app.outside.mail import Mail, Mailer, MailError
from app.outside.sms import SmsError, Texts
from app.referral import course, notices
from app.referral.errand import COORDINATOR, Channel, Errand
from app.referral.hook_post import HookPost
from app.referral.life import Referral
from app.referral.luck import luck
from app.referral.seal import number_of
from app.sealing import SealError, unseal

log = logging.getLogger(__name__)

FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(minutes=15)
# A text may still be on its way to Twilio for as long as our request may take; only then is its log asked.
PATIENCE = timedelta(seconds=15)
# After so many attempts to learn whether a text went, it is left as it is: a second bell is worse than none.
ASKED_ENOUGH = 8


class NoBellError(Exception):
    """The live revision has no text for a bell: nobody is texted until it has."""


@dataclass(frozen=True)
class Line:
    """What the worker must know of this line. `bell` gives the text of a kind of bell, by language: it names no matter.

    `bell` raises NoBellError where there is none.
    """

    name: str
    public_url: str
    coordinator: str
    bell: Callable[[str, str], str]
    inbox_url: str = ""


def backoff(tries: int, luck: float) -> timedelta:
    """How long to wait after so many attempts: doubling, capped, and spread by `luck` (0 to 1) over a half."""
    wait = min(FIRST_WAIT * (1 << min(tries - 1, 20)), LONGEST_WAIT)
    return wait * (0.75 + luck / 2)


def told(errand: Errand, following: Next) -> Errand:
    """The errand after Twilio has said what became of it, at once or later."""
    match following:
        case Again(at=at):
            return replace(errand, way="due", due=at)
        case GiveUp(why=why):
            return errand.ended("failed", why)
        case _:
            return errand.ended("done")


class Messenger:
    """Carries what the line has to say to offices and to the person."""

    def __init__(  # noqa: PLR0913 - the one place where the ways out meet
        self,
        *,
        texts: Texts,
        mailer: Mailer,
        identity: str,
        line: Line,
        hooks: HookPost | None = None,
        expect: Callable[[str, str], None] = lambda _delivery, _referral: None,
        now: Callable[[], datetime] = utc_now,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._texts = texts
        self._mailer = mailer
        self._identity = identity
        self._line = line
        self._hooks = hooks
        self._expect = expect
        self._now = now
        self._patience = patience

    def channels(self, office: Office) -> tuple[Channel, ...]:
        """Every way in which an office is told of an offer."""
        ways: dict[Channel, bool] = {
            "mail": True,
            "text": bool(office.duty_phone),
            "hook": self._hooks is not None and self._hooks.wanted(office.id),
        }
        return tuple(channel for channel, given in ways.items() if given)

    def forget(self, referral: Referral) -> None:
        """What is listed of a referral elsewhere goes with it."""
        if self._hooks is not None:
            self._hooks.forget(referral)

    def begun(self, referral: Referral, errand: Errand) -> Errand:
        """The errand as it must be written before it is tried, or postponed; its due time is when it is tried again.

        A text may only go out once it is written that it may have gone.
        """
        now = self._now()
        if errand.channel == "bell" and (at := course.may_ring(referral, errand.kind, now)) > now:
            return errand.again(at)
        tries = errand.tries + 1
        due = now + backoff(tries, luck())
        if errand.channel == "hook" and self._hooks is not None:
            due = self._hooks.due(tries, now)
        begun = replace(errand, tries=tries, due=due, first=errand.first or now)
        return replace(begun, way="sending", begun=now) if errand.channel in {"bell", "text"} else begun

    def run(self, referral: Referral, errand: Errand, office: Office | None) -> Errand:
        """Tries it once."""
        match errand.channel:
            case "bell":
                return self._ring(referral, errand)
            case "text":
                return self._text_duty_phone(referral, errand, office)
            case "hook":
                return self._call(referral, errand)
            case "mail":
                return self._mail(referral, errand, office)

    # --- a mail ---

    def _mail(self, referral: Referral, errand: Errand, office: Office | None) -> Errand:
        """A refusal for good is no end: the errand waits, and a person must look."""
        if office is None and errand.to != COORDINATOR:
            log.error("a notice is for an office that is not there", extra=of_referral(referral.id))
            return errand.ended("failed")
        notice = self._notice(referral, errand, office)
        name = notices.opaque_name(referral.id, errand.name)
        try:
            self._mailer.send(Mail(self._address(errand, office), notice.subject, notice.text, name))
        except MailError as error:
            log.exception("a mail did not go", extra=of_referral(referral.id, error.code))
            return errand.again(self._now() + LONGEST_WAIT) if error.permanent else errand
        return errand.ended("done")

    def _address(self, errand: Errand, office: Office | None) -> str:
        if errand.to == COORDINATOR or office is None:
            return self._line.coordinator
        return office.lead if errand.kind == "alarm" else office.email

    def _notice(self, referral: Referral, errand: Errand, office: Office | None) -> notices.Notice:
        return notices.written(self._line.name, referral, errand, office, self._line.inbox_url)

    # --- a hook ---

    def _call(self, referral: Referral, errand: Errand) -> Errand:
        return self._hooks.send(referral, errand, self._now()) if self._hooks else errand.ended("dropped")

    # --- a text to an office ---

    def _text_duty_phone(self, referral: Referral, errand: Errand, office: Office | None) -> Errand:
        """Tried until it is known to have gone or may have: the mail says the same, so nobody needs a second one."""
        phone = office.duty_phone if office else ""
        if not phone:
            return errand.ended("dropped")
        subject = self._notice(referral, errand, office).subject
        try:
            self._text(referral, errand, phone, subject)
        except SmsError as error:
            log.warning("a duty phone could not be texted", extra=of_referral(referral.id, error.code))
            return errand.ended("uncertain") if error.uncertain else self._refused(errand, error)
        return errand.ended("done")

    def _text(self, referral: Referral, errand: Errand, to: str, body: str) -> None:
        """One text, whose failure is expected before it is sent: a report may come before our own answer."""
        delivery = notices.opaque_name(referral.id, errand.delivery)
        self._expect(delivery, referral.id)
        self._texts.send(to, body, f"{self._line.public_url}/sms/status/{delivery}")

    def _refused(self, errand: Errand, error: SmsError) -> Errand:
        return told(errand, after(error.code, errand.tries, errand.first or self._now(), self._now(), luck()))

    # --- a bell ---

    def heard_of(self, referral: Referral, errand: Errand) -> Errand:
        """What is known of a text that somebody may have begun to send: done, uncertain, ask later, or `due`: it did not go."""
        since = errand.begun or referral.created
        if self._now() < since + self._patience:
            return errand.again(since + self._patience)
        if errand.channel == "text" or not referral.reachable:  # nobody is left to ask about
            return errand.ended("uncertain")
        address = number_of(referral, self._identity)
        if address is None:
            return errand.again(self._now() + LONGEST_WAIT)
        try:
            return (
                errand.ended("done") if self._texts.was_sent(address, since) else replace(errand, way="due")
            )
        except SmsError as error:
            if not error.permanent and errand.asks < ASKED_ENOUGH:
                waited = backoff(errand.asks + 1, luck())
                return replace(errand, asks=errand.asks + 1, due=self._now() + waited)
            log.exception("nobody knows whether a bell rang", extra=of_referral(referral.id, error.code))
            return errand.ended("uncertain")

    def _words(self, referral: Referral, errand: Errand) -> str:
        """The line's own words, or those that somebody of the office wrote."""
        if errand.kind != "written":
            return self._line.bell(errand.kind, referral.language)
        box = next((said.out for said in referral.thread if said.errand == errand.name), b"")
        return unseal(box, self._identity).decode()

    def _ring(self, referral: Referral, errand: Errand) -> Errand:
        if not referral.reachable:
            return errand.ended("failed")
        address = number_of(referral, self._identity)
        if address is None:  # the wrong key may be changed for the right one: the bell waits
            return replace(errand, way="due", due=self._now() + LONGEST_WAIT)
        try:
            words = self._words(referral, errand)
        except SealError:
            log.exception(
                "what an office wrote does not open, and is not sent", extra=of_referral(referral.id)
            )
            return errand.ended("failed")
        except NoBellError:
            log.exception("the live revision has no words for a bell", extra=of_referral(referral.id))
            return replace(errand, way="due", due=self._now() + LONGEST_WAIT)
        try:
            self._text(referral, errand, address, words)
        except SmsError as error:
            log.warning("a bell did not ring", extra=of_referral(referral.id, error.code))
            # As it is, `sending`, where nobody knows: Twilio's log is asked.
            return errand if error.uncertain else self._refused(errand, error)
        return errand.ended("done")
