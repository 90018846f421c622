"""What the worker holds while it works: built once from the settings, and shared by its jobs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from app.bootstrap import Hotline, bootstrap
from app.config import Config, ConfigError
from app.outside.mail import SmtpMailer
from app.outside.sms import CountedTexts, TwilioTexts
from app.referral.handover import PATIENCE, Handover, Line, nothing
from app.referral.rekey import Rekey
from app.referral.seal import SealError, recipient_of
from app.revision import catalog_of
from app.store import peppers
from app.store.contacts import Contacts
from app.store.peppers import Peppers
from app.values import Phrasebook

BELL = "push.news"


@dataclass(frozen=True)
class Hands:
    """All that a job needs."""

    handover: Handover
    rekey: Rekey
    contacts: Contacts
    refuse: Callable[[], None]
    """Raises LockedError while the line is locked."""


class NoBellError(Exception):
    """The live revision has no text for the bell: nobody is texted until it has."""


@lru_cache(maxsize=1)
def hands() -> Hands:
    """This process's hands; made before the first job, so that each fork has them."""
    return build(bootstrap(Config.from_env(os.environ)))


def build(hotline: Hotline, step: Callable[[str], None] = nothing, patience: timedelta = PATIENCE) -> Hands:
    """The hands of a worker of this hotline; `step` and `patience` as in Handover.

    Raises:
        ConfigError: no Twilio, or no key that can be read.
    """
    config = hotline.config
    if config.twilio is None:
        raise ConfigError(["TWILIO_AUTH_TOKEN must be set for the worker: `amparo run` does so by itself."])
    identity = _identity(config)

    def today(now: datetime) -> Peppers:
        return peppers.load(hotline.volatile, now, hotline.watch.refuse)

    handover = Handover(
        referrals=hotline.referrals,
        outbox=hotline.outbox,
        contacts=hotline.contacts,
        offices=hotline.offices,
        peppers=today,
        texts=CountedTexts(TwilioTexts(config.twilio), hotline.spending.add),
        mailer=SmtpMailer(config.smtp_url, config.mail_from),
        identity=identity,
        line=Line(config.line_name, config.public_url, _Bell(hotline)),
        step=step,
        patience=patience,
    )
    rekey = Rekey(hotline.referrals, hotline.contacts, today, identity)
    return Hands(handover, rekey, hotline.contacts, hotline.watch.refuse)


class _Bell:
    """The bell's words in the live revision, in the person's language or in English.

    Each job is a fork that knows no revision yet: it takes the texts and does not compile what may be typed.
    """

    def __init__(self, hotline: Hotline) -> None:
        self._hotline = hotline

    def __call__(self, language: str) -> str:
        revisions = self._hotline.revisions
        live = revisions.live_hash()
        revision = revisions.get(live) if live else None
        if revision is None:
            raise NoBellError("no revision is live")
        book = Phrasebook(catalog_of(revision, language if language in revision.document["texts"] else "en"))
        text = book.say(BELL, line=self._hotline.config.line_name)
        if not text:
            raise NoBellError(f"the live revision has no text {BELL} in {language}")
        return text


def _identity(config: Config) -> str:
    path = config.worker_identity_file
    try:
        identity = path.read_text(encoding="utf-8")
        recipient_of(identity)
    except (OSError, UnicodeDecodeError, SealError) as error:
        fault = f"WORKER_IDENTITY_FILE must be a readable age identity ({type(error).__name__}): {path}."
        raise ConfigError([fault]) from None
    return identity
