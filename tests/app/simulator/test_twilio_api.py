"""The REST API, as the real `twilio` client sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException

from tests.app.simulator.doubles import FIRST, LINE, SERVICE, Hotline, Simulator, eventually


def test_a_message_arrives_on_the_phone_and_its_states_are_reported(
    hotline: Hotline, simulator: Simulator
) -> None:
    """Queued in the answer, then sent and delivered by signed callbacks."""
    callback = hotline.url + "/sms/status"

    message = simulator.client().messages.create(
        to=FIRST, from_=LINE, body="Noticias: mañana", status_callback=callback
    )

    assert re.fullmatch(r"SM[0-9a-f]{32}", message.sid)
    assert (message.status, message.num_segments, message.error_code) == ("queued", "1", None)
    eventually(lambda: len(hotline.at("/sms/status")) == 2)
    reports = hotline.at("/sms/status")
    assert [report.fields["MessageStatus"] for report in reports] == ["sent", "delivered"]
    assert all(report.signed and report.fields["MessageSid"] == message.sid for report in reports)
    assert [(bubble["text"], bubble["status"]) for bubble in simulator.thread()] == [
        ("Noticias: mañana", "delivered")
    ]


def test_a_messaging_service_accepts_first(hotline: Hotline, simulator: Simulator) -> None:
    """Accepted in the answer, and then queued, sent, delivered."""
    message = simulator.client().messages.create(
        to=FIRST, messaging_service_sid=SERVICE, body="News", status_callback=hotline.url + "/sms/status"
    )

    assert (message.status, message.from_) == ("accepted", None)
    eventually(lambda: len(hotline.at("/sms/status")) == 3)
    states = [report.fields["MessageStatus"] for report in hotline.at("/sms/status")]
    assert states == ["queued", "sent", "delivered"]
    assert hotline.at("/sms/status")[0].fields["MessagingServiceSid"] == SERVICE


def test_an_api_key_is_as_good_as_the_token(simulator: Simulator) -> None:
    """The pair that the environment gave."""
    client = simulator.client("SK" + "0" * 32, "not-a-real-secret")

    assert client.messages.create(to=FIRST, from_=LINE, body="News").status == "queued"


def test_a_wrong_token_is_20003(simulator: Simulator) -> None:
    """401, and nothing arrives."""
    with pytest.raises(TwilioRestException) as refusal:
        simulator.client(secret="wrong").messages.create(to=FIRST, from_=LINE, body="News")

    assert (refusal.value.code, refusal.value.status) == (20003, 401)
    assert simulator.thread() == []


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"to": "", "from_": LINE, "body": "a"}, 21604),
        ({"to": "12345", "from_": LINE, "body": "a"}, 21211),
        ({"to": FIRST, "body": "a"}, 21603),
        ({"to": FIRST, "from_": "+12025550199", "body": "a"}, 21606),
        ({"to": FIRST, "messaging_service_sid": "MG" + "f" * 32, "body": "a"}, 21701),
        ({"to": "whatsapp:+12025550114", "from_": LINE, "body": "a"}, 21910),
        ({"to": LINE, "from_": LINE, "body": "a"}, 21266),
        ({"to": FIRST, "from_": LINE}, 21602),
        ({"to": FIRST, "from_": LINE, "body": "a" * 1601}, 21617),
        ({"to": FIRST, "from_": LINE, "body": "a", "status_callback": "https://example.org/x"}, 21609),
        ({"to": FIRST, "from_": LINE, "body": "a", "content_retention": "forget"}, 30029),
        ({"to": FIRST, "from_": LINE, "body": "a", "address_retention": "discard"}, 30030),
    ],
)
def test_a_faulty_message_is_refused_with_twilios_code(
    simulator: Simulator, asked: dict[str, str], code: int
) -> None:
    """And nothing leaves this machine."""
    with pytest.raises(TwilioRestException) as refusal:
        simulator.client().messages.create(**asked)

    assert (refusal.value.code, refusal.value.status) == (code, 400)


def test_whatsapp_messages_arrive_on_the_whatsapp_phone(simulator: Simulator) -> None:
    """Both addresses carry the channel."""
    simulator.client().messages.create(to="whatsapp:+12025550114", from_="whatsapp:" + LINE, body="News")

    assert simulator.thread("4")[0]["text"] == "News"


def test_another_demo_number_becomes_a_phone_and_any_other_number_goes_nowhere(simulator: Simulator) -> None:
    """A person may ask to be called on another phone; a number that could be real is never reached."""
    messages = simulator.client().messages

    messages.create(to="+12025550177", from_=LINE, body="News")
    nowhere = messages.create(to="+12025559999", from_=LINE, body="News")

    assert [phone["address"] for phone in simulator.everything()["phones"]][4:] == ["+12025550177"]
    eventually(lambda: nowhere.fetch().error_code == 30003)


def test_the_log_is_listed_by_number_and_time(simulator: Simulator) -> None:
    """To, From and DateSent>, the newest first, over several pages."""
    messages = simulator.client().messages
    for number in range(5):
        messages.create(to=FIRST, from_=LINE, body=f"News {number}")
    simulator.texts("hola", phone="2")
    now = datetime.now(UTC)

    found = messages.list(to=FIRST, date_sent_after=now - timedelta(minutes=5), page_size=2)

    assert [message.body for message in found] == [f"News {number}" for number in (4, 3, 2, 1, 0)]
    assert messages.list(to=FIRST, date_sent_after=now + timedelta(minutes=5)) == []
    assert [message.direction for message in messages.list(from_="+12025550112")] == ["inbound"]


def test_a_message_is_redacted_and_deleted_in_the_log(simulator: Simulator) -> None:
    """20009 while it is on its way; 20404 when it is gone."""
    message = simulator.client().messages.create(to=FIRST, from_=LINE, body="News")
    with pytest.raises(TwilioRestException, match="on its way"):
        message.delete()
    eventually(lambda: message.fetch().status == "delivered")

    assert message.update(body="").body == ""
    assert message.delete()
    with pytest.raises(TwilioRestException) as gone:
        message.fetch()
    assert (gone.value.code, gone.value.status) == (20404, 404)


def test_what_is_to_be_forgotten_arrives_and_is_not_in_the_log(simulator: Simulator) -> None:
    """The words are gone; of the number the end is, so that nobody finds the text by it."""
    messages = simulator.client().messages

    discarded = messages.create(to=FIRST, from_=LINE, body="News", content_retention="discard")
    hidden = messages.create(to=FIRST, from_=LINE, body="More", address_retention="obfuscate")
    plain = messages.create(
        to=FIRST, from_=LINE, body="Plain", content_retention="retain", address_retention="retain"
    )

    assert ["News", "More", "Plain"] == [bubble["text"] for bubble in simulator.thread()]
    assert [("", FIRST), ("More", "+1202555XXXX"), ("Plain", FIRST)] == [
        (message.fetch().body, message.fetch().to) for message in (discarded, hidden, plain)
    ]
    assert [plain.sid, discarded.sid] == [message.sid for message in messages.list(to=FIRST)]


def test_the_number_shows_the_webhooks_that_lead_to_the_hotline(
    hotline: Hotline, simulator: Simulator
) -> None:
    """As an operator should have set them: retries, a fallback on another host, and calls too."""
    numbers = simulator.client().incoming_phone_numbers

    (number,) = numbers.list(phone_number=LINE)

    assert re.fullmatch(r"PN[0-9a-f]{32}", number.sid)
    assert (LINE, "in-use") == (number.phone_number, number.status)
    assert (f"{hotline.url}/sms#rc=2&rp=5xx,ct,rt", "POST") == (number.sms_url, number.sms_method)
    assert "https://fallback.example.org/sms" == number.sms_fallback_url
    assert (f"{hotline.url}/voice", "POST") == (number.voice_url, number.voice_method)


def test_a_number_is_found_by_a_part_of_it_and_another_not_at_all(simulator: Simulator) -> None:
    """Twilio does so, and lists every number to who asks for none."""
    numbers = simulator.client().incoming_phone_numbers

    found = {
        asked: len(numbers.list(phone_number=asked)) for asked in ("2025550100", "+1202", "+12025550199")
    }

    assert {"2025550100": 1, "+1202": 1, "+12025550199": 0} == found
    assert [LINE] == [number.phone_number for number in numbers.list()]


def test_the_numbers_are_shown_to_the_account_alone(simulator: Simulator) -> None:
    """401 for a wrong token; Twilio's client says so of a list without the code."""
    with pytest.raises(TwilioException, match="Unable to fetch page"):
        simulator.client(secret="wrong").incoming_phone_numbers.list()
