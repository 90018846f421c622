"""A whole hand-over on real servers: the stores, the two edges, a clock that a test can move."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from redis import Redis

from app.outside.mail import SmtpMailer
from app.outside.sms import TwilioTexts
from app.referral.desk import Desk
from app.referral.handover import Handover
from app.referral.hook_post import HookPost
from app.referral.life import Referral
from app.referral.messenger import Line, Messenger
from app.referral.rekey import Rekey
from app.referral.wishes import Wishes
from app.store import keys, peppers
from app.store.contacts import Contacts
from app.store.offices import Offices
from app.store.outbox import Outbox
from app.store.peppers import Peppers
from app.store.referrals import Referrals
from tests.app.outside.edges import MailEdge, TwilioEdge
from tests.app.referral.made_up import ADDRESS, TERMS, WORKER_KEY, office, referral

ID = "r" * 32
PUBLIC_URL = "https://line.example.org"
COORDINATOR = "coordinator@line.example.org"
BELLS = {"en": "Amparo: there is news. To read it text your code.", "es": "Amparo: hay novedades."}


class Scene:
    """One line, one office, and the world around them."""

    def __init__(self, durable: Redis, volatile: Redis, twilio: TwilioEdge, mailbox: MailEdge) -> None:
        self.twilio, self.mailbox = twilio, mailbox
        self.durable, self.volatile = durable, volatile
        self.now = datetime.now(UTC)
        self.steps: list[str] = []
        self.hooks: HookPost | None = None
        self.referrals, self.contacts = Referrals(durable), Contacts(volatile)
        self.outbox = Outbox(durable, volatile)
        self.offices = Offices(durable)
        self.offices.save(office())
        self.wishes = Wishes(self.referrals, TERMS)
        self.desk = Desk(self.referrals, self.offices, TERMS)
        self.rekey = Rekey(self.referrals, self.contacts, self.wishes, self.peppers, WORKER_KEY)

    def peppers(self, now: datetime) -> Peppers:
        """The peppers of a moment."""
        return peppers.load(self.volatile, now)

    def handover(self, identity: str = WORKER_KEY) -> Handover:
        """A worker's hands."""
        messenger = Messenger(
            texts=TwilioTexts(self.twilio.settings),
            mailer=SmtpMailer(self.mailbox.url, "amparo@line.example.org"),
            identity=identity,
            line=Line("Amparo", PUBLIC_URL, COORDINATOR, lambda _, language: BELLS[language]),
            hooks=self.hooks,
            now=lambda: self.now,
        )
        return Handover(
            referrals=self.referrals,
            outbox=self.outbox,
            contacts=self.contacts,
            offices=self.offices,
            peppers=self.peppers,
            messenger=messenger,
            identity=identity,
            terms=TERMS,
            now=lambda: self.now,
            step=self.step,
        )

    def step(self, name: str) -> None:
        """Notes how far a worker came; a test may put something in its way."""
        self.steps.append(name)

    def request(self, identity: str = ID, reference: str = "7K2MX", **changes: object) -> Referral:
        """A person has just agreed."""
        changes.setdefault("created", self.now)
        asked = self.referrals.request(
            (identity,), lambda drawn: referral(identity, drawn, **changes), lambda: reference
        )
        return asked.referral

    def deliver(self, identity: str = ID) -> Referral:
        """A worker does what is owed."""
        self.handover().deliver(identity)
        return self.found(identity)

    def taken(self, identity: str = ID, office: str = "harbor") -> Referral:
        """An office takes it, and the worker does what is owed."""
        self.deliver(identity)
        self.desk.accept(identity, office, self.now)
        return self.deliver(identity)

    def found(self, identity: str = ID) -> Referral:
        """The referral as it stands."""
        found = self.referrals.get(identity)
        assert found is not None
        return found

    def later(self, **time: float) -> None:
        """The clock moves."""
        self.now += timedelta(**time)

    @property
    def due_in(self) -> float | None:
        """Seconds until the next step is due; None if nothing is owed."""
        at = self.durable.zscore(keys.OUTBOX(), ID)
        return None if at is None else (datetime.fromtimestamp(at, UTC) - self.now).total_seconds()

    @property
    def bells(self) -> list[str]:
        """Whom Twilio was given a text for."""
        return [text["To"] for text in self.twilio.texts]

    def find(self, address: str = ADDRESS) -> tuple[str, ...]:
        """What a text from this address would find now."""
        return self.contacts.find(self.peppers(self.now), address)
