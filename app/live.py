"""The live revision and what is suspended of it, ready to speak: noticed within two seconds in every process."""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from threading import Lock

from app.config import Config
from app.places import Finder
from app.revision import Content, Revision, content_of
from app.standing import fallen, resting
from app.store.memory import MemoryDown
from app.store.revisions import Revisions
from app.store.suspensions import Suspensions
from flows.definition import Flows, Graph, Places
from flows.effects import Turn
from flows.heard import Vocabulary
from flows.loader import graph_of
from flows.session import Session
from messages.catalog import SOURCE_LANGUAGE

log = logging.getLogger(__name__)

LOOK_AGAIN_AFTER = 1.0  # seconds between two looks at the live name: at most one a second, not one a turn
PATHS_KEPT = 8
NOWHERE = ""  # a node that no graph has: whoever waits there is told that the line has changed


def _nothing() -> None:
    """Nobody else wants to look."""


class NothingPublishedError(Exception):
    """No revision is live: the line has nothing to say yet."""


@dataclass(frozen=True)
class Live:
    """One revision, built."""

    hash: str
    content: Content
    vocabulary: Vocabulary
    places: Places
    unsigned: frozenset[str]
    rests: Mapping[str, tuple[str, ...]]
    """What each text rests on, by its message id."""
    suspended: frozenset[str] = frozenset()

    @property
    def unsigned_count(self) -> int:
        """How many texts state law that no lawyer has signed."""
        return len(self.unsigned)

    @property
    def suspended_numbers(self) -> frozenset[str]:
        """The numbers that somebody has suspended: the directory may hold one of them too."""
        numbers = self.content.register.numbers
        return frozenset(numbers[name].number for name in self.suspended if name in numbers)

    def flows(self, graph: Graph | None = None) -> Flows:
        """What `advance` stands on: the pinned path, and the live words and places."""
        path = self._beside(graph) if graph else self.content.graph
        return Flows(path, self.vocabulary, self.places)

    def without(self, suspended: frozenset[str]) -> Live:
        """The same, with exactly this suspended: a text that rests on it gives way, and a state has no rule."""
        if suspended == self.suspended:
            return self
        rules = {code: rule for code, rule in self.content.rules().items() if code not in suspended}
        return replace(self, suspended=suspended, places=replace(self.places, rules=rules))

    def _beside(self, old: Graph) -> Graph:
        """An older path, and beside it the live nodes: commands and emergencies always lead where they lead now."""
        live = self.content.graph
        nodes, calm = {**live.nodes, **old.nodes}, {**live.calm, **old.calm}
        return replace(old, nodes=nodes, calm=calm, commands=live.commands, urgent=live.urgent)

    def today(self, config: Config, now: datetime) -> date:
        """The day against which facts are held. In the demonstration it stands still at the date of the content."""
        return self.content.register.checked_through if config.demonstration else now.date()

    def silent(self, today: date) -> tuple[str, ...]:
        """Message ids of all texts that may not be sent on this day."""
        return tuple(message for message in self.rests if self.gives_way(message, today))

    def gives_way(self, message: str, today: date) -> bool:
        """True if a text may not be sent: its fact is past its date, or suspended."""
        return bool(fallen(self.rests.get(message, ()), self.content.register, today, self.suspended))

    def can_say(self, turn: Turn) -> bool:
        """False if a turn on an old path leads to a text that this revision has no more."""
        wanted = {
            message
            for reply in turn.replies
            for message in (reply.message, *reply.choices, *reply.mentions.values())
        }
        return all(wanted <= catalog.texts.keys() for catalog in self.content.catalogs.values())

    def moved(self, session: Session | None) -> Session:
        """The session brought over from an old path: at its node's new name, or at none that is there."""
        session = session or Session()
        renamed = self.content.graph.renamed.get(session.node or "", NOWHERE)
        return replace(session, node=renamed, trail=(), guess=None)


def build(name: str, content: Content) -> Live:
    """Builds a revision's content into what a turn needs."""
    finder = Finder({code: (*place.names.values(), *place.accept) for code, place in content.places.items()})
    places = Places(finder.find, content.rules(), finder.named, finder.county)
    rests = resting(content.catalogs[SOURCE_LANGUAGE], content.register)
    return Live(name, content, content.vocabulary(), places, frozenset(content.unsigned()), rests)


class LiveRevision:
    """Holds the live revision of this process; asks for its name at most once a second.

    `ready` is a revision that was built already; it is what is said while the durable memory is down. `besides` is
    asked at each look, and first: whether the line is locked.
    """

    def __init__(
        self,
        revisions: Revisions,
        suspensions: Suspensions,
        clock: Callable[[], float] = time.monotonic,
        ready: Live | None = None,
        besides: Callable[[], None] = _nothing,
    ) -> None:
        self._revisions = revisions
        self._suspensions = suspensions
        self._besides = besides
        self._clock = clock
        self._lock = Lock()
        self._live = ready
        self._looked = float("-inf")
        self._paths: OrderedDict[str, Graph] = OrderedDict()

    def current(self) -> Live:
        """The live revision. If the durable memory is down, the one this process already holds.

        Raises:
            MemoryDown: this process holds none yet, and the durable memory does not answer.
            NothingPublishedError: there is none; or, for a second after such a MemoryDown, nobody asks again.
        """
        with self._lock:
            if self._clock() - self._looked >= LOOK_AGAIN_AFTER:
                try:
                    self._look()
                finally:  # a memory that hangs is waited for once a second, and not by one text after the other
                    self._looked = self._clock()
            if self._live is None:
                raise NothingPublishedError("no revision is live; run: amparo publish --reason first")
            return self._live

    def at_hand(self) -> Live | None:
        """The revision this process holds, without asking a memory."""
        return self._live

    def path(self, name: str) -> Graph | None:
        """The graph of an earlier revision, to which a session is pinned; None if it cannot be had any more."""
        with self._lock:
            known = self._paths.get(name)
        # Asked without the lock: if the memory hangs, only the people on this path wait for it.
        if known is None and (old := self._revisions.get(name)):
            known = _graph_in(old)
        if known is not None:
            with self._lock:
                self._paths[name] = known
                while len(self._paths) > PATHS_KEPT:
                    self._paths.popitem(last=False)
        return known

    def _look(self) -> None:
        """What is suspended is read before the revision: no text of a new one is said without it."""
        try:
            self._besides()
            suspended, name = self._suspensions.ids(), self._revisions.live_hash()
            if name is not None and (self._live is None or self._live.hash != name):
                self._live = self._built(name, suspended)
            if self._live is not None:
                self._live = self._live.without(suspended)
        except MemoryDown:
            if self._live is None:
                raise
            log.warning("the durable memory did not answer; the revision at hand stays live")

    def _built(self, name: str, suspended: frozenset[str]) -> Live | None:
        """The live revision; the one at hand where this cannot be used."""
        try:
            revision = self._revisions.get(name)
            return _compiled(name, revision).without(suspended) if revision else self._live
        except (ValueError, KeyError, TypeError):
            # Published by another version of this code, whose check knows what ours cannot read.
            log.exception(
                "the live revision cannot be used; the last good one stays", extra={"revision": name}
            )
            return self._live


def _compiled(name: str, revision: Revision) -> Live:
    live = build(name, content_of(revision))
    live.vocabulary.compile()
    return live


def _graph_in(old: Revision) -> Graph | None:
    """The path of an older revision; None if this version of the code cannot read it."""
    try:
        return graph_of(old.document["flows"])
    except (ValueError, KeyError, TypeError):
        return None
