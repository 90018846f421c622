"""Referrals in the durable memory: what is confirmed is written, what is written is never half written.

One JSON string a referral. A withdrawn one loses its boxes and its number in the same single write in which its
state changes, and a compare-and-set of the whole is one comparison; hash fields would invite writing a part.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import cast

from redis import Redis

from app.logs import of_referral
from app.referral.life import LifeError, Referral
from app.referral.record import from_json, to_json
from app.referral.tally import month_of, tallied
from app.staff.audit import Entry
from app.store import keys
from app.store.audit import audit_of
from app.store.lockdown import LockedError

log = logging.getLogger(__name__)

REFERENCE_TRIES = 8
CHANGE_TRIES = 8

# Before everything else: while the line is locked nothing is written. The last of KEYS is the lock.
_UNLESS_LOCKED = """
if redis.call('EXISTS', table.remove(KEYS)) == 1 then return 'locked' end
"""

# KEYS: reference, open, outbox, record of each candidate id (the first is the new one's).
# ARGV: id, record, requested at, due at (or ''), kept (0 or 1). Answers the record that was there, 'collision', or nothing.
_REQUEST = """
for i = 4, #KEYS do
  local found = redis.call('GET', KEYS[i])
  if found then return found end
end
if redis.call('EXISTS', KEYS[1]) == 1 then return 'collision' end
redis.call('SET', KEYS[4], ARGV[2])
redis.call('SET', KEYS[1], ARGV[1])
if ARGV[5] == '1' then redis.call('ZADD', KEYS[2], ARGV[3], ARGV[1]) end
if ARGV[4] ~= '' then redis.call('ZADD', KEYS[3], ARGV[4], ARGV[1]) end
return false
"""

# KEYS: record, open, outbox, audit, a month for each name that is counted, inboxes it must not stand in, then (if ARGV[7] is
# not '') the one it stands in. ARGV: id, version that was read, record, requested at, kept (0 or 1), due at (or ''), offered at
# (or ''), a line of the audit (or ''), then each name that is counted.
_REPLACE = """
local found = redis.call('GET', KEYS[1])
if not found or cjson.decode(found).version ~= tonumber(ARGV[2]) then return 0 end
redis.call('SET', KEYS[1], ARGV[3])
if ARGV[5] == '1' then redis.call('ZADD', KEYS[2], ARGV[4], ARGV[1]) else redis.call('ZREM', KEYS[2], ARGV[1]) end
if ARGV[6] == '' then redis.call('ZREM', KEYS[3], ARGV[1]) else redis.call('ZADD', KEYS[3], ARGV[6], ARGV[1]) end
if ARGV[8] ~= '' then redis.call('RPUSH', KEYS[4], ARGV[8]) end
local counted = #ARGV - 8
for i = 1, counted do redis.call('HINCRBY', KEYS[4 + i], ARGV[8 + i], 1) end
local last = #KEYS
if ARGV[7] ~= '' then
  redis.call('ZADD', KEYS[last], ARGV[7], ARGV[1])
  last = last - 1
end
for i = 5 + counted, last do redis.call('ZREM', KEYS[i], ARGV[1]) end
return 1
"""

# KEYS: record, open, outbox, reference, counts, inboxes. ARGV: id, version that was read, what is counted.
_FORGET = """
local found = redis.call('GET', KEYS[1])
if not found or cjson.decode(found).version ~= tonumber(ARGV[2]) then return 0 end
redis.call('DEL', KEYS[1], KEYS[4])
redis.call('ZREM', KEYS[2], ARGV[1])
redis.call('ZREM', KEYS[3], ARGV[1])
for i = 6, #KEYS do redis.call('ZREM', KEYS[i], ARGV[1]) end
redis.call('HINCRBY', KEYS[5], ARGV[3], 1)
return 1
"""


class ReferralError(Exception):
    """A referral that cannot be written now: others changed it again and again, or no reference was free."""


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
        self._forget = durable.register_script(_UNLESS_LOCKED + _FORGET)

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
                return Requested(from_json(found), new=False)
        raise ReferralError("no free reference was found")

    def _write(self, ids: tuple[str, ...], referral: Referral) -> bytes | None:
        names = [keys.REFERENCE(referral.reference), keys.OPEN(), keys.OUTBOX(), *map(keys.REFERRAL, ids)]
        created = referral.created.timestamp()
        args: list[str | float] = [referral.id, to_json(referral), created, _due(referral), _kept(referral)]
        return cast("bytes | None", _unlocked(self._request(keys=[*names, keys.LOCKDOWN()], args=args)))

    def get(self, identity: str) -> Referral | None:
        """The referral with this id."""
        found = cast("bytes | None", self._redis.get(keys.REFERRAL(identity)))
        return from_json(found) if found else None

    def by_reference(self, reference: str) -> Referral | None:
        """The referral with this reference, while anything of it is kept."""
        found = cast("bytes | None", self._redis.get(keys.REFERENCE(reference)))
        return self.get(found.decode()) if found else None

    def replace(self, seen: Referral, new: Referral, note: Entry | None = None) -> Referral | None:
        """Writes `new` in the place of what was `seen`, with every index, its due time, what it counts as and who did it, in one step.

        None is returned, and nothing written, if somebody else wrote in between.
        """
        new = replace(new, version=seen.version + 1)
        here = [new.office] if new.at_the_office else []
        gone = sorted({seen.office, new.office, *seen.boxes} - set(here))
        counted = _counted(seen, new)
        months = [keys.MONTH(month) for month, _ in counted]
        inboxes = [keys.INBOX(office) for office in (*gone, *here)]
        audit = audit_of(note.office if note else "")
        names = [keys.REFERRAL(new.id), keys.OPEN(), keys.OUTBOX(), audit, *months, *inboxes]
        offered = new.since("offered") if here else None
        args: list[str | int | float] = [
            new.id,
            seen.version,
            to_json(new),
            new.created.timestamp(),
            _kept(new),
            _due(new),
            offered.timestamp() if offered else "",
            note.to_json() if note else "",
            *(name for _, name in counted),
        ]
        return new if _unlocked(self._replace(keys=[*names, keys.LOCKDOWN()], args=args)) else None

    def forget(self, seen: Referral, month: str) -> bool:
        """Removes the record with everything that points to it, and counts how it ended; False if it has changed."""
        names = [keys.REFERRAL(seen.id), keys.OPEN(), keys.OUTBOX(), keys.REFERENCE(seen.reference)]
        inboxes = map(keys.INBOX, sorted({seen.office, *seen.boxes}))
        counted = f"{seen.state}.{seen.moves[-1].reason}" if seen.moves else seen.state
        every = [*names, keys.COUNTS(month), *inboxes, keys.LOCKDOWN()]
        return bool(_unlocked(self._forget(keys=every, args=[seen.id, seen.version, counted])))

    def counts(self, month: str) -> dict[str, int]:
        """How the forgotten referrals of a month ended."""
        return self._numbers(keys.COUNTS(month))

    def month(self, month: str, office: str) -> dict[str, int]:
        """What was counted of an office in a month, such as 202611; the names are those of `tally`."""
        return self._numbers(keys.MONTH(f"{month}-{office}"))

    def _numbers(self, key: str) -> dict[str, int]:
        found = cast("dict[bytes, bytes]", self._redis.hgetall(key))
        return {name.decode(): int(count) for name, count in sorted(found.items())}

    def change(
        self, identity: str, step: Callable[[Referral], Referral | None], note: Entry | None = None
    ) -> Referral | None:
        """Applies a pure step to the referral as it is at the moment of writing; the written referral.

        `step` may run more than once; None from it, or no such referral, changes nothing and returns None. `note` is written
        to the audit in the same step: no deed without its line, and no line without its deed.

        Raises:
            ReferralError: others wrote first, again and again.
            LifeError: from the step.
        """
        for _ in range(CHANGE_TRIES):
            seen = self.get(identity)
            wanted = step(seen) if seen else None
            if seen is None or wanted is None:
                return None
            if written := self.replace(seen, wanted, note):
                return written
        raise ReferralError("others changed this referral again and again")

    def held_ids(self) -> tuple[str, ...]:
        """The ids of all referrals that are open, or whose number we still hold; the oldest first."""
        return _texts(cast("list[bytes]", self._redis.zrange(keys.OPEN(), 0, -1)))

    def held(self) -> Iterator[Referral]:
        """Those referrals."""
        return self.each(self.held_ids())

    def open(self) -> Iterator[Referral]:
        """All referrals that have not ended, the oldest first."""
        return (referral for referral in self.held() if not referral.ended)

    def inbox(self, office: str) -> Iterator[Referral]:
        """What stands with an office and has not ended, the oldest first."""
        return self.each(self.inbox_ids(office))

    def inbox_ids(self, office: str) -> tuple[str, ...]:
        """The ids of what stands with an office."""
        return _texts(cast("list[bytes]", self._redis.zrange(keys.INBOX(office), 0, -1)))

    def load(self, offices: Iterable[str]) -> dict[str, int]:
        """How many referrals stand with each office, in one round trip."""
        names = tuple(offices)
        pipe = self._redis.pipeline(transaction=False)
        for office in names:
            pipe.zcard(keys.INBOX(office))
        return dict(zip(names, cast("list[int]", pipe.execute()), strict=True))

    def each(self, identities: Iterable[str]) -> Iterator[Referral]:
        """The referrals with these ids. One that cannot be read is left out, and the log says so.

        It must not keep STOP, or the morning's re-key, from all the others.
        """
        for identity in identities:
            try:
                referral = self.get(identity)
            except LifeError:
                log.exception("a stored referral cannot be read", extra=of_referral(identity))
                continue
            if referral is not None:
                yield referral


def _unlocked(answer: object) -> object:
    """What a script answered, if the line is not locked."""
    if answer == b"locked":
        raise LockedError
    return answer


def _counted(seen: Referral, new: Referral) -> list[tuple[str, str]]:
    """Which name is counted in which month, for each new move at an office that is counted."""
    moves = new.moves[len(seen.moves) :]
    named = zip(moves, tallied(seen, new), strict=True)
    return [(month_of(move), name) for move, name in named if name and move.office]


def _due(referral: Referral) -> float | str:
    return referral.due.timestamp() if referral.due else ""


def is_held(referral: Referral) -> bool:
    """True while it is open or its number is held: then STOP and the code must find it each day."""
    return not referral.ended or referral.reachable


def _kept(referral: Referral) -> int:
    return int(is_held(referral))


def _texts(values: list[bytes]) -> tuple[str, ...]:
    return tuple(value.decode() for value in values)
