"""Writing to the person through the line: what she reads, what the office reads, what stays the line's, what is never kept."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime

import pytest

from app.referral.life import Referral
from app.sealing import SealError, unseal
from app.store.referrals import ReferralError
from app.thread import Open, pass_on
from tests.app.web.staff import Browser, Inbox
from tests.texter import Line, Texter

PERSON = "+12025550111"


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with ana of Mesa Legal Aid, who has taken a request."""
    inbox = Inbox(line)
    inbox.has("ana")
    return inbox


@pytest.fixture
def taken(inbox: Inbox) -> str:
    """The request she took; the person has had her news."""
    reference = inbox.asks()
    at = f"/inbox/requests/{reference}"
    inbox.with_("ana").opens(f"{at}/accept").sends(f"{at}/accept")
    inbox.line.works()
    inbox.line.carrier.sent.clear()
    inbox.line.mail.sent.clear()
    return reference


def words(browser: Browser) -> str:
    """The page as it is read."""
    main = browser.page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def writes(inbox: Inbox, reference: str, text: str) -> Browser:
    """Ana writes this: the preview, then it is sent."""
    ana, at = inbox.with_("ana"), f"/inbox/requests/{reference}/thread"
    ana.opens(at).sends(f"{at}/preview", text=text)
    once = re.search(r'name="once" value="([^"]*)"', ana.page)
    return ana.sends(f"{at}/send", text=text, once=once[1] if once else "")


def sent(inbox: Inbox) -> list[str]:
    """What the worker has sent to the person by now."""
    inbox.line.works()
    return [body for to, body in inbox.line.carrier.sent if to == PERSON]


def found(inbox: Inbox, reference: str) -> Referral:
    referral = inbox.hotline.referrals.by_reference(reference)
    assert referral is not None
    return referral


def key(inbox: Inbox) -> str:
    """The key of the office."""
    return (inbox.hotline.config.data / "keys" / "offices" / "mesa.age").read_text()


def read(inbox: Inbox, reference: str) -> list[tuple[str, str]]:
    """The thread, as the office opens it."""
    lines = found(inbox, reference).thread
    return [(said.by, unseal(said.box, key(inbox)).decode().rstrip() if said.box else "") for said in lines]


def her(inbox: Inbox) -> Texter:
    return inbox.line.texter(PERSON)


def test_the_first_text_says_that_somebody_of_the_office_writes(inbox: Inbox, taken: str) -> None:
    """Word for word as the preview showed it; the second is the words alone."""
    ana = inbox.with_("ana").opens(f"/inbox/requests/{taken}/thread")
    ana.sends(f"/inbox/requests/{taken}/thread/preview", text="¿Puede hablar a las 3?")
    assert "Alguien de Mesa Legal Aid le escribe: ¿Puede hablar a las 3?" in words(ana)
    assert "1 segment, about 1 cent." in words(ana)
    assert [] == sent(inbox)

    writes(inbox, taken, "¿Puede hablar a las 3?")
    first = sent(inbox)
    writes(inbox, taken, "Le llamamos ahora.")

    assert ["Alguien de Mesa Legal Aid le escribe:\n¿Puede hablar a las 3?"] == first
    assert "Le llamamos ahora." == sent(inbox)[-1]


def test_her_answer_comes_to_the_office_sealed_and_the_line_is_silent(inbox: Inbox, taken: str) -> None:
    """The office is mailed that she wrote, and not what."""
    writes(inbox, taken, "¿Puede hablar a las 3?")
    sent(inbox)

    assert "" == her(inbox).texts("Si, a las 3 esta bien")
    inbox.line.works()

    assert ("person", "Si, a las 3 esta bien") == read(inbox, taken)[-1]
    mail = inbox.line.mail.sent[-1]
    assert f"{taken}: the person wrote" in mail.subject
    assert f"/inbox/requests/{taken}" in mail.text
    assert "a las 3" not in mail.text


def test_the_office_is_not_mailed_of_every_text(inbox: Inbox, taken: str) -> None:
    """Once in half an hour is enough for who looks at the page."""
    writes(inbox, taken, "¿Puede hablar a las 3?")
    sent(inbox)
    inbox.line.mail.sent.clear()
    for body in ("si", "a las 3", "o a las 4"):
        her(inbox).texts(body)
        inbox.line.works()
    assert 1 == len(inbox.line.mail.sent)
    assert ["si", "a las 3", "o a las 4"] == [text for by, text in read(inbox, taken) if by == "person"]


def test_a_text_that_is_delivered_twice_is_one(inbox: Inbox, taken: str) -> None:
    """Twilio repeats a request whose answer it did not get."""
    writes(inbox, taken, "¿Puede hablar a las 3?")
    sent(inbox)
    for _ in range(3):
        her(inbox).posts("si", sid="SM" + "7" * 32)
    assert 1 == sum(by == "person" for by, _ in read(inbox, taken))


STAYS = {
    "STOP": "stop",
    "menu": "menu",
    "AYUDA": "help",
    "borrar": "erase",
    "adios": "bye",
    "la migra esta en la puerta": "emergency",
    "quiero morir": "crisis",
    "AHORA": "now",
}


@pytest.mark.parametrize("body", list(STAYS), ids=list(STAYS.values()))
def test_these_words_stay_the_lines(inbox: Inbox, taken: str, body: str) -> None:
    """Whoever she writes with: the line answers, and the office does not get them."""
    writes(inbox, taken, "¿Puede hablar a las 3?")
    sent(inbox)

    answer = her(inbox).texts(body)

    assert answer or body == "STOP"  # Twilio has answered that one
    assert "person" not in [by for by, _ in read(inbox, taken)]


def test_her_code_still_opens_the_news(inbox: Inbox, taken: str) -> None:
    """The line answers it, and the menu that comes with it goes first until the office writes again."""
    writes(inbox, taken, "¿Puede hablar a las 3?")
    sent(inbox)
    texter = her(inbox)
    assert "Mesa Legal Aid" in texter.texts(taken)
    assert "le pueden llamar" in texter.texts("1")  # the menu of the news goes first: it was said last
    assert "" == texter.texts("estoy en casa de mi hermana, toquen fuerte")
    writes(inbox, taken, "¿A las 4?")
    sent(inbox)
    assert "" == texter.texts("1")

    assert ["estoy en casa de mi hermana, toquen fuerte", "1"] == [
        text for by, text in read(inbox, taken) if by == "person"
    ]


@pytest.mark.parametrize("body", ["mi A-number es A123456789", "naci el 03/04/1990", "123-45-6789"])
def test_what_nobody_should_text_is_not_kept(inbox: Inbox, taken: str, body: str) -> None:
    """She is told so, and the office asks by phone."""
    writes(inbox, taken, "¿Puede hablar a las 3?")
    sent(inbox)

    assert "privado" in her(inbox).texts(body)
    assert "person" not in [by for by, _ in read(inbox, taken)]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Send us your A-number: A123456789?", "Ask by phone."),
        ("Born 03/04/1990, right?", "Ask by phone."),
        ("   ", "Write something first."),
        ("palabras " * 75, "segments, and 4 are the most"),
    ],
)
def test_what_the_office_cannot_send(inbox: Inbox, taken: str, text: str, why: str) -> None:
    """The page says why, and what was typed stays there."""
    ana, at = inbox.with_("ana"), f"/inbox/requests/{taken}/thread"
    for step in ("preview", "send"):
        ana.opens(at).sends(f"{at}/{step}", text=text)
        assert 422 == ana.status
        assert why in words(ana)
    assert () == found(inbox, taken).thread


def test_at_night_it_waits_for_nine(inbox: Inbox, taken: str) -> None:
    """The preview says so; the worker sends it then, by the clock where she is."""
    inbox.line.clock.now = datetime(2026, 7, 8, 4, 0, tzinfo=UTC)
    ana, at = inbox.with_("ana"), f"/inbox/requests/{taken}/thread"
    ana.opens(at).sends(f"{at}/preview", text="¿Puede hablar?")
    assert "Send Wed 8 Jul, 10:00 am CDT" in words(ana)
    writes(inbox, taken, "¿Puede hablar?")
    assert not any("¿Puede hablar?" in text for text in sent(inbox))

    inbox.line.clock.now = datetime(2026, 7, 8, 15, 0, tzinfo=UTC)

    assert any("¿Puede hablar?" in text for text in sent(inbox))


def test_in_closed_hours_the_line_says_so_once_a_night(inbox: Inbox, taken: str) -> None:
    """She knows that nobody reads it now, and what to do in an emergency; the text is kept all the same."""
    writes(inbox, taken, "¿Puede hablar?")
    sent(inbox)
    inbox.line.clock.now = datetime(2026, 7, 8, 4, 0, tzinfo=UTC)
    inbox.line.rekeys()

    told = her(inbox).texts("estoy asustada")

    assert "Mesa Legal Aid ya no atiende hoy" in told
    assert "911" in told
    assert "" == her(inbox).texts("me oyen?")
    assert ["estoy asustada", "me oyen?"] == [text for by, text in read(inbox, taken) if by == "person"]


def test_three_texts_without_an_answer_are_the_most(inbox: Inbox, taken: str) -> None:
    """Whoever does not answer does not want to be written to; an answer opens it again."""
    for number in range(3):
        writes(inbox, taken, f"Hola {number}")
        sent(inbox)
    ana = inbox.with_("ana").opens(f"/inbox/requests/{taken}/thread")
    assert "has not answered your last 3 texts: call" in words(ana)
    assert 422 == ana.sends(f"/inbox/requests/{taken}/thread/send", text="Hola").status

    her(inbox).texts("perdon, estaba trabajando")

    assert "Write in Spanish" in words(ana.opens(f"/inbox/requests/{taken}/thread"))


def test_a_form_that_is_sent_twice_is_one_text(inbox: Inbox, taken: str) -> None:
    """Somebody clicks twice."""
    ana, at = inbox.with_("ana"), f"/inbox/requests/{taken}/thread"
    ana.opens(at).sends(f"{at}/preview", text="Hola")
    shown = ana.page
    once = re.search(r'name="once" value="([^"]*)"', shown)
    assert once is not None
    for _ in range(2):
        ana.page = shown
        ana.sends(f"{at}/send", text="Hola", once=once[1])
    assert 1 == len(found(inbox, taken).thread)


def test_the_worker_can_open_it_only_until_it_is_sent(inbox: Inbox, taken: str) -> None:
    """Then it is sealed to the office alone; nothing of it stands in clear in a memory."""
    writes(inbox, taken, "palabras de zapatilla")
    before = found(inbox, taken).thread[-1]
    assert b"zapatilla" in unseal(before.out, inbox.line.identity)

    sent(inbox)

    after = found(inbox, taken).thread[-1]
    assert b"" == after.out
    with pytest.raises(SealError):
        unseal(after.box, inbox.line.identity)
    for memory in (inbox.hotline.durable, inbox.hotline.volatile):
        for name in memory.keys("*"):
            kind = memory.type(name)
            held = (
                memory.get(name)
                if kind == b"string"
                else memory.lrange(name, 0, -1)
                if kind == b"list"
                else b""
            )
            assert b"zapatilla" not in (held if isinstance(held, bytes) else b" ".join(held or []))


def test_seven_days_after_closing_nothing_is_left_of_it(inbox: Inbox, taken: str) -> None:
    """The request itself stays its fourteen."""
    writes(inbox, taken, "Hola")
    sent(inbox)
    ana, at = inbox.with_("ana"), f"/inbox/requests/{taken}"
    ana.opens(f"{at}/close").sends(f"{at}/close", why="gave_advice")
    assert 1 == len(found(inbox, taken).thread)

    inbox.line.clock.forward(days=7, minutes=1)
    inbox.line.works()

    assert () == found(inbox, taken).thread
    assert found(inbox, taken).boxes


def test_when_she_takes_it_back_nothing_is_left_and_nothing_is_sent(inbox: Inbox, taken: str) -> None:
    """Nor what waits for the morning."""
    writes(inbox, taken, "Hola")
    for body in (f"RETIRAR {taken}", "1"):
        her(inbox).texts(body)

    assert () == found(inbox, taken).thread
    assert [] == sent(inbox)


def test_after_a_stop_nothing_is_sent(inbox: Inbox, taken: str) -> None:
    """What was written and waits is dropped; the page says: call."""
    writes(inbox, taken, "Hola")
    her(inbox).texts("STOP")

    assert [] == sent(inbox)
    assert b"" == found(inbox, taken).thread[-1].out
    assert "wants no texts" in words(inbox.with_("ana").opens(f"/inbox/requests/{taken}/thread"))


def test_a_week_after_the_offices_last_text_the_line_answers_again(inbox: Inbox, taken: str) -> None:
    """Whoever texts from this phone then gets the menu."""
    writes(inbox, taken, "Hola")
    sent(inbox)
    inbox.line.clock.forward(days=8)
    inbox.line.rekeys()
    assert her(inbox).texts("hola")
    assert "person" not in [by for by, _ in read(inbox, taken)]


def test_somebody_else_s_text_goes_to_no_office(inbox: Inbox, taken: str) -> None:
    """Another phone gets the ordinary answer."""
    writes(inbox, taken, "Hola")
    sent(inbox)
    assert inbox.line.texter("+12025550199").texts("a las 3")
    assert "person" not in [by for by, _ in read(inbox, taken)]


def test_ready_made_texts_in_both_languages(inbox: Inbox, taken: str) -> None:
    """A click puts one into the form, in her language."""
    ana = inbox.with_("ana").opens(f"/inbox/requests/{taken}/thread")
    assert "¿Es seguro llamar a este teléfono? Is it safe to call this number?" in words(ana)
    ana.opens(f"/inbox/requests/{taken}/thread?canned=number")
    assert ">¿Es seguro llamar a este teléfono?</textarea>" in html.unescape(ana.page)


def test_the_lines_are_the_same_until_something_changes(inbox: Inbox, taken: str) -> None:
    """A page that looks every five seconds gets 304."""
    at = f"/inbox/requests/{taken}/thread/lines"
    ana = inbox.with_("ana").opens(at)
    assert ana.answer is not None
    mark = ana.answer.headers["ETag"]
    assert 304 == ana.opens(at, **{"If-None-Match": mark}).status
    writes(inbox, taken, "Hola")
    assert 200 == inbox.with_("ana").opens(at, **{"If-None-Match": mark}).status


def test_nobody_is_written_to_before_it_is_taken(inbox: Inbox) -> None:
    """The page says what comes first."""
    reference = inbox.asks()
    ana = inbox.with_("ana").opens(f"/inbox/requests/{reference}/thread")
    assert "Take the request first." in words(ana)
    assert 422 == ana.sends(f"/inbox/requests/{reference}/thread/send", text="Hola").status


def test_what_she_writes_is_never_html(inbox: Inbox, taken: str) -> None:
    """The page holds sealed boxes; the words come to it in the browser, as text."""
    writes(inbox, taken, "Hola")
    sent(inbox)
    her(inbox).texts("<script>alert(1)</script> {{ 7 * 7 }} =cmd")
    ana = inbox.with_("ana")
    for path in ("thread", "thread/lines"):
        assert "alert(1)" not in ana.opens(f"/inbox/requests/{taken}/{path}").page
    assert ("person", "<script>alert(1)</script> {{ 7 * 7 }} =cmd") == read(inbox, taken)[-1]


def test_who_wrote_and_read_is_noted(inbox: Inbox, taken: str) -> None:
    """And not what."""
    writes(inbox, taken, "Hola")
    did = [each.did for each in inbox.hotline.staff.audit.last("mesa")]
    assert {"wrote_to", "read"} <= set(did)


def test_a_text_that_no_office_can_get_any_more_is_not_swallowed(inbox: Inbox, taken: str) -> None:
    """It went to another office in this very moment: she is told that something is wrong, and not met with silence."""
    writes(inbox, taken, "Hola")
    sent(inbox)
    line, before = inbox.hotline, found(inbox, taken)
    thread = Open(before, line.offices.get("mesa"), before.wrote_at)  # type: ignore[arg-type]
    line.desk.close(before.id, "mesa", "gave_advice", line.clock())

    with pytest.raises(ReferralError):
        pass_on(line, thread, "n" * 32, "si", (), line.clock())
