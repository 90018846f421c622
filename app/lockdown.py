"""Closing the line at once, and opening it again: who locked does not lift alone.

docs/incident.md tells when; docs/decisions/0014-lockdown.md why it is done in this order.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest

from app.sealing import SealError, is_recipient, seal, unseal
from app.store import keys
from app.store.emptying import Emptying
from app.store.lockdown import Challenge, Lock, Lockdown

# A worker that had a step in hand when the line was locked ends it or dies: its lease tells.
LONGEST_WAIT = keys.LEASE_LIFE + 5.0
LOOK = 0.1  # seconds
GROUPS = 5  # of four hex digits: 80 bits, and short enough to be read out over the telephone


class LockdownError(Exception):
    """The lock stays as it is; the sentence says why and what to do."""


@dataclass(frozen=True)
class Emptied:
    """How many keys are gone, and how many errands a worker still had in hand at the end of the wait."""

    keys: int
    in_hand: int


def challenges_for(persons: Mapping[str, str], locker: str) -> dict[str, Challenge]:
    """A new answer for each listed person but the one who locks, sealed to her; only its fingerprint stays in clear.

    Whoever's key cannot be used is left out: nothing in the list may keep anybody from locking.
    """
    others = {name: recipient for name, recipient in persons.items() if name != locker}
    return {name: _challenge(recipient) for name, recipient in others.items() if is_recipient(recipient)}


def _challenge(recipient: str) -> Challenge:
    answer = "-".join(secrets.token_hex(2) for _ in range(GROUPS))
    return Challenge(seal(f"{answer}\n".encode(), (recipient,)), _proof(answer))


def _proof(answer: str) -> str:
    bare = "".join(character for character in answer.casefold() if character.isalnum())
    return sha256(bare.encode()).hexdigest()


def answer_in(challenge: Challenge, identity: str) -> str:
    """The answer, opened with the person's own age identity.

    Raises:
        LockdownError: this identity does not open it.
    """
    try:
        return unseal(challenge.box, identity).decode().strip()
    except SealError as error:
        raise LockdownError(f"This key does not open the box: {error}.") from error


def close(lockdown: Lockdown, by: str, reason: str, now: datetime) -> tuple[Lock, bool]:
    """Writes the lock; the one that stands, and whether this call made it. No request can be written from here on.

    Raises:
        MemoryDown: the durable memory does not answer; nothing is locked.
    """
    lock = Lock(now, by, reason, challenges_for(lockdown.persons(), by))
    made = lockdown.lock(lock)
    return lockdown.standing() or lock, made


def forget(emptying: Emptying, wait: Callable[[float], None] = time.sleep) -> Emptied:
    """Empties the volatile memory, waits until no worker has anything in hand, and empties what came meanwhile.

    Comes after `close`: a text that is read after the first emptying finds its pepper gone, asks, and is refused.

    Raises:
        MemoryDown: the volatile memory does not answer; what was not removed is still there.
    """
    gone, waited = emptying.empty(), 0.0
    while emptying.in_hand() and waited < LONGEST_WAIT:
        wait(LOOK)
        waited += LOOK
    return Emptied(gone + emptying.empty(), emptying.in_hand())


def lift(lockdown: Lockdown, emptying: Emptying, by: str, answer: str, reason: str, now: datetime) -> Lock:
    """Opens the line again; the lock that stood.

    Raises:
        LockdownError: nothing is locked, or this person may not lift it, or the answer is wrong.
        MemoryDown: a memory does not answer; the line stays locked.
    """
    lock = lockdown.standing()
    if lock is None:
        raise LockdownError("The line is not locked.")
    refuse_lift(lock, by, answer)
    emptying.empty()  # what a worker that was busy all the while might have marked must not be believed
    if not lockdown.lift(lock, by, reason, now):
        raise LockdownError("Somebody else was faster: see amparo lockdown status.")
    return lock


def refuse_lift(lock: Lock, by: str, answer: str) -> None:
    """Goes on only if this person, with this answer, may lift this lock.

    Raises:
        LockdownError: she may not.
    """
    if by == lock.by:
        raise LockdownError(f"{by} has locked the line, so somebody else must lift it.")
    if not lock.challenges:
        return
    challenge = lock.challenges.get(by)
    if challenge is None:
        raise LockdownError(f"{by} is not among those who may lift this lock: {', '.join(lock.challenges)}.")
    if not compare_digest(_proof(answer), challenge.proof):
        raise LockdownError(
            f"That is not the answer of {by}. Give her own key with --identity, or open her box where the key is: "
            f"amparo lockdown challenge {by} FILE, then there: age --decrypt -i KEY FILE"
        )
