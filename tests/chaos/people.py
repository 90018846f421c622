"""Those who ask for a lawyer while everything falls over, and the office that answers them."""

from __future__ import annotations

import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from threading import Event, Thread

from redis import Redis

from app.outside.jobs import Jobs
from app.referral import word
from app.referral.desk import Desk
from app.referral.life import LifeError, Referral
from app.store.memory import MemoryDown, connect
from app.store.offices import Offices
from app.store.referrals import ReferralError, Referrals
from tests.app.referral.made_up import TERMS, referral
from tests.servers import Servers

OFFICE = "harbor"
SILENT_EACH = 5  # every fifth wants no texts
BACKLOG = (
    60  # requests not yet at the office, at which nobody new asks: a slow machine is no fault of the line
)
PAUSE = 0.2  # seconds before somebody whose request was not confirmed asks again


def settled(record: Referral) -> bool:
    """True if an office has it in hand, and nobody waits for a mail or a bell about it."""
    return record.state == "accepted" and not record.busy


def office_accepts(durable: Redis, ids: Iterable[str]) -> None:
    """The office takes what has newly come into its inbox, so that bells ring; once, however often it is asked to."""
    desk = Desk(Referrals(durable), Offices(durable), TERMS)
    for identity in ids:
        with suppress(LifeError, ReferralError):  # taken already: the memory went away after it was written
            desk.accept(identity, OFFICE, datetime.now(UTC))


@dataclass
class People:
    """So many people, who ask one after the other over so many seconds, each until the line confirms it."""

    servers: Servers
    seed: int
    count: int
    seconds: float
    confirmed: set[str] = field(default_factory=set)
    asked_again: set[str] = field(default_factory=set)
    arrived: int = 0
    gave_up: Event = field(default_factory=Event)

    def start(self) -> list[Thread]:
        """Begins: two at a time, so that two requests can meet."""
        threads = [Thread(target=self._ask_all, args=(half,), daemon=True) for half in range(2)]
        for thread in threads:
            thread.start()
        return threads

    def _ask_all(self, half: int) -> None:
        durable, volatile = connect(self.servers.durable.url), connect(self.servers.volatile.url)
        line, jobs = Referrals(durable), Jobs(volatile)
        start = time.monotonic()
        for number in range(half, self.count, 2):
            time.sleep(max(0.0, start + self.seconds * number / self.count - time.monotonic()))
            while len(self.confirmed) - self.arrived > BACKLOG and not self.gave_up.is_set():
                time.sleep(PAUSE)
            self._ask(line, jobs, number)
        durable.close()
        volatile.close()

    def _ask(self, line: Referrals, jobs: Jobs, number: int) -> None:
        """Asks under the same id until it is confirmed: as the line does when somebody sends her "1" again."""
        identity = self.id(number)
        while not self.gave_up.is_set():
            try:
                line.request(
                    (identity,), lambda drawn: self._made(identity, drawn, number), word.new_reference
                )
            except (MemoryDown, ReferralError):
                self.asked_again.add(identity)
                time.sleep(PAUSE)
                continue
            jobs.hint_delivery(identity)
            self.confirmed.add(identity)
            return

    @property
    def all_confirmed(self) -> bool:
        """True if nobody has to ask any more."""
        return len(self.confirmed) == self.count

    def id(self, number: int) -> str:
        """The opaque id of this request."""
        return sha256(f"{self.seed} {number}".encode()).hexdigest()[:32]

    def _made(self, identity: str, reference: str, number: int) -> Referral:
        texting = "no" if number % SILENT_EACH == 0 else "yes"
        return referral(
            identity, reference, created=datetime.now(UTC), texting=texting, address=phone(number)
        )


def phone(number: int) -> str:
    """A phone of its own for each of 60,000 people: all end in 555-01xx."""
    return f"+1{201 + number // 100}55501{number % 100:02}"
