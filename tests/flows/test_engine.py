"""Where one text leads: the engine on a tiny line, one behaviour at a time."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.live import build
from app.sources import read_sources
from flows.answers import looks_private
from flows.definition import Flows
from flows.effects import Effect, Reply
from flows.engine import answers
from flows.heard import Vocabulary, hear
from flows.session import TRAIL, Session
from flows.steps import FlowError
from tests.flows.tiny import ENGLISH, FILES, PLACES, VOCABULARY, Person, at, graph, tiny

# --- menus ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["1", "1.", "1)", " 1 ", "#1", "one", "ONE!", "uno", "option 1", "la 1", "1\ufe0f\u20e3", "١", "１", "copy", "Copy.",
     "Ask for a copy", "una copia", "COPIA"],
)  # fmt: skip
def test_a_choice_is_taken_by_number_word_or_label(text: str) -> None:
    """In either language, in any script's digits, with or without punctuation."""
    person = at("law.papers")

    assert ["law.copied"] == person.texts(text)
    assert person.turn.understood


def test_a_choice_is_kept_by_its_name_where_the_menu_saves_it() -> None:
    """Numbers and labels may change with a revision; the name does not."""
    person = at("law.papers")

    person.texts("2")

    assert {"paper": "bring"} == person.answers


def test_a_menu_is_said_with_its_choices_and_the_footer_of_its_flow() -> None:
    """The choices in the order of the file, so that the first is 1."""
    person = at("start.topics")

    person.texts("1")

    assert (Reply("law.papers", ("law.papers.copy", "law.papers.bring"), footer=True),) == person.turn.replies


@pytest.mark.parametrize("text", ["6", "17", "99", "end", "forget", "law.what", "law.papers.copy", "papers", "None", "__proto__",
                                  "Success", "unknown", "{line}", "start.topics", "\u202e", "🙂"])  # fmt: skip
def test_the_inner_words_of_the_line_are_nothing_to_say(text: str) -> None:
    """Ids, targets and numbers beyond the menu lead nowhere: at most they are not understood, or an opt-out word."""
    person = at("start.topics")

    person.texts(text)

    if text == "end":  # Twilio's own opt-out word
        assert ["opt_out"] == person.asked_for
        return
    assert ("start.topics", False) == (person.node, person.turn.understood)


def test_an_opt_out_word_is_never_a_choice() -> None:
    """Check refuses such a flow; if one goes live all the same, STOP still stops."""
    clashing = replace(ENGLISH, choices={"law.papers.copy": ("stop",)})
    person = Person(Session("en", "law.papers"), Flows(graph(), Vocabulary((clashing,)), PLACES))

    person.texts("STOP")

    assert ["opt_out"] == person.asked_for


# --- back and menu -------------------------------------------------------------------------------


def test_back_goes_the_way_she_came() -> None:
    """One question at a time, up to the first."""
    person = at("start.topics")
    person.texts("1")
    person.texts("2")

    assert ["law.papers"] == person.texts("9")
    assert ["start.topics"] == person.texts("BACK")
    assert ["start.topics"] == person.texts("atrás")


def test_zero_is_the_main_menu_and_back_leads_away_from_it_again() -> None:
    """0 is a step like any other."""
    person = at("law.papers")

    assert ["start.topics"] == person.texts("0")
    assert ["law.papers"] == person.texts("9")


def test_back_remembers_the_last_few_questions_only() -> None:
    """A session does not grow with the conversation."""
    person = at("start.topics")
    for _ in range(20):
        person.texts("1")
        person.texts("0")

    assert TRAIL == len(person.session.trail if person.session else ())


def test_back_to_a_question_that_is_gone_leads_to_the_main_menu() -> None:
    """A revision may have taken it away meanwhile."""
    person = at("law.papers", trail=("law.old", "law.gone"))

    assert ["start.topics"] == person.texts("9")
    assert () == (person.session.trail if person.session else None)


def test_back_forgets_what_was_offered() -> None:
    """An OK after BACK does not take the choice that was offered before."""
    person = at("start.topics")
    person.texts("1")
    person.texts("briing")
    person.texts("9")

    assert ["shared.not_understood", "start.topics"] == person.texts("ok")


# --- not understood ------------------------------------------------------------------------------


def test_what_is_not_understood_is_asked_again_twice_and_then_leads_to_the_menu() -> None:
    """Never silence, and never the same question for ever."""
    person = at("law.papers")

    assert ["shared.not_understood", "law.papers"] == person.texts("qwerty")
    assert ["shared.not_understood", "law.papers"] == person.texts("asdfgh")
    assert ["shared.lost", "start.topics"] == person.texts("zxcvbn")
    assert not person.turn.understood


def test_an_answer_that_is_understood_wipes_the_slate() -> None:
    """Only misses in a row count."""
    person = at("law.papers")
    person.texts("qwerty")
    person.texts("qwerty")
    person.texts("2")

    assert ["shared.not_understood", "law.what"] == person.texts("qwerty")


def test_a_picture_without_words_is_told_that_it_cannot_be_opened() -> None:
    """A voice note, too."""
    assert ["shared.media", "start.topics"] == at("start.topics").sends_a_picture()


@pytest.mark.parametrize("text", ["", " ", "\n", "...", "🙏"])
def test_a_text_of_no_words_is_asked_again(text: str) -> None:
    """It is not silence that answers it."""
    assert ["shared.not_understood", "start.topics"] == at("start.topics").texts(text)


# --- did you mean --------------------------------------------------------------------------------


def test_a_small_typing_error_is_offered_back() -> None:
    """The label is mentioned, the question asked again, and nothing is chosen yet."""
    person = at("law.papers")

    assert ["shared.did_you_mean", "law.papers"] == person.texts("what to brng")
    assert {"guess": "law.papers.bring"} == person.turn.replies[0].mentions
    assert not person.turn.understood


@pytest.mark.parametrize("text", ["ok", "OK.", "yes", "sí", "i agree"])
def test_ok_takes_what_was_offered(text: str) -> None:
    """In either language."""
    person = at("law.papers")
    person.texts("what to brng")

    assert ["law.what"] == person.texts(text)


def test_yes_means_nothing_where_nothing_was_offered() -> None:
    """A menu is answered by its choices."""
    assert ["shared.not_understood", "law.papers"] == at("law.papers").texts("yes")


def test_yes_takes_nothing_after_a_text_that_was_not_understood() -> None:
    """An offer stands for one text."""
    person = at("law.papers")
    person.texts("what to brng")
    person.texts("qwerty")

    assert ["shared.not_understood", "law.papers"] == person.texts("yes")


def test_yes_after_a_crisis_text_takes_nothing() -> None:
    """It may be an answer to quite another question."""
    person = at("law.papers")
    person.texts("what to brng")
    person.texts("i want to die")

    assert ["shared.not_understood", "law.papers"] == person.texts("yes")


@pytest.mark.parametrize("text", ["i agre no texts", "i agreee", "acepti", "yess"])
def test_nobody_agrees_by_a_typing_error(text: str) -> None:
    """At a consent nothing is guessed."""
    person = at("law.ask")

    assert ["shared.not_understood", "law.ask"] == person.texts(text)


@pytest.mark.parametrize(
    "text", ["stpo", "sotp", "st0p", "ends", "enf", "altp", "stopp it now ok", "don't stop"]
)
def test_nobody_is_cut_off_by_a_typing_error(text: str) -> None:
    """An opt-out word is exact, and never offered back."""
    person = at("law.papers")

    assert ["shared.not_understood", "law.papers"] == person.texts(text)


# --- consent -------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["yes", "Sí", "acepto", "OK", "1", "I agree"])
def test_a_typed_yes_is_a_consent(text: str) -> None:
    """The text never asks for the word YES, but understands it."""
    person = at("law.ask")

    person.texts(text)

    assert ["request_referral"] == person.asked_for


@pytest.mark.parametrize("text", ["no", "No.", "no quiero", "2", "no thanks"])
def test_a_typed_no_is_a_refusal(text: str) -> None:
    """Nothing is asked for."""
    person = at("law.ask")

    assert (["start.topics"], []) == (person.texts(text), person.asked_for)


def test_a_label_that_holds_an_opt_out_phrase_is_the_choice_it_labels() -> None:
    """"I agree, no texts" is what the line itself offered."""  # fmt: skip
    person = at("law.ask")

    person.texts("I agree, no texts")

    assert ["request_referral"] == person.asked_for


def test_the_same_phrase_without_such_a_choice_is_an_opt_out() -> None:
    """Somebody wants no more texts."""
    person = at("law.ask")

    person.texts("no texts")

    assert ["opt_out"] == person.asked_for


# --- language ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"),
    [("English", "en"), ("in english please", "en"), ("ESPAÑOL", "es"), ("espanol", "es")],
)
def test_a_language_is_changed_by_its_name_and_the_question_asked_again(text: str, language: str) -> None:
    """Anywhere, without losing the place."""
    person = at("law.papers", "es" if language == "en" else "en")

    assert ["law.papers"] == person.texts(text)
    assert language == person.turn.language


def test_a_set_node_changes_to_the_other_language_and_back() -> None:
    """The switch of the welcome."""
    person = at("start.welcome", "es")

    person.texts("2")
    first = person.turn.language
    person.texts("2")

    assert ("en", "es") == (first, person.turn.language)


def test_somebody_whose_language_is_not_known_is_asked_in_all_without_a_hint() -> None:
    """A hint in one language would be noise to a speaker of the other."""
    person = Person()

    assert ["start.welcome_both"] == person.texts("qwerty")
    assert ["start.welcome_both"] == person.texts("asdfgh")
    assert person.turn.language is None


def test_a_number_at_the_first_menu_chooses_the_language_as_well() -> None:
    """One text less."""
    person = at("start.welcome_both", None)

    assert ["start.topics"] == person.texts("2")
    assert "en" == person.turn.language


@pytest.mark.parametrize(("text", "language"), [("hola", "es"), ("hello", "en"), ("español", "es")])
def test_a_greeting_at_the_first_menu_is_welcomed_in_its_language(text: str, language: str) -> None:
    """She may answer two languages with one word of hers."""
    person = at("start.welcome_both", None)

    assert ["start.welcome"] == person.texts(text)
    assert (language, True) == (person.turn.language, person.turn.understood)


# --- the first text ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "language"), [("hola", "es"), ("hello", "en"), ("necesito ayuda", "es"), ("I need info", "en")]
)
def test_a_greeting_is_welcomed_in_its_language(text: str, language: str) -> None:
    """One language, not two."""
    person = Person()

    assert ["start.welcome"] == person.texts(text)
    assert language == person.turn.language


@pytest.mark.parametrize("text", ["2", "Texas", "77002", "uno"])
def test_an_answer_without_a_question_is_told_that_it_was_forgotten(text: str) -> None:
    """The session was let go of after four hours, on purpose."""
    person = Person()

    assert ["start.forgotten"] == person.texts(text)
    assert person.turn.understood


def test_a_command_as_a_first_text_brings_the_notice_before_its_answer() -> None:
    """Nobody goes on without having read that a computer answers."""
    assert ["shared.notice", "law.what"] == Person().texts("lawyer")


def test_the_first_word_of_all_may_prove_the_language() -> None:
    """Only Spanish has this command."""
    person = Person()

    person.texts("abogado")

    assert "es" == person.turn.language


@pytest.mark.parametrize("text", ["start", "START"])
def test_start_brings_the_welcome_from_anywhere(text: str) -> None:
    """Also after an opt-out, when there is no session: in all languages, for START is the carriers' word in each."""
    assert ["start.welcome"] == at("law.papers").texts(text)
    assert ["start.welcome_both"] == Person().texts(text)


@pytest.mark.parametrize("text", ["menu", "0"])
def test_the_menu_in_an_unknown_language_is_the_welcome_in_all(text: str) -> None:
    """Two long menus, one under the other, would be too much."""
    assert ["start.welcome_both"] == at("start.forgotten", None).texts(text)


def test_the_menu_as_a_first_text_is_the_welcome_without_a_second_notice() -> None:
    """It says what the notice says."""
    assert ["start.welcome_both"] == Person().texts("menu menú"[:4])


def test_whose_language_nobody_knows_and_who_is_lost_hears_where_a_person_answers() -> None:
    """She may speak one that the line does not write."""
    person = at("start.welcome_both", None)

    assert ["start.welcome_both"] == person.texts("qwerty")
    assert ["start.welcome_both"] == person.texts("asdfg")
    assert ["start.others"] == person.texts("zxcvb")


def test_who_has_proven_her_language_meanwhile_is_welcomed_in_it_alone() -> None:
    """A long welcome in two languages is not said again."""
    person = at("start.welcome_both", None)
    person.texts("ayuda")

    assert ["start.welcome"] == person.texts("qwerty")


def test_at_rest_anything_leads_to_the_main_menu() -> None:
    """She is known, and asked what she needs."""
    assert ["start.topics"] == Person(Session("en")).texts("qwerty")


# --- questions -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Texas", ["law.rule_req", "law.what"]),
        ("in Houston", ["law.rule_req", "law.what"]),
        ("77002", ["law.rule_req", "law.what"]),
        ("Alaska", ["law.rule_other", "law.not_certain", "law.what"]),
        ("Guam", ["law.rule_unknown", "law.what"]),
        ("not sure", ["law.rule_unknown", "law.what"]),
        ("no sé", ["law.rule_unknown", "law.what"]),
        ("skip", ["law.rule_unknown", "law.what"]),
    ],
)
def test_a_place_leads_by_its_rule_and_how_sure_we_are(text: str, said: list[str]) -> None:
    """A place of which nothing is known is not taken for one without a rule."""
    assert said == at("law.place").texts(text)


def test_not_sure_takes_back_an_earlier_answer() -> None:
    """What she is not sure of is not kept."""
    person = at("law.place", answers={"place": "TX", "paper": "copy"})

    assert ["law.rule_unknown", "law.what"] == person.texts("not sure")
    assert {"paper": "copy"} == person.answers


@pytest.mark.parametrize("node", ["law.place", "law.phone", "law.word"])
def test_a_question_that_is_not_answered_says_what_it_needs(node: str) -> None:
    """Each kind has its own hint."""
    assert [f"shared.{node.removeprefix('law.')}_unknown", node] == at(node).texts("the 4 of us, over there")


@pytest.mark.parametrize("text", ["2025550142", "(202) 555-0142", "202-555-0142", "202.555.0142", "+1 202 555 0142", "1-202-555-0142",
                                  "call 202 555 0142", "２０２５５５０１４２"])  # fmt: skip
def test_a_phone_number_is_kept_in_one_form(text: str) -> None:
    """However it is written."""
    person = at("law.phone")
    person.texts(text)

    assert {"phone": "+12025550142"} == person.answers


@pytest.mark.parametrize(
    "text",
    ["5550142", "123456789", "A123456789", "020-555-0142", "+52 55 5555 0142", "0000000000", "202555014213"],
)
def test_what_is_no_phone_number_here_is_not_kept(text: str) -> None:
    """Ten digits with an area code, or it might be a file number."""
    person = at("law.phone")

    assert ["shared.phone_unknown", "law.phone"] == person.texts(text)
    assert {} == person.answers


@pytest.mark.parametrize(
    ("text", "kept"),
    [("Rosa", "Rosa"), (" ana maría ", "ana maría"), ("Rosa.", "Rosa"), ("“Luz”", "Luz"), ("O'Brien", "O'Brien"),
     ("O’Brien", "O’Brien"), ("Jose\u0301", "José"), ("रोज़ा", "रोज़ा"), ("李", "李"), ("Jean-Luc", "Jean-Luc")],
)  # fmt: skip
def test_a_word_to_ask_for_is_kept_as_it_is_written(text: str, kept: str) -> None:
    """In any script, without the punctuation a phone puts around it."""
    person = at("law.word")
    person.texts(text)

    assert {"ask_for": kept} == person.answers


@pytest.mark.parametrize(
    "text", ["rosa2", "my sister in law rosa", "abcdefghijklmnopqrstuvwxyz", "12", "r@sa", ".", "'", "--"]
)
def test_what_is_no_short_word_is_not_kept(text: str) -> None:
    """A digit may be part of a file number, and a sentence may be a story."""
    person = at("law.word")

    assert ["shared.word_unknown", "law.word"] == person.texts(text)
    assert {} == person.answers


PRIVATE = ["A123456789", "a 123 456 789", "A-123-456-789", "A#012345678", "A 12345678", "my A number is A012345678", "123-45-6789", "123 45 6789",
           "123.45.6789", "123456789", "03/04/1985", "3-4-1985", "1985-04-03", "03.04.1985", "born 3/4/1985 in texas"]  # fmt: skip


@pytest.mark.parametrize("node", ["start.topics", "law.place", "law.word"])
@pytest.mark.parametrize("text", PRIVATE)
def test_what_nobody_should_text_is_refused_and_not_kept(node: str, text: str) -> None:
    """An A-number, a social security number or a birth date: she is asked to delete it."""
    person = at(node)

    assert ["shared.private", node] == person.texts(text)
    assert {} == person.answers


@pytest.mark.parametrize(
    "text", ["77002", "77002-1234", "12:30", "10", "2025550142", "48 hours", "i-247a", "287g", "911"]
)
def test_ordinary_figures_are_not_private(text: str) -> None:
    """ZIP codes, times, forms and phone numbers."""
    assert not looks_private(text)


# --- effects -------------------------------------------------------------------------------------


def test_an_effect_takes_along_what_it_needs_and_nothing_else() -> None:
    """The other answers stay in the session."""
    person = at("law.ask", answers={"place": "TX", "reach": "call", "paper": "copy"})

    assert [] == person.texts("1")
    assert (
        Effect("request_referral", {"place": "TX", "reach": "call", "texting": "yes"}),
    ) == person.turn.effects
    assert "law.hand_over" == person.node


def test_the_conversation_goes_on_by_what_came_of_the_effect() -> None:
    """The reply may mention what the shell found out; at the end nothing of it is kept."""
    person = at("law.hand_over")

    assert ["law.sent"] == person.sees("requested", reference="K7M2P")
    assert {"reference": "K7M2P"} == dict(person.turn.answers)
    assert Session("en") == person.session


def test_what_came_of_an_effect_is_kept_while_the_conversation_goes_on() -> None:
    """For the next question."""
    person = at("law.hand_over", answers={"place": "TX"})

    assert ["law.what"] == person.sees("none", office="o-1")
    assert {"place": "TX", "office": "o-1"} == person.answers


@pytest.mark.parametrize(
    ("node", "outcome"), [("law.hand_over", "lost"), ("law.what", "requested"), ("gone.node", "requested")]
)
def test_an_outcome_that_nobody_waits_for_is_an_error_of_the_flows(node: str, outcome: str) -> None:
    """Check refuses such flows; the line never goes on as if nothing had happened."""
    with pytest.raises(FlowError, match=outcome):
        at(node).sees(outcome)


def test_a_flow_that_leads_nowhere_is_an_error_of_the_flows() -> None:
    """A missing node."""
    broken = {**FILES, "leave": FILES["leave"].replace("code: read", "code: raed")}
    person = Person(Session("en", "start.topics"), Flows(graph(broken), VOCABULARY, PLACES))

    with pytest.raises(FlowError, match=r"no node 'leave\.raed'"):
        person.texts("K7M2P")


def test_a_flow_that_goes_round_without_a_question_is_an_error_of_the_flows() -> None:
    """It never hangs."""
    round_and_round = {
        **FILES,
        "leave": FILES["leave"].replace("none: {say: , next: end}", "none: {say: , next: none}"),
    }
    person = Person(Session("en", "leave.read"), Flows(graph(round_and_round), VOCABULARY, PLACES))

    with pytest.raises(FlowError, match=r"leave\.read"):
        person.sees("unknown")


# --- the ends ------------------------------------------------------------------------------------


def test_at_the_end_the_answers_are_forgotten_and_the_language_kept() -> None:
    """The next text starts from the menu."""
    person = at("law.papers", "es", answers={"place": "TX"}, trail=("start.topics",))

    assert ["law.copied"] == person.texts("copia")
    assert Session("es") == person.session


@pytest.mark.parametrize("text", ["bye", "Bye!"])
def test_goodbye_keeps_nothing_at_all(text: str) -> None:
    """A neutral line, in her language, and no session."""
    person = at("law.papers", "es", answers={"place": "TX"})

    assert ["leave.bye"] == person.texts(text)
    assert (None, "es") == (person.session, person.turn.language)


@pytest.mark.parametrize(
    "text",
    [
        "stop",
        "STOP",
        "Alto",
        "arrêt",
        "stop please",
        "stop stop stop",
        "no me escriban más",
        "Hello. No more texts.",
    ],
)
def test_who_asks_for_no_more_texts_is_heard_anywhere(text: str) -> None:
    """In any language, from any state; one confirmation, and no session after it."""
    for person in (Person(), Person(Session("es")), at("law.word"), at("law.ask"), at("now.tell")):
        person.texts(text)

        assert (["opt_out"], True) == (person.asked_for, person.turn.passes)
        assert (["leave.bye"], None) == (person.sees("done"), person.session)


# --- commands ------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["help", "HELP", "ayuda", "?"])
def test_help_keeps_the_question_open(text: str) -> None:
    """Only the help text is said; the next text answers the question."""
    person = at("law.papers")

    assert (["shared.help"], "law.papers", True) == (person.texts(text), person.node, person.turn.passes)
    assert ["law.copied"] == person.texts("1")


@pytest.mark.parametrize("text", ["call", "creole", "lawyer", "english"])
def test_where_a_word_is_asked_for_a_command_word_may_be_it(text: str) -> None:
    """Somebody may be asked for as Mam or as a lawyer; only the ways out are still commands there."""
    person = at("law.word")

    person.texts(text)

    assert person.node != "law.word"
    assert text in person.answers.values()


def test_help_as_a_first_text_offers_the_way_in() -> None:
    """With the choices of the welcome, in the language of the word."""
    person = Person()

    assert ["shared.help", "start.welcome"] == person.texts("ayuda")
    assert (("start.welcome.topics", "start.welcome.switch"), "start.welcome") == (
        person.turn.replies[0].choices,
        person.node,
    )


@pytest.mark.parametrize(("text", "node"), [("lawyer", "law.what"), ("menu", "start.topics"), ("inicio", "start.topics"), ("now", "now.tell"),
                                            ("call", None), ("creole", None), ("erase", "leave.erase")])  # fmt: skip
@pytest.mark.parametrize("where", ["start.topics", "law.ask", "law.place", "law.phone"])
def test_a_command_is_heard_at_every_question(text: str, node: str | None, where: str) -> None:
    """Also where a word is asked for."""
    person = at(where)

    person.texts(text)

    assert node == person.node


def test_a_command_that_is_the_name_of_an_open_choice_is_that_choice() -> None:
    """LAWYER under a menu that offers one asks for it, and does not begin anew."""
    assert ["law.list"] == at("law.what").texts("lawyer")
    assert ["start.call"] == at("now.reach").texts("call")


@pytest.mark.parametrize("text", ["K7M2P", "k7m2p", "K7M 2P", "k7m-2p", "code K7M2P", "my code is k7m2p."])
@pytest.mark.parametrize("where", [None, "start.topics", "law.word", "law.place", "law.ask"])
def test_a_code_is_recognised_anywhere(text: str, where: str | None) -> None:
    """In capitals or not, in pieces, after a word or two."""
    person = at(where) if where else Person(Session("en"))

    person.texts(text)

    assert (Effect("read_news", {"code": "K7M2P"}),) == person.turn.effects


@pytest.mark.parametrize("text", ["3 days", "2 de mayo", "hello", "12345", "i-247"])
def test_other_short_words_and_figures_are_no_code(text: str) -> None:
    """A code has letters and figures, five of them."""
    person = at("start.topics")
    person.texts(text)

    assert [] == person.asked_for


# --- crisis --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "where",
    ["start.topics", "law.papers", "law.place", "law.word", "law.phone", "law.ask", "now.tell", "now.reach"],
)
def test_a_crisis_is_answered_first_and_then_the_open_question_again(where: str) -> None:
    """From any question."""
    person = at(where)

    assert ["start.call", where] == person.texts("i want to die")
    assert (where, True) == (person.node, person.turn.passes)


@pytest.mark.parametrize(("text", "language"), [("quiero morir", "es"), ("I want to die", "en")])
def test_a_crisis_as_a_first_text_is_answered_in_its_language(text: str, language: str) -> None:
    """With the main menu after it."""
    person = Person()

    assert ["start.call", "start.topics"] == person.texts(text)
    assert language == person.turn.language


def test_an_arrest_leads_to_what_helps_now_from_anywhere() -> None:
    """Also from a question that waits for a word."""
    assert ["now.tell"] == at("law.word").texts("my brother was arrested")
    assert ["now.tell"] == Person().texts("detuvieron a mi hermano")


def test_a_story_is_no_emergency() -> None:
    """Somebody was held, and is not any more."""
    person = at("start.topics")

    assert ["shared.not_understood", "start.topics"] == person.texts("he was detained last year")
    assert not person.turn.passes


def test_inside_now_held_in_houston_is_kept_as_the_place() -> None:
    """An answer, and no new emergency: the menu is asked again, and the place not asked for any more."""
    person = at("now.tell", "es")

    assert ["now.tell"] == person.texts("está detenido en Houston")
    assert {"place": "TX"} == person.answers
    assert ["now.reach"] == person.texts("1")


def test_inside_now_held_in_houston_answers_the_question_where() -> None:
    """At the question itself it leads on."""
    person = at("now.place", "es")

    assert ["now.reach"] == person.texts("detenido en Houston")
    assert {"place": "TX"} == person.answers


def test_an_emergency_of_another_kind_is_heard_in_a_calm_flow() -> None:
    """Being held is an answer there; wanting to die is none, whatever else the text says."""
    assert ["start.call", "now.tell"] == at("now.tell").texts("they detained him and i want to die")


def test_a_label_that_holds_an_urgent_word_is_the_choice_it_labels() -> None:
    """What the line itself offered is an answer."""
    assert ["start.call"] == at("now.reach").texts("Call me, they are detained")


# --- another revision ----------------------------------------------------------------------------


@pytest.mark.parametrize("where", ["law.gone", "law.rule_req", "law.hand_over", "nothing"])
def test_who_waits_where_nothing_waits_any_more_is_told_and_gets_the_menu(where: str) -> None:
    """Never silence."""
    assert ["shared.moved", "start.topics"] == at(where).texts("2")


def test_who_waits_at_a_renamed_question_is_found() -> None:
    """Her answer counts."""
    assert ["law.papers"] == at("start.subjects").texts("1")


def test_a_stored_session_with_a_field_that_no_session_has_is_refused() -> None:
    """It was not written by this line."""
    with pytest.raises(ValueError, match="body"):
        Session.from_json({"language": "es", "body": "?"})


# --- what is kept of a place ---------------------------------------------------------------------


def test_at_a_consent_no_place_is_changed_by_a_sentence() -> None:
    """She agrees to the office that was found for the place she saw."""
    flows = replace(tiny(), graph=replace(tiny().graph, calm={"law": frozenset({"held"})}))
    person = Person(Session("en", "law.ask", answers={"place": "IL"}), flows)

    assert (["law.ask"], "IL") == (person.texts("they detained him in houston"), person.answers["place"])


def test_an_emergency_that_is_an_answer_passes_all_the_same() -> None:
    """However many texts came before."""
    person = at("now.tell")
    person.texts("they arrested him in Houston")

    assert person.turn.passes


@pytest.mark.parametrize("said", ["not sure", "no sé"])
def test_who_is_not_sure_of_the_place_leaves_no_county_behind(said: str) -> None:
    """The county goes with the place."""
    person = at("law.place", answers={"place": "IL", "county": "Cook County"})
    person.texts(said)

    assert {} == person.answers


def test_a_question_at_the_bilingual_menu_is_answered() -> None:
    """It proves the language, and need not be asked again."""
    person = Person()
    person.texts("qwerty")

    assert ["law.list"] == person.texts("lista de abogados")
    assert "es" == person.turn.language


# --- what came of an effect ----------------------------------------------------------------------


def test_the_language_of_a_request_is_that_of_the_person_where_it_was_forgotten() -> None:
    """Who reads the news days later is not answered in two languages."""
    forgotten, known = at("leave.read", language=None), at("leave.read")

    for person in (forgotten, known):
        person.sees("requested", language="es", office="harbor")

    assert ("es", "en") == (forgotten.turn.language, known.turn.language)
    assert "language" not in forgotten.turn.answers


def test_an_empty_answer_of_an_effect_takes_one_back() -> None:
    """What is not true of this request is not said of it."""
    person = at("leave.read", answers={"county": "Cook County", "place": "IL"})

    person.sees("requested", county="")

    assert {"place": "IL"} == person.turn.answers


# --- answers to what the line asked by itself ----------------------------------------------------


@pytest.fixture(scope="module")
def ours() -> Flows:
    """The flows as the files stand."""
    return build("draft", read_sources().content).flows()


@pytest.mark.parametrize(
    "text",
    ["1", "2", "2.", "uno", "no", "NO", "nope", "yes", "sí", "si", "nobody", "nadie", "no me llamaron", "No call", "me llamaron", "they called", "No llamaron."],
)  # fmt: skip
def test_a_number_a_yes_a_no_or_the_words_of_a_choice_are_an_answer(ours: Flows, text: str) -> None:
    """In either language, days after the question."""
    assert answers(ours, "follow.came", hear(text))


@pytest.mark.parametrize(
    "text",
    ["", "hola", "hello", "hi", "buenas tardes", "3", "7", "0", "9", "STOP", "alto", "menu", "help", "ayuda", "erase", "borrar", "status", "estado", "lawyer",
     "K7M2P", "retirar K7M2P", "Texas", "60629", "who is this", "quién es", "nobody is home", "they took my brother", "se llevaron a mi hermano",
     "ice is at my door", "quiero morir", "👍"],
)  # fmt: skip
def test_a_greeting_a_command_a_code_or_an_emergency_is_no_answer(ours: Flows, text: str) -> None:
    """Whoever else holds this phone learns nothing of the question."""
    assert not answers(ours, "follow.came", hear(text))


@pytest.mark.parametrize("text", ["1", "3", "morning", "in the evening", "en la tarde", "En la noche"])
def test_a_time_of_the_day_is_an_answer_to_when(ours: Flows, text: str) -> None:
    """A number, or its words."""
    assert answers(ours, "follow.time", hear(text))


@pytest.mark.parametrize("text", ["yes", "no", "sí", "nadie", "4", "hola"])
def test_a_yes_is_no_answer_to_when(ours: Flows, text: str) -> None:
    """It would be a guess."""
    assert not answers(ours, "follow.time", hear(text))


@pytest.mark.parametrize("node", ["follow.glad", "follow.none_such"])
def test_what_is_no_menu_hears_no_answer(ours: Flows, node: str) -> None:
    """Check refuses it; a node may also have gone with a revision."""
    assert not answers(ours, node, hear("1"))
