"""The one place that puts a hotline together, for the web, the worker and the commands alike."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from redis import Redis

from app import fixed
from app.clock import utc_now
from app.config import Config
from app.host.redis import durable_url, volatile_url
from app.live import LiveRevision, NothingPublishedError
from app.outside.jobs import Jobs
from app.places import zips
from app.referral.desk import Desk
from app.referral.reports import Reports
from app.referral.terms import Terms
from app.referral.wishes import Wishes
from app.sealing import recipient_of
from app.staff.invitations import Reception
from app.staff.sign_in import SignIn
from app.store.accounts import Accounts
from app.store.audit import Audit
from app.store.contacts import Contacts
from app.store.deliveries import Deliveries
from app.store.endpoints import Endpoints
from app.store.hooks import FailedHooks
from app.store.invitations import Invitations
from app.store.keyrings import Keyrings
from app.store.listings import Listings
from app.store.lockdown import Lockdown, Watch
from app.store.memory import MemoryDown, connect
from app.store.offices import Offices
from app.store.outbox import Outbox
from app.store.referrals import Referrals
from app.store.revisions import Revisions
from app.store.sessions import Sessions
from app.store.spending import Spending
from app.store.suspensions import Suspensions
from app.store.tries import Tries
from app.store.visits import Visits

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Staff:
    """What the inbox works with besides: who may enter, who is in, and what is noted of them."""

    accounts: Accounts
    visits: Visits
    audit: Audit
    sign_in: SignIn
    reception: Reception
    keyrings: Keyrings


@dataclass(frozen=True)
class Hotline:
    """Everything one process of the hotline works with."""

    config: Config
    clock: Callable[[], datetime]
    volatile: Redis
    durable: Redis
    sessions: Sessions
    contacts: Contacts
    deliveries: Deliveries
    spending: Spending
    referrals: Referrals
    wishes: Wishes
    desk: Desk
    reports: Reports
    terms: Terms
    offices: Offices
    listings: Listings
    endpoints: Endpoints
    failed_hooks: FailedHooks
    outbox: Outbox
    revisions: Revisions
    suspensions: Suspensions
    lockdown: Lockdown
    watch: Watch
    live: LiveRevision
    jobs: Jobs
    worker_recipient: str
    staff: Staff

    @property
    def down_text(self) -> str:
        """What is said when a memory is down, in all languages."""
        return fixed.down_text(self.config, self.live.at_hand())

    @property
    def locked_text(self) -> str:
        """What is said while the line is locked, in all languages."""
        return fixed.locked_text(self.config, self.live.at_hand())

    @property
    def locked(self) -> bool:
        """Whether the line is locked, as of a second ago; as of the last look, if the durable memory is down."""
        with suppress(MemoryDown, NothingPublishedError):
            self.live.current()
        return self.watch.locked

    def spoken(self) -> tuple[tuple[str, str], ...]:
        """What a call to the line hears: (voice, sentences), Spanish first. It never waits for a memory."""
        return fixed.spoken(self.config, self.live.at_hand())

    def warm_up(self) -> None:
        """Reads and compiles what the first texter would wait a second for. A memory that is down is no obstacle."""
        zips()
        try:
            self.live.current()
        except (MemoryDown, NothingPublishedError):
            log.warning(
                "nothing is live yet, or the durable memory does not answer; the first text will be slow"
            )


def bootstrap(config: Config, clock: Callable[[], datetime] = utc_now) -> Hotline:
    """The hotline of these settings. Nothing is asked of a memory yet.

    Raises:
        SealError: the worker's key is missing or is none.
    """
    volatile, durable = connect(volatile_url(config)), connect(durable_url(config))
    revisions, suspensions = Revisions(durable), Suspensions(durable)
    referrals, contacts, offices = Referrals(durable), Contacts(volatile), Offices(durable)
    lockdown = Lockdown(durable)
    watch = Watch(lockdown)
    return Hotline(
        config=config,
        clock=clock,
        volatile=volatile,
        durable=durable,
        sessions=Sessions(volatile, clock, watch.refuse, watch.refuse_if_known),
        contacts=contacts,
        deliveries=Deliveries(volatile),
        spending=Spending(volatile, config.most_segments_a_day, clock),
        referrals=referrals,
        wishes=Wishes(referrals, config.terms),
        desk=Desk(referrals, offices, config.terms),
        reports=Reports(referrals),
        terms=config.terms,
        offices=offices,
        listings=Listings(durable),
        endpoints=Endpoints(durable),
        failed_hooks=FailedHooks(durable),
        outbox=Outbox(durable, volatile, config.lease_seconds),
        revisions=revisions,
        suspensions=suspensions,
        lockdown=lockdown,
        watch=watch,
        live=LiveRevision(revisions, suspensions, besides=watch.look),
        jobs=Jobs(volatile),
        worker_recipient=config.worker_recipient or recipient_of(config.worker_identity_file.read_text()),
        staff=_staff(volatile, durable, clock, watch),
    )


def _staff(volatile: Redis, durable: Redis, clock: Callable[[], datetime], watch: Watch) -> Staff:
    accounts, keyrings = Accounts(durable), Keyrings(durable)
    return Staff(
        accounts=accounts,
        visits=Visits(volatile),
        audit=Audit(durable),
        sign_in=SignIn(accounts, Tries(volatile, clock, watch.refuse), clock),
        reception=Reception(accounts, Invitations(durable), Offices(durable), keyrings, clock),
        keyrings=keyrings,
    )
