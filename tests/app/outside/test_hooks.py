"""Hooks to a real server on a real socket, checked by the receivers' own library and never by ours."""

from __future__ import annotations

import itertools
import json
import logging
import socket
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as some
from standardwebhooks import Webhook, WebhookVerificationError

from app.directory.endpoint import ROTATION, Endpoint, SealedSecret, key_of, new_secret
from app.outside.guard import Guard
from app.outside.hooks import (
    FIELDS,
    LARGEST,
    LONGEST_WAIT,
    SCHEDULE,
    THROTTLED,
    HookError,
    Hooks,
    body_of,
    headers_of,
    next_try,
    wait_asked_for,
)
from app.sealing import make_identity, recipient_of
from tests.app.outside.receiver import Receiver, make_certificate, receiver, says
from tests.app.referral.made_up import NOW, WORKER_KEY

ID = "f00d" * 8
DATA = {"reference": "7K2MX", "issue": "IM-02-00-00-00", "place": "TX", "urgent": True}
SECRET, NEXT = new_secret(), new_secret()
NAME = "cases.example.org"
# The vector of the specification's own libraries.
VECTOR = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


def sealed(secret: str = SECRET) -> SealedSecret:
    """A secret, sealed to the worker."""
    return SealedSecret.of(secret, recipient_of(WORKER_KEY))


def endpoint(url: str, *secrets: SealedSecret) -> Endpoint:
    """The office's endpoint."""
    return Endpoint("harbor", url, secrets or (sealed(),))


def caller(timeout: float = 5, **changes: Any) -> Hooks:
    """Hooks that may go to this machine."""
    return Hooks(WORKER_KEY, Guard(allow_private=True, **changes), timeout)


def call(to: Receiver | Endpoint, hooks: Hooks | None = None, **changes: Any) -> None:
    """One hook."""
    given = {"message_id": ID, "kind": "referral.offered", "data": DATA, "now": datetime.now(UTC), **changes}
    (hooks or caller()).call(to if isinstance(to, Endpoint) else endpoint(to.url), **given)


def refused(to: Receiver | Endpoint, hooks: Hooks | None = None, **changes: Any) -> HookError:
    """What is said of a hook that is not taken."""
    with pytest.raises(HookError) as caught:
        call(to, hooks, **changes)
    return caught.value


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """It takes no longer than this."""
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < seconds


@pytest.fixture
def office() -> Iterator[Receiver]:
    """An office's case system, without TLS."""
    with receiver() as it:
        yield it


# --- what arrives --------------------------------------------------------------------------------


def test_a_hook_arrives_and_the_receivers_library_believes_it(office: Receiver) -> None:
    """With what it tells, when that happened, and nothing else."""
    call(office, happened=NOW)
    (heard,) = office.heard

    assert {
        "type": "referral.offered",
        "timestamp": "2026-11-23T15:00:00.000Z",
        "data": DATA,
    } == Webhook(SECRET).verify(heard.body, heard.headers)
    assert "POST /hooks HTTP/1.1" == heard.line


def test_the_headers_are_those_of_the_specification_and_tell_nothing_more(office: Receiver) -> None:
    """No version, no cookie, no trace of who asks."""
    call(office)
    (heard,) = office.heard

    assert {"host", "user-agent", "content-type", "content-length", "connection", "accept-encoding"} | {
        "webhook-id",
        "webhook-timestamp",
        "webhook-signature",
    } == set(heard.headers)
    assert (ID, "application/json", f"127.0.0.1:{office.port}", "Amparo") == tuple(
        heard.headers[name] for name in ("webhook-id", "content-type", "host", "user-agent")
    )


def test_the_query_of_the_address_is_sent(office: Receiver) -> None:
    """Some systems tell their customers apart by it."""
    call(endpoint(f"{office.url}?tenant=7"))

    assert "POST /hooks?tenant=7 HTTP/1.1" == office.heard[0].line


def test_a_second_attempt_has_the_same_id_and_body_and_a_new_time(office: Receiver) -> None:
    """So that it is taken once, and not refused as old."""
    now = datetime.now(UTC)
    for moment in (now - timedelta(minutes=2), now):
        call(office, now=moment, happened=NOW)
    first, second = office.heard

    assert (ID, ID, first.body) == (first.headers["webhook-id"], second.headers["webhook-id"], second.body)
    assert 120 == int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"])
    for heard in office.heard:
        Webhook(SECRET).verify(heard.body, heard.headers)


def test_a_hook_that_is_played_back_later_is_refused_by_the_library(office: Receiver) -> None:
    """Who recorded one can do nothing with it after five minutes."""
    call(office)
    (heard,) = office.heard

    with (
        time_machine.travel(datetime.now(UTC) + timedelta(minutes=6)),
        pytest.raises(WebhookVerificationError, match="too old"),
    ):
        Webhook(SECRET).verify(heard.body, heard.headers)


def test_a_hook_that_was_changed_on_the_way_is_refused_by_the_library(office: Receiver) -> None:
    """The id and the body are both under the signature."""
    call(office)
    (heard,) = office.heard

    for body, headers in (
        (heard.body.replace(b"7K2MX", b"8K2MX"), heard.headers),
        (heard.body, heard.headers | {"webhook-id": "other"}),
    ):
        with pytest.raises(WebhookVerificationError, match="No matching signature"):
            Webhook(SECRET).verify(body, headers)


def test_the_vector_of_the_specification() -> None:
    """Id, time and body are given; so is the signature."""
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = headers_of("msg_p5jXN8AQM9LWM0D4loKWxJek", moment, b'{"test": 2432232314}', [key_of(VECTOR)])

    assert "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=" == headers["webhook-signature"]


def test_the_time_is_the_same_moment_in_every_zone() -> None:
    """The stamp counts seconds in UTC."""
    west = NOW.astimezone(ZoneInfo("America/Los_Angeles"))

    assert headers_of(ID, NOW, b"{}", [b"k" * 24]) == headers_of(ID, west, b"{}", [b"k" * 24])
    assert body_of("a.b", {}, NOW) == body_of("a.b", {}, west)


# --- two secrets ---------------------------------------------------------------------------------


@pytest.mark.parametrize("known", [SECRET, NEXT], ids=["the old one", "the new one"])
def test_while_secrets_change_either_is_enough(office: Receiver, known: str) -> None:
    """For a day."""
    now = datetime.now(UTC)
    call(endpoint(office.url).rotated(sealed(NEXT), now - ROTATION + timedelta(minutes=1)), now=now)
    (heard,) = office.heard

    assert 2 == len(heard.headers["webhook-signature"].split(" "))
    assert DATA == Webhook(known).verify(heard.body, heard.headers)["data"]


def test_after_a_day_only_the_new_secret_signs(office: Receiver) -> None:
    """The old one is worth nothing then."""
    now = datetime.now(UTC)
    call(endpoint(office.url).rotated(sealed(NEXT), now - ROTATION), now=now)
    (heard,) = office.heard

    assert DATA == Webhook(NEXT).verify(heard.body, heard.headers)["data"]
    with pytest.raises(WebhookVerificationError, match="No matching signature"):
        Webhook(SECRET).verify(heard.body, heard.headers)


def test_the_wrong_identity_opens_no_secret_and_sends_nothing(office: Receiver) -> None:
    """It can be changed for the right one: the hook waits."""
    error = refused(office, Hooks(make_identity(), Guard(allow_private=True)))

    assert (False, []) == (error.permanent, office.heard)


# --- what the receiver answers -------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_any_2xx_is_success(office: Receiver, status: int) -> None:
    """Whatever it says with it."""
    office.answers.append(says(status))
    call(office)

    assert 1 == len(office.heard)


@pytest.mark.parametrize(
    ("status", "gone", "uncertain", "wait"),
    [
        (199, False, False, None),
        (300, False, False, None),
        (301, False, False, None),
        (304, False, False, None),
        (307, False, False, None),
        (400, False, False, None),
        (401, False, False, None),
        (403, False, False, None),
        (404, False, False, None),
        (408, False, False, None),
        (409, False, False, None),
        (410, True, False, None),
        (413, False, False, None),
        (418, False, False, None),
        (429, False, False, THROTTLED),
        (500, False, True, None),
        (501, False, True, None),
        (502, False, True, THROTTLED),
        (503, False, True, THROTTLED),
        (504, False, True, THROTTLED),
        (599, False, True, None),
        (600, False, True, None),
        (999, False, True, None),
    ],
)
def test_any_other_answer_is_a_failure(
    office: Receiver, status: int, gone: bool, uncertain: bool, wait: timedelta | None
) -> None:
    """Only 410 is for good: everything else may be mended while the schedule lasts."""
    office.answers.append(says(status, body=b"mi nombre es"))
    error = refused(office)

    assert (status, gone, gone, uncertain, wait) == (
        error.status,
        error.gone,
        error.permanent,
        error.uncertain,
        error.retry_after,
    )


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(office: Receiver, status: int) -> None:
    """Who answers it could send us anywhere."""
    with receiver() as elsewhere:
        office.answers.append(says(status, f"Location: {elsewhere.url}"))
        error = refused(office)

        assert (status, 0, 1) == (error.status, elsewhere.connections, len(office.heard))


@pytest.mark.parametrize("status", [302, 429, 500, 503])
def test_a_receiver_is_given_the_time_it_asks_for(office: Receiver, status: int) -> None:
    """With any failure."""
    office.answers.append(says(status, "Retry-After: 120"))

    assert timedelta(minutes=2) == refused(office).retry_after


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        ("0", timedelta()),
        (" 7 ", timedelta(seconds=7)),
        ("86400", LONGEST_WAIT),
        ("86401", LONGEST_WAIT),
        ("9" * 5000, LONGEST_WAIT),
        (format_datetime(NOW + timedelta(minutes=3), usegmt=True), timedelta(minutes=3)),
        ("Mon, 23 Nov 2026 15:03:00 -0000", timedelta(minutes=3)),
        ("Monday, 23-Nov-26 15:03:00 GMT", timedelta(minutes=3)),
        (format_datetime(NOW - timedelta(minutes=3), usegmt=True), timedelta()),
        (format_datetime(NOW + timedelta(days=9), usegmt=True), LONGEST_WAIT),
        ("Mon, 23 Nov 99999 15:03:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_a_wait_is_read_as_seconds_or_as_a_date(header: str | None, wait: timedelta | None) -> None:
    """Never below nothing, and never above a day."""
    assert wait == wait_asked_for(header, NOW)


@given(some.text(max_size=40))
def test_no_header_breaks_the_reading_of_a_wait(header: str) -> None:
    """A receiver may write what it likes."""
    assert timedelta() <= (wait_asked_for(header, NOW) or timedelta()) <= LONGEST_WAIT


# --- a receiver on a bad day ---------------------------------------------------------------------


def test_a_slow_receiver_is_not_waited_for(office: Receiver) -> None:
    """It may have taken it: nobody knows."""
    office.answers.append(office.waits(3))
    with within(1.5):
        error = refused(office, caller(timeout=0.3))

    assert (None, True, False) == (error.status, error.uncertain, error.permanent)


@pytest.mark.parametrize("head", [b"", b"HTTP/1.1 200 OK\r\nX-Slow: "], ids=["in the status", "in a header"])
def test_one_byte_now_and_then_does_not_make_us_wait_for_ever(office: Receiver, head: bytes) -> None:
    """The twenty seconds are for all of it."""
    office.answers.append(office.drips(head, b"H", every=0.05))
    with within(1.5):
        error = refused(office, caller(timeout=0.4))

    assert (None, True) == (error.status, error.uncertain)


def test_a_success_whose_body_never_ends_is_a_success(office: Receiver) -> None:
    """The status was said; the rest is for nobody."""
    office.answers.append(itertools.chain([b"HTTP/1.1 200 OK\r\n\r\n"], itertools.repeat(b"x" * 65536)))
    with within(2):
        call(office)


def test_of_a_long_answer_only_the_beginning_is_read(office: Receiver) -> None:
    """The rest is not waited for."""
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 50000\r\n\r\n"
    office.answers.append(office.drips(head + b"x" * 10_000, b"x", every=0.5))
    with within(1.5):
        call(office)


def test_a_success_whose_body_drips_is_a_success(office: Receiver) -> None:
    """When the time is over."""
    office.answers.append(office.drips(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", b"x", every=0.05))
    with within(1.5):
        call(office, caller(timeout=0.4))


@pytest.mark.parametrize(
    "parts",
    [
        [b"HTTP/1.1 200 OK\r\n", b"X-Long: " + b"x" * 10_000_000],
        [b"HTTP/1.1 200 OK\r\n", *(b"X-Many-%d: x\r\n" % number for number in range(101)), b"\r\n"],
        itertools.chain([b"HTTP/1.1 200 OK\r\n"], itertools.repeat(b"X-Endless: " + b"x" * 1000 + b"\r\n")),
        itertools.repeat(b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        [b"SSH-2.0-OpenSSH_9.2p1 Debian\r\n"],
        [b"HTTP/1.1 abc OK\r\n\r\n"],
        [b"\x00\xff\x00\xff\r\n\r\n"],
        [b"\r\n"],
        [b""],
    ],
    ids=["a huge header", "too many", "endless", "endless 100", "ssh", "no status", "noise", "blank", "none"],
)
def test_what_is_no_answer_is_a_failure_that_is_tried_again(office: Receiver, parts: Iterable[bytes]) -> None:
    """And it is over soon."""
    office.answers.append(parts)
    with within(3):
        error = refused(office)

    assert (None, True, False) == (error.status, error.uncertain, error.permanent)


def test_a_receiver_that_is_not_there_has_taken_nothing() -> None:
    """That much is certain."""
    with receiver() as office:
        to = endpoint(office.url)
    error = refused(to)

    assert (None, False, False) == (error.status, error.uncertain, error.permanent)


def test_a_name_that_nobody_knows_is_tried_again() -> None:
    """It may be known tomorrow."""

    def nobody(_host: str, _seconds: float) -> tuple[str, ...]:
        raise OSError("not known")

    error = refused(endpoint("http://cases.example.org/"), caller(resolve=nobody))

    assert (False, False) == (error.uncertain, error.permanent)


def test_of_several_addresses_the_first_that_answers_is_taken(office: Receiver) -> None:
    """One of them may be out of order."""
    hooks = caller(resolve=lambda _host, _seconds: ("127.0.0.99", "127.0.0.1"))
    call(endpoint(office.url.replace("127.0.0.1", NAME)), hooks)

    assert f"{NAME}:{office.port}" == office.heard[0].headers["host"]


def test_nothing_of_the_address_or_the_answer_stands_in_the_error_or_the_log(
    office: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    """Errors are kept by the queue, and answers may quote anything."""
    caplog.set_level(logging.DEBUG)
    office.answers.append(says(500, "X-Word: Quetzalina", body=b"Quetzalina"))
    error = refused(endpoint(f"{office.url}?token=t0ken"))

    assert "the office's system answered 500" == str(error)
    assert [] == caplog.records


# --- what is sent, and what is not ---------------------------------------------------------------


def test_nothing_is_sent_to_a_disabled_endpoint(office: Receiver) -> None:
    """Whoever calls should have looked."""
    error = refused(replace(endpoint(office.url), disabled_why="gone"))

    assert (True, 0) == (error.permanent, office.connections)


@pytest.mark.parametrize(
    ("changes", "says_so"),
    [
        ({"message_id": "a.b"}, "message_id"),
        ({"message_id": ""}, "message_id"),
        ({"message_id": "a\r\nX-Smuggled: yes"}, "message_id"),
        ({"message_id": "x" * 65}, "message_id"),
        ({"kind": "referral offered"}, "kind"),
        ({"kind": "referral..offered"}, "kind"),
        ({"data": {"phone": "call me"}}, "phone"),
        ({"data": {"reference": {"nested": "yes"}}}, "flat"),
        ({"data": {"reference": ["7K2MX"]}}, "flat"),
        ({"now": datetime(2026, 11, 23, 15)}, "time zone"),
        ({"happened": datetime(2026, 11, 23, 15)}, "time zone"),
        ({"data": {"box": "x" * LARGEST}}, "below 20000 bytes"),
    ],
)
def test_what_is_no_hook_is_never_sent(office: Receiver, changes: dict[str, Any], says_so: str) -> None:
    """And trying again would not help."""
    error = refused(office, **changes)

    assert (True, True, 0) == (error.permanent, says_so in str(error), office.connections)


def test_the_largest_hook_is_one_byte_below_the_limit() -> None:
    """The specification says smaller than 20 kB."""
    empty = len(body_of("a.b", {"box": ""}, NOW))

    assert LARGEST - 1 == len(body_of("a.b", {"box": "x" * (LARGEST - 1 - empty)}, NOW))
    with pytest.raises(HookError, match="got 20000"):
        body_of("a.b", {"box": "x" * (LARGEST - empty)}, NOW)


def test_a_body_is_ascii_whatever_it_holds(office: Receiver) -> None:
    """A receiver that guesses the wrong encoding reads the same."""
    call(office, data={"place": "Ñuñoa"})

    assert office.heard[0].body.isascii()
    assert "Ñuñoa" == json.loads(office.heard[0].body)["data"]["place"]


def test_no_field_is_made_for_a_person() -> None:
    """Whoever adds a field must look at this line, and at docs/webhooks.md."""
    assert {"reference", "issue", "place", "spoken", "language", "urgent", "box"} == FIELDS


# --- where it goes -------------------------------------------------------------------------------


def test_no_proxy_of_the_environment_is_used(office: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be told where we go, and would look the name up again."""
    with receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        call(office)

        assert (1, 0) == (len(office.heard), proxy.connections)


def test_nothing_goes_to_this_machine_unless_somebody_said_yes(office: Receiver) -> None:
    """Not even a connection is made."""
    plain = refused(office, Hooks(WORKER_KEY, Guard()))
    secure = refused(endpoint(office.url.replace("http:", "https:")), Hooks(WORKER_KEY, Guard()))

    assert (True, False, 0) == (plain.permanent, secure.permanent, office.connections)
    assert "leads to 127.0.0.1, which is not public" in str(secure)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for our name."""
    return make_certificate(tmp_path_factory.mktemp("tls"), NAME)


@pytest.fixture
def secured(certificate: Path) -> Iterator[Receiver]:
    """An office's case system over TLS."""
    with receiver(certificate) as it:
        yield it


def over_tls(secured: Receiver, name: str = NAME) -> Endpoint:
    """The receiver under a name."""
    return endpoint(secured.url.replace("127.0.0.1", name))


def test_tls_asks_for_the_name_and_checks_it(secured: Receiver, certificate: Path) -> None:
    """Though the connection goes to an address."""
    trusting = ssl.create_default_context(cafile=certificate)
    guard = Guard(allow_private=True, resolve=lambda _host, _seconds: ("127.0.0.1",))
    call(over_tls(secured), Hooks(WORKER_KEY, guard, 5, trusting))
    error = refused(over_tls(secured, "other.example.org"), Hooks(WORKER_KEY, guard, 5, trusting))

    assert [NAME, "other.example.org"] == secured.names
    assert (1, False, False) == (len(secured.heard), error.permanent, error.uncertain)
    assert "certificate" in str(error)


def test_a_certificate_that_nobody_vouches_for_is_refused(secured: Receiver) -> None:
    """The contents are confidential, whatever the signature says."""
    error = refused(over_tls(secured), caller(resolve=lambda _host, _seconds: ("127.0.0.1",)))

    assert ("certificate" in str(error), []) == (True, secured.heard)


def test_a_receiver_that_never_says_hello_is_not_waited_for(office: Receiver) -> None:
    """It was not told anything yet."""
    office.silent = True
    with within(1.5):
        error = refused(endpoint(office.url.replace("http:", "https:")), caller(timeout=0.3))

    assert (None, False, False) == (error.status, error.uncertain, error.permanent)


def test_the_connection_goes_to_the_very_address_that_was_looked_at(
    secured: Receiver, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the settings of a real line: what a name answers the second time is never asked for."""
    answers = iter([("8.8.8.8",), ("127.0.0.1",)])
    asked: list[str] = []
    connected: list[tuple[str, int]] = []
    connect, look_up = socket.create_connection, socket.getaddrinfo

    def in_place_of_the_internet(address: tuple[str, int], timeout: float) -> socket.socket:
        connected.append(address)
        return connect(("127.0.0.1", secured.port), timeout)

    def watched(host: str, *args: Any, **named: Any) -> Any:
        asked.append(host)
        return look_up(host, *args, **named)

    monkeypatch.setattr(socket, "create_connection", in_place_of_the_internet)
    monkeypatch.setattr(socket, "getaddrinfo", watched)
    guard = Guard(resolve=lambda _host, _seconds: next(answers))
    call(over_tls(secured), Hooks(WORKER_KEY, guard, 5, ssl.create_default_context(cafile=certificate)))

    assert ([("8.8.8.8", secured.port)], [NAME]) == (connected, secured.names)
    assert NAME not in asked
    assert ("127.0.0.1",) == next(answers)


# --- when the next attempt begins ----------------------------------------------------------------


def test_the_waits_are_those_of_the_specification() -> None:
    """With luck in the middle."""
    waits = [next_try(tries, 0.5) for tries in range(11)]

    assert [*SCHEDULE, None] == waits
    assert [0, 5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400] == [
        wait.total_seconds() for wait in waits if wait is not None
    ]


@given(
    tries=some.integers(1, 9),
    luck=some.floats(0, 1),
    asked=some.none() | some.timedeltas(timedelta(), LONGEST_WAIT),
)
def test_a_wait_is_spread_and_never_shorter_than_was_asked(
    tries: int, luck: float, asked: timedelta | None
) -> None:
    """By a quarter to either side."""
    wait = next_try(tries, luck, asked)
    low, high = SCHEDULE[tries] * 0.75, SCHEDULE[tries] * 1.25

    assert wait is not None
    assert max(low, asked or low) <= wait <= max(high, asked or high)


@pytest.mark.parametrize("tries", [10, 11, 1000, -1])
def test_after_ten_attempts_it_is_given_up(tries: int) -> None:
    """Whatever the receiver asks for."""
    assert next_try(tries, 0.5, timedelta(minutes=1)) is None
