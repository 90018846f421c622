"""Sees everything that is left behind: in both memories, in the log, in the files."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from redis import Redis

from app.logs import OneLine

READ = {
    "string": lambda client, name: client.get(name),
    "hash": lambda client, name: client.hgetall(name),
    "list": lambda client, name: client.lrange(name, 0, -1),
    "set": lambda client, name: client.smembers(name),
    "zset": lambda client, name: client.zrange(name, 0, -1, withscores=True),
    "stream": lambda client, name: client.xrange(name),
}


def contents(client: Redis) -> Mapping[str, Any]:
    """Every key with its value, whatever its type."""
    names = sorted(cast("list[bytes]", client.keys("*")))
    return {name.decode(): READ[cast("bytes", client.type(name)).decode()](client, name) for name in names}


def plain(client: Redis) -> bytes:
    """Every key and every value as one text to search in."""
    return b"\n".join(part for item in contents(client).items() for part in _parts(item))


def _parts(value: Any) -> Iterator[bytes]:
    if isinstance(value, Mapping):
        value = list(value.items())
    if isinstance(value, list | tuple | set):
        for item in value:
            yield from _parts(item)
    else:
        yield value if isinstance(value, bytes) else str(value).encode()


def files(*folders: Path) -> bytes:
    """Every name and every byte of every file under these folders."""
    found = sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
    return b"\n".join(bytes(path) + b"\n" + path.read_bytes() for path in found)


@contextmanager
def log() -> Iterator[io.StringIO]:
    """What the log writes meanwhile, as in production."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(OneLine())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield written
    finally:
        root.setLevel(level)
        root.removeHandler(handler)
