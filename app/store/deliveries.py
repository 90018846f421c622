"""How far Twilio got with our texts: a status under an id of our own, never Twilio's."""

from __future__ import annotations

import re
from typing import cast

from redis import Redis

from app.outside.failures import NO_CODE
from app.store import keys

# Callbacks come late, twice and out of order: a text never steps back. No two statuses share a place, so that what is
# known in the end does not hang on what came first; that a phone has it is believed over that it has not.
# Source: twilio.com/docs/messaging/api/message-resource#message-status-values
RANK = {
    status: rank
    for rank, status in enumerate(
        (
            *("scheduled", "accepted", "queued", "sending", "sent"),
            *("canceled", "undelivered", "failed"),
            *("partially_delivered", "delivered", "read"),
        )
    )
}
FAILED = frozenset({"undelivered", "failed"})

# KEYS: the text. ARGV: rank, status, code, life, "1" if the status is a failure.
# Answers with the referral that waits for this text, if it has failed just now.
_NOTE = """
local last = tonumber(redis.call('HGET', KEYS[1], 'rank') or '-1')
if tonumber(ARGV[1]) <= last then return false end
local failed = redis.call('HGET', KEYS[1], 'failed')
redis.call('HSET', KEYS[1], 'rank', ARGV[1], 'status', ARGV[2], 'code', ARGV[3], 'failed', ARGV[5])
redis.call('EXPIRE', KEYS[1], ARGV[4])
if ARGV[5] == '1' and failed ~= '1' then return redis.call('HGET', KEYS[1], 'referral') end
return false
"""


class Deliveries:
    """Status of the texts sent through the REST API, for two days. Each text has an id of its own, each try too."""

    def __init__(self, volatile: Redis) -> None:
        self._volatile = volatile
        self._note = volatile.register_script(_NOTE)

    def expect(self, delivery: str, referral: str) -> None:
        """Remembers whom a text is about, before it is sent: its failure wakes that referral.

        A try that is sent again must have another id, or its statuses are held against those of the try before.

        Raises:
            ValueError: an id that is not ours.
            MemoryDown: the volatile memory does not answer.
        """
        pipe = self._volatile.pipeline(transaction=True)
        pipe.hset(keys.CALLBACK(delivery), "referral", referral)
        pipe.expire(keys.CALLBACK(delivery), keys.CALLBACK_LIFE)
        pipe.execute()

    def note(self, delivery: str, status: str, code: str) -> str | None:
        """Keeps a status unless a later one is known; the referral to wake, if an expected text has failed just now.

        Raises:
            ValueError: a status that Twilio does not document, or an id that is not ours.
            MemoryDown: the volatile memory does not answer.
        """
        if status not in RANK:
            raise ValueError("status must be one that Twilio documents")
        safe = code if re.fullmatch(r"[0-9]{0,6}", code) else ""
        failed = "1" if status in FAILED else "0"
        woken = self._note(
            keys=[keys.CALLBACK(delivery)], args=[RANK[status], status, safe, keys.CALLBACK_LIFE, failed]
        )
        return cast("bytes", woken).decode() if woken else None

    def read(self, delivery: str) -> tuple[str, str]:
        """The last status and error code, both empty if none is known."""
        found = self._volatile.hmget(keys.CALLBACK(delivery), ["status", "code"])
        status, code = cast("list[bytes | None]", found)
        return (status or b"").decode(), (code or b"").decode()

    def failure(self, delivery: str) -> int | None:
        """The code with which a text failed (NO_CODE if Twilio gave none); None as long as it has not failed.

        Raises:
            MemoryDown: the volatile memory does not answer.
        """
        status, code = self.read(delivery)
        return (int(code or 0) or NO_CODE) if status in FAILED else None
