"""The pages anybody may read, as a carrier's reviewer, a texter and a screen reader meet them."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask.testing import FlaskClient

from app.store import keys
from tests.app.web.bare import SIMULATOR, Line, bare_app, config

PAGES = ("/", "/privacy", "/terms")


def visitor(**settings: str) -> FlaskClient:
    return bare_app(Line(config(**settings))).test_client()


def article(path: str, language: str, **settings: str) -> str:
    """The words of one language on a page, without the markup."""
    page = visitor(**settings).get(path).get_data(as_text=True)
    found = re.search(rf'<article id="{language}" lang="{language}".*?</article>', page, re.DOTALL)
    assert found, f"{path} has no article in {language}"
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def test_the_front_door_leads_to_the_phone_in_the_demonstration() -> None:
    """With the simulator running, / leads to a phone in the browser."""
    answer = visitor(AMPARO_SIMULATOR_URL=SIMULATOR).get("/")
    assert (302, SIMULATOR) == (answer.status_code, answer.headers["Location"])


def test_the_front_door_never_leads_where_a_request_says() -> None:
    """Headers of a request do not choose where somebody is sent."""
    answer = visitor(AMPARO_SIMULATOR_URL=SIMULATOR).get(
        "/", headers={"Host": "trap.example.com", "X-Forwarded-Host": "trap.example.com"}
    )
    assert SIMULATOR == answer.headers["Location"]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_front_page_says_what_to_text_and_whom_to_call(language: str) -> None:
    """The number to text, 911, the number where a person answers and its hours stand in both languages."""
    words = article("/", language)
    assert [] == [
        part for part in ("202-555-0100", "911", "202-555-0142", "Mon-Fri 9-5 ET") if part not in words
    ]


def test_a_line_without_a_number_of_its_own_names_the_phone_where_a_person_answers() -> None:
    """With a messaging service and no number, nobody is told to text nothing."""
    words = article("/", "es", HOTLINE_NUMBER="", TWILIO_MESSAGING_SERVICE_SID="MG" + "0" * 32)
    assert "Para saber a qué número escribir, llame al 202-555-0142" in words


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_spanish_first_and_english_after(path: str) -> None:
    """Both languages are on the page, each marked as what it is, and the page itself as Spanish."""
    page = visitor().get(path).get_data(as_text=True)
    assert ["es", "es", "en"] == re.findall(r'<(?:html|article)[^>]* lang="(..)"', page)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_script_and_nobody_else(path: str) -> None:
    """No script, no style in the page, nothing from another address; the policy of every door fits it."""
    answer = visitor().get(path)
    page = answer.get_data(as_text=True)
    loaded = re.findall(r'<(?:img|link)[^>]*(?:src|href)="([^"]+)"', page)
    assert not re.search(r"<script|<style|style=|javascript:|\son\w+=", page)
    assert {True} == {address.startswith("/static/") for address in loaded}
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", PAGES)
def test_every_jump_on_a_page_lands(path: str) -> None:
    """Each link within the page leads to a place that is there once."""
    page = visitor().get(path).get_data(as_text=True)
    places = re.findall(r'\sid="([^"]+)"', page)
    assert sorted(set(places)) == sorted(places)
    assert set() == set(re.findall(r'href="#([^"]+)"', page)) - set(places)


@pytest.mark.parametrize("path", ["/privacy", "/terms"])
def test_both_languages_have_the_same_sections_and_date(path: str) -> None:
    """Nothing is said in one language only: sections, list items, table rows and dates match."""
    page = visitor().get(path).get_data(as_text=True)
    spanish, english = page.split('<article id="en"')

    def bones(text: str) -> list[str]:
        found: list[str] = re.findall(r'<h2 id="..-(\w+)|<(li|dt|p|tr|h1)\b|datetime="([\d-]+)"', text)
        return ["".join(part) for part in found]

    assert bones(spanish.split("<article")[1]) == bones(english.split("<footer")[0])


@pytest.mark.parametrize("path", ["/privacy", "/terms"])
@pytest.mark.parametrize("language", ["es", "en"])
def test_the_contents_name_every_section_in_its_own_words(path: str, language: str) -> None:
    """The list beside the text and the headings in it are the same."""
    page = visitor().get(path).get_data(as_text=True)
    contents = re.findall(rf'<li><a href="#({language}-\w+)">(.*?)</a></li>', page)
    assert contents == re.findall(rf'<h2 id="({language}-\w+)">(.*?)</h2>', page)


CARRIERS_ASK = {
    "en": (
        "The program is called Amparo",
        "Message frequency varies",
        "Message and data rates may apply",
        "HELP",
        "STOP",
        "hello@example.org",
        "not legal advice",
        "not an emergency line",
        "By texting us first you agree",
        "Phone companies are not liable for delayed or undelivered messages",
        "we do not share or sell mobile information to third parties for marketing",
    ),
    "es": (
        "El programa se llama Amparo",
        "La cantidad de mensajes varía",
        "Pueden aplicarse tarifas de mensajes y datos",
        "AYUDA",
        "STOP",
        "hello@example.org",
        "no consejo legal",
        "no es una línea de emergencia",
        "Al escribirnos primero, acepta",
        "Las compañías de teléfono no son responsables de los mensajes que llegan tarde o no se entregan",
        "no compartimos ni vendemos a terceros la información de su celular para mercadotecnia",
    ),
}


@pytest.mark.parametrize(
    ("language", "words"), [(language, words) for language, all_ in CARRIERS_ASK.items() for words in all_]
)
def test_the_terms_say_what_carriers_ask_for(language: str, words: str) -> None:
    """What A2P 10DLC and toll-free reviewers look for stands in the terms."""
    assert words in article("/terms", language)


PRIVACY_OWES = {
    "en": (
        "Your phone company and our text provider, Twilio, can see that you texted us",
        "subpoena",
        "We do not store your texts",
        "No mobile information is shared with third parties",
        "Only that office can open it",
        "whoever holds the worker’s key can open the number in it",
        *("ERASE", "STOP", "WITHDRAW and your code", "HELP"),
    ),
    "es": (
        "Su compañía de teléfono y Twilio, la empresa que lleva nuestros textos, pueden ver que usted nos escribió",
        "citación",
        "No guardamos sus textos",
        "La información de su celular no se comparte con terceros",
        "Solo esa oficina puede abrir lo suyo",
        "quien tenga la llave del mensajero puede abrir el número que lleva",
        *("BORRAR", "STOP", "RETIRAR y su clave", "AYUDA"),
    ),
}


@pytest.mark.parametrize(
    ("language", "words"), [(language, words) for language, all_ in PRIVACY_OWES.items() for words in all_]
)
def test_the_privacy_page_says_what_people_need_to_know(language: str, words: str) -> None:
    """Who can see what, what is kept, and which words end it."""
    assert words in article("/privacy", language)


@pytest.mark.parametrize(
    ("language", "hours", "minutes"), [("es", "horas", "minutos"), ("en", "hours", "minutes")]
)
def test_the_promised_times_are_those_of_the_keys(language: str, hours: str, minutes: str) -> None:
    """The page cannot promise another life than the one a key has."""
    words = article("/privacy", language)
    assert f"{keys.SESSION_LIFE // 3600} {hours}" in words
    assert f"{keys.ANSWER_LIFE // 60} {minutes}" in words
    assert f"{keys.PEPPER_LIFE // 3600} {hours}" in words


@pytest.mark.parametrize("path", PAGES)
def test_no_page_promises_what_nobody_can_keep(path: str) -> None:
    """Never anonymous, never confidential, never safe."""
    page = visitor().get(path).get_data(as_text=True).casefold()
    assert not re.search(r"an[oó]nim|anonym|confiden[ct]ial|\bsafe\b|\bseguros?\b(?! social)", page)


def test_a_name_with_markup_in_it_stays_words() -> None:
    """The line's own settings are escaped like anything else."""
    page = visitor(LINE_NAME="<b>A & B</b>").get("/terms").get_data(as_text=True)
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in page
    assert "<b>" not in page


def test_a_demonstration_says_that_its_numbers_are_made_up() -> None:
    """Nobody should dial a number of the demonstration."""
    assert "Los números de esta página son inventados" in (
        visitor(AMPARO_SIMULATOR_URL=SIMULATOR).get("/terms").get_data(as_text=True)
    )
    assert "inventados" not in visitor().get("/terms").get_data(as_text=True)
