"""How people answer what the line asks by itself, in their own words; and what is no answer, by whoever holds the phone."""

from __future__ import annotations

from dataclasses import replace

from app.live import Live
from flows.engine import advance, answers
from flows.heard import hear
from flows.session import Session
from tests.flows.words import ROOT, read

TABLE = read(ROOT / "tests" / "flows" / "answers.yaml")
MEANT = {
    "yes": ("note_came", {}),
    "no": ("note_not_came", {}),
    **{when: ("note_time", {"better": when}) for when in ("morning", "afternoon", "evening")},
}
ROWS = [
    (menu, choice, language, text)
    for menu in ("follow.came", "follow.time")
    for choice, languages in TABLE[menu].items()
    for language, texts in languages.items()
    for text in texts
]
NO_ANSWERS = [
    (menu, text)
    for menu, languages in TABLE["none"].items()
    for texts in languages.values()
    for text in texts
]


def heard_as(live: Live, menu: str, language: str, text: str) -> tuple[str, dict[str, str]] | None:
    """What the line does with this answer, whoever else is asked what they meant; none if it hears no answer."""
    flows = live.flows()
    if not answers(flows, menu, hear(text)):
        return None
    turn = advance(flows, Session(language=language, node=menu), hear(text))
    return next(((effect.name, dict(effect.answers)) for effect in turn.effects), None)


def test_the_answers_people_give_are_heard(built: Live) -> None:
    """A yes, a no and a time of the day, as they are written; none is taken for another."""
    heard = {row: heard_as(built, row[0], row[2], row[3]) for row in ROWS}

    assert [] == [(row, found) for row, found in heard.items() if found != MEANT[row[1]]]


def test_what_is_no_answer_tells_nobody_that_something_was_asked(built: Live) -> None:
    """A greeting, "who is this", and an hour that is morning or evening."""
    flows = built.flows()

    assert [] == [row for row in NO_ANSWERS if answers(flows, row[0], hear(row[1]))]


def test_there_are_enough_of_them() -> None:
    """In each language, for each answer."""
    assert [] == [
        (choice, language)
        for menu in ("follow.came", "follow.time")
        for choice, languages in TABLE[menu].items()
        for language, texts in languages.items()
        if len(texts) < 12
    ]


def test_at_a_consent_only_the_very_words_agree(built: Live) -> None:
    """To say "ya está" (done) is not to choose "esta" (this office); elsewhere small words around an answer change nothing."""
    node = "referral.consent_more"
    turn = advance(built.flows(), Session(language="es", node=node), hear("ya está"))

    assert (node, ()) == (turn.session and turn.session.node, turn.effects)


def test_closing_for_good_hears_a_plain_yes_and_no(built: Live) -> None:
    """It asks a yes-or-no question."""
    asked = Session(language="es", node="news.sure", answers={"code": "K7M2P"})

    closes = advance(built.flows(), asked, hear("sí"))
    keeps = advance(built.flows(), asked, hear("no"))

    assert ["withdraw_referral"] == [effect.name for effect in closes.effects]
    assert ["news.kept"] == [reply.message for reply in keeps.replies]


def test_who_thinks_better_of_it_at_a_consent_sends_nothing(built: Live) -> None:
    """As people say it; there is no need to find the number of the choice."""
    nodes = (
        "referral.consent",
        "referral.consent_more",
        "referral.names",
        "another.consent",
        "unmet.tomorrow",
    )
    said = ("me arrepentí", "mejor no", "cambié de opinión", "never mind", "I changed my mind", "no")
    turns = {
        (node, text): advance(built.flows(), Session(language="es", node=node), hear(text))
        for node in nodes
        for text in said
    }

    assert [] == [where for where, turn in turns.items() if turn.effects or not turn.understood]


def test_a_no_is_not_heard_as_the_yes_it_holds(built: Live) -> None:
    """What stands within an answer that began before it is a part of that answer."""
    said = (
        "i have not talked with the lawyer",
        "nobody from the law office has called me",
        "no me ha llamado la abogada",
        "todavía no he hablado con el abogado",
    )

    assert dict.fromkeys(said, MEANT["no"]) == {
        text: heard_as(built, "follow.came", "en", text) for text in said
    }


def test_a_question_is_heard_before_an_answer_that_is_less_of_it(built: Live) -> None:
    """She was asked when to call, and asks herself about her children."""
    asked = "can my sister pick up my kids from school if they take me at 3"

    assert not answers(built.flows(), "follow.time", hear(asked))


def test_nobody_agrees_in_own_words(built: Live) -> None:
    """Check refuses such a list; and if one were there, it would not be heard."""
    vocabulary = built.flows().vocabulary
    english = next(words for words in vocabulary.languages if words.language == "en")
    flows = replace(
        built.flows(),
        vocabulary=replace(
            vocabulary,
            languages=(replace(english, answers={"referral.consent.agree": ("go ahead with it",)}),),
        ),
    )

    turn = advance(flows, Session(language="en", node="referral.consent"), hear("go ahead with it"))
    assert () == turn.effects
