"""What the worker holds while it works: built once from the settings, and shared by its jobs."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from app.bootstrap import Hotline, bootstrap
from app.config import Config, ConfigError
from app.outside.guard import Guard
from app.outside.hooks import Hooks
from app.outside.mail import SmtpMailer
from app.outside.sms import CountedTexts, TwilioTexts
from app.referral.bells import Bells
from app.referral.handover import Handover, nothing
from app.referral.hook_post import HookPost
from app.referral.messenger import PATIENCE, Line, Messenger
from app.referral.rekey import Rekey
from app.sealing import SealError, recipient_of
from app.store import peppers
from app.store.contacts import Contacts
from app.store.peppers import Peppers


@dataclass(frozen=True)
class Hands:
    """All that a job needs."""

    handover: Handover
    rekey: Rekey
    contacts: Contacts
    refuse: Callable[[], None]
    """Raises LockedError while the line is locked."""


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

    messenger = Messenger(
        texts=CountedTexts(TwilioTexts(config.twilio), hotline.spending.add),
        mailer=SmtpMailer(config.smtp_url, config.mail_from),
        identity=identity,
        line=Line(
            config.line_name, config.public_url, config.coordinator_email, Bells(hotline), config.inbox.url
        ),
        hooks=HookPost(
            Hooks(identity, Guard(config.allow_private_webhooks)), hotline.endpoints, hotline.failed_hooks
        ),
        expect=hotline.deliveries.expect,
        now=hotline.clock,
        patience=patience,
    )
    handover = Handover(
        referrals=hotline.referrals,
        outbox=hotline.outbox,
        contacts=hotline.contacts,
        offices=hotline.offices,
        peppers=today,
        messenger=messenger,
        identity=identity,
        terms=hotline.terms,
        now=hotline.clock,
        step=step,
    )
    rekey = Rekey(hotline.referrals, hotline.contacts, hotline.wishes, today, identity)
    return Hands(handover, rekey, hotline.contacts, hotline.watch.refuse)


def _identity(config: Config) -> str:
    path = config.worker_identity_file
    try:
        identity = path.read_text(encoding="utf-8")
        recipient_of(identity)
    except (OSError, UnicodeDecodeError, SealError) as error:
        fault = f"WORKER_IDENTITY_FILE must be a readable age identity ({type(error).__name__}): {path}."
        raise ConfigError([fault]) from None
    return identity
