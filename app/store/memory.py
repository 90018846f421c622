"""How the two memories are reached: with short time-outs and no silent retries."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

# Twilio waits 15 s and a frightened person less: a memory that does not answer in this time is called down.
SOCKET_TIMEOUT = 1.0
CONNECT_TIMEOUT = 0.5

MemoryDown = RedisError


def connect(url: str, timeout: float = SOCKET_TIMEOUT) -> Redis:
    """A client that asks once and says so when it fails.

    redis-py's own default sends a command up to ten times more, which doubled an INCR and hung for 15 s.
    """
    return Redis.from_url(
        url,
        decode_responses=False,
        socket_timeout=timeout,
        socket_connect_timeout=CONNECT_TIMEOUT,
        retry=Retry(NoBackoff(), 0),
        health_check_interval=0,
    )
