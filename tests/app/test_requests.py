"""A request for a lawyer, as the person who texts it lives it: what is asked, what goes, what can be taken back."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from app.referral.seal import IMMIGRATION, open_letter
from app.store import keys
from app.traffic import CEILING
from tests.texter import Line, Texter, new_sid, said

URGENT = ("hello", "1", "1", "Texas", "1")


def asks(texter: Texter, *texts: str) -> str:
    """Texts one after the other; the last answer."""
    for text in texts:
        texter.texts(text)
    return texter.last


def code_of(line: Line) -> str:
    """The code of the newest open request."""
    return [referral.reference for referral in line.hotline.referrals.open()][-1]


def test_a_withdrawal_told_on_many_threads_has_one_answer(line: Line, texter: Texter) -> None:
    """Twilio may deliver a text twice at once: nobody hears that there is nothing, of what she has just ended."""
    asks(texter, *URGENT, "1", code_of_next(line, texter), "1")
    form = texter.form("1", sid=new_sid())

    with ThreadPoolExecutor(20) as pool:
        answers = {said(answer) for answer in pool.map(lambda _: line.post("/sms", form), range(20))}

    assert 1 == len(answers)
    assert "has ended" in answers.pop()
    assert [] == list(line.hotline.referrals.open())


def code_of_next(line: Line, texter: Texter) -> str:
    """The code of the request that these texts make."""
    asks(texter, *URGENT, "1")
    return code_of(line)


def test_the_code_of_an_ended_request_says_that_it_has_ended(line: Line, texter: Texter) -> None:
    """For two days the same phone still hears of it; then nothing is known any more."""
    code = code_of_next(line, texter)
    asks(texter, code, "1", "1")

    assert "has ended" in texter.texts(code)
    assert "nothing to show" in line.texter("+12025550112").texts(code)


def test_what_nobody_was_shown_is_not_done(line: Line, texter: Texter) -> None:
    """Above the ceiling the line is silent: a consent that was never read must not be carried out."""
    asks(texter, "hello", *["menu"] * CEILING)

    assert "" == asks(texter, "5", "TX", "2", "2", "1", "1", "skip", "1")
    assert [] == list(line.hotline.referrals.open())


@pytest.mark.parametrize(("broken", "stop"), [("referral", "STOP"), ("office", "alto")])
def test_a_record_that_cannot_be_read_silences_nobody(
    line: Line, texter: Texter, broken: str, stop: str
) -> None:
    """One bad record must not keep STOP, or a lawyer, from people."""
    code_of_next(line, texter)
    identity = line.hotline.referrals.open_ids()[-1]
    name = keys.REFERRAL(identity) if broken == "referral" else keys.OFFICE("mesa")
    line.hotline.durable.set(name, b"{}")

    answer = texter.posts(stop)

    assert 200 == answer.status_code
    assert line.hotline.down_text not in answer.text
    assert line.hotline.down_text != line.texter("+12025550112").texts("hello")
    assert len(line.hotline.offices.all()) == (3 if broken == "referral" else 2)


def test_agents_at_the_door_are_not_told_as_somebody_held(line: Line, texter: Texter) -> None:
    """The office reads what the person said, and no more."""
    consent = asks(texter, "ICE is at my door", "2", "Texas", "1")
    asks(texter, "1")

    (referral,) = line.hotline.referrals.open()
    assert "held now" not in consent
    assert (True, IMMIGRATION) == (referral.urgent, referral.issue)


def test_the_place_in_an_emergency_is_not_asked_again(texter: Texter) -> None:
    """Who says where somebody was taken has answered the question."""
    assert "Call this phone" in asks(texter, "hello", "they took my brother in Houston Texas", "1")
    assert "Texas" in texter.texts("1")


@pytest.mark.parametrize("way_out", [("5",), ("menu",), ("bye",)])
def test_a_phone_that_was_typed_is_forgotten_with_the_request(
    line: Line, texter: Texter, way_out: tuple[str, ...]
) -> None:
    """Who does not consent leaves neither a number nor a word behind."""
    asks(texter, "hello", "1", "1", "Texas", "3", "646-555-0188", *way_out)

    kept = [line.hotline.volatile.get(name) or b"" for name in line.hotline.volatile.scan_iter("session:*")]
    assert not any(b"5550188" in session for session in kept)


def test_the_office_reads_what_was_agreed(line: Line, texter: Texter) -> None:
    """Another phone, asked for by a word, no voicemail: all of it sealed, and nothing else."""
    asks(texter, "hello", "1", "1", "Texas", "3", "646-555-0188", "3", "Lucero")
    consent = asks(texter)
    asks(texter, "1")

    (referral,) = line.hotline.referrals.open()
    key = (line.hotline.config.data / "keys" / "offices" / f"{referral.office}.age").read_text()
    letter = open_letter(referral, referral.office, key)
    assert "other number" in consent
    assert ("+16465550188", "other_phone", "Lucero", False) == (
        letter.phone,
        letter.reach,
        letter.ask_for,
        letter.voicemail,
    )


def test_who_cannot_name_the_place_goes_on_all_the_same(texter: Texter) -> None:
    """In an emergency nobody is sent back to the main menu for a place that we don't know."""
    asks(texter, "hello", "1", "1", "uston", "the county place")

    assert "Call this phone" in texter.texts("uston again")
