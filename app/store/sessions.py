"""Sessions and answers, in the volatile memory: one read and one atomic write a turn, in which it is paid for too."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from redis import Redis

from app.store import keys, peppers
from app.store.contacts import PURPOSE
from app.store.memory import MemoryDown
from app.store.peppers import Peppers
from app.traffic import Traffic
from flows.session import Session

log = logging.getLogger(__name__)

# Written only if nothing came between the read and now: another text of the same person, or the same text
# on another thread. KEYS: session today, session yesterday, answer, mark, the day's segments, the day's pepper. ARGV: what
# was read of both sessions, the new session or "", its life, the answer, its life, the mark's life, what the answer costs,
# the life of that count, the pepper. Under a pepper that was destroyed meanwhile (a restart, a lockdown) nothing is kept,
# and what was done is said.
_WRITE = """
if redis.call('GET', KEYS[6]) ~= ARGV[10] then return {'written', ARGV[5], 0} end
local answered = redis.call('GET', KEYS[3])
if answered then return {'answered', answered, 0} end
if redis.call('EXISTS', KEYS[4]) == 1 then return {'answered', '', 0} end
if (redis.call('GET', KEYS[1]) or '') ~= ARGV[1] or (redis.call('GET', KEYS[2]) or '') ~= ARGV[2] then
  return {'changed', '', 0}
end
if ARGV[3] == '' then redis.call('DEL', KEYS[1]) else redis.call('SET', KEYS[1], ARGV[3], 'EX', ARGV[4]) end
redis.call('DEL', KEYS[2])
redis.call('SET', KEYS[3], ARGV[5], 'EX', ARGV[6])
redis.call('SET', KEYS[4], '1', 'EX', ARGV[7])
local spent = redis.call('INCRBY', KEYS[5], ARGV[8])
redis.call('EXPIRE', KEYS[5], ARGV[9])
return {'written', ARGV[5], spent}
"""


@dataclass(frozen=True)
class Remembered:
    """What is kept of one person: the session, the path it is pinned to, the traffic, and when we last answered.

    `at` is in seconds; 0 if we never did.
    """

    session: Session | None
    revision: str | None
    traffic: Traffic
    at: float = 0.0

    def to_bytes(self) -> bytes:
        """What the store keeps."""
        session = self.session.to_json() if self.session else None
        data = {
            "session": session,
            "revision": self.revision,
            "traffic": self.traffic.to_json(),
            "at": self.at,
        }
        return json.dumps(data, separators=(",", ":"), sort_keys=True).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> Remembered:
        """What `to_bytes` wrote."""
        loaded: dict[str, Any] = json.loads(data)
        session = Session.from_json(loaded["session"]) if loaded["session"] is not None else None
        return cls(session, loaded["revision"], Traffic.from_json(loaded["traffic"]), loaded["at"])


@dataclass(frozen=True)
class Before:
    """What one read found: the bytes are kept for the write to compare."""

    peppers: Peppers
    remembered: Remembered
    raw: tuple[bytes, bytes]
    contact: tuple[str, ...]  # ids of this person's referrals: the open ones, and those that ended since
    rekeyed: bool  # whether open referrals stand under today's pepper already
    answer: bytes | None  # a repeated text: the bytes it got, or b"" when they are forgotten
    spent: int = 0  # segments that the line has sent today

    @property
    def session_bytes(self) -> bytes:
        """The session as it was read, of today or of yesterday: one moment of one conversation."""
        return self.raw[0] or self.raw[1]


@dataclass(frozen=True)
class Saved:
    """The answer that counts, and with it the day's segments; `cost` is 0 for one that was given before."""

    answer: bytes = field(repr=False)
    cost: int
    spent: int


class Sessions:
    """Reads and writes what is remembered of a person, under the pseudonym of the day."""

    def __init__(
        self,
        volatile: Redis,
        clock: Callable[[], datetime],
        refuse: Callable[[], None],
        refuse_if_known: Callable[[], None] | None = None,
    ) -> None:
        self._volatile = volatile
        self._clock = clock
        self._refuse = refuse
        self._refuse_if_known = refuse_if_known or refuse
        self._write = volatile.register_script(_WRITE)
        self._peppers: Peppers | None = None

    def read(self, address: str, sid: str) -> Before:
        """What is known of this address and this text, in one round trip (more on a new day).

        A lockdown destroys the pepper, so that a process which has not heard of it finds the pepper changed here, and asks.

        Raises:
            LockedError: the line is locked.
            MemoryDown: the volatile memory does not answer.
        """
        today = peppers.day_of(self._clock())
        known = self._peppers
        if known is None or known.today.day != today:
            # A new day begins in the evening here: with the durable memory down, menus must not fall silent at it.
            known = self._load(self._refuse_if_known)
        before = self._read(known, address, sid)
        # The memory was emptied or restarted under us: its pepper, and every session with it, is gone.
        before = before or self._read(self._load(self._refuse), address, sid)
        if before is None:
            raise MemoryDown("the volatile memory was emptied twice within one read")
        return before

    def _load(self, refuse: Callable[[], None]) -> Peppers:
        self._peppers = peppers.load(self._volatile, self._clock(), refuse)
        return self._peppers

    def _read(self, known: Peppers, address: str, sid: str) -> Before | None:
        people, texts = known.pseudonyms("address", address), known.pseudonyms("sid", sid)
        contacts = known.pseudonyms(PURPOSE, address)
        pipe = self._volatile.pipeline(transaction=False)
        pipe.get(keys.PEPPER(known.today.day))
        pipe.exists(keys.REKEYED(known.today.day))
        pipe.get(keys.SPENT(known.today.day))
        for person, contact, text in zip(people, contacts, texts, strict=True):
            pipe.get(keys.SESSION(person))
            pipe.smembers(keys.CONTACT(contact))
            pipe.get(keys.ANSWER(text))
            pipe.exists(keys.SEEN(text))
        pepper, rekeyed, spent, *found = pipe.execute()
        if pepper != known.today.secret:
            return None
        rows = [found[i : i + 4] for i in range(0, len(found), 4)]
        sessions = [row[0] for row in rows]
        latest = next((session for session in sessions if session), None)
        answered = next((row[2] or b"" for row in rows if row[2] is not None or row[3]), None)
        return Before(
            peppers=known,
            remembered=_remembered(latest),
            raw=(sessions[0] or b"", (sessions[1] if len(sessions) > 1 else None) or b""),
            contact=tuple(sorted({member.decode() for row in rows for member in row[1]})),
            rekeyed=bool(rekeyed),
            answer=answered,
            spent=int(spent or 0),
        )

    def write(
        self, before: Before, address: str, sid: str, after: Remembered | None, answer: bytes, cost: int = 0
    ) -> Saved | None:
        """Saves the turn and returns the answer that counts, or None if another text came between.

        `after` of None forgets the person. A text that was answered meanwhile gets those bytes. `cost` is how many
        segments the answer takes.

        Raises:
            MemoryDown: the volatile memory does not answer.
        """
        known = before.peppers
        people, text = known.pseudonyms("address", address), known.today.pseudonym("sid", sid)
        what, stored, spent = self._write(
            keys=[
                keys.SESSION(people[0]),
                keys.SESSION(people[1] if len(people) > 1 else "none"),
                keys.ANSWER(text),
                keys.SEEN(text),
                keys.SPENT(known.today.day),
                keys.PEPPER(known.today.day),
            ],
            args=[
                *before.raw,
                after.to_bytes() if after else b"",
                keys.SESSION_LIFE,
                answer,
                keys.ANSWER_LIFE,
                keys.MARK_LIFE,
                cost,
                keys.SPENT_LIFE,
                known.today.secret,
            ],
        )
        if what == b"changed":
            return None
        return Saved(cast("bytes", stored), cost if what == b"written" else 0, cast("int", spent))


def _remembered(data: bytes | None) -> Remembered:
    """What was kept; nothing, if another version of this code kept it in a way we cannot read."""
    nobody = Remembered(None, None, Traffic())
    try:
        return Remembered.from_bytes(data) if data else nobody
    except (ValueError, TypeError, KeyError, AttributeError):
        log.warning("a session could not be read and is forgotten: did another version write it?")
        return nobody


def waiting_at(volatile: Redis) -> list[str]:
    """The nodes at which people wait right now, one entry a person; nobody can be told from it."""
    found = (volatile.get(name) for name in volatile.scan_iter(keys.SESSION.pattern.format("*"), count=500))
    sessions = (_remembered(cast("bytes", data)).session for data in found if data)
    return [session.node for session in sessions if session and session.node]
