"""What the line may never say, and what it must always say with something else, in every language."""

from __future__ import annotations

import re

import pytest

from app.sources import read_sources
from app.standing import standing_of
from messages.catalog import Text

CONTENT = read_sources().content
TEXTS = [
    (language, text) for language, catalog in CONTENT.catalogs.items() for text in catalog.texts.values()
]

# A promise nobody can keep, a side of a party, a word of the law that is not true as it stands.
NEVER = {
    "en": (
        *(r"confidential", r"guarantee", r"(?<!not mean )you are safe", r"it is safe to", r"\bICE (cannot|can't|may not)", r"anonymous"),
        *(r"you will get (?!no more)", r"free lawyer for", r"no probable cause", r"without probable cause", r"voluntary"),
        *(r"president", r"trump", r"biden", r"obama", r"republican", r"democrat", r"governor \w+"),
    ),
    "es": (
        *(r"confidencial", r"garantiza", r"no corre peligro", r"ICE no puede", r"an[oó]nim"),
        *(r"le van a dar", r"causa probable", r"voluntari"),
        *(r"presidente", r"trump", r"biden", r"obama", r"republican", r"dem[oó]crata"),
    ),
}  # fmt: skip
# What the law lets be said only together with something else: (what is said, what must stand in the same text).
ONLY_WITH = {
    "en": ((r"lets jails say no", r"some states make"), (r"law lets (a place|us) choose", r"some states")),
    "es": ((r"deja negarse|ley federal (nos )?deja", r"estados (lo |le )?obligan"),),
}
NO_FIGHT = {"en": r"(not|no one) fight|no one\s+fights|not\s+fight", "es": r"pele"}
ON_ITS_OWN = {
    "en": r"ICE can (still |also )?act on its own",
    "es": r"ICE (puede|tambi[eé]n puede) .*por su cuenta",
}


def _said(language: str, flow: str) -> list[Text]:
    """The whole texts of one flow, without labels and standing text."""
    texts = CONTENT.catalogs[language].texts.values()
    return [
        text
        for text in texts
        if text.id.startswith(f"{flow}.") and text.id.count(".") == 1 and text.id != standing_of(text.id)
    ]


@pytest.mark.parametrize("language", CONTENT.catalogs)
def test_no_text_promises_takes_a_side_or_says_what_is_not_true(language: str) -> None:
    """Neither safety nor a lawyer nor a bond, and nobody's name."""
    found = [
        (text.id, match.group())
        for said, text in TEXTS
        if said == language
        for pattern in NEVER[language]
        if (match := re.search(pattern, text.text, re.IGNORECASE))
    ]

    assert [] == found


@pytest.mark.parametrize("language", CONTENT.catalogs)
def test_what_is_half_true_alone_is_said_with_its_other_half(language: str) -> None:
    """A jail may say no, but some states make it help."""
    said = [text for spoken, text in TEXTS if spoken == language]
    alone = [
        text.id
        for text in said
        for half, other in ONLY_WITH[language]
        if re.search(half, text.text, re.IGNORECASE) and not re.search(other, text.text, re.IGNORECASE)
    ]

    assert any(re.search(half, text.text, re.IGNORECASE) for text in said for half, _ in ONLY_WITH[language])
    assert [] == alone


@pytest.mark.parametrize("language", CONTENT.catalogs)
def test_every_text_of_the_door_ends_with_not_fighting(language: str) -> None:
    """Agents may force their way in, whatever the law says."""
    assert [] == [text.id for text in _said(language, "door") if not re.search(NO_FIGHT[language], text.text)]


@pytest.mark.parametrize("language", CONTENT.catalogs)
def test_a_local_rule_never_sounds_like_safety(language: str) -> None:
    """Wherever the rule of a place is told, so is that ICE can act on its own."""
    texts = [
        text
        for spoken, text in TEXTS
        if spoken == language
        and (text.id.startswith(("detainer.rule_", "area.")) or "{checked}" in text.text)
    ]
    rules = [text for text in texts if text.id.count(".") == 1 and not text.id.endswith(".standing")]

    assert rules
    assert [] == [text.id for text in rules if not re.search(ON_ITS_OWN[language], text.text)]


@pytest.mark.parametrize("language", CONTENT.catalogs)
def test_nobody_is_told_to_stay_away(language: str) -> None:
    """Not from court, not from a check-in, not from emergency care."""
    away = {
        "en": r"(?<!not )(?<!not just )\b(skip|stay away from) (court|a check-in|the ER)",
        "es": r"\bno vaya\b",
    }

    assert [] == [
        text.id for spoken, text in TEXTS if spoken == language and re.search(away[language], text.text)
    ]


@pytest.mark.parametrize("language", CONTENT.catalogs)
def test_nothing_asks_for_what_we_must_not_know(language: str) -> None:
    """No name, no status, no country, no number of a file, no date of birth, no age and no school of a child."""
    asked = {
        "en": r"(what is your|text (us )?your) (name|status|country|birth|address|age|school|a-number)",
        "es": r"(cu[aá]l es su|m[aá]ndenos su|mande su) (nombre|estatus|pa[ií]s|fecha|domicilio|edad|escuela|a-number)",
    }

    assert [] == [
        text.id
        for spoken, text in TEXTS
        if spoken == language and re.search(asked[language], text.text, re.IGNORECASE)
    ]
