"""How the two memories are reached: with short time-outs and no silent retries."""

from __future__ import annotations

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import (
    AuthenticationError,
    AuthorizationError,
    BusyLoadingError,
    NoPermissionError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
)
from redis.retry import Retry

# Twilio waits 15 s and a frightened person less: a memory that does not answer in this time is called down.
SOCKET_TIMEOUT = 1.0
CONNECT_TIMEOUT = 0.5

MemoryDown = RedisError

# What each refusal means, said of "the durable Redis". Source: the error prefixes of redis.io/docs, `redis-cli`.
_REFUSALS: tuple[tuple[type[RedisError] | tuple[type[RedisError], ...], str], ...] = (
    (OutOfMemoryError, "is full and takes no writes: give it more memory (maxmemory)"),
    (ReadOnlyError, "is a read-only copy and takes no writes: name the server it is a copy of"),
    (BusyLoadingError, "is still reading its file; it answers when it is done"),
    ((AuthenticationError, AuthorizationError), "refuses the password"),
    (NoPermissionError, "does not allow this user what the line needs"),
)


def why(error: MemoryDown) -> str:
    """What is wrong with a memory that raised this, in words that follow its name; no address and no password.

    A write that was refused for its disk is known by its prefix alone: redis-py has no class for MISCONF.
    """
    if str(error).startswith("MISCONF"):
        return "cannot write to its disk and takes no writes: make room there"
    return next((words for kinds, words in _REFUSALS if isinstance(error, kinds)), "does not answer")


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
