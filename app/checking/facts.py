"""Texts and the facts they rest on: what is said when a fact falls, and first aid that must not fall with it.

Which facts are due is found in messages/check.py; what gives way when a text is sent, in app/standing.py.
"""

from __future__ import annotations

from collections.abc import Iterator

from app.checking.findings import Finding, finding, message_folder
from app.revision import Content
from app.standing import rests_on, standing_of
from messages.catalog import SOURCE_LANGUAGE, Text

# A check of these holds for half a year or more: what tells a frightened person what to do now rests on no others.
FIRM = ("S1", "S2")


def check_facts(content: Content) -> Iterator[Finding]:
    """What would be left to say, or not, on the day a fact falls."""
    yield from _without_standing(content)
    yield from _standing_on_facts(content)
    yield from _shaky_first_aid(content)


def standings(content: Content) -> frozenset[str]:
    """The message ids of all standing texts that something can give way to."""
    return frozenset(standing_of(text.id) for text in _resting(content))


def _resting(content: Content) -> Iterator[Text]:
    """Texts that may have to give way one day: for a fact, or for a number or link that turns out wrong."""
    source = content.catalogs[SOURCE_LANGUAGE].texts.values()
    yield from (text for text in source if rests_on(text, content.register))


def _without_standing(content: Content) -> Iterator[Finding]:
    source = content.catalogs[SOURCE_LANGUAGE]
    for name in sorted(standings(content)):
        if source.get(name) is None:
            flow = name.partition(".")[0]
            where = (message_folder(content) / f"catalogs/en/{flow}.yaml").as_posix()
            what = f"{flow} has texts that rest on facts or give numbers, and nothing to say when one of these falls."
            mend = "Write `standing:`, one sentence that states no law and says where to turn."
            yield finding("no-standing", where, what, mend)


def _standing_on_facts(content: Content) -> Iterator[Finding]:
    """What is said when all else has fallen, and labels, which nobody replaces, must rest on nothing."""
    for text in _resting(content):
        names = ", ".join(rests_on(text, content.register))
        if text.id == standing_of(text.id):
            what = f"{text.id} rests on {names}, and could fall with what it stands for."
            mend = "Let it state no law, name no facts, and give no number but 911."
            yield finding("standing-on-facts", text.where, what, mend)
        elif text.id.count(".") == 2:  # flow.node.choice
            what = f"{text.id} is the label of a choice and rests on {names}: it stays when they fall."
            yield finding("standing-on-facts", text.where, what, "Say it in the text, and not in the label.")


def _shaky_first_aid(content: Content) -> Iterator[Finding]:
    for text in _resting(content):
        shaky = [name for name in text.facts if not _is_firm(content, name)]
        if shaky and not text.may_fall and text.id.partition(".")[0] in content.graph.first_aid:
            what = f"{text.id} is first aid and rests on {', '.join(shaky)}, which changes too often for it."
            mend = "Give what is disputed a node of its own, with `may_fall: yes`."
            yield finding("first-aid-shaky", text.where, what, mend)


def _is_firm(content: Content, name: str) -> bool:
    fact = content.register.facts.get(name)
    return fact is None or fact.interval in FIRM
