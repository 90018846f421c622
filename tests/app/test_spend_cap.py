"""A day whose segments are spent: emergencies are answered, everybody else is told once, and nobody loses the place."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier

import pytest
from redis import Redis

from app.store.spending import Spending
from messages.segments import segments
from tests.texter import Line, Texter, new_sid, said

TOLD = "Hoy nos escriben muchas personas. Llame al 202-555-0142."
TOLD_IN_ENGLISH = (
    "Many people are texting us today. Call 202-555-0142. Someone held or agents here now? Text NOW."
)


def limited(line: Line, most: int) -> Line:
    """The same line, with so many segments a day."""
    spending = Spending(line.hotline.volatile, most, line.clock)
    return Line(replace(line.hotline, spending=spending), line.clock, line.identity)


def spend(line: Line) -> None:
    """Nothing is left of the day."""
    line.hotline.spending.add(line.hotline.spending.most)


@pytest.fixture
def scarce(line: Line) -> Line:
    """A line that may send a thousand segments a day."""
    return limited(line, 1000)


@pytest.fixture
def texter(scarce: Line) -> Texter:
    """Somebody who texts it."""
    return scarce.texter()


def tells(texter: Texter, *bodies: str) -> str:
    """Sends these texts one after the other; the last answer."""
    return [texter.texts(body) for body in bodies][-1]


def test_an_answer_is_counted_once_however_often_its_text_comes(scarce: Line, texter: Texter) -> None:
    """Twilio repeats what it is not sure of, and sends one answer."""
    for body in ("hola", "STOP"):
        before, sid = scarce.hotline.spending.today(), new_sid()
        answers = [said(texter.posts(body, sid=sid)) for _ in range(3)]
        assert segments(answers[0]).count == scarce.hotline.spending.today() - before, body
        assert 1 == len(set(answers)), body


def test_twenty_deliveries_at_once_are_paid_for_once(scarce: Line, texter: Texter) -> None:
    """Each on a thread of its own, before any of them has been answered."""
    form, gate = texter.form("hola"), Barrier(20)

    def deliver(_: int) -> str:
        own = Line(scarce.hotline, scarce.clock, scarce.identity)
        gate.wait()
        return said(own.post("/sms", form))

    with ThreadPoolExecutor(20) as threads:
        (answer,) = set(threads.map(deliver, range(20)))

    assert segments(answer).count == scarce.hotline.spending.today()


def test_the_cost_of_a_conversation_is_what_was_said(scarce: Line, texter: Texter) -> None:
    """To the segment."""
    cost = 0
    for body in ("hola", "2", "4", "menu", "xyzzy"):
        texter.texts(body)
        cost += texter.segments

    assert cost == scarce.hotline.spending.today()


def test_over_the_cap_one_is_told_once_and_then_there_is_silence(scarce: Line, texter: Texter) -> None:
    """In the person's language."""
    tells(texter, "hola", "2")
    spend(scarce)

    answers = [texter.texts(body) for body in ("4", "4", "menu", "xyzzy")]

    assert answers[0].startswith(TOLD)
    assert ["", "", ""] == answers[1:]


def test_who_texts_for_the_first_time_is_told_in_both_languages(scarce: Line, texter: Texter) -> None:
    """Nobody's language is known from one digit."""
    spend(scarce)
    answer = texter.texts("7")

    assert TOLD in answer
    assert TOLD_IN_ENGLISH in answer
    assert "" == texter.texts("7")


def test_the_line_itself_is_one_segment_in_each_language(scarce: Line, texter: Texter) -> None:
    """It is sent when money is short."""
    other = scarce.texter("+12025550112")
    tells(texter, "hola", "2")
    tells(other, "hello", "2")
    spend(scarce)

    assert [1, 1] == [segments(each.texts("menu")).count for each in (texter, other)]


def test_nobody_loses_the_place(scarce: Line, texter: Texter) -> None:
    """What one did not see did not happen; the next day the same answer leads on."""
    tells(texter, "hola", "2")
    spend(scarce)
    texter.texts("4")
    scarce.clock.forward(hours=3)
    scarce.hotline.volatile.delete(*scarce.hotline.volatile.scan_iter("spent:*"))

    again = texter.texts("4")
    elsewhere = scarce.texter("+12025550112")
    assert tells(elsewhere, "hola", "2", "4") == again


def test_the_next_day_one_is_answered_again(scarce: Line, texter: Texter) -> None:
    """At midnight, by UTC."""
    tells(texter, "hola", "2")
    scarce.clock.forward(hours=7, minutes=50)
    tells(texter, "menu")
    spend(scarce)
    assert texter.texts("menu").startswith(TOLD)
    scarce.clock.forward(minutes=15)

    assert texter.texts("menu")


@pytest.mark.parametrize(
    "body",
    [
        "NOW",
        "agents at my door",
        "they took my brother",
        "quiero matarme",
        "HELP",
        "ERASE",
        "ALTO",
        "no me escriban mas",
    ],
)
def test_what_is_urgent_or_a_right_is_answered(scarce: Line, texter: Texter, body: str) -> None:
    """The same words as on any day, to somebody new and to somebody in a menu."""
    other = scarce.texter("+12025550112")
    tells(texter, "hola", "2")
    tells(other, "hola", "2")
    usual = [other.texts(body), scarce.texter("+12025550113").texts(body)]
    spend(scarce)

    assert usual == [texter.texts(body), scarce.texter("+12025550114").texts(body)]


def test_first_aid_goes_on_and_leads_to_a_request(scarce: Line, texter: Texter) -> None:
    """From NOW to an office that is asked: every text is answered as on any day."""
    other = scarce.texter("+12025550112")
    way = ("AHORA", "1", "Texas", "1", "1")
    usual = [other.texts(body) for body in way]
    spend(scarce)
    texter.texts("hola")

    answers = [texter.texts(body) for body in way]

    # The last answer shows a code of one's own.
    assert usual[:-1] == answers[:-1]
    assert usual[-1][:20] == answers[-1][:20] != ""
    assert 2 == len(list(scarce.hotline.referrals.open()))


def test_a_request_can_be_asked_about_and_taken_back(scarce: Line, texter: Texter) -> None:
    """Its bell tells people to text the code: that must be answered."""
    tells(texter, "hola", "1", "1", "Texas", "1", "1")
    scarce.works()
    (referral,) = scarce.hotline.referrals.open()
    spend(scarce)

    assert texter.texts(referral.reference)
    tells(texter, f"WITHDRAW {referral.reference}", "1")
    assert [] == list(scarce.hotline.referrals.open())


def test_without_a_limit_everybody_is_answered(line: Line) -> None:
    """0 is no limit, and the segments are counted all the same."""
    free = limited(line, 0)
    free.hotline.spending.add(10**6)
    texter = free.texter()

    assert all(texter.texts(body) for body in ("hola", "2", "menu"))
    assert 10**6 < free.hotline.spending.today()


def test_the_log_says_once_that_the_day_is_spent(line: Line, caplog: pytest.LogCaptureFixture) -> None:
    """By the answer that did it, and with no word of anybody."""
    scarce = limited(line, 5)
    for number in range(20, 30):
        tells(scarce.texter(f"+120255501{number}"), "hola", "menu")

    written = [record for record in caplog.records if record.name == "app.store.spending"]
    assert [(logging.ERROR, None)] == [(record.levelno, record.args or None) for record in written]


def test_an_ordinary_turn_is_two_round_trips(
    scarce: Line, texter: Texter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One to read and one to write, the counting of segments included."""
    tells(texter, "hola", "2")
    here = address_of(scarce.hotline.volatile)
    trips = []
    connection = scarce.hotline.volatile.connection_pool.connection_class
    send = connection.send_packed_command

    def counted(self: object, *args: object, **kwargs: object) -> object:
        trips.extend([1] * ({name: getattr(self, name, None) for name in here} == here))
        return send(self, *args, **kwargs)

    monkeypatch.setattr(connection, "send_packed_command", counted)
    texter.texts("4")

    assert 2 == len(trips)


def address_of(redis: Redis) -> dict[str, object]:
    """Where this client's server is."""
    known = redis.connection_pool.connection_kwargs
    return {name: known[name] for name in ("host", "port", "path") if name in known}
