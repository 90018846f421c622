"""Who is asked first, and who is not asked at all, as a table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.directory.office import Office
from app.referral.match import Ranked, Unable, Wanted, match, unable
from tests.app.referral.made_up import office

WEEKDAYS = "mon-fri 09:00-17:00"
OFFICES = (
    office("harbor", spoken=("en", "es"), interpreters=("any",)),
    office("mesa", zone="America/Denver", states=("TX", "NM"), spoken=("en", "es", "mam"), hours=WEEKDAYS),
    office("lantern", states=("NY",), spoken=("en", "ht"), takes_detained=False, hours=WEEKDAYS),
    office("plaza", zone="America/Denver", states=("TX",), spoken=("en",), hours="mon-fri 11:00-19:00"),
)
MONDAY_NOON = datetime(2026, 11, 23, 19, 0, tzinfo=UTC)  # 12:00 in Denver, 14:00 in New York
MONDAY_EARLY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)  # 10:00 in Denver
SATURDAY_2_AM = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)

CALM = Wanted("TX", "es", urgent=False, held=False)
URGENT = replace(CALM, urgent=True)
HELD = replace(CALM, held=True)
DEPORTED, DETAINED, ABUSED, ASYLUM = ("IM-01-00-00-00", "IM-02-00-00-00", "IM-12-00-00-00", "IM-05-00-00-00")
COUNTY = {"states": ("TX",), "counties": ("TX:Harris County",)}


def ids(ranked: tuple[Ranked, ...]) -> list[str]:
    """The offices, the first to be asked first."""
    return [each.office.id for each in ranked]


@pytest.mark.parametrize(
    ("wanted", "now", "expected"),
    [
        (CALM, MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (replace(CALM, spoken="mam"), MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (replace(CALM, spoken="en"), MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (replace(CALM, spoken="en"), MONDAY_EARLY, ["mesa", "plaza", "harbor"]),
        (replace(CALM, place="NY", spoken="ht"), MONDAY_NOON, ["lantern", "harbor"]),
        (replace(CALM, place="NY", held=True), MONDAY_NOON, ["harbor"]),
        (replace(CALM, place="OR"), MONDAY_NOON, ["harbor"]),
        (replace(CALM, place=""), MONDAY_NOON, ["harbor"]),
        (URGENT, MONDAY_NOON, ["mesa", "plaza", "harbor"]),
        (URGENT, MONDAY_EARLY, ["mesa", "harbor", "plaza"]),
        (URGENT, SATURDAY_2_AM, ["harbor", "mesa", "plaza"]),
        (replace(URGENT, held=True, spoken="mam"), SATURDAY_2_AM, ["harbor", "mesa", "plaza"]),
        (CALM, SATURDAY_2_AM, ["mesa", "plaza", "harbor"]),
    ],
)
def test_the_best_office_comes_first(wanted: Wanted, now: datetime, expected: list[str]) -> None:
    """Its own state first; when it is urgent, whoever is open first."""
    assert expected == ids(match(wanted, OFFICES, now))


HARRIS, TRAVIS = replace(CALM, county="Harris County"), replace(CALM, county="Travis County")
NIGHT = replace(HARRIS, urgent=True)
ONLY_TAOS = {"states": ("TX", "NM"), "counties": ("NM:Taos County",)}
TWO_COUNTIES = {"states": ("TX", "GA"), "counties": ("GA:Harris County", "TX:Travis County")}


@pytest.mark.parametrize(
    ("sentence", "wanted", "now", "rosa", "expected"),
    [
        ("one of her county goes before one of her state", HARRIS, MONDAY_NOON, COUNTY, "rosa beto casa"),
        ("one of another county is not asked", TRAVIS, MONDAY_NOON, COUNTY, "beto casa"),
        ("one of counties goes last where hers is not known", CALM, MONDAY_NOON, COUNTY, "beto casa rosa"),
        ("so it does when it is urgent", URGENT, MONDAY_NOON, COUNTY, "beto casa rosa"),
        ("at night open lines go first, hers before all", NIGHT, SATURDAY_2_AM, COUNTY, "rosa casa beto"),
        (
            "a county is the same however it is spelt",
            replace(CALM, county="HARRIS  county"),
            MONDAY_NOON,
            COUNTY,
            "rosa beto casa",
        ),
        ("counties of one state do not narrow another", HARRIS, MONDAY_NOON, ONLY_TAOS, "beto rosa casa"),
        ("a county of another state is not hers", HARRIS, MONDAY_NOON, TWO_COUNTIES, "beto casa"),
        (
            "one that speaks the language goes before one with an interpreter",
            replace(CALM, spoken="ht"),
            MONDAY_NOON,
            {"states": ("TX",), "spoken": ("ht",)},
            "rosa beto casa",
        ),
        (
            "and one with an interpreter before one without",
            replace(CALM, spoken="kiche"),
            MONDAY_NOON,
            {"states": ("TX",), "interpreters": ("any",)},
            "rosa beto casa",
        ),
        ("of two that are alike the id decides", CALM, MONDAY_NOON, {"states": ("TX",)}, "beto rosa casa"),
    ],
    ids=lambda value: value if isinstance(value, str) and len(value) > 15 else "",
)
def test_the_order_of_three(
    sentence: str, wanted: Wanted, now: datetime, rosa: dict[str, Any], expected: str
) -> None:
    """Rosa is as the row says, and always open; Beto takes all of Texas on weekdays; Casa every state, always open."""
    offices = (
        office("rosa", **{"spoken": ("en", "es"), **rosa}),
        office("beto", states=("TX",), spoken=("en", "es"), interpreters=("ht",), hours=WEEKDAYS),
        office("casa", spoken=("en", "es")),
    )

    assert expected.split() == ids(match(wanted, offices, now))


@pytest.mark.parametrize(
    ("sentence", "wanted", "changes", "left_out"),
    [
        ("an office takes its own state", CALM, {"states": ("TX",)}, None),
        ("it takes no other state", CALM, {"states": ("NY",)}, "state"),
        ("a place that is not known may be any", replace(CALM, place=""), {"states": ("TX",)}, "state"),
        ("a county that is not known may be its own", CALM, COUNTY, None),
        ("it takes no other county", TRAVIS, COUNTY, "county"),
        ("the whole field takes a part of it", replace(CALM, issue=ASYLUM), {}, None),
        ("a part of the field takes itself", replace(CALM, issue=ASYLUM), {"issues": (ASYLUM,)}, None),
        ("and what lies within", replace(CALM, issue="IM-05-01-00-00"), {"issues": (ASYLUM,)}, None),
        ("but nothing beside it", replace(CALM, issue=DEPORTED), {"issues": (ASYLUM,)}, "issue"),
        ("nor the field as a whole", CALM, {"issues": (ASYLUM,)}, "issue"),
        ("nor another field", replace(CALM, issue="HO-02-00-00-00"), {}, "issue"),
        ("any status: deportation", replace(CALM, issue=DEPORTED), {"whom": "any"}, None),
        ("any status: detention", replace(HELD, issue=DETAINED), {"whom": "any"}, None),
        ("lsc: asylum", replace(CALM, issue=ASYLUM), {"whom": "lsc"}, None),
        ("lsc: no deportation", replace(CALM, issue=DEPORTED), {"whom": "lsc"}, "whom"),
        ("lsc: no detention", replace(CALM, issue=DETAINED), {"whom": "lsc"}, "whom"),
        ("lsc: nor a part of it", replace(CALM, issue="IM-02-03-00-00"), {"whom": "lsc"}, "whom"),
        ("lsc: nobody who is held, whatever is asked", HELD, {"whom": "lsc"}, "whom"),
        ("lsc: nor for asylum", replace(HELD, issue=ASYLUM), {"whom": "lsc"}, "whom"),
        (
            "lsc that says so: detention",
            replace(HELD, issue=DETAINED),
            {"whom": "lsc", "issues": (DETAINED,)},
            None,
        ),
        (
            "lsc that names detention: no deportation",
            replace(CALM, issue=DEPORTED),
            {"whom": "lsc", "issues": ("IM-00-00-00-00", DETAINED)},
            "whom",
        ),
        ("untold: asylum", replace(CALM, issue=ASYLUM), {"whom": "untold"}, None),
        ("untold: no deportation", replace(CALM, issue=DEPORTED), {"whom": "untold"}, "whom"),
        ("untold: no detention", HELD, {"whom": "untold"}, "whom"),
        (
            "untold that says so: deportation",
            replace(CALM, issue=DEPORTED),
            {"whom": "untold", "issues": (DEPORTED,)},
            None,
        ),
        ("survivors: their protection", replace(CALM, issue=ABUSED), {"whom": "survivors"}, None),
        (
            "survivors: a part of it",
            replace(CALM, issue="IM-12-01-00-00"),
            {"whom": "survivors", "issues": (ABUSED,)},
            None,
        ),
        ("survivors: even one who is held", replace(HELD, issue=ABUSED), {"whom": "survivors"}, None),
        ("survivors: nothing else", CALM, {"whom": "survivors"}, "whom"),
        ("an office must go to the held", HELD, {"takes_detained": False}, "detained"),
        ("only if somebody is held", replace(CALM, issue=DETAINED), {"takes_detained": False}, None),
        ("held is detention without a code", HELD, {"issues": (DETAINED,)}, None),
        ("no capacity is no limit", CALM, {"capacity": None}, None),
        ("one place is left", CALM, {"capacity": 4}, None),
        ("none is left", CALM, {"capacity": 3}, "full"),
        ("more than full is full", CALM, {"capacity": 2}, "full"),
        ("a paused office is full", CALM, {"capacity": 0}, "full"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_who_is_left_out(
    sentence: str, wanted: Wanted, changes: dict[str, Any], left_out: Unable | None
) -> None:
    """An office with three open referrals either can take it, or it is said why not."""
    asked = office("asked", **{"states": ("TX",), **changes})
    load = {"asked": 3, "other": 99}

    assert (["asked"] if left_out is None else []) == ids(match(wanted, [asked], MONDAY_NOON, load))
    assert ({} if left_out is None else {"asked": left_out}) == unable(wanted, [asked], load)


def test_a_paused_office_without_a_load_is_left_out_too() -> None:
    """Its capacity says it all."""
    assert () == match(CALM, [office(capacity=0)], MONDAY_NOON)


def test_an_open_line_of_unknown_county_goes_before_closed_offices_and_after_open_ones() -> None:
    """At night it may be the only one to answer, and it may not be hers."""
    night = office("alma", states=("TX",), counties=("TX:Harris County",))
    closed, far = office("beto", states=("TX",), hours=WEEKDAYS), office("casa")

    assert ["casa", "alma", "beto"] == ids(match(URGENT, [night, closed, far], SATURDAY_2_AM))
    assert ["alma", "beto"] == ids(match(URGENT, [night, closed], SATURDAY_2_AM))


def test_among_the_closed_one_of_an_unknown_county_waits_for_the_others() -> None:
    """Though it opens sooner."""
    early = office("alma", states=("TX",), counties=("TX:Harris County",), hours="mon-fri 08:00-17:00")
    late = office("beto", states=("TX",), hours=WEEKDAYS)

    assert ["beto", "alma"] == ids(match(URGENT, [early, late], SATURDAY_2_AM))


def test_the_order_of_the_directory_does_not_matter() -> None:
    """The same question has the same answer."""
    answers = {match(URGENT, order, MONDAY_NOON) for order in permutations(OFFICES)}

    assert len(answers) == 1


def test_nobody_matches_where_nobody_serves() -> None:
    """Then the person is told at once."""
    assert () == match(replace(CALM, place="OR"), OFFICES[1:], MONDAY_NOON)


def test_the_reasons_can_be_shown() -> None:
    """Why this one, in codes that there are words for."""
    ranked = match(Wanted("TX", "kiche", urgent=True, held=True), OFFICES, SATURDAY_2_AM)

    assert [
        ("harbor", ("nationwide", "takes_field", "detained", "always_open", "interpreter")),
        ("mesa", ("state", "takes_field", "detained", "opens_later", "other_language")),
        ("plaza", ("state", "takes_field", "detained", "opens_later", "other_language")),
    ] == [(each.office.id, each.reasons) for each in ranked]


@pytest.mark.parametrize(("county", "near"), [("Harris County", "county"), ("", "county_not_known")])
def test_the_reasons_name_a_county_an_issue_and_what_is_made_up(county: str, near: str) -> None:
    """They say what decided."""
    local = office("alma", **COUNTY, issues=(ASYLUM,), made_up=True)

    (ranked,) = match(replace(CALM, issue=ASYLUM, county=county, spoken="en"), [local], MONDAY_NOON)

    assert (near, "names_issue", "always_open", "speaks", "made_up") == ranked.reasons


def test_a_made_up_office_is_asked_only_where_there_is_no_other() -> None:
    """Whoever adds a real one in a rehearsal sees it asked."""
    made_up = [replace(each, made_up=True) for each in OFFICES]
    real = office("zocalo", states=(), spoken=("en",), hours=WEEKDAYS)

    ranked = match(URGENT, [*made_up, real], SATURDAY_2_AM)

    assert "zocalo" == ranked[0].office.id


CODES = ("IM-00-00-00-00", DEPORTED, DETAINED, ABUSED, ASYLUM, "IM-01-02-00-00", "IM-02-03-00-00")
PLACES = st.sampled_from(
    (
        {"states": ()},
        {"states": ("TX",)},
        {"states": ("TX", "NM"), "counties": ("TX:Harris County",)},
        {"states": ("NY",)},
    )
)


@st.composite
def offices(draw: st.DrawFn) -> tuple[Office, ...]:
    """A directory of a few offices of every kind."""
    return tuple(
        office(
            identity,
            **draw(PLACES),
            issues=tuple(draw(st.lists(st.sampled_from(CODES), min_size=1, max_size=3))),
            whom=draw(st.sampled_from(("any", "lsc", "survivors", "untold"))),
            hours=draw(st.sampled_from(("always", WEEKDAYS, "mon-sun 18:00-24:00"))),
            interpreters=draw(st.sampled_from(((), ("mam",), ("any",)))),
            capacity=draw(st.sampled_from((None, None, 0, 2))),
            takes_detained=draw(st.booleans()),
            made_up=draw(st.booleans()),
        )
        for identity in draw(st.permutations(("ash", "elm", "fir", "oak", "yew")))
    )


WANTED = st.builds(
    Wanted,
    place=st.sampled_from(("TX", "NM", "")),
    spoken=st.sampled_from(("en", "es", "mam")),
    urgent=st.booleans(),
    held=st.booleans(),
    issue=st.sampled_from(CODES),
    county=st.sampled_from(("", "Harris County", "Travis County")),
)
NOWS = st.sampled_from((MONDAY_NOON, MONDAY_EARLY, SATURDAY_2_AM))
LOADS = st.dictionaries(st.sampled_from(("ash", "elm", "fir", "oak", "yew")), st.integers(0, 3))


@given(wanted=WANTED, directory=offices(), now=NOWS, load=LOADS, data=st.data())
def test_the_order_of_what_comes_in_never_matters(
    wanted: Wanted, directory: tuple[Office, ...], now: datetime, load: Mapping[str, int], data: st.DataObject
) -> None:
    """And each office is either ranked or said to be left out, never both and never neither."""
    shuffled = data.draw(st.permutations(directory))
    ranked, left_out = match(wanted, directory, now, load), unable(wanted, directory, load)

    assert ranked == match(wanted, shuffled, now, load)
    assert list(left_out.items()) == list(unable(wanted, shuffled, load).items())
    assert sorted(each.id for each in directory) == sorted([*ids(ranked), *left_out])


@given(wanted=WANTED, directory=offices(), now=NOWS)
def test_no_office_that_is_restricted_or_silent_gets_detention_or_deportation_it_did_not_name(
    wanted: Wanted, directory: tuple[Office, ...], now: datetime
) -> None:
    """Nobody is asked their status, so such an office must have said that it takes them."""
    groups = {group for group in ("IM-01", "IM-02") if wanted.issue.startswith(group)}
    groups |= {"IM-02"} if wanted.held else set()

    for ranked in match(wanted, directory, now):
        if ranked.office.whom in {"lsc", "untold"}:
            assert all(any(code.startswith(group) for code in ranked.office.issues) for group in groups)


@given(wanted=WANTED, directory=offices(), now=NOWS)
def test_when_all_that_keep_hours_are_closed_an_urgent_request_goes_to_a_line_that_is_always_answered(
    wanted: Wanted, directory: tuple[Office, ...], now: datetime
) -> None:
    """If there is one that can take it and is not made up."""
    ranked = match(replace(wanted, urgent=True), directory, now)
    real = [each.office for each in ranked if not each.office.made_up]

    if any(each.always_open for each in real) and not any(
        each.open_at(now) and not each.always_open for each in real
    ):
        assert ranked[0].office.always_open
