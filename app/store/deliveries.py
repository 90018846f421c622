"""How far Twilio got with our texts: a status under an id of our own, never Twilio's."""

from __future__ import annotations

import re
from typing import cast

from redis import Redis

from app.store import keys

# Callbacks come late, twice and out of order: a text never steps back.
# Source: twilio.com/docs/messaging/api/message-resource#message-status-values
RANK = {
    "accepted": 0,
    "scheduled": 0,
    "queued": 1,
    "sending": 2,
    "sent": 3,
    "undelivered": 4,
    "failed": 4,
    "canceled": 4,
    "partially_delivered": 4,
    "delivered": 4,
    "read": 5,
}

_NOTE = """
local rank = tonumber(redis.call('HGET', KEYS[1], 'rank') or '-1')
if tonumber(ARGV[1]) <= rank then return 0 end
redis.call('HSET', KEYS[1], 'rank', ARGV[1], 'status', ARGV[2], 'code', ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
"""


class Deliveries:
    """Status of the texts sent through the REST API, for a day."""

    def __init__(self, volatile: Redis) -> None:
        self._volatile = volatile
        self._note = volatile.register_script(_NOTE)

    def note(self, delivery: str, status: str, code: str) -> None:
        """Keeps a status unless a later one is known.

        Raises:
            ValueError: a status that Twilio does not document, or an id that is not ours.
            MemoryDown: the volatile memory does not answer.
        """
        if status not in RANK:
            raise ValueError("status must be one that Twilio documents")
        safe = code if re.fullmatch(r"[0-9]{0,6}", code) else ""
        self._note(keys=[keys.CALLBACK(delivery)], args=[RANK[status], status, safe, keys.DAY])

    def read(self, delivery: str) -> tuple[str, str]:
        """The last status and error code, both empty if none is known."""
        found = self._volatile.hmget(keys.CALLBACK(delivery), ["status", "code"])
        status, code = cast("list[bytes | None]", found)
        return (status or b"").decode(), (code or b"").decode()
