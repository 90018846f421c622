"""Where a hook may go, address by address, and how names are looked up."""

from __future__ import annotations

import socket
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from app.directory.endpoint import target_of
from app.outside.guard import Guard, GuardError, looked_up, why_not_public

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "9.255.255.255",
    "11.0.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "168.63.129.15",
    "168.63.129.17",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "223.255.255.255",
    "2606:4700:4700::1111",
    "2a00:1450:4001:80e::200e",
    "2001:4860:4860::8888",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
]

NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104 - an address to refuse
    "0.255.255.255",
    "10.0.0.0",
    "10.255.255.255",
    "100.64.0.0",
    "100.100.100.200",  # a cloud's metadata
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.255",
    "168.63.129.16",  # a cloud's metadata, at a public address
    "169.254.0.0",
    "169.254.169.254",  # a cloud's metadata
    "169.254.170.2",  # a cloud's credentials
    "172.16.0.0",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.0.192",  # a cloud's metadata
    "192.0.2.1",
    "192.88.99.1",
    "192.168.0.0",
    "192.168.255.255",
    "198.18.0.0",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.7",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:127.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::169.254.169.254",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:1ff:ffff::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:a00:1::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",  # a cloud's metadata
    "fd20:ce::254",  # a cloud's metadata
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_may_be_called(address: str) -> None:
    """Up to the very edge of what is not."""
    assert why_not_public(address) is None


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_any_other_may_not(address: str) -> None:
    """Whatever it is written as."""
    assert why_not_public(address)


@given(some.ip_addresses())
def test_what_python_calls_private_is_never_public_here(address: Any) -> None:
    """A second opinion: ours may be stricter, and never looser."""
    inner = getattr(address, "ipv4_mapped", None) or address
    if inner.is_private or inner.is_multicast or inner.is_loopback or inner.is_link_local:
        assert why_not_public(str(address))


def guard(*addresses: str, **changes: Any) -> Guard:
    """A guard for which every name has these addresses."""
    return Guard(resolve=lambda _host, _seconds: addresses, **changes)


CASES = target_of("https://cases.example.org/hooks")


def test_one_bad_address_among_good_ones_is_enough() -> None:
    """Which of them is called is not ours to know."""
    with pytest.raises(
        GuardError, match=r"cases.example.org leads to 10.0.0.5, which is not public"
    ) as caught:
        guard("8.8.8.8", "10.0.0.5").addresses(CASES, 1)

    assert not caught.value.permanent
    assert ("8.8.8.8", "1.1.1.1") == guard("8.8.8.8", "1.1.1.1").addresses(CASES, 1)


def test_only_https_leaves_the_house() -> None:
    """Unless the house said otherwise; and the name is not even looked up."""
    asked: list[str] = []
    watching = Guard(resolve=lambda host, _seconds: asked.append(host) or ())  # type: ignore[func-returns-value]
    with pytest.raises(GuardError, match="must begin with https://") as caught:
        watching.addresses(target_of("http://cases.example.org/"), 1)

    assert (True, []) == (caught.value.permanent, asked)


def test_a_house_that_said_yes_may_call_its_own() -> None:
    """Over http, too."""
    own = guard("10.0.0.5", allow_private=True)

    assert ("10.0.0.5",) == own.addresses(target_of("http://cases.internal/"), 1)


def test_the_refusal_says_how_to_mend_it() -> None:
    """To whoever types the address."""
    with pytest.raises(GuardError, match="AMPARO_ALLOW_PRIVATE_WEBHOOKS=yes"):
        guard("10.0.0.5").addresses(CASES, 1)


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0x7f000001",
        "0x7f.1",
        "0177.0.0.1",
        "0",
        "[::1]",
        "[::ffff:7f00:1]",
    ],
)
def test_this_machine_is_found_behind_any_writing(host: str) -> None:
    """By the system's own look-up, which reads them all."""
    with pytest.raises(GuardError, match="which is not public"):
        Guard().addresses(target_of(f"https://{host}/"), 5)


def test_this_machine_has_its_name() -> None:
    """The look-up is the system's."""
    assert {"127.0.0.1", "::1"} & set(looked_up("localhost", 5))


def test_a_name_that_cannot_be_one_is_not_known() -> None:
    """A part of it has more letters than any name's."""
    with pytest.raises(OSError, match="not known"):
        looked_up("a" * 64 + ".example.org", 5)


def test_a_name_without_addresses_is_an_error() -> None:
    """And not a hook that nobody got."""
    with pytest.raises(OSError, match="no address"):
        guard().addresses(CASES, 1)


def test_a_slow_look_up_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """The system's call has no end of its own."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(0.5) or [])
    begun = time.monotonic()
    with pytest.raises(TimeoutError):
        looked_up("cases.example.org", 0.1)

    assert time.monotonic() - begun < 0.4
