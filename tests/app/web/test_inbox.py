"""The inbox of an office: what waits, what can be decided, what the person is texted for it; and no contents."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import timedelta

import pytest

from app.referral.history import REASONS
from app.referral.life import DECLINES, OUTCOMES
from app.referral.seal import Letter
from app.sealing import unseal
from app.store.lockdown import Lock
from tests.app.web.staff import ORIGIN, Browser, Inbox
from tests.texter import Line


@pytest.fixture
def inbox(line: Line) -> Inbox:
    """The staff's doors, with ana and leo of Mesa Legal Aid."""
    inbox = Inbox(line)
    inbox.has("ana")
    inbox.has("leo", "lead")
    return inbox


def words(browser: Browser) -> str:
    """The page as it is read."""
    main = browser.page.partition("<main")[2]
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", main)).split())


def rows(browser: Browser) -> list[str]:
    """The references of the list, in their order."""
    return re.findall(r'<span class="reference">([0-9A-Z]{5})</span>', browser.page)


# --- the list ---


def test_a_request_in_one_line(inbox: Inbox) -> None:
    """Urgent, what to do by when, the matter, how it stands, where, the language, how long the person waits."""
    inbox.asks()
    inbox.line.clock.forward(minutes=12)

    page = words(inbox.with_("ana").opens("/inbox/requests"))

    assert "1 waits for you, 1 urgent" in page
    assert re.search(
        r"Urgent .* take it in 18 min \(Tue 7 Jul, 10:30 am MDT\) waits for you TX speaks Spanish asked 12 min ago",
        page,
    ), page


def test_urgent_comes_first_then_the_oldest(inbox: Inbox) -> None:
    """Whoever has ten minutes begins at the top."""
    first, second = inbox.asks("+12025550112"), inbox.asks("+12025550113")
    hotline = inbox.hotline
    calm = hotline.referrals.by_reference(first)
    assert calm is not None
    hotline.referrals.change(calm.id, lambda seen: replace(seen, urgent=False))
    third = inbox.asks("+12025550114")

    assert [second, third, first] == rows(inbox.with_("ana").opens("/inbox/requests"))


def test_filters_live_in_the_address(inbox: Inbox) -> None:
    """Waiting, mine, urgent, a language; an address can be kept as a bookmark."""
    waits, mine = inbox.asks("+12025550112"), inbox.asks("+12025550113")
    ana = inbox.with_("ana")
    ana.opens(f"/inbox/requests/{mine}/accept").sends(f"/inbox/requests/{mine}/accept")

    seen = {
        query: rows(ana.opens(f"/inbox/requests?{query}"))
        for query in (
            "show=waiting",
            "show=mine",
            "show=closed",
            "language=mam",
            "urgent=yes&language=es",
            "show=nonsense&x=y",
        )
    }

    assert [waits] == seen["show=waiting"]
    assert [mine] == seen["show=mine"]
    assert [] == seen["show=closed"] == seen["language=mam"]
    assert {waits, mine} == set(seen["urgent=yes&language=es"]) == set(seen["show=nonsense&x=y"])
    assert [] == rows(inbox.with_("leo").opens("/inbox/requests?show=mine"))


def test_the_part_is_the_same_until_something_changes(inbox: Inbox) -> None:
    """A page that looks again every fifteen seconds gets 304 and no body; a new request is a new part."""
    inbox.asks("+12025550112")
    ana = inbox.with_("ana").opens("/inbox/requests/part")
    assert ana.answer is not None
    mark = ana.answer.headers["ETag"]

    same = ana.opens("/inbox/requests/part", **{"If-None-Match": mark})
    assert (304, "") == (same.status, same.page)

    inbox.asks("+12025550113")
    assert 200 == ana.opens("/inbox/requests/part", **{"If-None-Match": mark}).status
    assert 2 == len(rows(ana))


def test_a_script_that_looks_after_the_list_hears_that_it_is_signed_out(inbox: Inbox) -> None:
    """And not the sign-in page, which it would show as the list."""
    status = inbox.browser().opens("/inbox/requests/part", **{"Sec-Fetch-Dest": "empty"}).status
    assert 401 == status


# --- one request ---


def test_what_one_must_know_before_calling(inbox: Inbox) -> None:
    """Both clocks, whether to call now, the word to say, and what to say to another voice."""
    reference = inbox.asks()
    referral = inbox.hotline.referrals.by_reference(reference)
    assert referral is not None

    page = words(inbox.with_("ana").opens(f"/inbox/requests/{reference}"))

    assert "In TX it is now Tue 7 Jul, 11:00 am CDT or Tue 7 Jul, 10:00 am MDT" in page
    assert "At your office it is now Tue 7 Jul, 10:00 am MDT" in page
    assert "Call now? Yes, it is urgent." in page
    assert f"Say this word {referral.word}" in page
    assert "Sorry, wrong number." in page
    assert "The offer, mail to mesa: sent." in page


def test_a_small_reference_is_found_however_it_is_typed(inbox: Inbox) -> None:
    """Small letters and a dash in the address lead there as well."""
    reference = inbox.asks()
    typed = f"{reference[:2]}-{reference[2:]}".lower()
    assert reference in inbox.with_("ana").opens(f"/inbox/requests/{typed}").page


def test_taking_it_shows_first_what_the_person_is_texted(inbox: Inbox) -> None:
    """One click, the preview in both languages, done; the bell rings with these words."""
    reference = inbox.asks()
    ana = inbox.with_("ana").opens(f"/inbox/requests/{reference}/accept")
    preview = words(ana)
    assert "At once. It names no office and no matter. In Spanish, as it is sent" in preview
    assert "The same in English" in preview
    assert [] == inbox.line.carrier.sent

    ana.sends(f"/inbox/requests/{reference}/accept")
    inbox.line.works()

    assert "Taken. Call now" in words(ana)
    assert "taken, not reached yet, ana has it" in words(ana)
    told = words(ana.opens(f"/inbox/requests/{reference}"))
    assert "What the line has told the person Tue 7 Jul, 10:00 am MDT “Amparo: hay noticias." in told
    ((number, sent),) = inbox.line.carrier.sent
    assert "+12025550111" == number
    assert " ".join(sent.split()) in preview


@pytest.mark.parametrize("reason", DECLINES)
def test_declining_with_each_reason(inbox: Inbox, reason: str) -> None:
    """A closed list that tells nothing of the person; it is gone from the list, and the person is told."""
    reference = inbox.asks()
    ana = inbox.with_("ana").opens(f"/inbox/requests/{reference}/decline")
    assert REASONS[reason] in words(ana)  # type: ignore[index]

    ana.sends(f"/inbox/requests/{reference}/decline", why=reason)

    assert "Declined. Please delete what you noted." in words(ana)
    assert [] == rows(ana)
    assert 404 == ana.opens(f"/inbox/requests/{reference}").status
    found = inbox.hotline.referrals.by_reference(reference)
    assert found is not None
    assert ("declined", reason) == (found.state, found.moves[-1].reason)


@pytest.mark.parametrize("why", ["", "because", "took_the_case"])
def test_without_a_reason_of_the_list_nothing_is_declined(inbox: Inbox, why: str) -> None:
    """The page says what is missing, and nothing is done."""
    reference = inbox.asks()
    ana = inbox.with_("ana").opens(f"/inbox/requests/{reference}/decline")
    ana.sends(f"/inbox/requests/{reference}/decline", why=why)

    assert 422 == ana.status
    assert "Choose one of these first." in words(ana)
    assert "waits for you" in words(ana.opens("/inbox/requests"))


def test_the_whole_way_to_the_end(inbox: Inbox) -> None:
    """Taken, nobody answered, handed to a colleague, spoken with, closed; each is noted with its name."""
    reference = inbox.asks()
    ana, leo = inbox.with_("ana"), inbox.with_("leo")
    leo_is = inbox.hotline.staff.accounts.named("leo")
    assert leo_is is not None
    at = f"/inbox/requests/{reference}"
    ana.opens(f"{at}/accept").sends(f"{at}/accept")
    ana.opens(f"{at}/tried").sends(f"{at}/tried")
    ana.opens(f"{at}/hand").sends(f"{at}/hand", to=leo_is.id)
    assert "leo has it" in words(ana)
    leo.opens(f"{at}/contacted").sends(f"{at}/contacted")
    leo.opens(f"{at}/close").sends(f"{at}/close", why=OUTCOMES[0])

    assert "closed" in words(leo)
    assert [reference] == rows(leo.opens("/inbox/requests?show=closed"))
    audit = words(leo.opens("/inbox/audit"))
    assert [
        f"leo closed {reference}",
        f"leo noted a call that reached the person of {reference}",
        f"ana handed over {reference}",
        f"ana noted a call that reached nobody for {reference}",
        f"ana took {reference}",
    ] == re.findall(rf"(?:ana|leo) [a-z ]+ {reference}", audit)


def test_it_is_handed_to_nobody_of_another_office(inbox: Inbox) -> None:
    """Nor to somebody who is shut out."""
    reference = inbox.asks()
    others = [inbox.has("hal", "staff", "harbor"), inbox.has("eva")]
    inbox.hotline.staff.reception.shut_out("eva", out=True)
    ana, at = inbox.with_("ana"), f"/inbox/requests/{reference}"
    ana.opens(f"{at}/accept").sends(f"{at}/accept")
    for other in others:
        page = ana.opens(f"{at}/hand")
        assert other.name not in words(page)
        assert 422 == page.sends(f"{at}/hand", to=other.id).status


def test_whoever_comes_second_is_told_so(inbox: Inbox) -> None:
    """Two colleagues look at the same request: one takes it, the other reads that it is taken."""
    reference = inbox.asks()
    ana, leo, at = inbox.with_("ana"), inbox.with_("leo"), f"/inbox/requests/{reference}"
    ana.opens(f"{at}/accept")
    leo.opens(f"{at}/accept").sends(f"{at}/accept")

    ana.sends(f"{at}/accept")

    assert 409 == ana.status
    assert "Somebody was quicker" in words(ana)
    found = inbox.hotline.referrals.by_reference(reference)
    assert found is not None
    assert inbox.hotline.staff.accounts.named("leo") is not None
    assert found.holder == inbox.hotline.staff.accounts.named("leo").id  # type: ignore[union-attr]


def test_a_form_that_comes_twice_counts_once(inbox: Inbox) -> None:
    """Somebody clicks three times: one call, and the person is not asked for a better time."""
    reference = inbox.asks()
    ana, at = inbox.with_("ana"), f"/inbox/requests/{reference}"
    ana.opens(f"{at}/accept").sends(f"{at}/accept")
    ana.opens(f"{at}/tried")
    shown = ana.page
    for _ in range(3):
        ana.page = shown
        ana.sends(f"{at}/tried")

    found = inbox.hotline.referrals.by_reference(reference)

    assert 409 == ana.status
    assert found is not None
    assert 1 == found.calls


def test_looking_without_reading_is_not_noted(inbox: Inbox) -> None:
    """A HEAD shows nothing, and pushes nothing out of the lead's sight; older lines are a page away."""
    reference = inbox.asks()
    ana = inbox.with_("ana")
    for _ in range(3):
        ana.client.head(f"/inbox/requests/{reference}/sealed", base_url=ORIGIN)
    assert [] == list(inbox.hotline.staff.audit.last("mesa"))
    for _ in range(201):
        ana.opens(f"/inbox/requests/{reference}/sealed")
    leo = inbox.with_("leo").opens("/inbox/audit")
    assert 200 == leo.page.count("fetched the sealed details")
    assert 1 == leo.opens("/inbox/audit?after=200").page.count("fetched the sealed details")


@pytest.mark.parametrize(
    "query", ["language=%ed%a0%80", "show=%ff", "after=-5", "after=x", "language=" + "a" * 99]
)
def test_an_odd_address_is_no_trouble(inbox: Inbox, query: str) -> None:
    """What it asks for that we do not know is left out."""
    assert 200 == inbox.with_("leo").opens(f"/inbox/requests?{query}").status
    assert 200 == inbox.with_("leo").opens(f"/inbox/audit?{query}").status


def test_what_the_person_took_back_is_there_no_more(inbox: Inbox) -> None:
    """Whoever has the page open is asked to delete what they noted."""
    reference = inbox.asks()
    ana, at = inbox.with_("ana"), f"/inbox/requests/{reference}"
    ana.opens(f"{at}/accept")
    texter = inbox.line.texter()
    for body in (f"RETIRAR {reference}", "1"):
        texter.texts(body)

    ana.sends(f"{at}/accept")

    assert 404 == ana.status
    assert "Please delete what you noted" in words(ana)


@pytest.mark.parametrize(("texting", "why"), [("no", "wants no texts"), ("stopped", "texted STOP")])
def test_who_wants_no_text_gets_none_and_the_page_says_so(inbox: Inbox, texting: str, why: str) -> None:
    """The preview says nothing will be sent, and why."""
    reference = inbox.asks()
    found = inbox.hotline.referrals.by_reference(reference)
    assert found is not None
    inbox.hotline.referrals.change(found.id, lambda seen: replace(seen, texting=texting))  # type: ignore[arg-type]

    page = words(inbox.with_("ana").opens(f"/inbox/requests/{reference}/accept"))

    assert "What the person is texted Nothing. " in page
    assert why in page


# --- what is sealed ---


def test_the_sealed_file_opens_with_the_offices_key_alone(inbox: Inbox, line: Line) -> None:
    """And it is noted who fetched it."""
    reference = inbox.asks()
    ana = inbox.with_("ana")
    ana.opens(f"/inbox/requests/{reference}/sealed")
    assert ana.answer is not None
    key = (line.hotline.config.data / "keys" / "offices" / "mesa.age").read_text()

    letter = Letter.from_bytes(unseal(ana.answer.data, key))

    assert "+12025550111" == letter.phone
    assert f'attachment; filename="{reference}.age"' == ana.answer.headers["Content-Disposition"]
    assert f"ana fetched the sealed details of {reference}" in words(inbox.with_("leo").opens("/inbox/audit"))


def test_no_page_holds_the_number_or_the_id(inbox: Inbox) -> None:
    """Of anything the person gave, a page shows what stands in clear, and addresses hold the reference alone."""
    reference = inbox.asks()
    ana = inbox.with_("ana")
    pages = [
        ana.opens(path).page
        for path in ("/inbox/requests", f"/inbox/requests/{reference}", f"/inbox/requests/{reference}/accept")
    ]
    found = inbox.hotline.referrals.by_reference(reference)
    assert found is not None
    for page in pages:
        assert "5550111" not in re.sub(r"\D", "", page)
        assert found.id not in page


def test_the_page_of_a_deed_is_not_the_deed(inbox: Inbox) -> None:
    """Looking changes nothing: a browser may fetch a page by itself."""
    reference = inbox.asks()
    found = inbox.hotline.referrals.by_reference(reference)
    ana = inbox.with_("ana")
    for what in ("accept", "decline"):
        ana.opens(f"/inbox/requests/{reference}/{what}")
    assert found == inbox.hotline.referrals.by_reference(reference)


def test_while_the_line_is_locked_nothing_is_shown_or_done(inbox: Inbox) -> None:
    """The page says that nothing is lost."""
    reference = inbox.asks()
    ana = inbox.with_("ana").opens(f"/inbox/requests/{reference}/accept")
    inbox.hotline.lockdown.lock(Lock(inbox.line.clock(), "eva", "test"))
    ana.sends(f"/inbox/requests/{reference}/accept")
    assert 503 == ana.status
    assert "Nothing is lost" in words(ana)


def test_an_office_that_is_gone_from_the_directory(inbox: Inbox) -> None:
    """Its people read why there is no list."""
    inbox.hotline.durable.delete("office:mesa")
    ana = inbox.with_("ana").opens("/inbox/requests")
    assert 409 == ana.status
    assert "not in the directory any more" in words(ana)


def test_late_is_said(inbox: Inbox) -> None:
    """A deadline that is over stands out."""
    inbox.asks()
    inbox.line.clock.now += timedelta(minutes=40)
    assert "take it now: it was due 10 min ago" in words(inbox.with_("ana").opens("/inbox/requests"))


def test_the_origin_of_the_inbox_is_its_setting(inbox: Inbox) -> None:
    """Forms come from INBOX_URL, which is PUBLIC_URL where nothing else is said."""
    assert ORIGIN == inbox.hotline.config.inbox.url
