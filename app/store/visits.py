"""Visits of staff: who is signed in, in the volatile memory. The browser holds a random word, and we its fingerprint."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Literal, cast, get_args

from redis import Redis

from app.store import keys

Stage = Literal[
    "joining",  # an invitation is being used: secrets are being chosen
    "half",  # the passphrase was right; the second factor is awaited
    "in",
]
LIVES: dict[Stage, int] = {
    "joining": keys.HALF_VISIT_LIFE * 3,
    "half": keys.HALF_VISIT_LIFE,
    "in": keys.VISIT_LIFE,
}


@dataclass(frozen=True)
class Visit:
    """One browser of somebody. `proof` stands in every form, so that no other site can send one.

    `shade` is the half of what keeps the office's key at hand in a browser: the browser has the other, closed with it, so that
    neither a stolen laptop nor this memory holds the key (docs/decisions/0019-opening.md).

    `challenge` is what a passkey was asked to sign, until it has answered.

    `account` is empty while joining; then `invitation` is the fingerprint of the code, and `passphrase` (its hash) and `seed`
    are what was chosen so far.
    """

    stage: Stage
    account: str = ""
    epoch: int = 0
    proof: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    shade: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    challenge: str = field(default="", repr=False)
    invitation: str = field(default="", repr=False)
    passphrase: str = field(default="", repr=False)
    seed: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.stage not in get_args(Stage):
            raise ValueError(f"stage must be one of {', '.join(get_args(Stage))}, got {self.stage!r}")


# KEYS: visit. Answers with the challenge, and leaves none: of two who come at once, one has it.
_TAKE = """
local found = redis.call('GET', KEYS[1])
if not found then return '' end
local visit = cjson.decode(found)
local challenge = visit.challenge or ''
visit.challenge = ''
redis.call('SET', KEYS[1], cjson.encode(visit), 'KEEPTTL')
return challenge
"""


class Visits:
    """By the word that the browser's cookie holds. Every method raises MemoryDown if the volatile memory does not answer."""

    def __init__(self, volatile: Redis) -> None:
        self._redis = volatile
        self._take = volatile.register_script(_TAKE)

    def begin(self, visit: Visit, before: str = "") -> str:
        """Writes a visit under a new word, and ends the one before: a word from before a sign-in opens nothing after it."""
        word = secrets.token_urlsafe(32)
        pipe = self._redis.pipeline(transaction=True)
        if before:
            pipe.delete(_key(before))
        pipe.set(_key(word), json.dumps(asdict(visit)), ex=LIVES[visit.stage])
        pipe.execute()
        return word

    def get(self, word: str) -> Visit | None:
        """The visit of this word, while it lasts."""
        found = cast("bytes | None", self._redis.get(_key(word))) if word else None
        return Visit(**json.loads(found)) if found else None

    def keep(self, word: str, visit: Visit) -> None:
        """Writes what has come of a visit; it lasts no longer for it."""
        self._redis.set(_key(word), json.dumps(asdict(visit)), keepttl=True, xx=True)

    def take_challenge(self, word: str) -> str:
        """What a passkey was asked to sign in this visit, once; then there is none."""
        return cast("bytes", self._take(keys=[_key(word)])).decode()

    def end(self, word: str) -> None:
        """Ends a visit."""
        self._redis.delete(_key(word))


def _key(word: str) -> str:
    return keys.VISIT(sha256(word.encode()).hexdigest())
