"""A referral as one line of JSON, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.referral import errand as errands
from app.referral.errand import Errand
from app.referral.life import (
    REASONS,
    Actor,
    Asked,
    Better,
    LifeError,
    Move,
    Ranking,
    Referral,
    State,
    Stuck,
    Texting,
    Timer,
)
from app.referral.record import from_json, to_json
from tests.app.referral.made_up import ADDRESS, referral

CODES = st.from_regex(r"[a-z][a-z0-9_-]{0,9}", fullmatch=True)
BOXES = st.binary(max_size=9)
TIMES = st.datetimes(
    datetime(2020, 1, 1),
    datetime(2040, 1, 1),
    timezones=st.sampled_from([UTC, timezone(-timedelta(hours=5))]),
)


def _one_of(kind: Any) -> st.SearchStrategy[Any]:
    return st.sampled_from(get_args(kind))


def _several(kind: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(kind, max_size=3).map(tuple)


MOVES = st.builds(
    Move,
    time=TIMES,
    actor=_one_of(Actor),
    state=_one_of(State),
    reason=st.sampled_from(sorted(REASONS)),
    office=CODES,
)
ERRANDS = st.builds(
    Errand,
    name=CODES,
    kind=_one_of(errands.Kind),
    channel=_one_of(errands.Channel),
    to=CODES,
    due=TIMES,
    way=_one_of(errands.Way),
    tries=st.integers(0, 99),
    first=st.none() | TIMES,
    begun=st.none() | TIMES,
)
REFERRALS = st.builds(
    Referral,
    id=st.from_regex(r"[A-Za-z0-9_-]{8,64}", fullmatch=True),
    reference=st.from_regex(r"[A-Z0-9]{5}", fullmatch=True),
    word=st.text(st.characters(categories=["L"]), min_size=1, max_size=24),
    office=CODES,
    issue=CODES,
    place=st.sampled_from(["", "TX"]),
    spoken=CODES,
    language=CODES,
    urgent=st.booleans(),
    texting=_one_of(Texting),
    created=TIMES,
    boxes=st.dictionaries(CODES, BOXES, max_size=3),
    number_box=BOXES,
    others=_several(CODES),
    ranking=_several(st.builds(Ranking, CODES, _several(CODES))),
    state=_one_of(State),
    moves=_several(MOVES),
    errands=_several(ERRANDS),
    timers=st.dictionaries(_one_of(Timer), TIMES, max_size=3),
    stuck=_one_of(Stuck),
    asked=_one_of(Asked),
    better=_one_of(Better),
    calls=st.integers(0, 9),
    version=st.integers(0, 9),
)


@settings(max_examples=50)
@given(written=REFERRALS)
def test_every_referral_is_read_back_as_it_was_written(written: Referral) -> None:
    """Whatever came of it."""
    assert written == from_json(to_json(written))


@settings(max_examples=50)
@given(written=REFERRALS)
def test_a_record_is_one_line(written: Referral) -> None:
    """And the same each time, so that a record that did not change is not written as if it had."""
    text = to_json(written)

    assert (text, False) == (to_json(from_json(text)), "\n" in text)


def test_the_version_stands_where_the_store_s_scripts_look_for_it() -> None:
    """A plain number at the top."""
    assert 7 == json.loads(to_json(referral(version=7)))["version"]


def test_nothing_of_the_person_stands_in_a_record() -> None:
    """Neither the number nor the word to ask for is readable."""
    text = to_json(referral())

    assert not [told for told in (ADDRESS, ADDRESS[1:], "costura") if told in text]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"boxes": 1}', "not json", "null", b"\xff"])
def test_a_damaged_record_is_refused_without_showing_it(text: str | bytes) -> None:
    """Our one error, whatever the damage."""
    with pytest.raises(LifeError, match=r"cannot be read \(\w+\)$"):
        from_json(text)


@pytest.mark.parametrize(
    "damage",
    [
        {"state": "lost"},
        {"boxes": {"harbor": "not base64"}},
        {"created": "yesterday"},
        {"timers": {"tea_at": "2026-11-23T15:00:00+00:00"}},
        {"errands": [{"name": "1"}]},
        {"moves": [1]},
        {"a_field_of_tomorrow": 1},
    ],
)
def test_a_record_with_one_wrong_field_is_refused(damage: dict[str, object]) -> None:
    """Half a referral is none."""
    record = {**json.loads(to_json(referral())), **damage}

    with pytest.raises(LifeError):
        from_json(json.dumps(record))


@pytest.mark.parametrize("field", ["id", "boxes", "number_box", "created", "texting", "errands", "timers"])
def test_a_record_without_a_field_it_must_have_is_refused(field: str) -> None:
    """Nothing is made up for it."""
    record = json.loads(to_json(referral()))
    del record[field]

    with pytest.raises(LifeError):
        from_json(json.dumps(record))


def test_a_record_with_a_spoiled_word_is_refused_without_showing_it() -> None:
    """What a caller says stands in no error."""
    with pytest.raises(LifeError) as refused:
        from_json(json.dumps({**json.loads(to_json(referral())), "word": "manzana roja y muy verde y dulce"}))

    assert "manzana" not in str(refused.value)
