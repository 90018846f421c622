"""A request for a lawyer, as the person who texts it lives it: what is asked, what goes, what can be taken back."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from app.directory.issues import DETENTION, IMMIGRATION
from app.referral.life import Referral
from app.referral.seal import Letter, open_letter
from app.sealing import SealError, unseal
from app.store import keys
from app.traffic import CEILING
from tests.servers import Servers
from tests.texter import COORDINATOR, Line, Texter, new_sid, said

URGENT = ("hello", "1", "1", "Texas", "1")


def asks(texter: Texter, *texts: str) -> str:
    """Texts one after the other; the last answer."""
    for text in texts:
        texter.texts(text)
    return texter.last


def records(line: Line) -> list[Referral]:
    """Every record there is, ended or not."""
    names = line.hotline.durable.scan_iter(keys.REFERRAL.pattern.format("*"))
    found = (line.hotline.referrals.get(name.decode().partition(":")[2]) for name in names)
    return [referral for referral in found if referral]


def key_of(line: Line, office: str) -> str:
    """The key of a sample office."""
    return (line.hotline.config.data / "keys" / "offices" / f"{office}.age").read_text()


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
    identity = line.hotline.referrals.held_ids()[-1]
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


@pytest.mark.parametrize("way_out", [("7",), ("6",), ("menu",), ("bye",)])
def test_a_phone_that_was_typed_is_forgotten_with_the_request(
    line: Line, texter: Texter, way_out: tuple[str, ...]
) -> None:
    """Who does not consent leaves neither a number nor a word behind."""
    asks(texter, "hello", "1", "1", "Texas", "3", "646-555-0188", *way_out)

    kept = [line.hotline.volatile.get(name) or b"" for name in line.hotline.volatile.scan_iter("session:*")]
    assert not any(b"5550188" in session for session in kept)


def test_the_office_reads_what_was_agreed(line: Line, texter: Texter) -> None:
    """Another phone, asked for by a word, no voicemail: all of it sealed, and nothing else."""
    asks(texter, "hello", "1", "1", "Texas", "3", "646-555-0188", "5", "1", "Lucero")
    consent = asks(texter)
    asks(texter, "1")

    (referral,) = line.hotline.referrals.open()
    letter = letter_to(line, referral, referral.office)
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


# --- a yes to each office ------------------------------------------------------------------------

CONSENT = URGENT  # Mesa Legal Aid is shown, and Harbor Night Line could take it too


def the_one(line: Line) -> Referral:
    """The only open request."""
    (referral,) = line.hotline.referrals.open()
    return referral


def letter_to(line: Line, referral: Referral, office: str) -> Letter:
    """What this office can read of it."""
    return open_letter(referral, office, key_of(line, office))


def no_office_takes_requests(line: Line) -> None:
    """As before a first partner was found."""
    for name in (keys.OFFICES(), *(keys.OFFICE(office.id) for office in line.hotline.offices.all())):
        line.hotline.durable.delete(name)


def forgets(line: Line) -> None:
    """Four hours later no conversation is known any more."""
    for name in line.hotline.volatile.scan_iter("session:*"):
        line.hotline.volatile.delete(name)


@pytest.mark.parametrize(("named", "state", "office"), [("Texas", "TX", "mesa"), ("Guam", "GU", "harbor")])
def test_a_state_of_which_nothing_may_be_said_is_still_where_the_person_is(
    line: Line, texter: Texter, named: str, state: str, office: str
) -> None:
    """A rule that is suspended, or that nobody knows, is nothing to the offices of a place, nor to its clock."""
    line.hotline.suspensions.suspend("TX", "a court decided", line.clock())
    line.hotline.live._looked = float("-inf")
    asks(texter, "hello", "1", "1", named, "1", "1")

    referral = the_one(line)
    assert (office, state) == (referral.office, referral.place)
    assert state == letter_to(line, referral, office).place


def days_pass(line: Line, days: int) -> None:
    """Each morning the worker writes the requests it holds under the new day's pepper."""
    for _ in range(days):
        line.clock.forward(days=1)
        line.rekeys()
        line.works()
    forgets(line)


@pytest.mark.parametrize(
    ("answers", "offices", "texting"),
    [
        (("1",), ("mesa",), "yes"),
        (("4",), ("mesa",), "no"),
        (("2",), ("mesa", "harbor"), "yes"),
        (("3", "1"), ("mesa", "harbor"), "yes"),
        (("3", "2"), ("mesa", "harbor"), "no"),
        (("3", "3"), ("mesa",), "yes"),
    ],
    ids=["only this one", "no texts", "then others", "all by name", "all, no texts", "only the first"],
)
def test_each_office_has_a_box_only_after_a_yes_to_it(
    line: Line, texter: Texter, answers: tuple[str, ...], offices: tuple[str, ...], texting: str
) -> None:
    """What nobody agreed to is not sealed to anybody."""
    asks(texter, *CONSENT, *answers)

    referral = the_one(line)
    assert (offices, set(offices), texting) == (
        (referral.office, *referral.others),
        set(referral.boxes),
        referral.texting,
    )


def test_every_office_reads_the_same_and_only_with_its_own_key(line: Line, texter: Texter) -> None:
    """Three boxes for three offices that could take it, with one letter."""
    line.hotline.offices.save(replace(line.hotline.offices.all()[-1], id="zuni", name="Zuni Law"))
    asks(texter, *CONSENT, "2")

    referral = the_one(line)
    assert ("mesa", ("zuni", "harbor")) == (referral.office, referral.others)
    assert letter_to(line, referral, "mesa") == letter_to(line, referral, "harbor")
    with pytest.raises(SealError):
        open_letter(referral, "harbor", key_of(line, "mesa"))


@pytest.mark.parametrize("answer", ["6", "7"], ids=["the number", "don't send"])
def test_without_a_yes_nothing_is_written(line: Line, texter: Texter, answer: str) -> None:
    """Whoever calls by herself, or refuses, leaves no box and no record."""
    asks(texter, *CONSENT, answer)

    assert [] == records(line)
    assert "Nothing was sent" in texter.last


def test_who_calls_by_herself_reads_the_number(texter: Texter) -> None:
    """And when the office answers."""
    assert "Mesa Legal Aid: 505-555-0121, open now" in asks(texter, *CONSENT, "6")


# --- a second one --------------------------------------------------------------------------------


def test_the_same_matter_is_never_asked_twice_in_silence(line: Line, texter: Texter) -> None:
    """The person reads the code of the open one, and there is still one."""
    asks(texter, *CONSENT, "1")
    code = code_of(line)

    again = asks(texter, "lawyer", "1", "3", "Texas", "1", "2", "1", "2", "skip", "1")

    assert f"Its code is {code}" in again
    assert code == the_one(line).reference


def test_another_matter_may_be_asked_besides(line: Line, texter: Texter) -> None:
    """Somebody is held, and somebody who is not needs papers."""
    asks(texter, *CONSENT, "1")
    asks(texter, "lawyer", "1", "3", "Texas", "2", "2", "1", "2", "skip", "1")

    assert {DETENTION, IMMIGRATION} == {referral.issue for referral in line.hotline.referrals.open()}


# --- no office -----------------------------------------------------------------------------------


def test_where_there_is_no_office_the_need_is_noted_and_nothing_of_the_person(
    line: Line, texter: Texter
) -> None:
    """The coordinator is mailed where and about what; no number and no box is kept."""
    no_office_takes_requests(line)
    answer = asks(texter, *CONSENT)
    line.works()

    (mail,) = line.mail.sent
    (record,) = records(line)
    assert "no office" in answer
    assert (COORDINATOR, True) == (mail.to, record.reference in mail.subject)
    assert re.search(r"State: +TX", mail.text)
    assert (b"", {}, "declined") == (record.number_box, dict(record.boxes), record.state)
    assert texter.number[-7:] not in mail.text + mail.subject


def test_who_wants_to_ask_again_tomorrow_is_texted_once_in_the_day(line: Line, texter: Texter) -> None:
    """Until then the number is sealed to the worker; after it, it is gone."""
    no_office_takes_requests(line)
    asks(texter, *CONSENT, "2", "1")
    line.works()
    (record,) = records(line)
    kept = unseal(record.number_box, line.identity)

    line.clock.now = line.clock.now.replace(day=8, hour=12)  # 7 in the morning in Texas
    line.works()
    early = list(line.carrier.sent)
    line.clock.now = line.clock.now.replace(day=8, hour=16)
    line.works()
    line.clock.forward(days=3)
    line.works()

    assert texter.number.encode() == kept
    assert [] == early
    assert [texter.number] == [to for to, _ in line.carrier.sent]
    assert [b""] == [record.number_box for record in records(line)]


def test_nobody_asks_again_tomorrow_in_the_name_of_another(line: Line, texter: Texter) -> None:
    """A code from another phone changes neither the number nor the day."""
    no_office_takes_requests(line)
    asks(texter, *CONSENT, "2", "1")
    (before,) = records(line)

    stranger = line.texter("+12025550112")
    asks(stranger, *CONSENT, "2", f"withdraw {before.reference}", "back", "1")

    assert before == line.hotline.referrals.get(before.id)
    assert "Nothing was sent" in stranger.last


def test_whoever_has_an_open_request_is_not_offered_a_text_tomorrow(line: Line, texter: Texter) -> None:
    """It would be refused, and sound as if nothing had been sent."""
    asks(texter, *CONSENT, "1")
    late(line)

    tonight = asks(texter, code_of(line), "2")

    assert "sign nothing" in tonight
    assert "tomorrow" not in tonight


# --- another office ------------------------------------------------------------------------------


def late(line: Line) -> None:
    """The office was told, and did not take it in time."""
    line.works()
    line.clock.forward(minutes=31)
    line.works()


def test_after_a_late_office_another_one_gets_it_and_the_first_is_told(line: Line, texter: Texter) -> None:
    """With a yes of its own; the first one's box is destroyed, and it is mailed not to call."""
    asks(texter, *CONSENT, "1")
    late(line)
    code = code_of(line)

    consent = asks(texter, code, "1", "1")
    before = the_one(line)
    asks(texter, "1")
    line.works()

    after = the_one(line)
    assert "Only Harbor Night Line gets this" in consent
    assert ({"mesa"}, {"harbor"}, code) == (set(before.boxes), set(after.boxes), after.reference)
    assert "Please do not call" in next(
        mail.text
        for mail in line.mail.sent
        if mail.to.startswith("intake@mesa") and "went on" in mail.subject
    )
    assert (texter.number, after.word) == (
        letter_to(line, after, "harbor").phone,
        letter_to(line, after, "harbor").word,
    )


def test_another_office_reads_what_was_shown_and_nothing_said_since(line: Line, texter: Texter) -> None:
    """A ZIP and a child of another conversation are not this request's."""
    asks(texter, *CONSENT, "1")
    late(line)

    shown = asks(texter, "they took my parents in 60629", "1", "2", "1")
    asks(texter, "1")

    letter = letter_to(line, the_one(line), "harbor")
    assert "Texas" in shown
    assert ("County" in shown, "under 18" in shown) == (False, False)
    assert ("TX", "", None) == (letter.place, letter.county, letter.may_be_minor)


def test_nobody_hears_that_an_office_was_asked_about_a_request_that_has_ended(
    line: Line, texter: Texter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first office declined while the person was choosing another."""
    asks(texter, *CONSENT, "1")
    late(line)
    referral = the_one(line)
    asks(texter, referral.reference, "1", "1")

    def declined(identity: str, *_: object) -> None:
        line.hotline.desk.decline(identity, "mesa", "full", line.clock())

    monkeypatch.setattr(line.hotline.wishes, "another", declined)

    assert "nothing to show" in asks(texter, "1")


def test_the_news_is_told_though_the_office_cannot_be_read(line: Line, texter: Texter) -> None:
    """One bad record keeps nobody from ending a request either."""
    asks(texter, *CONSENT, "1")
    late(line)
    code = code_of(line)
    line.hotline.durable.set(keys.OFFICE("mesa"), b"{}")

    assert line.hotline.down_text != texter.texts(code)
    assert "has ended" in asks(texter, f"withdraw {code}", "1")


def test_who_says_no_to_another_office_keeps_the_first(line: Line, texter: Texter) -> None:
    """Nothing is moved before a yes."""
    asks(texter, *CONSENT, "1")
    late(line)
    before = the_one(line)

    assert "stays open" in asks(texter, before.reference, "1", "1", "2")
    assert before == the_one(line)


def test_a_code_from_another_phone_does_nothing(line: Line, texter: Texter) -> None:
    """No news, no other office, no end, no answer."""
    asks(texter, *CONSENT, "1")
    late(line)
    before, stranger = the_one(line), line.texter("+12025550112")

    told = [stranger.texts(text) for text in ("hello", before.reference, f"withdraw {before.reference}", "1")]

    assert before == the_one(line)
    assert not any("Mesa" in text for text in told)
    assert "nothing to show" in told[1]
    assert "nothing to show" in told[3]


def test_the_news_is_told_in_the_language_of_the_request(line: Line, texter: Texter) -> None:
    """Days later, when the conversation is forgotten."""
    asks(texter, *CONSENT, "1")
    late(line)
    forgets(line)

    news = texter.texts(code_of(line))

    assert "has not taken" in news
    assert "a tiempo" not in news


def test_the_newest_of_two_requests_is_shown(line: Line, texter: Texter) -> None:
    """The one that the person has just made."""
    asks(texter, *CONSENT, "1")
    line.works()
    asks(texter, "lawyer", "1", "3", "Texas", "2", "2", "1", "2", "skip", "1")
    newest = max(line.hotline.referrals.open(), key=lambda referral: referral.created)

    assert newest.reference in asks(texter, "lawyer", "1")


# --- what the line asks --------------------------------------------------------------------------


@pytest.fixture
def asked(line: Line, texter: Texter) -> Texter:
    """An office took it, and a day later the line has asked whether the call came; no conversation is open."""
    asks(texter, *CONSENT, "1")
    line.works()
    line.hotline.desk.accept(the_one(line).id, "mesa", line.clock())
    line.works()
    days_pass(line, 1)
    assert "did you get the call?" in line.carrier.sent[-1][1]
    return texter


def test_an_answer_is_heard_days_later(line: Line, asked: Texter) -> None:
    """In the person's language, though nothing else is known of the conversation."""
    assert "We are sorry" in asked.texts("nobody")
    line.works()

    assert "nobody called" in line.mail.sent[-2].subject + line.mail.sent[-1].subject


def test_a_call_that_came_is_noted(line: Line, asked: Texter) -> None:
    """By the person, where the office has not."""
    assert "Thank you" in asked.texts("they called")
    assert ("contacted", "texter") == (the_one(line).state, the_one(line).moves[-1].actor)


@pytest.mark.parametrize("text", ["hola", "hello", "STATUS", "Texas", "who is this?"])
def test_whoever_else_texts_from_this_phone_learns_nothing(line: Line, asked: Texter, text: str) -> None:
    """The answer is the one that anybody gets."""
    other = line.texter("+12025550112")

    assert other.texts(text) == asked.texts(text)
    assert "follow_up" == the_one(line).asked


@pytest.mark.parametrize("text", ["STOP", "alto"])
def test_a_stop_ends_the_question(line: Line, asked: Texter, text: str) -> None:
    """And a bare no afterwards answers nothing."""
    asked.texts(text)

    assert ("", "stopped") == (the_one(line).asked, the_one(line).texting)
    assert line.texter("+12025550112").texts("no") == asked.texts("no")


def test_who_has_answered_cannot_close_the_request_without_its_code(line: Line, asked: Texter) -> None:
    """Somebody else may hold the phone: a no unlocks nothing."""
    asked.texts("no")

    assert "text your code" in asked.texts("withdraw")
    assert "Mesa" not in "".join(asked.heard[-2:])


def test_the_time_that_follows_a_no_is_of_the_same_request(line: Line, asked: Texter) -> None:
    """The office hears when to call."""
    asks(asked, "no", "1", "3")

    assert "evening" == the_one(line).better


def test_an_answer_may_be_taken_back(line: Line, asked: Texter) -> None:
    """BACK asks the question again, and the other answer is of the same request."""
    assert "did you get the call" in asks(asked, "no", "back").lower()
    assert "Thank you" in asked.texts("it came")
    assert "contacted" == the_one(line).state


def test_what_answers_no_question_does_not_look_into_the_durable_memory(
    line: Line, asked: Texter, servers: Servers
) -> None:
    """Somebody at the door is answered even while the requests cannot be read."""
    servers.durable.kill()
    try:
        assert line.texter("+12025550112").texts("ice is at my door") == asked.texts("ice is at my door")
        assert "trouble" not in asked.last
    finally:
        servers.durable.start()
