"""Any walk through the real flows: nothing that anybody texts breaks the line or silences it."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.live import Live, build
from app.sources import read_sources
from flows.definition import Menu, Question
from flows.effects import EFFECTS, Outcome, Turn
from flows.engine import advance
from flows.heard import Heard, hear
from flows.session import Session
from tests.flows.tiny import stored

NUMBERS = [*map(str, range(10)), "10", "99", "1.", "2)", "１", "٢", "3\ufe0f\u20e3", "uno", "two", "la 1"]
COMMANDS = ["menu", "atrás", "back", "abogado", "lawyer", "call", "erase", "bye", "news", "withdraw", "now", "otro idioma", "start", "help", "?",
            "not sure", "no sé", "skip", "yes", "sí", "no", "no acepto", "English", "español", "STOP", "alto", "no me escriban mas"]  # fmt: skip
SAID = ["hola", "hello", "Texas", "77002", "TX", "Guam", "in Houston", "202-555-0142", "Rosa", "A123456789", "K7M2P", "withdraw K7M2P",
        "they took my husband", "está detenido en Houston", "ICE is at my door", "hay redada en el centro", "quiero morir", "my husband hits me",
        "he was detained last year", "Stop ICE from entering my home?", "ask for a lawer", "pedir abogdo"]  # fmt: skip
ODD = ["", " ", "end", "forget", "unknown", "start.topics", "start.topics.held", "__proto__", "__class__", "None", "null", "True", "Success", "{line}",
       "{0}", "%s", "\x00", "\ud800", "\u202e\u200f", "🙂", "١٢٣٤٥", "a" * 1600, "1 " * 800, "-", "*", "~", "(|)", "'; drop table", "<b>1</b>"]  # fmt: skip


@cache
def live() -> Live:
    """The line as its files stand."""
    return build("draft", read_sources().content)


class AnyConversation(RuleBasedStateMachine):
    """Somebody who texts anything at all, and an outside that answers anything it may."""

    def __init__(self) -> None:
        super().__init__()
        self.session: Session | None = None
        self.turn = Turn(None, replies=())
        self.texts = 0

    @property
    def waits_for_the_shell(self) -> bool:
        return bool(self.turn.effects)

    @precondition(lambda self: not self.waits_for_the_shell)
    @rule(text=st.sampled_from(NUMBERS))
    def answers(self, text: str) -> None:
        self._hear(hear(text))

    @precondition(lambda self: not self.waits_for_the_shell)
    @rule(text=st.sampled_from(COMMANDS))
    def commands(self, text: str) -> None:
        self._hear(hear(text))

    @precondition(lambda self: not self.waits_for_the_shell)
    @rule(text=st.sampled_from(SAID + ODD) | st.text(max_size=40))
    def says(self, text: str) -> None:
        self._hear(hear(text))

    @precondition(lambda self: not self.waits_for_the_shell)
    @rule()
    def sends_a_picture(self) -> None:
        self._hear(Heard("", "", media=True))

    @precondition(lambda self: self.waits_for_the_shell)
    @rule(data=st.data())
    def sees_what_came_of_it(self, data: st.DataObject) -> None:
        outcomes, _ = EFFECTS[self.turn.effects[0].name]
        self._hear(Outcome(data.draw(st.sampled_from(sorted(outcomes))), {"office": "o-1"}))

    @precondition(lambda self: not self.waits_for_the_shell)
    @rule()
    def four_hours_pass(self) -> None:
        self.session = None

    def _hear(self, heard: Heard | Outcome) -> None:
        self.turn = advance(live().flows(), self.session, heard)
        assert self.turn == advance(live().flows(), self.session, heard)
        self.session = self.turn.session
        self.texts += 1

    @invariant()
    def somebody_hears_something(self) -> None:
        assert not self.texts or self.turn.replies or self.turn.effects

    @invariant()
    def the_conversation_waits_or_rests(self) -> None:
        if self.session and self.session.node and not self.turn.effects:
            assert isinstance(live().content.graph.find(self.session.node), Menu | Question)

    @invariant()
    def what_is_said_has_words_in_every_language_it_is_said_in(self) -> None:
        languages = [self.turn.language] if self.turn.language else ["es", "en"]
        ids = {
            each
            for reply in self.turn.replies
            for each in (reply.message, *reply.choices, *reply.mentions.values())
        }
        for language in languages:
            assert ids <= set(live().content.catalogs[language].texts)

    @invariant()
    def the_session_survives_the_store(self) -> None:
        assert self.session == stored(self.session)


AnyConversation.TestCase.settings = settings(
    max_examples=settings.default.max_examples * 3 // 10,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
test_no_conversation_breaks_the_line = AnyConversation.TestCase


def _choices() -> list[tuple[str, str, str, int]]:
    """Every choice of every menu, as it is labelled in each language."""
    content = live().content
    menus = [node for node in content.graph.nodes.values() if isinstance(node, Menu)]
    return [
        (language, menu.id, catalog.texts[choice.id].text, number)
        for language, catalog in content.catalogs.items()
        for menu in menus
        for number, choice in enumerate(menu.choices, 1)
    ]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_label_typed_in_full_is_the_choice_it_labels(language: str) -> None:
    """Whatever words it holds: no label of ours is an opt-out, a new emergency or a command to the person who types it."""
    taken_for_another = [
        f"{menu}: {label!r}"
        for spoken, menu, label, number in _choices()
        if spoken == language and _after(language, menu, label) != _after(language, menu, str(number))
    ]

    assert [] == taken_for_another


def _after(language: str, node: str, text: str) -> tuple[object, ...]:
    turn = advance(live().flows(), Session(language, node), hear(text))
    return turn.session, turn.replies, turn.effects
