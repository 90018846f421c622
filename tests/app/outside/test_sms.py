"""Texts through the real client, against a server that speaks Twilio's REST shape."""

from __future__ import annotations

import base64
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioServiceException

from app.outside import sms
from app.outside.failures import FAILURES
from app.outside.sms import CountedTexts, SmsError, TwilioTexts, asked
from tests.app.outside.edges import ACCOUNT, HOTLINE, TwilioEdge

TO = "+12025550177"
CALLBACK = "https://line.example.org/sms/status/abc"


def test_a_text_goes_out_with_its_callback(twilio: TwilioEdge) -> None:
    """From the line's number, and Twilio reports its way to us."""
    TwilioTexts(twilio.settings).send(TO, "Amparo: hay noticias.", CALLBACK)
    sent = {name: value for name, value in twilio.texts[0].items() if name != "created"}

    assert {"To": TO, "From": HOTLINE, "Body": "Amparo: hay noticias.", "StatusCallback": CALLBACK} == sent


def test_over_whatsapp_both_ends_carry_the_prefix(twilio: TwilioEdge) -> None:
    """Else Twilio answers 21910."""
    TwilioTexts(twilio.settings).send(f"whatsapp:{TO}", "hola", CALLBACK)

    assert (f"whatsapp:{TO}", f"whatsapp:{HOTLINE}") == (twilio.texts[0]["To"], twilio.texts[0]["From"])


def test_a_messaging_service_sends_where_there_is_one(twilio: TwilioEdge) -> None:
    """Then no number is named."""
    service = "MG" + "0" * 32
    settings = replace(twilio.settings, hotline_number=None, messaging_service_sid=service)
    TwilioTexts(settings).send(TO, "hola", CALLBACK)

    assert (service, None) == (twilio.texts[0]["MessagingServiceSid"], twilio.texts[0].get("From"))


@pytest.mark.parametrize(
    ("key", "secret", "user"),
    [
        (None, None, f"{ACCOUNT}:secret-token"),
        ("SK" + "0" * 32, "key-secret", "SK" + "0" * 32 + ":key-secret"),
    ],
)
def test_an_api_key_is_used_where_there_is_one(
    twilio: TwilioEdge, key: str | None, secret: str | None, user: str
) -> None:
    """The auth token then only signs."""
    TwilioTexts(replace(twilio.settings, api_key=key, api_secret=secret)).send(TO, "hola", CALLBACK)

    assert f"Basic {base64.b64encode(user.encode()).decode()}" == twilio.users[0]


@pytest.mark.parametrize("code", sorted(FAILURES))
def test_each_code_of_the_table_is_told_apart(twilio: TwilioEdge, code: int) -> None:
    """Permanent as the table has it; and Twilio's own words, which quote the number, stay out of the error."""
    twilio.plays.append(str(code))
    with pytest.raises(SmsError) as caught:
        TwilioTexts(twilio.settings).send(TO, "hola", CALLBACK)

    error = caught.value
    assert (code, FAILURES[code].permanent, False) == (error.code, error.permanent, error.uncertain)
    assert "555" not in str(error)
    assert error.__cause__ is None
    assert error.__suppress_context__


def test_a_code_nobody_knows_is_tried_again(twilio: TwilioEdge) -> None:
    """Twilio adds codes without notice."""
    twilio.plays.append("99999")
    with pytest.raises(SmsError) as caught:
        TwilioTexts(twilio.settings).send(TO, "hola", CALLBACK)

    assert (99999, False, False) == (caught.value.code, caught.value.permanent, caught.value.uncertain)


@pytest.mark.parametrize("play", ["hang up", "refuse connection", "500"])
def test_without_an_answer_nobody_knows_whether_it_went(twilio: TwilioEdge, play: str) -> None:
    """It is uncertain, and never simply sent again."""
    twilio.plays.append(play)
    with pytest.raises(SmsError) as caught:
        TwilioTexts(twilio.settings).send(TO, "hola", CALLBACK)

    assert (True, False) == (caught.value.uncertain, caught.value.permanent)


def test_an_answer_that_comes_too_late_is_none(twilio: TwilioEdge, monkeypatch: pytest.MonkeyPatch) -> None:
    """It was taken, and we did not hear so: uncertain."""
    monkeypatch.setattr(sms, "TIMEOUT", 0.2)
    twilio.wait = 0.5
    with pytest.raises(SmsError) as caught:
        TwilioTexts(twilio.settings).send(TO, "hola", CALLBACK)

    assert (None, True, False) == (caught.value.code, caught.value.uncertain, caught.value.permanent)
    assert 1 == len(twilio.texts)


@contextmanager
def deaf() -> Iterator[int]:
    """A port at which nobody takes a connection: its queue is full, so that a further one hangs."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        server.listen(0)
        for _ in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(server.getsockname())
        time.sleep(0.1)
        yield server.getsockname()[1]


@contextmanager
def closed() -> Iterator[int]:
    """A port at which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        yield probe.getsockname()[1]


@pytest.mark.parametrize("nobody", [deaf, closed])
def test_without_a_connection_it_is_certain_that_nothing_went(
    twilio: TwilioEdge, monkeypatch: pytest.MonkeyPatch, nobody: Callable[[], AbstractContextManager[int]]
) -> None:
    """A connection that hangs or is refused: the text may be sent again without asking anybody."""
    monkeypatch.setattr(sms, "TIMEOUT", 0.3)
    with nobody() as port, pytest.raises(SmsError, match="Twilio cannot be reached") as caught:
        TwilioTexts(replace(twilio.settings, api_url=f"http://127.0.0.1:{port}")).send(TO, "hola", CALLBACK)

    assert (None, False, False) == (caught.value.code, caught.value.uncertain, caught.value.permanent)


def test_a_host_that_has_no_address_got_nothing(twilio: TwilioEdge) -> None:
    """The name server is down."""
    with pytest.raises(SmsError) as caught:
        TwilioTexts(replace(twilio.settings, api_url="http://nowhere.invalid")).send(TO, "hola", CALLBACK)

    assert not caught.value.uncertain


# --- what Twilio is asked to forget --------------------------------------------------------------


def test_twilio_is_asked_to_forget_what_the_settings_say(twilio: TwilioEdge) -> None:
    """Words and numbers, each by itself; and nothing is asked where nothing is set."""
    for content, address in (("retain", "retain"), ("discard", "retain"), ("retain", "obfuscate")):
        forgetful = replace(twilio.settings, content_retention=content, address_retention=address)
        TwilioTexts(forgetful).send(TO, "hola", CALLBACK)

    assert [(None, None), ("discard", None), (None, "obfuscate")] == [
        (text.get("ContentRetention"), text.get("AddressRetention")) for text in twilio.texts
    ]


@pytest.mark.parametrize("code", ["30029", "30030"])
def test_a_text_that_twilio_would_not_forget_is_not_sent_at_all(
    twilio: TwilioEdge, caplog: pytest.LogCaptureFixture, code: str
) -> None:
    """It fails closed, and a person must look."""
    twilio.plays.append(code)
    forgetful = replace(twilio.settings, content_retention="discard", address_retention="obfuscate")
    with pytest.raises(SmsError) as caught:
        TwilioTexts(forgetful).send(TO, "hola", CALLBACK)

    assert (int(code), True, []) == (caught.value.code, caught.value.permanent, twilio.texts)
    assert ["ERROR"] == [record.levelname for record in caplog.records if record.name == "app.outside.sms"]


def test_a_log_without_numbers_never_tells_whether_a_text_went(twilio: TwilioEdge) -> None:
    """It is not even asked: that it finds nobody proves nothing, and a second text is worse than none."""
    texts = TwilioTexts(replace(twilio.settings, address_retention="obfuscate"))
    texts.send(TO, "hola", CALLBACK)
    with pytest.raises(SmsError, match="hides whom it texted") as caught:
        texts.was_sent(TO, datetime.now(UTC))

    assert (True, True, []) == (caught.value.uncertain, caught.value.permanent, twilio.asked)


# --- what was sent is counted --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("play", "counted"), [("", [2]), ("hang up", [2]), ("500", [2]), ("21610", []), ("30029", [])]
)
def test_what_went_or_may_have_gone_is_counted(twilio: TwilioEdge, play: str, counted: list[int]) -> None:
    """By its segments; what was refused costs nothing."""
    twilio.plays.append(play)
    counts: list[int] = []
    with suppress(SmsError):
        CountedTexts(TwilioTexts(twilio.settings), counts.append).send(TO, "a" * 161, CALLBACK)

    assert counted == counts


def test_counted_texts_look_into_the_same_log(twilio: TwilioEdge) -> None:
    """Asking costs nothing."""
    counts: list[int] = []
    texts = CountedTexts(TwilioTexts(twilio.settings), counts.append)
    now = datetime.now(UTC)
    texts.send(TO, "hola", CALLBACK)

    assert (True, [1]) == (texts.was_sent(TO, now), counts)


def test_the_log_of_twilio_tells_whether_it_went(twilio: TwilioEdge) -> None:
    """To this address, by ourselves, since then."""
    texts, now = TwilioTexts(twilio.settings), datetime.now(UTC)
    before = texts.was_sent(TO, now)
    texts.send(TO, "hola", CALLBACK)

    assert [False, True, False, False] == [
        before,
        texts.was_sent(TO, now),
        texts.was_sent("+12025550178", now),
        texts.was_sent(TO, now + timedelta(hours=1)),
    ]


@pytest.mark.parametrize(
    ("play", "code"), [("20003", 20003), ("20429", 20429), ("500", None), ("hang up", None)]
)
def test_a_log_that_cannot_be_asked_says_why(twilio: TwilioEdge, play: str, code: int | None) -> None:
    """With Twilio's code where there is one, which its client leaves out of a refused list."""
    twilio.plays.append(play)
    with pytest.raises(SmsError) as caught:
        TwilioTexts(twilio.settings).was_sent(TO, datetime.now(UTC))

    assert (code, False) == (caught.value.code, caught.value.permanent)
    assert "555" not in str(caught.value)


def test_a_refusal_in_the_newer_form_is_the_same_error() -> None:
    """Twilio's services come to write RFC 9457 problems."""

    def refuse() -> None:
        raise TwilioServiceException("about:blank", f"{TO} is no mobile", 400, 21614)

    with pytest.raises(SmsError) as caught:
        asked(refuse)

    assert (21614, True) == (caught.value.code, caught.value.permanent)
    assert "555" not in str(caught.value)


def test_an_answer_to_a_text_is_no_bell(twilio: TwilioEdge) -> None:
    """Twilio lists what we said inside a webhook as outbound-reply."""
    reply = {"To": TO, "direction": "outbound-reply", "created": datetime.now(UTC).isoformat()}
    twilio.texts.append(reply)

    assert not TwilioTexts(twilio.settings).was_sent(TO, datetime.now(UTC))


def test_the_client_logs_no_number(twilio: TwilioEdge, caplog: pytest.LogCaptureFixture) -> None:
    """Its own default is to log each address it asks for."""
    caplog.set_level(logging.INFO)
    texts = TwilioTexts(twilio.settings)
    texts.send(TO, "hola", CALLBACK)
    texts.was_sent(TO, datetime.now(UTC))

    assert "5550177" not in caplog.text
