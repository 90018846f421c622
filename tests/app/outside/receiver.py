"""An office's case system: a real server on the loopback, with or without TLS, that answers what a test tells it."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Event, Thread

import trustme

TAKEN = b"HTTP/1.1 204 No Content\r\n\r\n"


def says(status: int, *headers: str, body: bytes = b"") -> tuple[bytes, ...]:
    """An ordinary answer."""
    lines = [f"HTTP/1.1 {status} Some words", *headers, f"Content-Length: {len(body)}", "", ""]
    return ("\r\n".join(lines).encode() + body,)


@dataclass(frozen=True)
class Heard:
    """One request, as it came."""

    line: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """Takes what is sent to `url`; `answers` are for the next requests, each in parts, and then it takes everything.

    `silent`: it takes connections and says nothing, not even hello. `names`: the names that TLS was asked for.
    """

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    answers: list[Iterable[bytes]] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    connections: int = 0
    silent: bool = False
    ended: Event = field(default_factory=Event)

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.url.rsplit(":", 1)[1].split("/")[0])

    def drips(self, head: bytes, drop: bytes, every: float) -> Iterator[bytes]:
        """A head, and then a little now and then, for ever."""
        yield head
        while not self.ended.wait(every):
            yield drop

    def waits(self, seconds: float) -> Iterator[bytes]:
        """It thinks first."""
        self.ended.wait(seconds)
        yield TAKEN

    def serve(self, door: socket.socket, tls: ssl.SSLContext | None) -> None:
        """One connection after the other."""
        while not self.ended.is_set():
            with suppress(OSError):
                caller, _ = door.accept()
                with caller:
                    caller.settimeout(5)
                    self.connections += 1
                    if self.silent:
                        self.ended.wait(5)
                    elif tls:
                        with tls.wrap_socket(caller, server_side=True) as secured:
                            self._talk(secured)
                    else:
                        self._talk(caller)

    def _talk(self, caller: socket.socket) -> None:
        with caller.makefile("rb") as incoming:
            line = incoming.readline().decode().strip()
            if not line:
                return
            headers = {}
            while words := incoming.readline().decode().strip():
                name, _, value = words.partition(":")
                headers[name.lower()] = value.strip()
            self.heard.append(Heard(line, headers, incoming.read(int(headers["content-length"]))))
        for part in self.answers.pop(0) if self.answers else (TAKEN,):
            caller.sendall(part)


@contextmanager
def receiver(certificate: Path | None = None) -> Iterator[Receiver]:
    """A receiver; over TLS with the certificate and key in this file."""
    it = Receiver()
    tls = _tls(it, certificate) if certificate else None
    with socket.create_server(("127.0.0.1", 0)) as door:
        door.settimeout(0.05)
        it.url = f"{'https' if tls else 'http'}://127.0.0.1:{door.getsockname()[1]}/hooks"
        thread = Thread(target=it.serve, args=(door, tls), daemon=True)
        thread.start()
        try:
            yield it
        finally:
            it.ended.set()
            thread.join()


def _tls(it: Receiver, certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.sni_callback = lambda _socket, name, _context: it.names.append(name)
    return context


def make_certificate(folder: Path, name: str) -> Path:
    """A certificate for this name and its key, with the one that vouches for it, in one file."""
    authority = trustme.CA()
    issued = authority.issue_cert(name)
    made = folder / "certificate.pem"
    issued.private_key_and_cert_chain_pem.write_to_path(str(made))
    authority.cert_pem.write_to_path(str(made), append=True)
    return made
