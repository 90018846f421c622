"""Whether the line is locked, by whom and why, in the durable memory; and who may lift a lock.

The lock is one key. Whoever makes a day's pepper asks for it before and after (store.peppers), and no script of
store.referrals writes while it stands: see docs/decisions/0014-lockdown.md for why nothing slips through.
"""

from __future__ import annotations

import json
import time
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Literal, cast

from redis import Redis

from app.store import keys
from app.store.memory import MemoryDown

ASK_AGAIN_AFTER = 1.0  # seconds after a look at a memory that did not answer

Done = Literal["locked", "lifted", "listed", "unlisted"]

# KEYS: lock, history. ARGV: lock, line of the history. The first lock stands: a second does not change who locked.
_LOCK = """
if redis.call('SET', KEYS[1], ARGV[1], 'NX') == false then return 0 end
redis.call('RPUSH', KEYS[2], ARGV[2])
return 1
"""

# KEYS: lock, history. ARGV: the lock that was read, line of the history.
_LIFT = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('RPUSH', KEYS[2], ARGV[2])
return 1
"""


class LockedError(Exception):
    """The line is locked: nothing is read, written or sent but the fixed text."""


@dataclass(frozen=True)
class Challenge:
    """What one person must answer to lift a lock: the answer sealed to her, and its fingerprint."""

    box: bytes = field(repr=False)
    proof: str


@dataclass(frozen=True)
class Lock:
    """A lock that stands: since when, by whom, why, and whose answer lifts it. Empty `challenges`: anybody's word."""

    at: datetime
    by: str
    reason: str
    challenges: Mapping[str, Challenge] = field(default_factory=dict)

    def to_json(self) -> str:
        """One line of JSON; `from_json` reads it back."""
        asked = {
            name: [b64encode(each.box).decode(), each.proof] for name, each in sorted(self.challenges.items())
        }
        record = {"at": self.at.isoformat(), "by": self.by, "reason": self.reason, "challenges": asked}
        return json.dumps(record, ensure_ascii=False)

    @classmethod
    def from_json(cls, data: bytes) -> Lock:
        """What `to_json` wrote."""
        record = json.loads(data)
        asked = {
            name: Challenge(b64decode(box), proof) for name, (box, proof) in record["challenges"].items()
        }
        return cls(datetime.fromisoformat(record["at"]), record["by"], record["reason"], asked)


@dataclass(frozen=True)
class Entry:
    """One line of the history: who locked, lifted, listed or unlisted, when and why (or whom)."""

    at: datetime
    done: Done
    by: str
    reason: str

    def to_json(self) -> str:
        """One line of JSON."""
        return json.dumps({**asdict(self), "at": self.at.isoformat()}, ensure_ascii=False)


class Lockdown:
    """Writes and reads the lock. Every method raises MemoryDown when the durable memory does not answer."""

    def __init__(self, durable: Redis) -> None:
        self._durable = durable
        self._lock = durable.register_script(_LOCK)
        self._lift = durable.register_script(_LIFT)

    def stands(self) -> bool:
        """True while the line is locked, whatever version of this code locked it."""
        return bool(self._durable.exists(keys.LOCKDOWN()))

    def standing(self) -> Lock | None:
        """The lock that stands."""
        found = cast("bytes | None", self._durable.get(keys.LOCKDOWN()))
        return Lock.from_json(found) if found else None

    def lock(self, lock: Lock) -> bool:
        """Locks, in one step with its line in the history; False if another lock stands, which then stays."""
        line = Entry(lock.at, "locked", lock.by, lock.reason)
        return bool(self._lock(keys=_names(), args=[lock.to_json(), line.to_json()]))

    def lift(self, lock: Lock, by: str, reason: str, at: datetime) -> bool:
        """Lifts exactly this lock, in one step with its line in the history; False if it stands no more."""
        line = Entry(at, "lifted", by, reason)
        return bool(self._lift(keys=_names(), args=[lock.to_json(), line.to_json()]))

    def history(self) -> tuple[Entry, ...]:
        """Every lock, lift and change of the list, oldest first."""
        lines = cast("list[bytes]", self._durable.lrange(keys.LOCKDOWNS(), 0, -1))
        entries = (json.loads(line) for line in lines)
        return tuple(Entry(**{**entry, "at": datetime.fromisoformat(entry["at"])}) for entry in entries)

    def persons(self) -> Mapping[str, str]:
        """Who may lift a lock of somebody else: name -> age recipient."""
        found = cast("dict[bytes, bytes]", self._durable.hgetall(keys.LIFTERS()))
        return {name.decode(): recipient.decode() for name, recipient in sorted(found.items())}

    def list_person(self, name: str, recipient: str, by: str, at: datetime) -> None:
        """Lists a person, in one step with its line in the history."""
        pipe = self._durable.pipeline(transaction=True)
        pipe.hset(keys.LIFTERS(), name, recipient)
        pipe.rpush(keys.LOCKDOWNS(), Entry(at, "listed", by, name).to_json())
        pipe.execute()

    def unlist_person(self, name: str, by: str, at: datetime) -> None:
        """Takes a person off the list, in one step with its line in the history."""
        pipe = self._durable.pipeline(transaction=True)
        pipe.hdel(keys.LIFTERS(), name)
        pipe.rpush(keys.LOCKDOWNS(), Entry(at, "unlisted", by, name).to_json())
        pipe.execute()


def _names() -> list[str]:
    return [keys.LOCKDOWN(), keys.LOCKDOWNS()]


class Watch:
    """What this process knows of the lock. Once it knows of one, a durable memory that is down does not unlock it."""

    def __init__(self, lockdown: Lockdown) -> None:
        self._lockdown = lockdown
        self._locked = False
        self._known = False
        self._failed = float("-inf")

    @property
    def locked(self) -> bool:
        """Whether the line was locked when this process last looked."""
        return self._locked

    def look(self) -> None:
        """Asks the durable memory.

        Raises:
            MemoryDown: it does not answer; what was known stays.
        """
        try:
            self._locked = self._lockdown.stands()
        except MemoryDown:
            self._failed = time.monotonic()
            raise
        self._known, self._failed = True, float("-inf")

    def refuse(self) -> None:
        """Asks the durable memory now, and goes on only if the line is not locked.

        Raises:
            LockedError: it is; or it was when we last looked, and the memory does not answer.
            MemoryDown: nobody can tell.
        """
        try:
            self.look()
        except MemoryDown:
            if not self._locked:
                raise
        if self._locked:
            raise LockedError

    def refuse_if_known(self) -> None:
        """The same, but a memory that is down refuses nobody where this process has seen the line open.

        Nobody can lock a line whose durable memory is down. One that hangs is waited for once a second, and not at each
        question of one text.

        Raises:
            LockedError: it is locked, or was when we last looked.
            MemoryDown: this process has never looked, and the memory does not answer.
        """
        if self._known and time.monotonic() - self._failed < ASK_AGAIN_AFTER:
            if self._locked:
                raise LockedError
            return
        try:
            self.refuse()
        except MemoryDown:
            if not self._known:
                raise
