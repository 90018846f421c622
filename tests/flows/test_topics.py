"""What people ask in their own words, and places they type where nobody asked for one."""

from __future__ import annotations

import pytest

from tests.flows.tiny import Person, at


@pytest.mark.parametrize("text", ["which papers", "do I have to bring all my papers?", "what papers"])
def test_a_question_in_ones_own_words_is_answered_at_any_menu(text: str) -> None:
    """Nobody needs to find the number first; "what papers" alone is near, and is no phrase."""
    heard = at("start.topics").texts(text)

    assert (["law.papers"] if text != "what papers" else ["shared.not_understood", "start.topics"]) == heard


def test_back_leads_to_the_menu_where_the_question_was_asked() -> None:
    """A question is a step like a choice."""
    person = at("start.topics")

    assert ["law.papers"] == person.texts("which papers do i bring")
    assert ["start.topics"] == person.texts("back")


def test_a_question_as_a_first_text_proves_the_language_and_gets_the_notice_before_its_answer() -> None:
    """She hears at once what she asked, and what this line is."""
    person = Person()

    assert ["shared.notice", "law.list"] == person.texts("lista de abogados")
    assert person.turn.language == "es"


def test_at_rest_a_question_is_answered_and_not_the_menu() -> None:
    """The language is known already."""
    assert ["law.papers"] == at(None, language="es").texts("que papeles llevo")  # type: ignore[arg-type]


def test_an_emergency_goes_before_a_question() -> None:
    """Whatever else the text asks."""
    assert ["now.tell"] == at("start.topics").texts("they arrested him, which papers do I bring")


def test_the_words_of_the_open_menu_go_before_a_question() -> None:
    """They were just offered."""
    assert ["law.copied"] == at("law.papers").texts("copy")


@pytest.mark.parametrize("node", ["law.ask", "law.place"])
def test_where_an_answer_is_waited_for_a_question_leads_nowhere(node: str) -> None:
    """Nobody is drawn out of a question or a consent; she is asked again."""
    person = at(node)
    person.texts("which papers do I bring")

    assert node == person.node


def test_a_flow_may_be_calm_about_questions() -> None:
    """In the middle of a request a word is an answer."""
    assert ["now.tell"] != at("now.reach").texts("list of lawyers")


@pytest.mark.parametrize("text", ["77002", "Texas", "texas!", "77002-1234"])
def test_a_state_or_zip_at_any_menu_leads_to_its_rule(text: str) -> None:
    """As the texts say: nobody walks through menus for it."""
    expected = (
        ["law.rule_req", "law.what"] if text != "77002-1234" else ["shared.not_understood", "start.topics"]
    )

    assert expected == at("start.topics").texts(text)


@pytest.mark.parametrize("text", ["tx", "hi", "me", "in houston they said no"])
def test_a_short_name_or_a_place_within_a_sentence_is_no_question_for_its_rule(text: str) -> None:
    """Two letters are words, and a sentence asks something else."""
    person = at("start.topics")
    person.texts(text)

    assert "law.rule_req" not in [reply.message for reply in person.turn.replies]


def test_inside_now_a_typed_place_is_kept_and_the_menu_asked_again() -> None:
    """Where the person is held, for the office that is asked."""
    person = at("now.tell")

    assert (["now.tell"], "TX") == (person.texts("Texas"), person.answers["place"])


def test_a_zip_gives_its_county_and_is_not_kept() -> None:
    """The county is probable, never certain; the ZIP itself is gone."""
    person = at("law.place")
    person.texts("60629")

    assert {"place": "IL", "county": "Cook County"} == person.answers


def test_another_place_takes_the_county_of_the_first_away() -> None:
    """Cook County is not in Texas."""
    person = at("law.place", answers={"place": "IL", "county": "Cook County"})
    person.texts("Texas")

    assert {"place": "TX"} == person.answers


@pytest.mark.parametrize(
    ("text", "county"), [("60629", "probable"), ("illinois", "unknown"), ("alaska", "unknown")]
)
def test_a_county_matters_where_counties_run_the_jails(text: str, county: str) -> None:
    """A state with one system of its own has no county to ask for."""
    person = at("law.place")
    person.texts(text)

    assert county == person.flows.places.read(person.answers, "place", "county")


@pytest.mark.parametrize(("place", "sharing"), [("TX", "ORDERED"), ("IL", "unknown"), ("GU", "unknown")])
def test_what_a_state_says_on_sharing_is_read_by_a_branch(place: str, sharing: str) -> None:
    """Most states say nothing."""
    assert sharing == at("law.what").flows.places.read({"place": place}, "place", "sharing")
