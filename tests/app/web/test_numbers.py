"""A month in numbers: one's own office for its lead, all for the coordinator; small counts stay hidden, in the file too."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace

import pytest

from app.referral.tally import TALLIED
from app.store import keys
from app.web.numbers import GROUPS
from tests.app.web.staff import Browser, Inbox
from tests.app.web.test_inbox import words
from tests.texter import Line


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with leo, the lead of Mesa Legal Aid, and cora, who sees to all offices."""
    inbox = Inbox(line)
    inbox.has("leo", "lead")
    inbox.has("cora", "coordinator")
    return inbox


def counts(inbox: Inbox, office: str = "mesa", month: str = "202607", **many: int) -> None:
    """So much was counted; `closed__gave_advice` is closed.gave_advice."""
    for name, count in many.items():
        inbox.hotline.durable.hset(keys.MONTH(f"{month}-{office}"), name.replace("__", "."), count)


def table(browser: Browser) -> list[list[str]]:
    """The cells of the file."""
    assert browser.answer is not None
    return list(csv.reader(io.StringIO(browser.answer.data.decode())))


def test_what_an_office_did_is_on_its_page(inbox: Inbox) -> None:
    """From the request to the end, by what really happened; one of each is a small count."""
    reference = inbox.asks()
    inbox.has("ana")
    ana, at = inbox.with_("ana"), f"/inbox/requests/{reference}"
    for what, why in (("accept", {}), ("contacted", {}), ("close", {"why": "gave_advice"})):
        ana.opens(f"{at}/{what}").sends(f"{at}/{what}", **why)

    page = words(inbox.with_("leo").opens("/inbox/numbers"))

    assert "Numbers Mesa Legal Aid" in page
    for counted in ("Offered to the office", "Taken in time", "Spoke with the person", "it gave advice"):
        assert f"{counted} <10" in page
    for none in ("Taken late", "Not taken in time", "the office is full", "it took the case"):
        assert f"{none} 0" in page


def test_counts_from_ten_are_told_and_drawn(inbox: Inbox) -> None:
    """The longest bar is as wide as the picture; every small one is alike and empty; none is none."""
    counts(inbox, offered=40, accepted=20, accepted_late=9, not_taken=1)
    page = inbox.with_("leo").opens("/inbox/numbers?month=202607")

    assert "Offered to the office 40 Taken in time 20 Taken late <10 Not taken in time <10" in words(page)
    first = page.page.partition("<svg")[2].partition("</svg>")[0]
    bars = re.findall(r'<rect( class="hollow")? x="1" y="\d+" width="(\d+)"', first)
    hollow = ' class="hollow"'
    assert [("", "260"), ("", "130"), (hollow, "65"), (hollow, "65")] == bars
    assert "style=" not in page.page
    assert 'role="img"' in page.page
    assert "<title id=" in first


def test_the_coordinator_sees_a_row_for_each_office(inbox: Inbox) -> None:
    """By the offices' names, and a picture of what each was offered."""
    counts(inbox, offered=40, declined__full=12)
    counts(inbox, "lantern", offered=3)
    page = words(inbox.with_("cora").opens("/inbox/numbers"))
    assert (
        "Harbor Night Line 0 0 0 0 0 0 Lantern Law Center <10 0 0 0 0 0 Mesa Legal Aid 40 0 0 0 0 0" in page
    )
    assert "Mesa Legal Aid 12 0 0 0 0 0 0" in page
    assert "What each office was offered" in page


def test_a_lead_sees_nothing_of_another_office(inbox: Inbox) -> None:
    """Whatever the address asks for."""
    counts(inbox, "lantern", offered=77)
    leo = inbox.with_("leo")
    for path in ("/inbox/numbers?office=lantern", "/inbox/numbers.csv?office=lantern&month=202607"):
        page = leo.opens(path).page
        assert "77" not in re.sub(r'name="proof" value="[^"]*"', "", page)
        assert "Lantern" not in page


def test_the_last_twelve_months_can_be_chosen(inbox: Inbox) -> None:
    """And an older one that an address asks for stays shown."""
    counts(inbox, month="202511", offered=11)
    leo = inbox.with_("leo").opens("/inbox/numbers?month=202511")
    assert "Offered to the office 11" in words(leo)
    assert '<option value="202511" selected>November 2025</option>' in leo.page
    months = re.findall(r'<option value="(\d+)"', leo.page)
    assert (12, "202607", "202508") == (len(months), months[0], months[-1])
    older = re.findall(r'<option value="(\d+)"', leo.opens("/inbox/numbers?month=202401").page)
    assert (13, "202401") == (len(older), older[-1])


@pytest.mark.parametrize(
    "month", ["", "2026", "202613", "202600", "abcdef", "2026070", "202607%0A", "٢٠٢٦٠٧"]
)
@pytest.mark.parametrize("page", ["/inbox/numbers", "/inbox/numbers.csv"])
def test_what_is_no_month_is_not_found(inbox: Inbox, page: str, month: str) -> None:
    """And nothing is noted."""
    assert 404 == inbox.with_("leo").opens(f"{page}?month={month}").status
    assert [] == list(inbox.hotline.staff.audit.last("mesa", 1))


def test_the_file_holds_the_same_and_it_is_noted_who_took_it(inbox: Inbox) -> None:
    """Every name that is counted, small ones hidden."""
    counts(inbox, offered=40, accepted=9, closed__gave_advice=10)
    leo = inbox.with_("leo").opens("/inbox/numbers.csv?month=202607")
    head, *lines = table(leo)

    assert ["month", "office", "what", "count"] == head
    assert {("202607", "Mesa Legal Aid")} == {(month, office) for month, office, _, _ in lines}
    shown = {what: count for _, _, what, count in lines}
    assert {"offered": "40", "accepted": "<10", "closed.gave_advice": "10"} == {
        what: count for what, count in shown.items() if count != "0"
    }
    assert set(TALLIED) == set(shown)
    assert leo.answer is not None
    assert 'attachment; filename="numbers-202607.csv"' == leo.answer.headers["Content-Disposition"]
    assert "text/csv; charset=utf-8" == leo.answer.headers["Content-Type"]
    assert "leo took the figures of 202607" in words(leo.opens("/inbox/audit"))


def test_the_coordinators_file_has_every_office(inbox: Inbox) -> None:
    """It is noted on the line's own list, for the coordinator is of no office."""
    _, *lines = table(inbox.with_("cora").opens("/inbox/numbers.csv?month=202607"))
    assert {"Harbor Night Line", "Lantern Law Center", "Mesa Legal Aid"} == {line[1] for line in lines}
    (entry,) = inbox.hotline.staff.audit.last("", 1)
    assert ("cora", "exported", "202607") == (entry.who, entry.did, entry.about)


@pytest.mark.parametrize("name", ["=1+2", "+A1", "-A1", "@SUM(A1)"])
def test_no_cell_is_a_formula(inbox: Inbox, name: str) -> None:
    """An office's name was typed by somebody, and a spreadsheet must not reckon with it."""
    office = inbox.hotline.offices.find("mesa")
    assert office is not None
    inbox.hotline.offices.save(replace(office, name=name))
    _, *lines = table(inbox.with_("leo").opens("/inbox/numbers.csv?month=202607"))
    assert {f"'{name}"} == {line[1] for line in lines}


def test_every_name_that_is_counted_has_words() -> None:
    """In the order in which it is counted."""
    assert list(TALLIED) == [name for names in GROUPS.values() for name in names]
