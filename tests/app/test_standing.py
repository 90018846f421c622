"""What gives way when a fact does not hold: by its date, or on the night a rule changes."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from app.conversation import speak
from app.live import LOOK_AGAIN_AFTER, LiveRevision
from app.revision import LANGUAGES, Revision, content_of
from app.standing import fallen, resting, rests_on, standing_of, texts_by_entry
from app.store.memory import MemoryDown
from app.store.suspensions import Suspensions
from app.values import NOBODY
from flows.effects import Reply, Turn
from messages.catalog import Catalog, Text
from messages.facts import Fact, Number, Register
from tests.texter import Line, Texter

TODAY = date(2026, 11, 24)
FACT = Fact("LW1", date(2026, 11, 23), "S4", "A judge decides.", "8 U.S.C. 1", "2026", "high", "")
NUMBER = Number("line", date(2026, 1, 1), "S3", "Example", "", (), "help", "202-555-0142")
REGISTER = Register({"LW1": FACT}, {"line": NUMBER}, {})
TEXT = Text("counsel.what", "A judge decides. Call 202-555-0142.", ("LW1",))


@pytest.mark.parametrize(
    ("today", "suspended", "why"),
    [
        (date(2026, 11, 30), (), ()),
        (date(2026, 12, 1), (), ("LW1",)),
        (TODAY, ("LW1",), ("LW1",)),
        (TODAY, ("line",), ("line",)),
        (TODAY, ("RC5",), ()),
    ],
)
def test_a_text_gives_way_for_a_fact_past_its_date_and_for_all_that_is_suspended(
    today: date, suspended: tuple[str, ...], why: tuple[str, ...]
) -> None:
    """A number that nobody has dialled for long is still given; one that somebody suspended is not."""
    assert why == fallen(rests_on(TEXT, REGISTER), REGISTER, today, suspended)


def test_a_standing_text_rests_on_nothing() -> None:
    """It is the last that is left to say."""
    catalog = Catalog("en", {"counsel.what": TEXT, "counsel.standing": replace(TEXT, id="counsel.standing")})

    assert {"counsel.what": ("LW1", "line")} == resting(catalog, REGISTER)


def test_what_rests_on_each_entry_is_known_both_ways() -> None:
    """For the list of what falls silent."""
    catalog = Catalog("en", {TEXT.id: TEXT})

    assert ("LW1", "line") == rests_on(TEXT, REGISTER)
    assert {"LW1": ("counsel.what",), "line": ("counsel.what",)} == texts_by_entry(catalog, REGISTER)
    assert "counsel.standing" == standing_of("counsel.what")


# --- on the line ---------------------------------------------------------------------------------


def words_of(line: Line, message: str, language: str = "en") -> str:
    """A text as it stands in the live catalog."""
    return line.hotline.live.current().content.catalogs[language].texts[message].text


def looks_again(line: Line) -> None:
    """As if the process looked at the memory now: within LOOK_AGAIN_AFTER it would by itself."""
    line.hotline.live._looked = float("-inf")


@pytest.fixture
def suspend(line: Line) -> Callable[[str], None]:
    """Suspends an id as the command does."""

    def do(name: str) -> None:
        line.hotline.suspensions.suspend(name, "a court decided", line.clock())
        looks_again(line)

    return do


def test_past_its_date_a_fact_takes_its_own_texts_along_and_no_others(line: Line) -> None:
    """At send time and text by text: the others of the flow are said on."""
    line.clock.now = line.clock.now.replace(year=2027, month=3)

    past = [
        message
        for message in ("detainer.hours", "detainer.bail")
        if line.hotline.live.current().gives_way(message, line.clock().date())
    ]

    assert ["detainer.hours"] == past


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_suspended_fact_is_not_said_any_more_in_any_language(
    line: Line, suspend: Callable[[str], None], language: str
) -> None:
    """The standing text takes over, with the choices of the text it stands for, and needs no translation."""
    suspend("DT5")
    live = line.hotline.live.current()
    turn = Turn(None, language, (Reply("detainer.hours", ("detainer.hours.lawyer",)),))

    said = speak(live, turn, line.hotline.config, NOBODY, line.clock())

    assert words_of(line, "detainer.hours", language) not in said
    assert said.startswith(words_of(line, "detainer.standing", language))
    assert said.splitlines()[1].startswith("1 ")


def test_in_the_middle_of_a_conversation_the_next_text_knows(
    line: Line, texter: Texter, suspend: Callable[[str], None]
) -> None:
    """Sessions keep their path; what is said is always the live."""
    for said in ("hi", "menu", "3", "1"):
        texter.texts(said)
    suspend("DT5")

    assert words_of(line, "detainer.standing") in texter.texts("The 48 hours")


def test_restored_it_is_said_again(line: Line, suspend: Callable[[str], None]) -> None:
    """By the same id."""
    suspend("DT5")
    assert line.hotline.live.current().gives_way("detainer.hours", TODAY)

    line.hotline.suspensions.restore("DT5", "it was a rumour", line.clock())
    looks_again(line)

    assert not line.hotline.live.current().gives_way("detainer.hours", TODAY)


def test_two_texts_of_a_topic_that_give_way_are_one(line: Line, suspend: Callable[[str], None]) -> None:
    """Nobody is told the same thing twice; the choices of the last stay."""
    suspend("DT2")
    suspend("PO4")
    live = line.hotline.live.current()
    replies = (Reply("detainer.rule_req"), Reply("detainer.rule_none", ("detainer.after_rule.copy",)))

    said = speak(live, Turn(None, "en", replies), line.hotline.config, NOBODY, line.clock())

    assert 1 == said.count(words_of(line, "detainer.standing"))
    assert "1 " in said


def test_a_suspended_state_has_no_rule(line: Line, texter: Texter, suspend: Callable[[str], None]) -> None:
    """On the night a state's law changes, whoever asks hears that we have no data."""
    texter.texts("hi")
    suspend("TX")

    assert "no data" in texter.texts("Texas")
    assert "no data" not in texter.texts("Florida")


def test_another_process_knows_within_two_seconds(line: Line) -> None:
    """Every process looks at the memory about once a second, without a restart."""
    ticks = [0.0]
    other = LiveRevision(
        line.hotline.revisions, line.hotline.suspensions, lambda: ticks[0], line.hotline.live.at_hand()
    )
    other.current()
    line.hotline.suspensions.suspend("DT5", "a court decided", line.clock())

    ticks[0] += LOOK_AGAIN_AFTER

    assert LOOK_AGAIN_AFTER < 2
    assert frozenset({"DT5"}) == other.current().suspended


def test_a_suspension_outlives_a_new_revision(line: Line, suspend: Callable[[str], None]) -> None:
    """Who publishes a correction elsewhere does not bring back what somebody took away."""
    suspend("DT5")
    revision = line.hotline.revisions.get(line.hotline.live.current().hash)
    assert revision is not None
    line.hotline.revisions.publish(revision, "again", line.clock())
    looks_again(line)

    assert frozenset({"DT5"}) == line.hotline.live.current().suspended


def test_the_demonstration_stands_still_at_the_date_of_its_content(line: Line) -> None:
    """So that nothing goes red, or silent, by the calendar alone."""
    live = line.hotline.live.current()
    demonstration = replace(line.hotline.config, simulator_url="http://localhost:8001")

    assert live.content.register.checked_through == live.today(demonstration, line.clock())
    assert line.clock().date() == live.today(line.hotline.config, line.clock())


# --- bad days ------------------------------------------------------------------------------------


def test_a_new_revision_never_speaks_without_what_is_suspended(
    line: Line, suspend: Callable[[str], None]
) -> None:
    """What is suspended is read first: if that fails, the old revision stays, with what was suspended of it."""
    suspend("DT5")

    class Silent(Suspensions):
        def ids(self) -> frozenset[str]:
            raise MemoryDown

    held = line.hotline.live.current()
    fresh = LiveRevision(
        line.hotline.revisions, Silent(line.hotline.durable), ready=replace(held, hash="older")
    )

    assert ("older", frozenset({"DT5"})) == (fresh.current().hash, fresh.current().suspended)


def test_while_the_live_revision_cannot_be_used_a_suspension_is_heard(line: Line) -> None:
    """The last good one speaks on, without what somebody took away tonight."""
    good = line.hotline.live.current()
    line.hotline.revisions.publish(Revision({"flows": {}}), "from another version", line.clock())
    line.hotline.suspensions.suspend("DT5", "a court decided", line.clock())
    looks_again(line)

    live = line.hotline.live.current()

    assert (good.hash, frozenset({"DT5"})) == (live.hash, live.suspended)


def older(line: Line) -> Revision:
    """The live revision as a version of this code would have written it that knew no topics, places or new emergencies."""
    document = json.loads(json.dumps(_document(line)))
    start = document["flows"]["start"]
    for section, name in (("commands", "place"), ("urgent", "stopped"), ("urgent", "parent")):
        del start[section][name]
    for words in document["words"].values():
        del words["topics"], words["shorthand"]
    return Revision(document)


def _document(line: Line) -> Mapping[str, Any]:
    revision = line.hotline.revisions.get(line.hotline.live.current().hash)
    assert revision is not None
    return revision.document


def test_an_older_revision_can_still_be_read(line: Line) -> None:
    """Lists that came later are empty in it."""
    content = content_of(older(line))

    assert {} == dict(content.words["en"].topics)


@pytest.mark.parametrize(
    "said", ["Texas", "they took my mom", "the police stopped me just now", "what is a detainer"]
)
def test_who_is_on_an_older_path_is_heard_by_the_live_line(line: Line, texter: Texter, said: str) -> None:
    """Commands, emergencies and questions lead where they lead now."""
    new = line.hotline.revisions.get(line.hotline.live.current().hash)
    assert new is not None
    texter.texts("hello")
    line.hotline.revisions.publish(older(line), "before the upgrade", line.clock())
    looks_again(line)
    texter.texts("menu")
    line.hotline.revisions.publish(new, "the upgrade", line.clock())
    looks_again(line)

    assert "trouble" not in texter.texts(said)
    assert "understand" not in texter.last
