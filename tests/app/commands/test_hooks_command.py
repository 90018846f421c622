"""`amparo hooks`, typed into a shell."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from redis import Redis
from standardwebhooks import Webhook

from app.commands import main
from app.host.keyfile import make_keyfile
from app.outside.guard import Guard
from app.outside.hooks import Hooks
from app.referral import course
from app.referral.errand import Errand
from app.referral.notices import opaque_name
from app.store.endpoints import Endpoints
from app.store.hooks import FailedHook, FailedHooks
from app.store.lockdown import Lock, Lockdown
from app.store.offices import Offices
from app.store.referrals import Referrals
from tests.app.outside.receiver import receiver
from tests.app.referral.made_up import NOW, TERMS, office, referral
from tests.app.store.test_hooks import FAILED
from tests.servers import Servers

URL = "https://8.8.8.8:8443/hooks?token=t0ken"
Amparo = Callable[..., Result]


@pytest.fixture
def worker_key(tmp_path: Path) -> Path:
    """The worker's identity file."""
    path = tmp_path / "keys" / "worker.age"
    make_keyfile(path)
    return path


@pytest.fixture
def amparo(servers: Servers, durable: Redis, worker_key: Path) -> Amparo:
    """One command, where a hotline with one office runs."""
    Offices(durable).save(office())
    env = {**servers.env, "WORKER_IDENTITY_FILE": str(worker_key)}
    return lambda *args, **more: CliRunner().invoke(main, ["hooks", *args], env={**env, **more})


def secret_in(result: Result) -> str:
    """The one secret that is shown."""
    (secret,) = re.findall(r"whsec_\S+", result.output)
    return str(secret)


def test_a_secret_is_shown_once_and_signs(amparo: Amparo, durable: Redis, worker_key: Path) -> None:
    """The office's library believes what the worker sends with it."""
    with receiver() as system:
        made = amparo("set", "harbor", system.url, AMPARO_ALLOW_PRIVATE_WEBHOOKS="yes")
        endpoint = Endpoints(durable).get("harbor")
        assert endpoint is not None
        hooks = Hooks(worker_key.read_text(), Guard(allow_private=True))
        hooks.call(endpoint, "f00d", "referral.offered", {"reference": "7K2MX"}, datetime.now(UTC))
        (heard,) = system.heard

    assert "7K2MX" == Webhook(secret_in(made)).verify(heard.body, heard.headers)["data"]["reference"]
    assert "whsec_" not in amparo("list").output


def test_a_rotation_shows_a_new_secret_beside_the_old(
    amparo: Amparo, durable: Redis, worker_key: Path
) -> None:
    """Both are believed."""
    with receiver() as system:
        old = secret_in(amparo("set", "harbor", system.url, AMPARO_ALLOW_PRIVATE_WEBHOOKS="yes"))
        new = secret_in(amparo("rotate", "harbor"))
        endpoint = Endpoints(durable).get("harbor")
        assert endpoint is not None
        hooks = Hooks(worker_key.read_text(), Guard(allow_private=True))
        hooks.call(endpoint, "f00d", "referral.offered", {}, datetime.now(UTC))
        (heard,) = system.heard

    for secret in (old, new):
        Webhook(secret).verify(heard.body, heard.headers)
    assert "an old secret signs as well until" in amparo("list").output


def test_the_list_shows_where_hooks_go_without_path_or_token(amparo: Amparo) -> None:
    """Those may be passwords."""
    empty = amparo("list").output
    amparo("set", "harbor", URL)

    assert "amparo hooks set --help" in empty
    assert "harbor  https://8.8.8.8:8443/  on\n" == amparo("list").output


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("https://127.0.0.1/", "leads to 127.0.0.1, which is not public (this machine itself)"),
        ("https://localhost/", "which is not public"),
        ("https://169.254.169.254/latest/", "a cloud's metadata"),
        ("http://8.8.8.8/", "url must begin with https://"),
        ("https://user:t0ken@8.8.8.8/", "must not hold a user or a password"),
        ("cases.example.org", "url must be such as https://cases.example.org/hooks"),
        ("https://" + "a" * 64 + ".example.org/", "has no address that can be found"),
    ],
)
def test_an_address_that_would_be_refused_later_is_refused_now(
    amparo: Amparo, durable: Redis, url: str, says: str
) -> None:
    """With the reason, and without a password that was typed; nothing is kept."""
    result = amparo("set", "harbor", url)

    assert (1, True, False) == (result.exit_code, says in result.output, "t0ken" in result.output)
    assert () == Endpoints(durable).all()


def test_an_address_of_the_house_is_taken_where_somebody_said_yes(amparo: Amparo) -> None:
    """By the setting that the refusal names."""
    refusal = (
        amparo("set", "harbor", "http://127.0.0.1:9000/").output
        + amparo("set", "harbor", "https://127.0.0.1/").output
    )
    taken = amparo("set", "harbor", "http://127.0.0.1:9000/", AMPARO_ALLOW_PRIVATE_WEBHOOKS="yes")

    assert "AMPARO_ALLOW_PRIVATE_WEBHOOKS=yes" in refusal
    assert (0, True) == (taken.exit_code, "http://127.0.0.1:9000/" in taken.output)


def test_an_office_that_is_not_there_has_no_system(amparo: Amparo) -> None:
    """The way to its name is told."""
    result = amparo("set", "plaza", URL)

    assert (1, True) == (result.exit_code, "`amparo directory list` names them" in result.output)


@pytest.mark.parametrize("args", [("rotate", "plaza"), ("disable", "plaza"), ("enable", "plaza")])
def test_what_was_never_set_cannot_be_changed(amparo: Amparo, args: tuple[str, str]) -> None:
    """The way to set it is told."""
    result = amparo(*args)

    assert (1, True) == (result.exit_code, "amparo hooks set --help" in result.output)


def test_a_system_is_disabled_enabled_and_forgotten(amparo: Amparo, durable: Redis) -> None:
    """The list says so each time."""
    amparo("set", "harbor", URL)
    said = []
    for command in ("disable", "enable", "remove"):
        assert 0 == amparo(command, "harbor").exit_code
        said.append(amparo("list").output.split("  ")[-1].strip())

    assert ["disabled: an operator disabled it", "on"] == said[:2]
    assert () == Endpoints(durable).all()


def test_a_secret_needs_the_workers_key(amparo: Amparo, durable: Redis, tmp_path: Path) -> None:
    """Without it nothing is set, and no secret is shown."""
    result = amparo("set", "harbor", URL, WORKER_IDENTITY_FILE=str(tmp_path / "elsewhere.age"))

    assert (1, False) == (result.exit_code, "whsec_" in result.output)
    assert "Run this where the worker runs" in result.output
    assert () == Endpoints(durable).all()


def test_failures_are_listed_without_contents(amparo: Amparo, durable: Redis) -> None:
    """Id, office, kind, since when, last answer."""
    empty = amparo("failed").output
    FailedHooks(durable).note_failed(FAILED)
    FailedHooks(durable).note_failed(
        replace(
            FAILED, message_id="cafe", status=None, why="the office's system cannot be reached (TimeoutError)"
        )
    )

    assert "No hook has failed.\n" == empty
    assert [
        f"{FAILED.message_id}  harbor  referral.offered  2026-11-23 15:00Z  answered 503",
        "cafe  harbor  referral.offered  2026-11-23 15:00Z  the office's system cannot be reached (TimeoutError)",
    ] == sorted(amparo("failed").output.splitlines(), reverse=True)


def _failed_hook(durable: Redis) -> FailedHook:
    """A referral whose office's system did not take what it was told, and its line in the list."""
    line = Referrals(durable)
    asked = line.request(("r" * 32,), lambda drawn: referral(reference=drawn), lambda: "7K2MX").referral
    told = course.offer(asked, office(), (), TERMS, NOW)
    told = told.with_errand(Errand("1-offer-hook", "offer", "hook", "harbor", NOW, way="failed"))
    line.replace(asked, told)
    failed = replace(FAILED, message_id=opaque_name(told.id, "1-offer-hook"), referral=told.id)
    FailedHooks(durable).note_failed(failed)
    return failed


def test_a_failure_is_asked_for_again(amparo: Amparo, durable: Redis) -> None:
    """What will be done is said, and it is among what is owed."""
    failed = _failed_hook(durable)
    amparo("set", "harbor", URL)
    result = amparo("replay", failed.message_id)

    assert (0, True) == (result.exit_code, "referral.offered goes to harbor" in result.output)
    found = Referrals(durable).get(failed.referral)
    assert ["due"] == [errand.way for errand in (found.errands if found else ())]
    assert () == FailedHooks(durable).failed()


def test_an_offer_that_was_taken_back_is_not_told_any_more(amparo: Amparo, durable: Redis) -> None:
    """Nothing of a request goes to a system after the person has ended it."""
    failed = _failed_hook(durable)
    amparo("set", "harbor", URL)
    Referrals(durable).change(failed.referral, lambda seen: course.withdraw(seen, TERMS, NOW))
    result = amparo("replay", failed.message_id)

    found = Referrals(durable).get(failed.referral)
    assert (1, True) == (result.exit_code, "nothing to send any more" in result.output)
    assert ["failed"] == [errand.way for errand in (found.errands if found else ()) if errand.kind == "offer"]


def test_a_failure_that_is_asked_for_while_the_line_is_locked_stays_in_the_list(
    amparo: Amparo, durable: Redis
) -> None:
    """And why is said in a sentence."""
    failed = _failed_hook(durable)
    amparo("set", "harbor", URL)
    Lockdown(durable).lock(Lock(NOW, "eva", "a raid"))
    result = amparo("replay", failed.message_id)

    assert (1, True) == (result.exit_code, "The line is locked" in result.output)
    assert (failed,) == FailedHooks(durable).failed()


def test_a_failure_of_a_referral_that_is_over_is_said_so(amparo: Amparo, durable: Redis) -> None:
    """There is nothing to send any more."""
    FailedHooks(durable).note_failed(FAILED)
    amparo("set", "harbor", URL)
    result = amparo("replay", FAILED.message_id)

    assert (1, True) == (result.exit_code, "is over" in result.output)


@pytest.mark.parametrize(
    ("before", "says"),
    [
        ([], "First: amparo hooks set harbor URL"),
        ([("set", "harbor", URL), ("disable", "harbor")], "First: amparo hooks enable harbor"),
    ],
)
def test_nothing_is_asked_for_that_would_fail_at_once(
    amparo: Amparo, durable: Redis, before: list[tuple[str, ...]], says: str
) -> None:
    """It stays in the list."""
    FailedHooks(durable).note_failed(FAILED)
    for args in before:
        amparo(*args)
    result = amparo("replay", FAILED.message_id)

    assert (1, True) == (result.exit_code, says in result.output)
    assert (FAILED,) == FailedHooks(durable).failed()


def test_an_unknown_failure_is_said_so(amparo: Amparo) -> None:
    """With where to look."""
    result = amparo("replay", "nothing")

    assert (1, True) == (result.exit_code, "`amparo hooks failed` lists them" in result.output)


def test_what_cannot_be_replayed_while_locked_stays_listed(amparo: Amparo, durable: Redis) -> None:
    """After the lift it is still there to be sent again."""
    failed = _failed_hook(durable)
    amparo("set", "harbor", URL)
    Lockdown(durable).lock(Lock(NOW, "ana", "a drill"))
    done = amparo("replay", failed.message_id)

    assert (1, True) == (done.exit_code, "The line is locked" in done.output)
    assert (failed,) == FailedHooks(durable).failed()


def test_a_system_that_nobody_named_cannot_be_forgotten(amparo: Amparo) -> None:
    """A mistyped office is said so."""
    done = amparo("remove", "habor")

    assert (1, True) == (done.exit_code, "habor has no system to forget" in done.output)
