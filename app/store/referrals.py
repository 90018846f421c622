"""Referrals in the durable memory: what is confirmed is written, what is written is never half written.

One JSON string a referral. A withdrawn one loses its boxes and its number in the same single write in which its
state changes, and a compare-and-set of the whole is one comparison; hash fields would invite writing a part.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import cast

from redis import Redis

from app.referral.life import LifeError, Move, Referral
from app.store import keys
from app.store.lockdown import LockedError

log = logging.getLogger(__name__)

REFERENCE_TRIES = 8
CHANGE_TRIES = 8

# Before everything else: while the line is locked nothing is written. The last of KEYS is the lock.
_UNLESS_LOCKED = """
if redis.call('EXISTS', table.remove(KEYS)) == 1 then return 'locked' end
"""

# KEYS: reference, open, outbox, record of each candidate id (the first is the new one's).
# ARGV: id, record, requested at, due at. Answers the record that was there, 'collision', or nothing.
_REQUEST = """
for i = 4, #KEYS do
  local found = redis.call('GET', KEYS[i])
  if found then return found end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return 'collision' end
redis.call('SET', KEYS[4], ARGV[2])
redis.call('SET', KEYS[1], ARGV[1])
redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1])
redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1])
return false
"""

# KEYS: record, open, outbox, reference, inboxes. ARGV: id, version that was read, record, ended (0 or 1),
# offered at (or ''), due (a time, 'keep' or 'done').
_REPLACE = """
local found = redis.call('GET', KEYS[1])
if not found or cjson.decode(found).version ~= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
if ARGV[4] == '1' then
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('DEL', KEYS[4])
end
for i = 5, #KEYS do
  if ARGV[4] == '1' then redis.call('ZREM', KEYS[i], ARGV[1])
  elseif ARGV[5] ~= '' then redis.call('ZADD', KEYS[i], 'NX', ARGV[5], ARGV[1]) end
end
if ARGV[6] == 'done' then redis.call('ZREM', KEYS[3], ARGV[1])
elseif ARGV[6] ~= 'keep' then redis.call('ZADD', KEYS[3], ARGV[6], ARGV[1]) end
return 1
"""


class ReferralError(Exception):
    """A referral that cannot be written now: others changed it again and again, or no reference was free."""


@dataclass(frozen=True)
class Due:
    """When the line owes the next step: at a time, or (None) nothing any more."""

    at: datetime | None


@dataclass(frozen=True)
class Requested:
    """The referral that now exists, and whether this request made it."""

    referral: Referral
    new: bool


class Referrals:
    """All referrals; every write is one atomic script.

    Every method raises MemoryDown if the durable memory does not answer, and every one that writes LockedError
    while the line is locked.
    """

    def __init__(self, durable: Redis) -> None:
        self._redis = durable
        self._request = durable.register_script(_UNLESS_LOCKED + _REQUEST)
        self._replace = durable.register_script(_UNLESS_LOCKED + _REPLACE)

    def request(
        self,
        ids: tuple[str, ...],
        make: Callable[[str], Referral],
        new_reference: Callable[[], str],
    ) -> Requested:
        """Writes a new referral, due to be handed over at once; or returns the one an earlier delivery made.

        `ids` are the ids this request may have been written under (today's, then yesterday's); `make` builds
        the referral with the first of them for a reference, which is inside its sealed letter.

        Raises:
            ReferralError: no free reference was found.
        """
        for _ in range(REFERENCE_TRIES):
            referral = make(new_reference())
            if referral.id != ids[0]:
                raise ReferralError("a new referral must carry the first of its ids")
            found = self._write(ids, referral)
            if found is None:
                return Requested(referral, new=True)
            if found != b"collision":
                return Requested(Referral.from_json(found), new=False)
        raise ReferralError("no free reference was found")

    def _write(self, ids: tuple[str, ...], referral: Referral) -> bytes | None:
        names = [keys.REFERENCE(referral.reference), keys.OPEN(), keys.OUTBOX(), *map(keys.REFERRAL, ids)]
        created = referral.created.timestamp()
        args: list[str | float] = [referral.id, referral.to_json(), created, created]
        return cast("bytes | None", _unlocked(self._request(keys=[*names, keys.LOCKDOWN()], args=args)))

    def get(self, identity: str) -> Referral | None:
        """The referral with this id."""
        found = cast("bytes | None", self._redis.get(keys.REFERRAL(identity)))
        return Referral.from_json(found) if found else None

    def by_reference(self, reference: str) -> Referral | None:
        """The referral with this reference, while it is open."""
        found = cast("bytes | None", self._redis.get(keys.REFERENCE(reference)))
        return self.get(found.decode()) if found else None

    def replace(self, seen: Referral, new: Referral, due: Due | None = None) -> Referral | None:
        """Writes `new` in the place of what was `seen`, with every index and due time, in one step.

        `due` None leaves the due time as it is. None is returned, and nothing written, if somebody else
        wrote in between.
        """
        new = replace(new, version=seen.version + 1)
        offices = sorted({new.office, *seen.boxes})
        inboxes = [keys.INBOX(office) for office in (offices if new.ended else [new.office])]
        names = [keys.REFERRAL(new.id), keys.OPEN(), keys.OUTBOX(), keys.REFERENCE(new.reference), *inboxes]
        offered = new.offered_at
        args: list[str | int | float] = [
            new.id,
            seen.version,
            new.to_json(),
            int(new.ended),
            offered.timestamp() if offered else "",
            "keep" if due is None else "done" if due.at is None else due.at.timestamp(),
        ]
        return new if _unlocked(self._replace(keys=[*names, keys.LOCKDOWN()], args=args)) else None

    def change(
        self, identity: str, step: Callable[[Referral], tuple[Referral, Due | None] | None]
    ) -> Referral | None:
        """Applies a pure step to the referral as it is at the moment of writing; the written referral.

        `step` may run more than once; None from it, or no such referral, changes nothing and returns None.

        Raises:
            ReferralError: others wrote first, again and again.
            LifeError: from the step.
        """
        for _ in range(CHANGE_TRIES):
            seen = self.get(identity)
            wanted = step(seen) if seen else None
            if seen is None or wanted is None:
                return None
            if written := self.replace(seen, *wanted):
                return written
        raise ReferralError("others changed this referral again and again")

    def move(self, seen: Referral, move: Move, due: Due | None = None) -> Referral | None:
        """A lawful move of the referral that was `seen`; None if somebody else wrote in between.

        Raises:
            LifeError: the move is not lawful.
        """
        return self.replace(seen, seen.moved(move), due)

    def open_ids(self) -> tuple[str, ...]:
        """The ids of all referrals that have not ended, the oldest first."""
        return _texts(cast("list[bytes]", self._redis.zrange(keys.OPEN(), 0, -1)))

    def open(self) -> Iterator[Referral]:
        """All referrals that have not ended, the oldest first."""
        return self.each(self.open_ids())

    def inbox(self, office: str) -> Iterator[Referral]:
        """What was offered to an office and not ended, the oldest first."""
        return self.each(_texts(cast("list[bytes]", self._redis.zrange(keys.INBOX(office), 0, -1))))

    def each(self, identities: Iterable[str]) -> Iterator[Referral]:
        """The referrals with these ids. One that cannot be read is left out, and the log says so.

        It must not keep STOP, or the morning's re-key, from all the others.
        """
        for identity in identities:
            try:
                referral = self.get(identity)
            except LifeError:
                log.exception("a stored referral cannot be read", extra={"referral": identity[:8]})
                continue
            if referral is not None:
                yield referral


def _unlocked(answer: object) -> object:
    """What a script answered, if the line is not locked."""
    if answer == b"locked":
        raise LockedError
    return answer


def _texts(values: list[bytes]) -> tuple[str, ...]:
    return tuple(value.decode() for value in values)
