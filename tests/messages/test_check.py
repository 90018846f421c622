"""Every fault of texts, words and facts that check knows, each with a file that has it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from messages.check import BLOCKS, WARNS
from tests.drafts import Case, Draft, Edit, Text, findings

EN, ES = "messages/catalogs/en/ask.yaml", "messages/catalogs/es/ask.po"
FACTS = "messages/facts.yaml"

CASES = [
    Case(
        "translation-missing",
        (Edit(ES, 'msgstr "Mande una palabra."', 'msgstr ""'),),
        *(ES, 'msgctxt "ask.word"'),
        *("'ask.word' is not translated", "msgstr"),
    ),
    Case(
        "translation-missing",
        (Edit(ES, 'msgctxt "ask.word"\nmsgid "Text one word."\nmsgstr "Mande una palabra."\n', ""),),
        *(ES, ""),
        *("'ask.word' is not there to be translated", "msgstr"),
    ),
    Case(
        "translation-stale",
        (Edit(ES, 'msgid "Text one word."', 'msgid "Text two words."'),),
        *(ES, 'msgctxt "ask.word"'),
        *("'ask.word' was translated from English that has changed", "look at this entry"),
    ),
    Case(
        "translation-stale",
        (Edit(ES, 'msgctxt "ask.word"', '#, fuzzy\nmsgctxt "ask.word"'),),
        *(ES, "#, fuzzy"),
        *("'ask.word' is marked fuzzy", "fuzzy"),
    ),
    Case(
        "translation-doubled",
        (Edit(ES, 'msgctxt "ask.sent"', 'msgctxt "ask.word"\nmsgid "Text one word."\nmsgstr "Una"\n\nmsgctxt "ask.sent"'),),
        *(ES, 'msgctxt "ask.word"\nmsgid "Text one word."\nmsgstr "Una"'),
        *("'ask.word' is translated a second time", "Keep one"),
    ),
    Case(
        "placeholder-mismatch",
        (Edit(ES, 'msgstr "{office} recibe', 'msgstr "{oficina} recibe'),),
        *(ES, 'msgctxt "ask.consent"'),
        *("'ask.consent' lacks {office}", "names in braces"),
    ),
    Case(
        "number-mismatch",
        (Edit("messages/catalogs/es/start.po", 'msgstr "Si hay peligro, llame al 911."', 'msgstr "Si hay peligro, llame."'),),
        *("messages/catalogs/es/start.po", 'msgctxt "start.crisis"'),
        *("'start.crisis' lacks 911", "same numbers"),
    ),
    Case(
        "po-header",
        (Edit(ES, "Language: es", "Language: fr"),),
        *(ES, 'msgstr ""'),
        *("the header of a file in 'es' says 'fr'", "Run `amparo translations`"),
    ),
    Case(
        "po-header",
        (Edit(ES, "charset=UTF-8", "charset=ISO-8859-1"),),
        *(ES, 'msgstr ""'),
        *("the header names 'ISO-8859-1'", "Run `amparo translations`"),
    ),
    Case(
        "orphan-translation",
        (Edit(ES, 'msgctxt "ask.sent"', 'msgctxt "ask.old"\nmsgid "Old."\nmsgstr "Viejo."\n\nmsgctxt "ask.sent"'),),
        *(ES, 'msgctxt "ask.old"'),
        *("this entry translates 'ask.old'", "Run `amparo translations`"),
    ),
    Case(
        "unknown-fact",
        (Edit(EN, "facts: [DT1]", "facts: [DT1, DT99]"),),
        *(EN, "strict:"),
        *("ask.strict rests on the fact 'DT99'", "name the right one"),
        also=("unsigned",),
    ),
    Case(
        "unsourced",
        (Text("ask.word", "No judge signs it. Text one word.", "No lo firma un juez. Mande una palabra."),),
        *(EN, "word:"),
        *("ask.word states law ('judge' in 'No judge signs it.')", "facts: [...]"),
    ),
    Case(
        "unregistered-number",
        (Text("ask.word", "Call 202-555-0177.", "Llame al 202-555-0177."),),
        *(EN, "word:"),
        *("ask.word (en) gives the number 2025550177", "under numbers"),
    ),
    Case(
        "unregistered-link",
        (Text("ask.word", "See example.org/other.", "Vea example.org/other."),),
        *(EN, "word:"),
        *("ask.word (en) gives the link example.org/other", "under links"),
    ),
    Case(
        "agency-number-unnamed",
        (Text("ask.word", "The number of ICE is 202-555-0199.", "Llame al 202-555-0199.", "DT1"),),
        *(ES, 'msgctxt "ask.word"'),
        *("ask.word (es) gives 2025550199 and does not say that it belongs to ICE", "this number is ICE's own"),
        also=("sensitive-early",),
    ),
    Case(
        "agency-number-first",
        (Text("start.welcome", "{line}: this line can tell you a number, 202-555-0199 of ICE.", "{line}: llame al 202-555-0199 de ICE.", "DT1"),),
        *("messages/catalogs/en/start.yaml", "welcome:\n"),
        *("start.welcome (en) is a first text and gives 2025550199, a number of ICE", "later text"),
        also=("no-standing",),
    ),
    Case(
        "checked-tomorrow",
        (Edit("messages/facts.yaml", "checked_on: 2026-11-01\n    interval: S1", "checked_on: 2062-11-01\n    interval: S1"),),
        *("messages/facts.yaml", "  DT1:"),
        *("fact DT1 was checked on 2062-11-01, which has not come", "somebody looked"),
    ),
    Case(
        "avoid-word",
        (Text("ask.word", "Are you an Alien?", "Mande una palabra."),),
        *(EN, "word:"),
        *("ask.word (en) uses 'alien'", "person who is not a citizen"),
    ),
    Case(
        "sensitive-opening",
        (Text("start.welcome", "{line}: when ICE is here.", "{line}: contesta una computadora.", "DT1"),),
        *("messages/catalogs/en/start.yaml", "welcome:\n"),
        *("start.welcome (en) shows 'ice' on a locked screen: 'Amparo: when ICE is here.'", "40 characters"),
        also=("no-standing",),
    ),
    Case(
        "sensitive-opening",
        (Text("push.news", "{line}: news", "{line}: hay algo de la cárcel"),),
        *("messages/catalogs/es/push.po", 'msgctxt "push.news"'),
        *("push.news (es) shows 'carcel'", "40 characters"),
    ),
    Case(
        "sensitive-early",
        (Text("ask.held", "Is somebody in jail?", "Hay alguien detenido ahora."),),
        *(EN, "held:"),
        *("ask.held (en) shows 'jail'", "40 characters"),
    ),
    Case(
        "reading-level",
        (Text("ask.word", "Notwithstanding administrative considerations, always communicate representative terminology immediately.", "Mande una palabra."),),
        *(EN, "word:"),
        *("ask.word (en) is hard to read, most of all: 'Notwithstanding", "shorter sentences"),
    ),
    Case(
        "fact-due",
        (Edit(FACTS, "checked_on: 2026-11-01\n    interval: S1", "checked_on: 2025-11-30\n    interval: S1"),),
        *(FACTS, "  DT1"),
        *("fact DT1 has to be checked by 2026-11-30", "checked_on"),
    ),
    Case(
        "fact-overdue",
        (Edit(FACTS, "interval: S2\n    for: finding a lawyer", "interval: S4\n    for: finding a lawyer"),),
        *(FACTS, "  lawyers"),
        *("link lawyers had to be checked by 2026-11-08", "checked_on"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_is_told_with_its_code_its_place_and_its_mend(case: Case, tmp_path: Path):
    """The draft without it has nothing wrong; with it, it has this, and where another thing follows, that."""
    case.check(tmp_path)


def test_a_language_with_texts_and_no_words_is_told(tmp_path: Path):
    """Nobody could answer in it."""
    draft = Draft()
    del draft.files["messages/words/es.yaml"]

    found = [each for each in findings(draft, tmp_path) if each.code == "no-words"]

    assert ["there are texts in 'es', and no words/es.yaml: nobody could answer in it."] == [
        each.what for each in found
    ]
    assert [True] == [each.blocks for each in found]
    assert "Write messages/words/es.yaml." == found[0].mend


def test_a_language_with_words_and_no_texts_is_told(tmp_path: Path):
    """It does not stop the rest of the check."""
    draft = Draft()
    draft.files["messages/words/fr.yaml"] = "names: [français]\nnumbers: {}\ncommands: {}\nstop: []\n"

    assert ["no-words"] == [each.code for each in findings(draft, tmp_path)]


def test_every_code_has_a_case():
    """Whoever adds a code adds a file that has the fault."""
    assert {*BLOCKS, *WARNS} == {case.code for case in CASES} | {"no-words"}


@pytest.mark.parametrize(
    "text",
    [
        "Is there a judge in your state?",
        "Ask a lawyer before you act.",
        "Information on rights, not legal advice.",
    ],
)
def test_what_states_no_law_needs_no_fact(text: str, tmp_path: Path):
    """A question, our own advice and what the line is."""
    draft = Draft()
    draft.say("ask.word", text, "Mande una palabra.")

    assert () == findings(draft, tmp_path)


def test_a_check_that_holds_a_week_is_not_due_the_day_after(tmp_path: Path):
    """Due is a quarter of the interval, and two weeks at most."""
    draft = Draft()
    draft.edit(FACTS, "interval: S2\n    for: finding a lawyer", "interval: S4\n    for: finding a lawyer")

    quiet = findings(draft, tmp_path, date(2026, 11, 6))
    due = findings(draft, tmp_path, date(2026, 11, 7))

    assert ([], ["fact-due"]) == ([each.code for each in quiet], [each.code for each in due])
