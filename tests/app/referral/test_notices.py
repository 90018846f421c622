"""What offices and the coordinator are told, and that it leads to nobody."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest

from app.directory.issues import DETENTION
from app.referral import course
from app.referral.errand import COORDINATOR, TEXTER, Errand, Kind
from app.referral.life import Referral, State, Stuck
from app.referral.notices import Notice, opaque_name, written
from tests.app.referral.made_up import ADDRESS, NOW, TERMS, WORKER_KEY, office, referral

TO_OFFICES: tuple[Kind, ...] = (
    *("offer", "moved_on", "withdrawn", "time", "no_call", "alarm"),
    *("no_texts", "hook_failed", "wrote"),
)
TO_THE_PERSON = {"news", "follow_up", "better_time", "written"}
HARBOR = office(zone="America/Chicago")
# What is in the letter, in the sealed number, or would lead to the record.
PERSON = (ADDRESS, ADDRESS[2:], "costura", "manzana", "r" * 32, WORKER_KEY)
# What the office reads in its letter and nowhere else.
IN_THE_LETTER = ("TX", "mam", "detained", "immigration", "Spanish")


def say(kind: Kind, seen: Referral, to: str = "harbor") -> Notice:
    """What is written."""
    errand = Errand("1", kind, "mail", to, NOW)
    return written("Amparo", seen, errand, None if to == COORDINATOR else HARBOR)


def offered(**changes: object) -> Referral:
    """It stands with harbor."""
    return course.offer(referral(**changes), HARBOR, ("mail",), TERMS, NOW)


def everything() -> Iterator[tuple[str, Notice]]:
    """Every kind of mail, however the referral stands when it is written."""
    for state, stuck, urgent in itertools.product(get_args(State), get_args(Stuck), (True, False)):
        seen = replace(offered(), state=state, stuck=stuck, urgent=urgent, better="morning")
        for kind in TO_OFFICES:
            yield "office", say(kind, seen)
        yield "coordinator", say("alarm", seen, COORDINATOR)


def test_every_kind_of_errand_is_a_notice_or_a_bell() -> None:
    """None is forgotten here."""
    assert {*TO_OFFICES, *TO_THE_PERSON} == set(get_args(Kind))


def test_nothing_that_leads_to_the_person_is_in_any_mail() -> None:
    """No number, no name to ask for, no word to say, no id: in no kind, at no time."""
    texts = [f"{notice.subject}\n{notice.text}" for _, notice in everything()]

    assert [] == [told for told, text in itertools.product(PERSON, texts) if told in text]


def test_an_office_learns_of_the_matter_from_its_letter_alone() -> None:
    """No place, no language, no matter."""
    texts = [f"{notice.subject}\n{notice.text}" for to, notice in everything() if to == "office"]

    assert [] == [told for told, text in itertools.product(IN_THE_LETTER, texts) if told in text]


def test_every_mail_names_its_reference_in_the_subject() -> None:
    """So that it can be found; nothing else joins the mails of one referral."""
    assert all("7K2MX" in notice.subject for _, notice in everything())


def test_every_mail_is_plain_ascii_with_nothing_left_out() -> None:
    """Any mail program shows it, and no gap was left to fill."""
    for _, notice in everything():
        assert (notice.subject + notice.text).isascii()
        assert not {"{", "}", "None"} & set(notice.text.replace("\n", " ").split())


def test_an_offer_says_until_when_by_the_office_s_own_clock() -> None:
    """Asked at nine in Chicago, urgent."""
    assert (
        "Amparo: URGENT referral 7K2MX, take before Mon 23 Nov 2026, 09:30 CST"
        == say("offer", offered()).subject
    )


def test_an_offer_that_may_have_run_out_says_now() -> None:
    """The mail was late."""
    assert "take before now" in say("offer", course.pass_on(offered(), NOW)).subject


@pytest.mark.parametrize(("urgent", "said"), [(True, "URGENT referral"), (False, "Referral")])
def test_an_urgent_one_says_so_in_the_subject(urgent: bool, said: str) -> None:
    """A duty phone shows no more."""
    assert f"Amparo: {said} 7K2MX" in say("offer", offered(urgent=urgent)).subject


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("offer", "amparo referrals accept 7K2MX --office harbor"),
        ("offer", "amparo referrals decline 7K2MX --office harbor --reason full"),
        ("offer", "age --decrypt"),
        ("moved_on", "delete what you noted"),
        ("withdrawn", "delete what you noted"),
        ("time", "in the morning"),
        ("no_call", "nobody has reached them"),
        ("alarm", "amparo referrals contacted 7K2MX --office harbor"),
        ("alarm", "amparo referrals tried 7K2MX --office harbor"),
    ],
)
def test_each_mail_says_what_to_do(kind: Kind, said: str) -> None:
    """In words that can be typed."""
    assert said in say(kind, replace(offered(), better="morning")).text


def test_the_coordinator_learns_what_is_needed() -> None:
    """Matter, state, language, how urgent, since when: enough to find an office, and no contents."""
    text = say("alarm", replace(offered(), issue=DETENTION), COORDINATOR).text

    assert all(part in text for part in ("immigration detention", "TX", "mam", "YES", "2026-11-23 15:00"))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"stuck": "late"}, "No office took this request in its time"),
        ({"state": "accepted", "stuck": "lapsed"}, "has not called in its time"),
        ({"state": "accepted"}, "has not called yet"),
        ({"state": "contacted"}, "though the office noted a call"),
        ({"state": "requested", "stuck": ""}, "is being put to another"),
        ({"state": "declined", "stuck": "late"}, "No office takes this request"),
        ({"state": "expired", "stuck": "late"}, "Nobody took this request"),
    ],
)
def test_the_coordinator_is_told_how_it_stands_when_the_mail_is_written(
    changes: dict[str, str], said: str
) -> None:
    """Not how it stood when the mail became due."""
    first_line = say("alarm", replace(offered(), **changes), COORDINATOR).text.splitlines()[0]

    assert said in first_line


def test_where_the_state_is_not_known_it_says_so() -> None:
    """Not an empty line."""
    assert "State:     not known" in say("alarm", offered(place=""), COORDINATOR).text


def test_a_mail_to_an_office_needs_the_office() -> None:
    """Its name and id stand in it."""
    with pytest.raises(ValueError, match="must have the office"):
        written("Amparo", offered(), Errand("1", "offer", "mail", "harbor", NOW), None)


def test_what_leaves_the_house_has_a_name_that_is_no_id() -> None:
    """The same each time, and another for each errand and each referral."""
    names = {opaque_name(identity, purpose) for identity in ("r" * 32, "s" * 32) for purpose in ("1", "2")}

    assert 4 == len(names)
    assert opaque_name("r" * 32, "1") in names
    assert not any("r" * 8 in name or TEXTER in name for name in names)
