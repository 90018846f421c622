"""Endpoints, their addresses and their secrets."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from app.directory.endpoint import (
    MOST_SECRETS,
    ROTATION,
    WHY,
    Endpoint,
    EndpointError,
    SealedSecret,
    Target,
    key_of,
    new_secret,
    target_of,
)
from app.sealing import recipient_of, unseal
from tests.app.referral.made_up import NOW, WORKER_KEY

# The same in every process: the names of the tests below are made of it.
SECRET = f"whsec_{b64encode(bytes(range(32))).decode()}"


def sealed(secret: str = SECRET) -> SealedSecret:
    """A secret, sealed to the worker."""
    return SealedSecret.of(secret, recipient_of(WORKER_KEY))


def endpoint(url: str = "https://cases.example.org/hooks?token=t0ken") -> Endpoint:
    """An office's endpoint."""
    return Endpoint("harbor", url, (sealed(),))


@pytest.mark.parametrize(
    ("url", "target", "authority"),
    [
        ("https://cases.example.org", Target(True, "cases.example.org", 443, "/"), "cases.example.org"),
        ("https://CASES.example.org:443/a", Target(True, "cases.example.org", 443, "/a"), "cases.example.org"),
        ("HTTPS://c.example.org:8443/a?b=c", Target(True, "c.example.org", 8443, "/a?b=c"), "c.example.org:8443"),
        ("https://c.example.org?b=c", Target(True, "c.example.org", 443, "/?b=c"), "c.example.org"),
        ("http://c.example.org/a%20b", Target(False, "c.example.org", 80, "/a%20b"), "c.example.org"),
        ("http://c.example.org:443/", Target(False, "c.example.org", 443, "/"), "c.example.org:443"),
        ("https://[2606:4700::1111]:8443/", Target(True, "2606:4700::1111", 8443, "/"), "[2606:4700::1111]:8443"),
        ("https://xn--nuoa-iqa.example.org/", Target(True, "xn--nuoa-iqa.example.org", 443, "/"), "xn--nuoa-iqa.example.org"),
    ],
)  # fmt: skip
def test_an_address_has_its_parts(url: str, target: Target, authority: str) -> None:
    """Name, port, and what is asked for."""
    assert (target, authority) == (target_of(url), target.authority)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "cases.example.org",
        "//cases.example.org/",
        "https:cases.example.org",
        "https:///hooks",
        "https://:443/",
        "ftp://cases.example.org/",
        "file:///etc/passwd",
        "gopher://cases.example.org/",
        "https://cases.example.org:0/",
        "https://cases.example.org:65536/",
        "https://cases.example.org:port/",
        "https://cases.example.org./",
        "https://-cases.example.org/",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://[v1.x]/",
        "https://cases.example.org/#top",
        "https://cases.example.org/a b",
        "https://cases.example.org/\r\nHost: other",
        "https://cases.example.org/\t",
        "https://cases.example.org\\@other.example.org/",
        "https://casós.example.org/",
        "https://" + "a" * 254 + "/",
        "https://cases.example.org/" + "a" * 2000,
    ],
)
def test_what_is_no_address_is_refused(url: str) -> None:
    """In words that say what one looks like."""
    with pytest.raises(EndpointError, match=r"^url must be"):
        endpoint(url)


@pytest.mark.parametrize("user", ["user:t0ken", "user", ":t0ken", ""])
def test_a_password_in_an_address_is_refused_and_not_shown(user: str) -> None:
    """It would stand in the clear."""
    with pytest.raises(EndpointError, match="must not hold a user or a password") as caught:
        endpoint(f"https://{user}@cases.example.org/")

    assert "t0ken" not in str(caught.value)


def test_a_secret_is_thirty_two_bytes_that_nobody_had_before() -> None:
    """As the specification writes it."""
    secrets = {new_secret() for _ in range(50)}

    assert (50, {32}) == (len(secrets), {len(key_of(secret)) for secret in secrets})
    assert all(secret.startswith("whsec_") for secret in secrets)


@pytest.mark.parametrize("size", [24, 32, 64])
def test_a_secret_has_twenty_four_to_sixty_four_bytes(size: int) -> None:
    """Any of them."""
    assert b"k" * size == key_of("whsec_" + b64encode(b"k" * size).decode())


@pytest.mark.parametrize(
    "secret",
    [
        "",
        "whsec_",
        "whsec_" + b64encode(b"k" * 23).decode(),
        "whsec_" + b64encode(b"k" * 65).decode(),
        b64encode(b"k" * 32).decode(),
        "x" + SECRET,
        SECRET + "\n",
        SECRET[:-1],
        "whsec_ñ" + SECRET[7:],
        "whpk_" + SECRET[6:],
    ],
)
def test_what_is_no_secret_is_refused_and_not_shown(secret: str) -> None:
    """Neither too short nor damaged."""
    with pytest.raises(EndpointError, match="a secret must be whsec_") as caught:
        SealedSecret.of(secret, recipient_of(WORKER_KEY))

    assert SECRET[10:30] not in str(caught.value)


def test_only_the_worker_opens_a_secret() -> None:
    """It stands nowhere in the clear."""
    stored = endpoint().to_json()

    assert SECRET.encode() == unseal(endpoint().secrets[0].box, WORKER_KEY)
    assert SECRET not in stored + repr(endpoint())
    assert "t0ken" not in repr(endpoint())


def test_two_secrets_sign_for_a_day_and_then_the_new_one() -> None:
    """To the second."""
    new = sealed(new_secret())
    changed = endpoint().rotated(new, NOW)

    assert 2 == len(changed.signing(NOW + ROTATION - timedelta(seconds=1)))
    assert (new.box,) == changed.signing(NOW + ROTATION)


def test_a_secret_that_was_lost_as_it_was_made_harms_nobody() -> None:
    """Rotated once more, the one in use signs on until its own day is over."""
    lost, new = sealed(new_secret()), sealed(new_secret())
    seen = endpoint()
    changed = seen.rotated(lost, NOW).rotated(new, NOW + timedelta(hours=1))

    assert (new.box, lost.box, seen.secrets[0].box) == changed.signing(NOW + timedelta(hours=2))
    assert (new.box, lost.box) == changed.signing(NOW + ROTATION)
    assert (None, NOW + timedelta(hours=25), NOW + ROTATION) == tuple(each.until for each in changed.secrets)


def test_what_no_longer_signs_is_forgotten_at_the_next_change() -> None:
    """So that secrets do not pile up."""
    changed = endpoint()
    for day in range(10):
        changed = changed.rotated(sealed(), NOW + day * ROTATION)

    assert 2 == len(changed.secrets)


def test_it_cannot_be_rotated_again_and_again_within_a_day() -> None:
    """Each signature makes every hook longer."""
    changed = endpoint()
    for _ in range(MOST_SECRETS - 1):
        changed = changed.rotated(sealed(), NOW)

    with pytest.raises(EndpointError, match=f"1 to {MOST_SECRETS}"):
        changed.rotated(sealed(), NOW)


@pytest.mark.parametrize("why", ["", *WHY])
def test_an_endpoint_is_read_as_it_was_written(why: str) -> None:
    """With its secrets and their times."""
    changed = replace(endpoint().rotated(sealed(), NOW), disabled_why=why)  # type: ignore[arg-type]

    assert changed == Endpoint.from_json(changed.to_json())
    assert bool(why) == changed.disabled


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"office": "harbor"}', "\xff"])
def test_what_is_no_record_is_refused_and_not_shown(text: str) -> None:
    """It may hold sealed secrets."""
    with pytest.raises(EndpointError, match=r"a stored endpoint cannot be read \(\w+\)"):
        Endpoint.from_json(text)


def test_a_record_that_was_tampered_with_is_refused() -> None:
    """Its address is looked over again."""
    record = json.loads(endpoint().to_json()) | {"url": "https://user@cases.example.org/"}
    with pytest.raises(EndpointError):
        Endpoint.from_json(json.dumps(record))


def test_values_that_cannot_be_are_refused() -> None:
    """With the value that is wrong."""
    good = endpoint()
    with pytest.raises(EndpointError, match="got 'Harbor!'"):
        replace(good, office="Harbor!")
    with pytest.raises(EndpointError, match="got 'bored'"):
        replace(good, disabled_why="bored")  # type: ignore[arg-type]
    with pytest.raises(EndpointError, match="got 0"):
        replace(good, secrets=())
    with pytest.raises(EndpointError, match="only the newest"):
        replace(good, secrets=(sealed(), sealed()))
    with pytest.raises(EndpointError, match="only the newest"):
        replace(good, secrets=(replace(sealed(), until=NOW),))
    with pytest.raises(EndpointError, match="empty"):
        SealedSecret(b"")
    with pytest.raises(EndpointError, match="time zone"):
        SealedSecret(b"box", datetime(2026, 11, 23))
