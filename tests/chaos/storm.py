"""One run: people ask, things die, and it is waited for until nobody is owed anything."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from threading import Thread

from app.reconcile import gaps
from app.referral.life import Referral
from app.store import keys
from app.store.ledger import Books, Ledger
from app.store.memory import MemoryDown, connect
from app.store.referrals import Referrals
from tests.chaos.house import House
from tests.chaos.people import OFFICE, People, office_accepts, settled
from tests.chaos.report import SETTLED_WITHIN, Report
from tests.chaos.schedule import schedule

TICK = 0.02  # seconds
LOOK_EVERY = 0.5  # seconds between two looks of the office at its inbox
PATIENCE = 2 * SETTLED_WITHIN
PEOPLE_A_SECOND = 10
MOST_ROUNDS = 100


def storm(made: House, count: int, seed: int, seconds: float, servers: int) -> Report:
    """Lets `count` people ask while things die; the schedule of so many seconds comes round until all have asked."""
    people = People(made.servers, seed, count, count / PEOPLE_A_SECOND)
    asking = people.start()
    office = _Office(made, people)
    for number in range(MOST_ROUNDS):
        start = time.monotonic()
        for blow in schedule(seed + number, seconds, len(made.workers), servers):
            _until(start + blow.at, made, office)
            made.strike(blow)
        if people.all_confirmed:
            break
    undone = _settle(made, people, asking, office)
    took = time.monotonic() - made.last_kill
    people.gave_up.set()
    return _report(made, people, None if undone else took, len(undone))


def _until(moment: float, made: House, office: _Office) -> None:
    """Mends and looks at least once: on a slow machine one blow may be late for the next."""
    made.mend()
    office.look()
    while time.monotonic() < moment:
        time.sleep(TICK)
        made.mend()
        office.look()


def _settle(made: House, people: People, asking: list[Thread], office: _Office) -> set[str]:
    """Waits until all have been confirmed and nobody is owed anything; who still is when patience ends."""
    end = made.last_kill + PATIENCE
    waiting = {people.id(number) for number in range(people.count)}
    with connect(made.servers.durable.url, 5.0) as durable:
        line = Referrals(durable)
        while waiting and time.monotonic() < end:
            _until(time.monotonic() + LOOK_EVERY / 2, made, office)
            waiting -= {record.id for record in line.each(waiting) if settled(record)}
    if not waiting:
        for thread in asking:
            thread.join(5)
    return waiting


class _Office:
    """Looks into its inbox twice a second, and takes what is new."""

    def __init__(self, made: House, people: People) -> None:
        self._people = people
        self._url = made.servers.durable.url
        self._taken: set[str] = set()
        self._next = 0.0

    def look(self) -> None:
        """Accepts what came since the last look; what fails is taken at the next."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + LOOK_EVERY
        try:
            with connect(self._url) as durable:
                new = {name.decode() for name in durable.zrange(keys.INBOX(OFFICE), 0, -1)} - self._taken
                office_accepts(durable, sorted(new))
        except MemoryDown:
            return
        self._taken |= new
        self._people.arrived = len(self._taken)


def _report(made: House, people: People, took: float | None, undone: int) -> Report:
    with connect(made.servers.durable.url, 10.0) as durable:
        books = Ledger(durable).read()
    inbox = books.inboxes.get(OFFICE, frozenset())
    return Report(
        asked=people.count,
        confirmed=len(people.confirmed),
        asked_again=len(people.asked_again & people.confirmed),
        lost=len(people.confirmed - inbox),
        doubled=_doubled(books, people.count),
        gaps=len(gaps(books)),
        mails=Counter(mail["Message-ID"] for mail in made.mailbox.mails),
        texts=Counter(text["StatusCallback"] for text in made.twilio.texts),
        kills=made.kills,
        settled=took,
        undone=undone,
        seed=people.seed,
    )


def _doubled(books: Books, asked: int) -> int:
    """Records beyond the people, rows of the inbox that show the same request, and boxes for no office of ours."""
    shown: Callable[[str], Referral] = books.records.__getitem__
    rows = [shown(each).reference for each in books.inboxes.get(OFFICE, ()) if each in books.records]
    boxes = sum(len(record.boxes) > 1 for record in books.records.values())
    return max(0, len(books.records) - asked) + len(rows) - len(set(rows)) + boxes
