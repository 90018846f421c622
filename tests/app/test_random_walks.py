"""Thousands of conversations that nobody planned: numbers, nonsense, emergencies, commands, on days before and after every date.

None of them may meet silence, a dead end, two topics at once, or a text over its limit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.config import Config
from app.conversation import speak
from app.directory.office import Office
from app.directory.sample import read_sample
from app.live import Live, build
from app.revision import LANGUAGES, content_of
from app.sources import read_sources
from app.values import Named
from flows.definition import Menu, Question
from flows.effects import EFFECTS, MOST_EFFECTS, Effect, Outcome, Turn
from flows.engine import advance
from flows.heard import hear
from flows.session import Session
from messages.segments import segments
from tests.texter import REAL_LINE

SOURCES = read_sources()
REGISTER = SOURCES.content.register
HARD_LIMIT = 3  # segments
REAL = Config.from_env(REAL_LINE)  # its facts' clock runs

TYPED = (
    *(str(number) for number in range(10)),
    *("1", "2", "3", "4", "5", "6", "7"),
    *("menu", "inicio", "back", "atrás", "lawyer", "abogado", "now", "help", "ayuda", "not sure", "no sé", "skip"),
    *("español", "english", "erase", "bye", "STOP", "start", "news", "K7M2P", "retirar K7M2P", "call"),
    *("Texas", "60629", "nueva york", "alaska", "guam", "00601", "california", "99999", "Cook County"),
    *("nobody called", "me llamaron", "in the evening", "tell a better time", "another office", "todas", "which others?"),
    *("2025550142", "Luna", "asdf", "???", "", "👍", "¿qué?", "x" * 400, "A123456789", "12/31/1990"),
    *("they took my brother", "se llevaron a mi mamá", "ice is at my door", "la migra está en mi puerta"),
    *("i want to die", "me quiero morir", "my husband hits me", "tengo 12 años", "estoy sola", "raid at walmart"),
    *("what is a detainer", "fianza", "notario", "is my school safe", "ok", "yes", "no", "hola", "hello"),
)  # fmt: skip


def _spoken(phrase: str) -> str:
    """One way to say a phrase of the words files: the first of each alternative, nothing in the gaps."""
    first = re.sub(r"\(([^|)]*)[^)]*\)", r"\1", phrase)
    return " ".join(first.replace("*", " ").replace("~", "").rstrip(".").split())


# A question for every node that can be asked for, in both languages.
ASKED = tuple(
    _spoken(phrases[0]) for words in SOURCES.content.words.values() for phrases in words.topics.values()
)
DAYS = tuple(
    sorted(
        {
            day
            for fact in REGISTER.facts.values()
            for day in (fact.check_by, fact.check_by + timedelta(days=1))
        }
        | {REGISTER.checked_through}
    )
)
SUSPENDED = {
    "nothing": frozenset[str](),
    "some": frozenset({"DT2", "RTS2", "TX"}),
    "everything": frozenset(REGISTER.entries),
}


@dataclass
class Wanderer:
    """Somebody who types whatever comes, and looks at what comes back."""

    live: Live = field(repr=False)
    office: Office = field(repr=False)
    day: date
    session: Session | None = None

    def texts(self, said: str, lot: int) -> None:
        """One text, and what must hold of its answer."""
        turn = self._turn(said, lot)
        now = datetime.combine(self.day, datetime.min.time(), UTC)
        words = speak(self.live, turn, REAL, Named((self.office,)), now)
        node = turn.session.node if turn.session else None

        assert words.strip(), (said, self.session)
        assert segments(words).count <= HARD_LIMIT, (said, node, words)
        assert len(_topics(turn)) <= 1, (said, turn.replies)
        assert node is None or isinstance(self.live.content.graph.find(node), Menu | Question), node
        self.session = turn.session

    def _turn(self, said: str, lot: int) -> Turn:
        flows = self.live.flows()
        turn = advance(flows, self.session, hear(said))
        for _ in range(MOST_EFFECTS):
            if not turn.effects:
                return turn
            following = advance(flows, turn.session, _outcome(turn.effects[0], lot, self.office))
            turn = replace(following, replies=(*turn.replies, *following.replies))
        assert not turn.effects
        return turn


# What tells of a request that is there, and so in its language.
OF_A_REQUEST = frozenset({"read_news", "request_referral", "request_another"})


def _outcome(effect: Effect, lot: int, office: Office) -> Outcome:
    names = sorted(EFFECTS[effect.name][0])
    known = {
        "office": office.id,
        "others": office.id,
        "code": "K7M2P",
        "reference": "K7M2P",
        "word": "watermelon",
        "since": "2026-11-23T10:00:00+00:00",
    }
    if effect.name in OF_A_REQUEST:
        known["language"] = LANGUAGES[lot % len(LANGUAGES)]
    return Outcome(names[lot % len(names)], known)


def _topics(turn: Turn) -> set[str]:
    """The flows that a turn speaks of; a hint and a crisis text stand before any."""
    return {reply.message.split(".", 1)[0] for reply in turn.replies} - {"shared", "urgent"}


@cache
def the_line() -> Live:
    """The line as the files stand, built once."""
    revision = SOURCES.revision()
    return build(revision.hash, content_of(revision))


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Any office will do."""
    return read_sample(tmp_path_factory.mktemp("offices"))[0]


@settings(
    max_examples=25 * settings.default.max_examples,
    suppress_health_check=list(HealthCheck),
    report_multiple_bugs=False,
)
@given(
    typed=st.lists(
        st.tuples(st.sampled_from(TYPED) | st.sampled_from(ASKED), st.integers(0, 11)),
        min_size=1,
        max_size=14,
    ),
    language=st.sampled_from((None, *LANGUAGES)),
    day=st.sampled_from(DAYS),
    suspended=st.sampled_from(tuple(SUSPENDED)),
)
def test_no_conversation_meets_silence_or_a_dead_end(
    office: Office, typed: list[tuple[str, int]], language: str | None, day: date, suspended: str
) -> None:
    """Whatever is typed, whatever comes of an effect, whatever fact has fallen."""
    session = Session(language=language) if language else None
    live = the_line().without(SUSPENDED[suspended])
    wanderer = Wanderer(live, office, day, session)

    for said, lot in typed:
        wanderer.texts(said, lot)
