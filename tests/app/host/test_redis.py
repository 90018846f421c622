"""The two servers: where they are, what they keep, and what an earlier run left on their socket."""

from __future__ import annotations

import os
import re
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from redis import Redis
from redis.exceptions import ResponseError

from app.host import HostError, redis
from app.store.keys import Memory
from app.store.memory import connect
from tests.servers import Servers


@pytest.fixture
def own() -> Iterator[Servers]:
    """Two servers that only this test sees."""
    servers = Servers.start()
    yield servers
    servers.stop()


def settings(client: Redis) -> dict[str, str | None]:
    names = ("save", "appendonly", "appendfsync", "maxmemory-policy", "port", "slowlog-max-len")
    return {name: client.config_get(name)[name] for name in names}


def test_the_durable_server_has_every_write_on_the_disk_and_forgets_nothing(durable: Redis) -> None:
    """A confirmed referral is on the disk before it is confirmed."""
    assert {
        "save": "",
        "appendonly": "yes",
        "appendfsync": "always",
        "maxmemory-policy": "noeviction",
        "port": "0",
        "slowlog-max-len": "0",
    } == settings(durable)


def test_the_volatile_server_has_a_bound_and_no_file(volatile: Redis) -> None:
    """What must be forgotten is in the memory only, and a flood of it is refused."""
    assert ("", "no", "noeviction") == tuple(
        settings(volatile)[name] for name in ("save", "appendonly", "maxmemory-policy")
    )
    assert {"maxmemory": str(256 * 1024 * 1024)} == volatile.config_get("maxmemory")


def test_durable_data_survives_a_power_cut_and_volatile_data_does_not(own: Servers) -> None:
    """Both servers are killed: one comes back with everything, the other with nothing and no file."""
    for server, word in ((own.durable, "kept-by-the-test"), (own.volatile, "forgotten-by-the-test")):
        client = connect(server.url)
        client.set("word", word)
        client.close()
        server.kill()
        server.start()

    kept, forgotten = connect(own.durable.url), connect(own.volatile.url)

    assert (b"kept-by-the-test", None) == (kept.get("word"), forgotten.get("word"))
    files = [path for path in own.data.rglob("*") if path.is_file()]
    assert {own.data / "durable" / "appendonlydir"} == {path.parent for path in files}
    assert not [path for path in files if b"forgotten-by-the-test" in path.read_bytes()]
    kept.close()
    forgotten.close()


def test_nobody_writes_a_snapshot_of_the_volatile_server_by_hand(volatile: Redis) -> None:
    """SAVE and BGSAVE are not there."""
    for write in (volatile.save, volatile.bgsave):
        with pytest.raises(ResponseError, match="unknown command"):
            write()


def test_only_the_user_who_runs_it_can_open_the_socket(servers: Servers) -> None:
    """The permissions of the socket and of its folder are the lock on the door."""
    path = redis.socket_path(servers.data, "durable")

    assert (0o700, 0o700) == (
        stat.S_IMODE(path.stat().st_mode),
        stat.S_IMODE(path.parent.stat().st_mode),
    )


def test_the_address_is_found_from_the_data_folder_alone(tmp_path: Path) -> None:
    """Another shell finds the servers that run."""
    assert f"unix://{tmp_path}/run/durable.sock" == redis.embedded_url(tmp_path, "durable")


@pytest.mark.parametrize("name", redis.MEMORIES)
def test_a_long_data_path_gets_a_short_socket(name: Memory) -> None:
    """A unix socket has a path of at most 107 bytes."""
    long, other = Path("/srv", "x" * 90, "var"), Path("/srv", "y" * 90, "var")

    path = redis.socket_path(long, name)

    assert len(os.fsencode(path)) <= 103
    assert path == redis.socket_path(long, name)
    assert path != redis.socket_path(other, name)


def test_strange_characters_in_the_data_path_survive_the_address(tmp_path: Path) -> None:
    """A blank, a question mark and a percent sign lead to a socket without any: redis-py could not read it back."""
    data = tmp_path / "a b?c%20d#e"
    client = connect(redis.embedded_url(data, "durable"))

    path = client.connection_pool.connection_kwargs["path"]
    assert str(redis.socket_path(data, "durable")) == path
    assert re.fullmatch(r"[A-Za-z0-9._/-]+", path)


def test_a_folder_that_is_a_link_is_refused(tmp_path: Path) -> None:
    """In /tmp another user could have laid a link under our name."""
    link = tmp_path / "link"
    link.symlink_to(tmp_path)

    with pytest.raises(HostError, match="must be a folder of the user"):
        redis.private_folder(link)


def test_an_open_folder_is_closed_to_others(tmp_path: Path) -> None:
    """Whatever the umask was when it was made."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o755)

    redis.private_folder(folder)

    assert 0o700 == stat.S_IMODE(folder.stat().st_mode)


def test_a_stale_socket_is_removed(tmp_path: Path) -> None:
    """A power cut leaves a socket that nobody listens on."""
    redis.make_folders(tmp_path)
    path = redis.socket_path(tmp_path, "durable")
    with socket.socket(socket.AF_UNIX) as gone:
        gone.bind(str(path))

    redis.free_socket(tmp_path, "durable")

    assert not path.exists()


def test_a_server_that_was_left_is_ended_with_its_data_kept(own: Servers) -> None:
    """A server nobody supervises any more makes room on its socket, politely."""
    client = connect(own.durable.url)
    client.set("word", "kept")
    client.close()
    assert own.durable.running is not None

    redis.free_socket(own.data, "durable")

    assert 0 == own.durable.running.process.wait(5)
    own.durable.kill()
    own.durable.start()
    client = connect(own.durable.url)
    assert b"kept" == client.get("word")
    client.close()


def test_a_server_that_hangs_on_our_socket_is_not_written_over(
    own: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two servers on one append-only file would ruin it: the start ends with a sentence."""
    monkeypatch.setattr(redis, "GRACE", 0.1)
    own.durable.pause()

    with pytest.raises(HostError, match="A server that does not answer holds"):
        redis.free_socket(own.data, "durable")

    assert redis.socket_path(own.data, "durable").exists()


def test_a_redis_that_is_too_old_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The commands we use are those of Redis 7.0; Debian 11 has 6.0."""
    for name, version in (("redis-server", "6.0.16"), ("valkey-server", "8.0.1")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho 'Server v={version} sha=0'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")

    assert str(tmp_path / "valkey-server") == redis.find_server()
