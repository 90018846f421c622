"""The bad days: lost answers, repeated deliveries, refused messages, opt-outs."""

from __future__ import annotations

from itertools import count
from threading import Barrier

import pytest
from twilio.base.exceptions import TwilioRestException

from tests.app.simulator.doubles import FIRST, LINE, Hotline, Simulator, eventually, twiml


def test_a_lost_answer_is_asked_for_again_with_the_same_sid(hotline: Hotline, simulator: Simulator) -> None:
    """The answer is shown once, and the trick is over with it."""
    simulator.do("/phones/1/tricks", delivery="lose")

    thread = simulator.texts("hola")
    simulator.texts("1")

    first, second, third = hotline.at("/sms")
    assert first.fields == second.fields
    assert first.headers["I-Twilio-Idempotency-Token"] == second.headers["I-Twilio-Idempotency-Token"]
    assert third.fields["MessageSid"] != second.fields["MessageSid"]
    assert [bubble["note"] or bubble["text"] for bubble in thread] == ["hola", "answer_lost", "Hello"]


def test_a_repeated_delivery_with_the_same_answer_is_shown_once(
    hotline: Hotline, simulator: Simulator
) -> None:
    """A hotline that remembers its answer is told to have done right."""
    simulator.do("/phones/1/tricks", delivery="repeat")

    thread = simulator.texts("hola")

    assert len({heard.fields["MessageSid"] for heard in hotline.at("/sms")}) == 1
    assert [bubble["note"] or bubble["text"] for bubble in thread] == ["hola", "Hello", "same_answer"]


def test_a_repeated_delivery_with_another_answer_is_shown(hotline: Hotline, simulator: Simulator) -> None:
    """A hotline that forgets its answer is found out."""
    numbers = count(1)
    hotline.answer = lambda _: twiml(f"Answer {next(numbers)}")
    simulator.do("/phones/1/tricks", delivery="repeat")

    thread = simulator.texts("hola")

    assert [bubble["note"] or bubble["text"] for bubble in thread] == [
        "hola",
        "Answer 1",
        "other_answer",
        "Answer 2",
    ]


def test_two_deliveries_at_once_are_really_at_once(hotline: Hotline, simulator: Simulator) -> None:
    """Neither is answered before both have arrived."""
    both = Barrier(2, timeout=5)

    def together(fields: dict[str, str]):
        both.wait()
        return twiml("Hello")

    hotline.answer = together
    simulator.do("/phones/1/tricks", delivery="twice")

    thread = simulator.texts("hola")

    assert [bubble["note"] or bubble["text"] for bubble in thread] == ["hola", "Hello", "same_answer"]


@pytest.mark.parametrize(
    ("code", "http"),
    [
        (20003, 401),
        (20429, 429),
        (20500, 500),
        *((code, 400) for code in (21211, 21408, 21606, 21610, 21611, 21612, 21614, 30029, 30030)),
    ],
)
def test_a_code_of_a_refusal_refuses_the_next_message_and_no_other(
    simulator: Simulator, code: int, http: int
) -> None:
    """The real client raises with the code and the HTTP status."""
    simulator.do("/phones/1/tricks", send=str(code))
    messages = simulator.client().messages

    with pytest.raises(TwilioRestException) as refusal:
        messages.create(to=FIRST, from_=LINE, body="News")

    assert (refusal.value.code, refusal.value.status) == (code, http)
    assert [bubble["code"] for bubble in simulator.thread()] == [code]
    assert messages.create(to=FIRST, from_=LINE, body="News").status == "queued"


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (30001, "failed"),
        *((code, "undelivered") for code in (30003, 30004, 30005, 30006, 30007, 30008, 30034)),
    ],
)
def test_a_3xxxx_code_is_accepted_and_reported_later(
    hotline: Hotline, simulator: Simulator, code: int, state: str
) -> None:
    """The status callback says so, signed, and so does the log."""
    simulator.do("/phones/1/tricks", send=code)

    message = simulator.client().messages.create(
        to=FIRST, from_=LINE, body="News", status_callback=hotline.url + "/sms/status"
    )

    assert message.status == "queued"
    eventually(
        lambda: bool(hotline.at("/sms/status")) and "ErrorCode" in hotline.at("/sms/status")[-1].fields
    )
    last = hotline.at("/sms/status")[-1]
    assert last.signed
    assert (last.fields["MessageStatus"], last.fields["ErrorCode"]) == (state, str(code))
    assert message.fetch().error_code == code


def test_a_cut_connection_leaves_the_client_in_doubt_while_the_message_arrived(simulator: Simulator) -> None:
    """The log tells what became of it, as Twilio's does."""
    simulator.do("/phones/1/tricks", send="lose")
    messages = simulator.client().messages

    with pytest.raises(Exception, match=r"Connection|Remote"):
        messages.create(to=FIRST, from_=LINE, body="News")

    assert [message.body for message in messages.list(to=FIRST)] == ["News"]
    assert "News" in [bubble["text"] for bubble in simulator.thread()]


@pytest.mark.parametrize(
    "word", ["STOP", "stopall", " Unsubscribe ", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"]
)
def test_twilios_own_words_opt_a_phone_out(hotline: Hotline, simulator: Simulator, word: str) -> None:
    """The hotline still hears of it, what it answers is not delivered, and what it sends is refused with 21610."""
    thread = simulator.texts(word)

    assert "OptOutType" not in hotline.at("/sms")[0].fields
    assert [bubble["note"] for bubble in thread[1:]] == ["twilio_stop", "reply_refused"]
    with pytest.raises(TwilioRestException) as refusal:
        simulator.client().messages.create(to=FIRST, from_=LINE, body="News")
    assert (refusal.value.code, refusal.value.status) == (21610, 400)


@pytest.mark.parametrize("word", ["START", "Unstop", "YES"])
def test_twilios_own_words_bring_a_phone_back(simulator: Simulator, word: str) -> None:
    """After it, messages arrive again."""
    simulator.texts("STOP")
    simulator.texts(word)

    assert simulator.client().messages.create(to=FIRST, from_=LINE, body="News").sid.startswith("SM")


@pytest.mark.parametrize("text", ["please stop", "ALTO", "Stop ICE from entering my home?", "the end"])
def test_other_words_do_not_opt_out(simulator: Simulator, text: str) -> None:
    """Twilio hears its own words only when they stand alone."""
    simulator.texts(text)

    assert not simulator.everything()["phones"][0]["opted_out"]


def test_advanced_opt_out_names_the_kind_of_word(hotline: Hotline, simulator: Simulator) -> None:
    """OptOutType is sent only where Advanced Opt-Out is on."""
    simulator.do("/line", advanced_opt_out=True)

    for word in ("STOP", "START", "HELP", "hola"):
        simulator.texts(word)

    kinds = [heard.fields.get("OptOutType") for heard in hotline.at("/sms")]
    assert kinds == ["STOP", "START", "HELP", None]


def test_reset_forgets_everything(simulator: Simulator) -> None:
    """Threads, opt-outs and tricks are gone."""
    simulator.texts("STOP")
    simulator.do("/phones/1/tricks", delivery="lose")
    simulator.do("/reset")

    phone = simulator.everything()["phones"][0]
    assert (phone["thread"], phone["opted_out"], phone["tricks"]["delivery"]) == ([], False, "")
