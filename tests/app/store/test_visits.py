"""Visits on a real server: the browser has a random word, we have its fingerprint, and either can be the end of it."""

from __future__ import annotations

from dataclasses import replace
from typing import get_args

import pytest
from redis import Redis

from app.store import keys
from app.store.memory import MemoryDown
from app.store.visits import LIVES, Stage, Visit, Visits
from tests.app.staff.made_up import HASH, SEED, account
from tests.servers import Servers

ANA = account()
IN = Visit("in", ANA.id, epoch=3)


@pytest.fixture
def visits(volatile: Redis) -> Visits:
    """No visits yet."""
    return Visits(volatile)


def stored(volatile: Redis) -> bytes:
    """All that the memory holds, names and values."""
    names = volatile.keys("*")
    return b" ".join([*names, *volatile.mget(names)])


def test_a_visit_is_found_by_its_word(visits: Visits) -> None:
    """As it was begun, and each by its own."""
    joining = Visit("joining", invitation="a" * 64, passphrase=HASH, seed=SEED)
    words = [visits.begin(each) for each in (IN, joining)]

    assert [IN, joining] == [visits.get(word) for word in words]


@pytest.mark.parametrize("word", ["", "x", "ñ", "../../etc", "a" * 5000, "visit:*", "\x00"])
def test_a_word_that_nobody_was_given_opens_nothing(visits: Visits, word: str) -> None:
    """Whatever a browser says."""
    visits.begin(IN)
    assert visits.get(word) is None


def test_a_word_is_long_and_never_the_same(visits: Visits) -> None:
    """256 bits: nobody guesses one."""
    words = {visits.begin(IN) for _ in range(20)}

    assert 20 == len(words)
    assert not [word for word in words if len(word) < 43]


def test_the_word_is_kept_nowhere_on_our_side(visits: Visits, volatile: Redis) -> None:
    """Nor does the fingerprint that is open the door."""
    word = visits.begin(IN)
    (name,) = volatile.keys("visit:*")

    assert word.encode() not in stored(volatile)
    assert visits.get(name.decode().removeprefix("visit:")) is None


def test_a_word_from_before_a_sign_in_opens_nothing_after_it(visits: Visits) -> None:
    """Whoever planted it stays outside."""
    planted = visits.begin(Visit("half", ANA.id))
    word = visits.begin(IN, before=planted)

    assert (None, IN) == (visits.get(planted), visits.get(word))


def test_a_word_before_that_was_none_is_no_matter(visits: Visits) -> None:
    """A browser that comes with an old cookie begins all the same, and ends nobody's visit."""
    other = visits.begin(IN)
    word = visits.begin(IN, before="an old cookie")

    assert [IN, IN] == [visits.get(each) for each in (other, word)]


@pytest.mark.parametrize(("stage", "minutes"), [("joining", 30), ("half", 10), ("in", 600)])
def test_a_visit_lasts_so_long(visits: Visits, volatile: Redis, stage: Stage, minutes: int) -> None:
    """Minutes on the way in, a working day inside."""
    visits.begin(Visit(stage))
    (name,) = volatile.keys("visit:*")

    assert minutes * 60 - 5 <= volatile.ttl(name) <= minutes * 60
    assert keys.VISIT == keys.owner_of(name.decode(), "volatile")


def test_every_stage_has_an_end() -> None:
    """And none lives longer than its key is declared to."""
    assert set(get_args(Stage)) == set(LIVES)
    assert keys.VISIT.life == max(LIVES.values())


def test_what_came_of_a_visit_is_kept_and_it_lasts_no_longer_for_it(visits: Visits, volatile: Redis) -> None:
    """Nobody stays in by clicking."""
    begun = Visit("joining", invitation="a" * 64)
    word = visits.begin(begun)
    (name,) = volatile.keys("visit:*")
    volatile.expire(name, 100)
    visits.keep(word, replace(begun, passphrase=HASH, seed=SEED))

    assert replace(begun, passphrase=HASH, seed=SEED) == visits.get(word)
    assert 0 < volatile.ttl(name) <= 100


def test_a_visit_that_ended_meanwhile_is_not_begun_again(visits: Visits, volatile: Redis) -> None:
    """By a form that was sent before."""
    word = visits.begin(IN)
    visits.end(word)
    visits.keep(word, IN)

    assert (None, 0) == (visits.get(word), volatile.dbsize())


def test_ending_a_visit_ends_no_other(visits: Visits) -> None:
    """The same person may be in with two browsers."""
    laptop, phone = visits.begin(IN), visits.begin(IN)
    visits.end(laptop)
    visits.end("a word that nobody has")

    assert (None, IN) == (visits.get(laptop), visits.get(phone))


@pytest.mark.parametrize("stage", ["", "out", "In"])
def test_a_stage_that_there_is_not_is_refused(stage: Stage) -> None:
    """With those there are."""
    with pytest.raises(ValueError, match=f"stage must be one of joining, half, in, got '{stage}'"):
        Visit(stage)


def test_each_visit_has_a_proof_of_its_own() -> None:
    """No page can know that of another browser."""
    assert 20 == len({Visit("in", ANA.id).proof for _ in range(20)})


def test_a_visit_in_a_log_shows_no_secret() -> None:
    """Neither what was chosen so far nor the word that makes a form ours."""
    visit = Visit("joining", proof="the-proof", invitation="a" * 64, passphrase=HASH, seed=SEED)
    assert [] == [each for each in ("the-proof", "a" * 64, HASH, SEED) if each in repr(visit)]


def test_while_the_memory_is_down_it_is_not_said_that_somebody_is_out(
    visits: Visits, servers: Servers
) -> None:
    """An error, which the page explains."""
    word = visits.begin(IN)
    servers.volatile.kill()

    with pytest.raises(MemoryDown):
        visits.get(word)
