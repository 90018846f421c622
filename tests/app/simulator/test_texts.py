"""What a phone texts reaches the hotline as Twilio would bring it, and what comes back is shown."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
import requests
from werkzeug.wrappers import Response

from app.simulator.webhook import WebhookError, post
from tests.app.simulator.doubles import FIRST, LINE, SERVICE, Hotline, Simulator, twiml

TWILIO_FIELDS = {
    "AccountSid",
    "ApiVersion",
    "Body",
    "From",
    "FromCity",
    "FromCountry",
    "FromState",
    "FromZip",
    "MessageSid",
    "MessagingServiceSid",
    "NumMedia",
    "NumSegments",
    "SmsMessageSid",
    "SmsSid",
    "SmsStatus",
    "To",
    "ToCity",
    "ToCountry",
    "ToState",
    "ToZip",
}


def xml(text: str, content_type: str = "text/xml", status: int = 200) -> Response:
    return Response(text, status, content_type=content_type)


def test_a_text_is_posted_signed_with_every_field_that_twilio_sends(
    hotline: Hotline, simulator: Simulator
) -> None:
    """Twilio's own validator accepts the signature."""
    simulator.texts("hola, ¿qué tal?\nñandú")

    (heard,) = hotline.at("/sms")
    assert heard.signed
    assert set(heard.fields) == TWILIO_FIELDS
    assert heard.fields["Body"] == "hola, ¿qué tal?\nñandú"
    assert (heard.fields["From"], heard.fields["To"]) == (FIRST, LINE)
    assert heard.fields["MessagingServiceSid"] == SERVICE
    assert heard.headers["User-Agent"] == "TwilioProxy/1.1"
    assert heard.headers["I-Twilio-Idempotency-Token"]
    assert heard.headers["Content-Type"].startswith("application/x-www-form-urlencoded")


def test_whatsapp_sends_its_own_fields(hotline: Hotline, simulator: Simulator) -> None:
    """A WhatsApp sender has a profile and an id, and no place."""
    simulator.texts("hola", phone="4")

    fields = hotline.at("/sms")[0].fields
    assert fields["From"] == "whatsapp:+12025550114"
    assert fields["To"] == "whatsapp:" + LINE
    assert (fields["WaId"], "ProfileName" in fields, "FromCity" in fields) == ("12025550114", True, False)


def test_each_message_of_the_answer_becomes_a_bubble_with_its_size(
    hotline: Hotline, simulator: Simulator
) -> None:
    """Segments and encoding are counted as Twilio bills them."""
    hotline.answer = lambda _: twiml("One &amp; two\nthree", "información")

    thread = simulator.texts("hola")

    assert [bubble["text"] for bubble in thread] == ["hola", "One & two\nthree", "información"]
    assert [(bubble["segments"], bubble["encoding"]) for bubble in thread[1:]] == [(1, "GSM-7"), (1, "UCS-2")]
    assert [bubble["status"] for bubble in thread] == ["received", "delivered", "delivered"]


def test_an_empty_response_is_no_bubble_and_no_error(hotline: Hotline, simulator: Simulator) -> None:
    """Silence is a lawful answer."""
    hotline.answer = lambda _: xml("<Response/>")

    assert [bubble["text"] for bubble in simulator.texts("hola")] == ["hola"]


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (xml("<Response><Message>oh"), 12100),
        (xml("<Response><Message>\x0b</Message></Response>"), 12100),
        (xml('<!DOCTYPE r [<!ENTITY a "b">]><Response><Message>&a;</Message></Response>'), 12100),
        (xml("<!doctype html><p>Oh</p>", "text/html"), 12100),
        (xml("<Answer/>"), 12200),
        (xml("<Response><Say>oh</Say></Response>"), 12200),
        (xml("{}", "application/json"), 12300),
        (xml("<Response><Message></Message></Response>"), 14103),
        (xml("<Response><Message>" + "a" * 1601 + "</Message></Response>"), 21617),
        (xml("<Response>" + " " * 70_000 + "</Response>"), 11750),
        (xml("", status=500), 11217),
        (xml("", status=429), 11217),
        (xml("", status=302), 11200),
    ],
)
def test_a_bad_answer_is_a_red_note_with_twilios_code(
    hotline: Hotline, simulator: Simulator, answer: Response, code: int
) -> None:
    """The person gets nothing, and the page says why."""
    hotline.answer = lambda _: answer

    thread = simulator.texts("hola")

    assert [(bubble["kind"], bubble["code"]) for bubble in thread] == [("text", None), ("error", code)]


def test_a_hotline_that_is_down_is_a_connection_error(
    settings, simulator: Simulator, hotline: Hotline
) -> None:
    """11205: nobody listens there."""
    with pytest.raises(WebhookError) as failure:
        post("http://127.0.0.1:1/sms", {}, "token")

    assert failure.value.code == 11205


def test_a_hotline_that_trickles_is_given_up_in_time(hotline: Hotline) -> None:
    """The limit is for the whole answer, not for each piece of it."""

    def slow() -> Iterator[bytes]:
        for _ in range(50):
            yield b" "
            time.sleep(0.1)

    hotline.answer = lambda _: Response(slow(), content_type="text/xml")
    began = time.monotonic()

    with pytest.raises(WebhookError) as failure:
        post(hotline.url + "/sms", {"Body": "hola"}, "token", timeout=0.4)

    assert failure.value.code == 11200
    assert time.monotonic() - began < 1.5


def test_a_picture_is_an_mms(hotline: Hotline, simulator: Simulator) -> None:
    """One picture, no words."""
    simulator.texts("", media=True)

    fields = hotline.at("/sms")[0].fields
    assert fields["MessageSid"].startswith("MM")
    assert (fields["NumMedia"], fields["Body"], fields["MediaContentType0"]) == ("1", "", "image/jpeg")


def test_half_a_surrogate_pair_travels_as_a_replacement_character(
    hotline: Hotline, simulator: Simulator
) -> None:
    """UTF-8 has no half pairs; a phone's whole emoji stays whole."""
    simulator.texts("a\ud800b 😀")

    assert hotline.at("/sms")[0].fields["Body"] == "a\ufffdb 😀"


def test_a_text_of_more_than_1600_characters_cannot_be_sent(simulator: Simulator) -> None:
    """The refusal says how long it was."""
    answer = requests.post(simulator.url + "/phones/1/texts", json={"body": "a" * 1601}, timeout=5)

    assert (answer.status_code, "1601" in answer.json()["error"]) == (400, True)


def test_a_call_is_shown_as_what_is_said_and_where_it_leads(hotline: Hotline, simulator: Simulator) -> None:
    """POST /voice, signed, and its TwiML as a transcript."""
    hotline.answer = lambda _: xml(
        '<Response><Say language="es-US">Hola</Say><Gather><Say>Hello</Say></Gather><Dial><Number>+12025550142</Number></Dial></Response>'
    )

    thread = simulator.do("/phones/1/calls")["thread"]

    (heard,) = hotline.at("/voice")
    assert heard.signed
    assert heard.fields["CallStatus"] == "ringing"
    assert thread[0]["lines"] == [["say", "Hola"], ["say", "Hello"], ["gather", ""], ["dial", "+12025550142"]]
