"""One week on the line, hour by hour: three people, two time zones, daylight saving in between, a shared phone.

The week of 30 October 2026: in the night to Sunday 1 November the clocks go back, so that New York is five hours behind
UTC and not four, and Denver seven and not six.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from app.referral.errand import TEXTER
from app.referral.life import Referral
from tests.servers import Servers
from tests.texter import COORDINATOR, Clock, Line, Texter


@pytest.fixture
def clock() -> Clock:
    """Two o'clock in the night to Friday, in Texas."""
    return Clock(datetime(2026, 10, 30, 7, 0, tzinfo=UTC))


class Week:
    """The line, and what went out since somebody last looked."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self._mails, self._bells = 0, 0

    def at(self, day: int, hour: int, minute: int = 0) -> None:
        """Time passes, minute by minute where something is due: the worker does what it owes at its hour."""
        until = datetime(2026, 10 if day > 20 else 11, day, hour, minute, tzinfo=UTC)
        while (due := self._next_due()) is not None and due <= until:
            self.line.clock.now = max(due, self.line.clock.now)
            self.line.works()
        self.line.clock.now = max(until, self.line.clock.now)
        self._forget_sessions()
        self.line.rekeys()

    def _next_due(self) -> datetime | None:
        found = self.line.hotline.outbox.due(datetime(2030, 1, 1, tzinfo=UTC), limit=1)
        return found[0].due if found else None

    def _forget_sessions(self) -> None:
        for name in self.line.hotline.volatile.scan_iter("session:*"):
            self.line.hotline.volatile.delete(name)

    def referral(self, code: str) -> Referral:
        """The referral with this code."""
        found = self.line.hotline.referrals.by_reference(code)
        assert found is not None
        return found

    def mails(self) -> list[str]:
        """Whom was mailed since the last look, with the end of the subject."""
        new = self.line.mail.sent[self._mails :]
        self._mails = len(self.line.mail.sent)
        return [f"{mail.to}: {mail.subject}" for mail in new]

    def bells(self) -> list[tuple[str, str]]:
        """The texts to people, sent by ourselves since the last look."""
        new = self.line.carrier.sent[self._bells :]
        self._bells = len(self.line.carrier.sent)
        duty = {office.duty_phone for office in self.line.hotline.offices.all()}
        return [(to, body) for to, body in new if to not in duty]


@pytest.fixture
def week(line: Line) -> Week:
    return Week(line)


def _code(texter: Texter) -> str:
    found = re.search(r"(?:Code|Clave) ([0-9A-Z]{5})", texter.last)
    assert found is not None, texter.last
    return found[1]


def _asks_at_night(week: Week) -> tuple[Texter, str]:
    """Ana, at two in the morning: her brother is held in Texas; this office, then others."""
    ana = week.line.texter("+12025550171")
    for body in ("detuvieron a mi hermano", "1", "Texas", "1", "2"):
        ana.texts(body)
    week.line.works()
    return ana, _code(ana)


def test_asked_at_two_in_the_night_the_line_that_is_always_open_is_first(week: Week) -> None:
    """The other office opens at nine in Denver; each has a box of its own."""
    _, code = _asks_at_night(week)

    found = week.referral(code)
    assert ("offered", "harbor", ("mesa",)) == (found.state, found.office, found.others)
    assert {"harbor", "mesa"} == set(found.boxes)
    assert found.since("offered") == found.timers["take_by"] - timedelta(minutes=30)
    assert week.bells() == []  # she has just read that it is in


def test_the_night_of_ana(week: Week) -> None:
    """Declined, the next office, taken, no call, alarm, asked again, "no" a day late, a better time, closed."""
    line = week.line
    ana, code = _asks_at_night(week)
    assert ["intake@harbor.example.org"] == [mail.split(":")[0] for mail in week.mails()]

    # The night line is full. Mesa opens at nine in Denver, 15:00 UTC, and has half an hour of its open time.
    line.hotline.desk.decline(week.referral(code).id, "harbor", "full", line.clock())
    line.works()
    assert ("offered", "mesa", {"mesa"}) == (
        week.referral(code).state,
        week.referral(code).office,
        set(week.referral(code).boxes),
    )
    assert datetime(2026, 10, 30, 15, 30, tzinfo=UTC) == week.referral(code).timers["take_by"]

    week.at(30, 15, 10)
    line.hotline.desk.accept(week.referral(code).id, "mesa", line.clock())
    line.works()
    assert [ana.number] == [to for to, _ in week.bells()]
    assert "Mesa Legal Aid" in ana.texts(code)
    assert f"dice {week.referral(code).word}" in ana.last

    # Nobody calls. After two open hours the lead and the coordinator hear of it, after four she is asked.
    week.mails()
    week.at(30, 17, 11)
    assert 2 == len([mail for mail in week.mails() if "alarm" in mail.casefold()])
    assert week.bells() == []
    week.at(30, 19, 11)
    assert [ana.number] == [to for to, _ in week.bells()]
    assert "no nos dice que haya hablado con usted" in ana.texts(code)

    # A day after it was taken: did they call? It is Saturday; she answers on Sunday night, in a new pepper's day.
    week.at(31, 16, 10)  # ten in El Paso, too
    assert "¿le llamaron?" in week.bells()[-1][1]
    week.at(1, 23)
    assert "Lo sentimos" in ana.texts("no me llamaron")
    line.works()
    assert {"intake@mesa.example.org", COORDINATOR} == {mail.split(":")[0] for mail in week.mails()}
    ana.texts("1")
    assert "Gracias" in ana.texts("en la noche")
    line.works()
    assert ["a time to call"] == [mail.rpartition(": ")[2] for mail in week.mails()]

    week.at(2, 23)
    line.hotline.desk.contacted(week.referral(code).id, "mesa", line.clock())
    line.hotline.desk.close(week.referral(code).id, "mesa", "took_the_case", line.clock())
    assert "ha cerrado su pedido" in ana.texts(code)
    assert 3 == week.referral(code).bells

    # Fourteen days later nothing is left but a count.
    week.at(17, 0)
    assert line.hotline.referrals.by_reference(code) is None
    assert {"closed.took_the_case": 1} == line.hotline.referrals.counts("202611")
    assert () == line.hotline.referrals.held_ids()


def test_the_weekend_of_bruno(week: Week) -> None:
    """Friday afternoon in New York: the office's four hours run on Monday, an hour later by UTC than on Friday."""
    line = week.line
    week.at(30, 20)
    bruno = line.texter("+12025550172")
    for body in ("hello", "lawyer", "1", "New York", "2", "4", "1", "2", "Luna", "1"):
        bruno.texts(body)
    line.works()
    code = _code(bruno)

    found = week.referral(code)
    assert ("offered", "lantern", "kiche", False) == (found.state, found.office, found.spoken, found.urgent)
    # Monday 09:00 to 13:00 in New York is 14:00 to 18:00 UTC after the change; it was 13:00 to 17:00 before.
    assert datetime(2026, 11, 2, 18, 0, tzinfo=UTC) == found.timers["take_by"]

    week.at(2, 17, 59)
    assert week.bells() == []
    week.at(2, 18, 1)
    assert [bruno.number] == [to for to, _ in week.bells()]
    assert "has not taken your request in time" in bruno.texts(code)

    # Another office: its own consent, its own box; the first is told and keeps nothing.
    for body in ("1", "1", "1"):
        bruno.texts(body)
    line.works()
    moved = week.referral(code)
    assert ("offered", {moved.office}) == (moved.state, set(moved.boxes))
    assert moved.office != "lantern"
    assert any("went on" in mail and "lantern" in mail for mail in week.mails())
    assert () == line.hotline.referrals.inbox_ids("lantern")


def test_the_shared_phone_of_claudette(week: Week) -> None:
    """Somebody else texts from her phone: hola, STATUS, BORRAR, STOP. The request stays, and nothing is told."""
    line = week.line
    week.at(30, 16)
    claudette = line.texter("+12025550173")
    for body in ("hola", "2", "abogado", "1", "Florida", "2", "5", "1", "2", "Luna", "2"):
        claudette.texts(body)
    line.works()
    code = _code(claudette)
    before = week.referral(code)
    assert "ht" == before.spoken

    line.hotline.desk.accept(before.id, before.office, line.clock())
    week.at(2, 15)
    for told in _by_somebody_else(claudette):
        assert code not in told
        assert not any(name in told for name in ("Lantern", "Harbor", "Mesa", before.word))
    line.works()

    after = week.referral(code)
    assert ("accepted", "stopped") == (after.state, after.texting)
    assert dict(before.boxes)[after.office] == dict(after.boxes)[after.office]
    assert not any(errand.to == TEXTER for errand in after.open_errands())
    week.bells()
    week.at(9, 15)
    assert week.bells() == []  # STOP holds: not even the follow-up
    claudette.texts("START")
    assert code not in claudette.texts("español")
    assert "tiene su pedido" in claudette.texts(code)


def _by_somebody_else(phone: Texter) -> Iterator[str]:
    for body in ("hola", "STATUS", "2", "BORRAR", "hola", "STOP"):
        yield phone.texts(body)


def test_an_answer_is_heard_though_a_menu_is_open(week: Week) -> None:
    """She looked at a menu an hour before the line asked, and answers the text that came last."""
    line = week.line
    ana, code = _asks_at_night(week)
    line.hotline.desk.accept(week.referral(code).id, week.referral(code).office, line.clock())
    week.at(31, 16, 10)  # ten in El Paso, too
    assert "¿le llamaron?" in week.bells()[-1][1]
    for body in ("hola", "2"):
        ana.texts(body)

    assert "Lo sentimos" in ana.texts("no, nadie me ha hablado")


def _asked_whether_they_called(week: Week, menu: tuple[str, ...]) -> Texter:
    """Ana looks at a menu, and before she goes on the line asks her whether she got the call."""
    line = week.line
    ana, code = _asks_at_night(week)
    line.hotline.desk.accept(week.referral(code).id, week.referral(code).office, line.clock())
    week.at(31, 14)
    line.clock.now = datetime(2026, 10, 31, 15, 59, 50, tzinfo=UTC)
    for body in menu:
        ana.texts(body)
    line.clock.now = datetime(2026, 10, 31, 16, 0, 10, tzinfo=UTC)
    line.works()
    assert "¿le llamaron?" in week.bells()[-1][1]
    line.clock.forward(seconds=20)
    return ana


def test_a_bare_number_answers_the_question_that_came_after_the_menu(week: Week) -> None:
    """Her menu has a 2 as well; the line's question is the last she saw."""
    ana = _asked_whether_they_called(week, ("hola",))

    assert "Lo sentimos" in ana.texts("2")


def test_a_bare_number_answers_the_menu_that_came_after_the_question(week: Week) -> None:
    """She let the question be, and asked for the menu."""
    ana = _asked_whether_they_called(week, ("hola",))
    ana.texts("menu")
    shown = ana.last

    answer = ana.texts("2")
    assert "Lo sentimos" not in answer
    assert shown != answer


def test_a_menu_goes_on_while_nobody_can_tell_what_was_asked(week: Week, servers: Servers) -> None:
    """Somebody at whose door they stand must not hear of a broken memory."""
    ana = _asked_whether_they_called(week, ("la migra está tocando mi puerta",))
    servers.durable.kill()

    assert "Se llevaron a alguien" in ana.texts("1")


def test_after_start_somebody_who_writes_spanish_is_answered_in_spanish(line: Line) -> None:
    """START is the carriers' word in every language."""
    ana = line.texter("+12025550171")
    for body in ("hola", "STOP", "START"):
        ana.texts(body)

    assert "Guarde silencio" in ana.texts("detuvieron a mi hermano")
