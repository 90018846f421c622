"""What the placeholders of a text are filled with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from pathlib import Path

import pytest

from app.config import Config
from app.referral.seal import Letter, open_letter
from app.revision import LANGUAGES, Content
from app.sources import Sources, read_sources
from app.values import NOBODY, Named, Phrasebook, spelled, values_for
from flows.definition import Menu
from messages.catalog import Catalog, Text
from tests.app.referral.made_up import office
from tests.texter import Line, Texter

ENGLISH = {"opens_now": "open now", "opens_today": "opens today {time}", "opens_tomorrow": "opens tomorrow {time}", "opens_on": "opens {date} {time}",
           "date": "{month} {day}", "month_year": "{month} {year}", "month_7": "Jul", "month_11": "Nov", "month_12": "Dec", "what_this_phone": "this number",
           "what_other_phone": "the other number", "what_held": "held now", "what_not_held": "not held", "what_minor": "maybe under 18", "what_spoken_en": "English",
           "what_spoken_mam": "Mam", "what_call": "call", "what_text": "text", "what_self": "you call", "what_voicemail": "voicemail OK",
           "what_no_voicemail": "no voicemail", "what_word": "your word"}  # fmt: skip
SPANISH = {**ENGLISH, "opens_now": "ya abierta", "opens_today": "abre hoy {time}", "opens_tomorrow": "abre mañana {time}", "opens_on": "abre {date} {time}",
           "date": "{day} {month}", "month_7": "jul", "month_12": "dic", "what_this_phone": "este teléfono", "what_spoken_es": "español",
           "what_call": "llamar", "what_held": "hay detenido"}  # fmt: skip


@pytest.fixture(scope="module")
def ours() -> Sources:
    """The draft as our own files say it."""
    return read_sources()


def book(language: str) -> Phrasebook:
    """The small phrases of one language."""
    phrases = {"en": ENGLISH, "es": SPANISH}[language]
    return Phrasebook(
        Catalog(language, {f"shared.{name}": Text(f"shared.{name}", text) for name, text in phrases.items()})
    )


# --- hours ---------------------------------------------------------------------------------------

DENVER = office("mesa", zone="America/Denver", hours="mon-fri 09:00-17:00, sat 10:30-14:00")


@pytest.mark.parametrize(
    ("now", "english", "spanish"),
    [
        (datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "open now", "ya abierta"),
        (datetime(2026, 11, 24, 15, 59, tzinfo=UTC), "opens today 9 am", "abre hoy 9 am"),
        (datetime(2026, 11, 25, 0, 0, tzinfo=UTC), "opens tomorrow 9 am", "abre mañana 9 am"),
        # Past midnight in UTC and not yet in Denver: tomorrow is Saturday there.
        (datetime(2026, 11, 28, 2, 0, tzinfo=UTC), "opens tomorrow 10:30 am", "abre mañana 10:30 am"),
        (datetime(2026, 11, 28, 8, 0, tzinfo=UTC), "opens today 10:30 am", "abre hoy 10:30 am"),
        (datetime(2026, 11, 28, 22, 0, tzinfo=UTC), "opens Nov 30 9 am", "abre 30 Nov 9 am"),
        (datetime(2026, 11, 30, 5, 0, tzinfo=UTC), "opens tomorrow 9 am", "abre mañana 9 am"),
    ],
)  # fmt: skip
def test_an_office_opens_on_its_own_clock(now: datetime, english: str, spanish: str) -> None:
    """Now, today, tomorrow or on a date, where the office is."""
    assert [english, spanish] == [book("en").opens(DENVER, now), book("es").opens(DENVER, now)]


def test_an_office_that_is_always_open_is_open_now() -> None:
    """At night as well."""
    assert "open now" == book("en").opens(office(), datetime(2026, 11, 28, 3, 0, tzinfo=UTC))


@pytest.mark.parametrize(
    ("hour", "minute", "said"),
    [
        (0, 0, "12 am"),
        (0, 5, "12:05 am"),
        (9, 0, "9 am"),
        (12, 0, "12 pm"),
        (13, 30, "1:30 pm"),
        (23, 59, "11:59 pm"),
    ],
)
def test_a_time_is_written_as_people_here_write_it(hour: int, minute: int, said: str) -> None:
    """Twelve hours, and no minutes at the full hour."""
    assert said == book("en").clock(datetime(2026, 11, 24, hour, minute, tzinfo=UTC))


# --- what goes -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answers", "state", "shown"),
    [
        ({}, "", "this number, English, call"),
        ({"held": "held", "place": "TX", "spoken": "mam", "reach": "call", "voicemail": "no_voicemail"}, "Texas", "this number, Texas, held now, Mam, call, no voicemail"),
        ({"held": "not_held", "reach": "text"}, "", "this number, not held, English, text"),
        ({"reach": "other_phone", "phone": "+12025550177", "voicemail": "voicemail"}, "", "the other number, English, call, voicemail OK"),
        ({"reach": "self", "ask_for": "Rosa"}, "", "this number, English, you call, your word"),
        ({"minor": "maybe", "held": "held"}, "", "this number, held now, maybe under 18, English, call"),
        ({"held": "unknown", "place": "unknown"}, "", "this number, English, call"),
        ({"reach": "call", "phone": "+12025550177"}, "", "this number, English, call"),
        ({"reach": "text", "voicemail": "voicemail"}, "", "this number, English, text"),
        ({"paper": "copy", "code": "K7M2P", "office": "harbor", "urgent": "urgent"}, "", "this number, English, call"),
    ],
)  # fmt: skip
def test_every_answer_that_goes_is_shown_and_nothing_else(
    answers: dict[str, str], state: str, shown: str
) -> None:
    """In the order in which it was asked; the word itself is not repeated on the screen."""
    assert shown == book("en").what_goes(answers, state)


def test_a_place_that_is_not_known_is_said_to_be(ours: Sources) -> None:
    """So that nobody takes it for told."""
    assert "this number, place not known, English, call" == filled(ours.content, "en", {})["what"]


def test_the_language_of_the_texts_goes_where_no_other_was_given() -> None:
    """As the letter says it."""
    assert "este teléfono, español, llamar" == book("es").what_goes({}, "")


def test_every_answer_to_every_question_about_the_referral_has_a_phrase(ours: Sources) -> None:
    """In every language, for each choice that a menu saves."""
    content = ours.content
    prefixes = {"held": "", "spoken": "spoken_", "reach": "", "voicemail": ""}
    phrases = {
        f"shared.what_{prefixes[node.save]}{choice.name}"
        for node in content.graph.nodes.values()
        if isinstance(node, Menu) and node.save in prefixes
        for choice in node.choices
    } - {"shared.what_other_phone"}

    assert [] == [
        (language, name)
        for language, name in product(LANGUAGES, sorted(phrases))
        if not content.catalogs[language].get(name)
    ]


def sealed(line: Line, data: Path) -> Letter:
    """What the office reads of the one request there is."""
    (referral,) = line.hotline.referrals.open()
    identity = (data / "keys" / "offices" / f"{referral.office}.age").read_text()
    return open_letter(referral, referral.office, identity)


def test_who_gives_another_number_and_then_takes_this_phone_is_called_on_this_phone(
    line: Line, texter: Texter, tmp_path: Path
) -> None:
    """The consent showed "this number": so that number goes, and no other."""
    for text in ("hello", "1", "1", "Florida", "3", "202-555-0177", "MENU", "1", "1", "Florida", "1"):
        texter.texts(text)
    shown = texter.last
    texter.texts("1")

    letter = sealed(line, tmp_path)

    assert "this number" in shown
    assert (texter.number, "call") == (letter.phone, letter.reach)


def test_who_wants_to_be_called_on_another_phone_is_called_there(
    line: Line, texter: Texter, tmp_path: Path
) -> None:
    """And the consent says so."""
    for text in ("hello", "1", "1", "Florida", "3", "202-555-0177"):
        texter.texts(text)
    shown = texter.last
    texter.texts("1")

    letter = sealed(line, tmp_path)

    assert "the other number" in shown
    assert ("+12025550177", "other_phone") == (letter.phone, letter.reach)


# --- the rest ------------------------------------------------------------------------------------


def config(**env: str) -> Config:
    """The settings of a demonstration."""
    return Config.from_env({"VOICE_NUMBER": "+12025550142", **env})


def filled(content: Content, language: str, answers: dict[str, str], named: Named = NOBODY) -> dict[str, str]:
    """The values of a text at noon."""
    return values_for(content, language, config(), answers, named, datetime(2026, 11, 24, 17, tzinfo=UTC))


@pytest.mark.parametrize(
    ("number", "said"),
    [("+12025550142", "202-555-0142"), ("988", "988"), ("911", "911"), ("+525555550142", "+525555550142")],
)
def test_a_number_is_written_as_people_here_read_it(number: str, said: str) -> None:
    """Short ones and foreign ones stay as they are."""
    assert said == spelled(number)


def test_a_state_is_named_in_the_language_of_the_text_with_the_month_it_was_checked(ours: Sources) -> None:
    """The law may have changed since."""
    content = ours.content
    values = {language: filled(content, language, {"place": "NY"}) for language in LANGUAGES}

    assert {"en": "New York", "es": content.places["NY"].names["es"]} == {
        language: each["state"] for language, each in values.items()
    }
    year, month = content.places["NY"].checked.split("-")[:2]
    names = {language: Phrasebook(content.catalogs[language]).month(int(month)) for language in LANGUAGES}
    assert all(
        year in values[language]["checked"] and names[language] in values[language]["checked"]
        for language in LANGUAGES
    )


def test_the_twelve_months_have_names_in_every_language(ours: Sources) -> None:
    """Twelve different ones."""
    for language in LANGUAGES:
        names = {Phrasebook(ours.content.catalogs[language]).month(number) for number in range(1, 13)}

        assert 12 == len(names - {""})


def test_what_is_not_known_is_empty(ours: Sources) -> None:
    """A text that names it is still sent."""
    values = filled(ours.content, "en", {"place": "unknown"})

    assert {""} == {
        values[name]
        for name in (
            "state",
            "checked",
            "reference",
            "word",
            "since",
            "office",
            "office_phone",
            "others",
            "often",
            "opens",
            "hours",
        )
    }


def test_an_office_is_named_with_its_number_and_hours(ours: Sources) -> None:
    """All three from the directory."""
    values = filled(ours.content, "en", {"office": "harbor"}, Named((office(),)))

    assert ("Harbor Legal Aid", "202-555-0110", "open now") == (
        values["office"],
        values["office_phone"],
        values["opens"],
    )


def test_only_the_offices_that_are_spoken_of_are_named(ours: Sources) -> None:
    """The first, and then the others in their order; one that has left the directory is passed over."""
    named = Named((office("mesa", name="Mesa Legal Aid"), office(), office("pier", name="Pier Law")))

    values = filled(ours.content, "en", {"office": "mesa", "others": "pier gone harbor"}, named)

    assert ("Mesa Legal Aid", "Pier Law, Harbor Legal Aid") == (values["office"], values["others"])


def test_where_no_number_is_listed_the_voice_number_is(ours: Sources) -> None:
    """Nobody reads an empty sentence."""
    assert "202-555-0142" == filled(ours.content, "en", {})["listed"]


@dataclass(frozen=True)
class Number:
    """A service of which only the number is given."""

    name: str
    phone: str
    hours: str = ""


def test_numbers_are_listed_with_their_names_and_hours(ours: Sources) -> None:
    """Short, without letters that double the price of a text; who has no number is left out."""
    listed = (
        Number("Clínica Legal del Río", "+12025550123", "Mon-Fri 9-5"),
        Number("No number here", ""),
        Number("The very long name of a service that nobody can read on a phone", "+12025550124"),
    )

    assert (
        "Clinica Legal del Rio, 202-555-0123, Mon-Fri 9-5; "
        "The very long name of a service that, 202-555-0124"
        == filled(ours.content, "en", {}, Named(listed=listed))["listed"]
    )


@pytest.mark.parametrize(("urgent", "said"), [("urgent", ", at any hour"), ("calm", ""), ("", "")])
def test_only_an_urgent_request_may_be_texted_about_at_any_hour(
    ours: Sources, urgent: str, said: str
) -> None:
    """The consent says so."""
    assert said == filled(ours.content, "en", {"urgent": urgent})["often"]


def test_a_value_is_never_a_placeholder_itself(ours: Sources) -> None:
    """What a person wrote in braces stays what she wrote."""
    values = filled(ours.content, "en", {"reference": "{voice}"})

    assert "{voice}" == values["reference"]
