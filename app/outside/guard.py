"""Where a hook may go: over https to a public address, and never to a place inside our own network.

Otherwise whoever names an endpoint could make the worker knock at what only the worker can reach: a database, a
cloud's metadata. Sources: the IANA special-purpose address registries (RFC 6890), RFC 6052 for NAT64.
"""

from __future__ import annotations

import socket
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from queue import Empty, SimpleQueue
from threading import Thread

from app.directory.endpoint import Target

SETTING = "AMPARO_ALLOW_PRIVATE_WEBHOOKS"

# Python's own `is_global` lets 192.0.0.192, 2002::/16 and fec0::/10 pass and differs from version to version.
NOT_PUBLIC = tuple(
    (ip_network(network), meaning)
    for network, meaning in (
        ("0.0.0.0/8", "this machine itself"),
        ("10.0.0.0/8", "a private network"),
        ("100.64.0.0/10", "a carrier's inner network, and a cloud's metadata"),
        ("127.0.0.0/8", "this machine itself"),
        ("168.63.129.16/32", "a cloud's metadata"),
        ("169.254.0.0/16", "the next wire, and a cloud's metadata"),
        ("172.16.0.0/12", "a private network"),
        ("192.0.0.0/24", "reserved for protocols, and a cloud's metadata"),
        ("192.0.2.0/24", "for examples"),
        ("192.88.99.0/24", "a relay that was given up"),
        ("192.168.0.0/16", "a private network"),
        ("198.18.0.0/15", "for measurements"),
        ("198.51.100.0/24", "for examples"),
        ("203.0.113.0/24", "for examples"),
        ("224.0.0.0/4", "many machines at once"),
        ("240.0.0.0/4", "reserved, or all machines at once"),
        ("2001::/23", "reserved for protocols, and a tunnel"),
        ("2001:db8::/32", "for examples"),
        ("2002::/16", "a tunnel to any IPv4 address"),
        ("3fff::/20", "for examples"),
    )
)
# All public IPv6 addresses there are (IANA has given out no others); the rest is private, local or reserved.
PUBLIC_IPV6 = ip_network("2000::/3")
NAT64 = ip_network("64:ff9b::/96")

# Name, seconds -> addresses. It raises OSError when the name is not known or nobody says so in time.
Resolve = Callable[[str, float], tuple[str, ...]]


class GuardError(Exception):
    """A place where no hook may go; `permanent` if its address would have to be written differently."""

    def __init__(self, message: str, permanent: bool) -> None:
        self.permanent = permanent
        super().__init__(message)


def looked_up(host: str, seconds: float) -> tuple[str, ...]:
    """The addresses of a name, as this machine finds them.

    In a thread that is left behind when the time is over: the system's call itself cannot be hurried.

    Raises:
        OSError: the name is not known, or nobody said so in time.
    """
    found: SimpleQueue[tuple[str, ...] | Exception] = SimpleQueue()
    Thread(target=_look_up, args=(host, found), daemon=True).start()
    try:
        answer = found.get(timeout=seconds)
    except Empty:
        raise TimeoutError("the name was not found in time") from None
    if isinstance(answer, Exception):
        raise OSError("the name is not known") from answer
    return answer


def _look_up(host: str, found: SimpleQueue[tuple[str, ...] | Exception]) -> None:
    try:
        answers = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:  # UnicodeError: a part of the name is too long
        found.put(error)
    else:
        found.put(tuple(dict.fromkeys(str(place[0]) for *_, place in answers)))


@dataclass(frozen=True)
class Guard:
    """Says where a name leads, if a hook may go there. `allow_private` is for tests and systems of the same house."""

    allow_private: bool = False
    resolve: Resolve = looked_up

    def addresses(self, target: Target, seconds: float) -> tuple[str, ...]:
        """The addresses to connect to, in order. They were looked at: nobody must ask for the name again.

        Raises:
            GuardError: it is not https, or one of its addresses is not public.
            OSError: the name is not known, or nobody said so in time.
        """
        if not target.secure and not self.allow_private:
            raise GuardError(f"url must begin with https:// ({SETTING} is not yes)", permanent=True)
        found = self.resolve(target.host, seconds)
        if not found:
            raise OSError("the name has no address")
        for address in found:
            if not self.allow_private and (meaning := why_not_public(address)):
                # Not permanent: a name may lead elsewhere tomorrow, and asking again does no harm.
                raise GuardError(
                    f"{target.host} leads to {address}, which is not public ({meaning}). "
                    f"For a system in your own house set {SETTING}=yes",
                    permanent=False,
                )
        return found


def why_not_public(address: str) -> str | None:
    """What kind of place an address is that no stranger may send us to; None for a public one.

    Raises:
        ValueError: it is no address.
    """
    place = _inner(ip_address(address))
    if isinstance(place, IPv6Address) and place not in PUBLIC_IPV6:
        return "not a public IPv6 address"
    return next((meaning for network, meaning in NOT_PUBLIC if place in network), None)


def _inner(place: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address that an IPv6 address stands for, or the address itself."""
    if isinstance(place, IPv4Address):
        return place
    if place in NAT64:
        return IPv4Address(int(place) & 0xFFFFFFFF)
    return place.ipv4_mapped or place
