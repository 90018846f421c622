"""Answering machines and floods, on a clock of seconds."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from app.traffic import (
    CEILING,
    HOUR,
    MISSED_TEXTS,
    SAME_TEXTS,
    SAME_WITHIN,
    Traffic,
    Verdict,
    heed,
    is_answered_over_cap,
    within_cap,
)
from flows.definition import Graph
from flows.effects import Reply, Turn
from flows.session import Session

SPEAK, LAST_LINE, TOO_MANY, OVER_CAP, SILENCE = Verdict


@dataclass
class Phone:
    """Something that texts: a person or a machine. What is remembered of it is stored after each text."""

    traffic: Traffic = field(default_factory=Traffic)
    now: float = 1_795_600_000.0

    def babbles(self, what: str = "auto-reply", times: int = 1, every: float = 1) -> list[Verdict]:
        """Sends what is not understood."""
        return [self._texts(what, every, understood=False) for _ in range(times)]

    def answers(self, times: int = 1, every: float = 1) -> list[Verdict]:
        """Sends what is understood."""
        return [self._texts("1", every, understood=True) for _ in range(times)]

    def cries_for_help(self, understood: bool = True) -> list[Verdict]:
        """Sends what is always answered."""
        return [self._texts("stop", 1, understood=understood, passes=True)]

    def _texts(self, what: str, every: float, understood: bool, passes: bool = False) -> Verdict:
        self.now += every
        self.traffic, verdict = heed(self.traffic, self.now, what, understood, passes)
        stored = Traffic.from_json(json.loads(json.dumps(self.traffic.to_json())))
        assert self.traffic == stored
        return verdict


def test_five_equal_texts_at_once_are_a_machine() -> None:
    """It gets one last line, and then silence."""
    assert [SPEAK] * 4 + [LAST_LINE] + [SILENCE] * 20 == Phone().babbles(times=SAME_TEXTS + 20)


def test_equal_texts_far_apart_are_a_person() -> None:
    """One who tries the same word again after a while."""
    assert [SPEAK] * 8 == Phone().babbles(times=8, every=SAME_WITHIN / (SAME_TEXTS - 1) + 1)


def test_different_texts_that_nobody_understands_are_a_person_for_a_while() -> None:
    """And a machine when there are twelve in an hour."""
    phone = Phone()

    verdicts = [phone.babbles(f"out of office {number}", every=60)[0] for number in range(MISSED_TEXTS + 1)]

    assert [SPEAK] * 11 + [LAST_LINE, SILENCE] == verdicts


def test_twelve_in_more_than_an_hour_are_a_person() -> None:
    """Slow and lost."""
    phone = Phone()

    assert {SPEAK} == {
        phone.babbles(f"{number}", every=HOUR / (MISSED_TEXTS - 1) + 1)[0] for number in range(40)
    }


def test_another_text_begins_the_count_of_equal_ones_anew() -> None:
    """A machine repeats itself; a person tries something else."""
    phone = Phone()

    assert [SPEAK] * 9 == phone.babbles(times=4) + phone.babbles("other") + phone.babbles(times=4)


def test_one_understood_text_ends_the_silence() -> None:
    """Behind every machine may be a person after all."""
    phone = Phone()
    phone.babbles(times=10)

    assert [SPEAK] == phone.answers()
    assert [SPEAK] * 4 + [LAST_LINE] == phone.babbles(times=5)


def test_silence_lasts_while_nothing_is_understood() -> None:
    """Time alone does not feed a machine again."""
    phone = Phone()
    phone.babbles(times=5)

    assert [SILENCE] * 5 == phone.babbles("anything else", times=5, every=2 * HOUR)


@pytest.mark.parametrize("understood", [True, False])
def test_what_must_be_heard_is_always_answered(understood: bool) -> None:
    """Opt-out, help, erase and emergencies, in the silence and above the ceiling."""
    machine, flood = Phone(), Phone()
    machine.babbles(times=30)
    flood.answers(times=CEILING + 30)

    assert [SPEAK] == machine.cries_for_help(understood)
    assert [SPEAK] == flood.cries_for_help(understood)


def test_pressing_one_at_menu_after_menu_is_no_machine() -> None:
    """Equal texts that are understood are answers."""
    assert [SPEAK] * 20 == Phone().answers(times=20)


def test_above_the_ceiling_one_is_told_once() -> None:
    """A hundred understood texts an hour are no person; the hundred and first says so, and then it is still."""
    assert [SPEAK] * 100 + [TOO_MANY] + [SILENCE] * 10 == Phone().answers(times=CEILING + 11)


def test_after_an_hour_the_ceiling_is_far_again() -> None:
    """It is counted by the hour."""
    phone = Phone()
    phone.answers(times=CEILING + 5)
    phone.now += HOUR

    assert [SPEAK] * 100 + [TOO_MANY] == phone.answers(times=CEILING + 1)


def test_what_is_remembered_of_a_machine_does_not_grow() -> None:
    """It is kept for everybody who texts."""
    phone = Phone()
    phone.babbles(times=500)

    assert (SAME_TEXTS, MISSED_TEXTS) == (len(phone.traffic.same_at), len(phone.traffic.missed_at))


# --- a day whose segments are spent --------------------------------------------------------------

DAY, NEXT_DAY = "20261123", "20261124"


@pytest.mark.parametrize("verdict", [SPEAK, LAST_LINE, TOO_MANY])
def test_over_the_cap_one_is_told_once_a_day(verdict: Verdict) -> None:
    """Whatever else would have been said; and again the next day."""
    told, first = within_cap(Traffic(), verdict, DAY)
    silent, second = within_cap(told, verdict, DAY)
    _, third = within_cap(silent, verdict, NEXT_DAY)

    assert [OVER_CAP, SILENCE, OVER_CAP] == [first, second, third]


def test_a_machine_that_is_silenced_is_not_told() -> None:
    """One text less."""
    assert (Traffic(), SILENCE) == within_cap(Traffic(), SILENCE, DAY)


@pytest.mark.parametrize(
    ("understood", "passes"),
    [(True, False), (False, False), (True, True)],
    ids=["understood", "missed", "passing"],
)
def test_that_one_was_told_is_remembered_through_all_other_texts(understood: bool, passes: bool) -> None:
    """And in the store."""
    told, _ = within_cap(Traffic(), SPEAK, DAY)
    after, _ = heed(told, 1.0, "x", understood, passes)

    assert DAY == Traffic.from_json(json.loads(json.dumps(after.to_json()))).capped


def test_a_session_of_the_version_before_is_read() -> None:
    """It knows nothing of a cap."""
    stored = Traffic(heard=3).to_json()
    del stored["capped"]

    assert Traffic(heard=3) == Traffic.from_json(stored)


GRAPH = Graph(
    nodes={},
    starts={},
    commands={"code": "news.read", "withdraw": "news.ending"},
    first_aid=frozenset({"now", "door"}),
)


def at(node: str | None, **answers: str) -> Session:
    return Session("en", node, answers=answers)


@pytest.mark.parametrize(
    ("before", "after", "replies", "passes", "answered"),
    [
        (at("start.topics"), at("bond.what"), ("bond.what",), False, False),
        (None, at("start.welcome"), ("start.welcome",), False, False),
        (None, None, ("leave.bye",), False, False),
        (at("start.topics"), at("start.topics"), ("shared.help",), True, True),
        (at("now.tell"), at("now.today"), ("now.today",), False, True),
        (at("now.tell"), at("start.topics"), ("start.topics",), False, True),
        (at("start.topics"), at("door.what"), ("door.what",), False, True),
        (at("start.topics"), at(None), ("door.open",), False, True),
        (at("now.tell", urgent="urgent"), at("referral.urgent", urgent="urgent"), (), False, True),
        (at("referral.consent", urgent="urgent"), at("referral.hand_over", urgent="urgent"), (), False, True),
        (at("referral.consent", urgent="calm"), at("referral.hand_over", urgent="calm"), (), False, False),
        (at("referral.held"), at("referral.spoken", urgent="urgent"), ("referral.spoken",), False, True),
        (at("bond.what", urgent="urgent"), at("bond.pay", urgent="urgent"), ("bond.pay",), False, False),
        (at("start.topics"), at("news.read"), (), False, True),
        (at("news.sure"), at("news.withdraw"), (), False, True),
    ],
)
def test_what_is_answered_whatever_it_costs(
    before: Session | None, after: Session | None, replies: tuple[str, ...], passes: bool, answered: bool
) -> None:
    """Emergencies, first aid, a request for somebody who is held, and a request that is open."""
    turn = Turn(after, "en", tuple(map(Reply, replies)), passes=passes)

    assert answered == is_answered_over_cap(GRAPH, before, turn)
