"""Revisions: the same files are the same revision, and everything comes back from it."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from app.revision import Content, Revision, content_of, document_of
from app.sources import FLOWS, MESSAGES, Sources, read_sources
from messages.catalog import Catalog, Text


@pytest.fixture(scope="module")
def ours() -> Sources:
    """The draft as our own files say it."""
    return read_sources()


def without_notes(content: Content) -> Content:
    """The content without what stays behind in the files: notes to translators, and where each text stands."""
    catalogs = {
        language: Catalog(
            language, {name: Text(name, text.text, text.facts) for name, text in catalog.texts.items()}
        )
        for language, catalog in content.catalogs.items()
    }
    return Content(
        content.graph, catalogs, content.words, content.other_stops, content.register, content.places
    )


def test_the_same_files_are_the_same_revision(ours: Sources) -> None:
    """Read twice, from wherever."""
    assert ours.revision().hash == read_sources(FLOWS, MESSAGES).revision().hash


def test_a_revision_is_named_by_sixteen_figures() -> None:
    """Of what it holds."""
    assert ("44136fa355b3678a", "44136fa355b3678a") == (Revision({}).hash, Revision.from_bytes(b"{}").hash)


def test_the_order_of_the_choices_is_content(ours: Sources) -> None:
    """It numbers them: choices in another order are another revision."""
    documents = json.loads(json.dumps(ours.flow_files.documents))
    menu = documents["counsel"]["nodes"]["court"]["menu"]
    documents["counsel"]["nodes"]["court"]["menu"] = dict(reversed(menu.items()))

    assert ours.revision().hash != Revision(document_of(documents, ours.content)).hash


def _text(content: Content) -> Content:
    texts = content.catalogs["es"].texts
    help_text = replace(texts["shared.help"], text="Ayuda.")
    return replace(
        content, catalogs={**content.catalogs, "es": Catalog("es", {**texts, "shared.help": help_text})}
    )


def _rule(content: Content) -> Content:
    return replace(content, places={**content.places, "TX": replace(content.places["TX"], rule="LIM")})


def _word(content: Content) -> Content:
    return replace(content, words={**content.words, "en": replace(content.words["en"], greetings=("howdy",))})


def _stop(content: Content) -> Content:
    return replace(content, other_stops={"ht": ("sispann",)})


def _fact(content: Content) -> Content:
    name, fact = next(iter(content.register.facts.items()))
    facts = {**content.register.facts, name: replace(fact, reviewer="A. Lawyer")}
    return replace(content, register=replace(content.register, facts=facts))


@pytest.mark.parametrize("change", [_text, _rule, _word, _stop, _fact])
def test_another_text_rule_word_or_fact_is_another_revision(
    ours: Sources, change: Callable[[Content], Content]
) -> None:
    """Everything that people hear, are heard by, or that a lawyer has signed."""
    other = replace(ours, content=change(ours.content))

    assert ours.revision().hash != other.revision().hash


def test_a_remark_is_no_other_revision(ours: Sources, tmp_path: Path) -> None:
    """Nobody hears it."""
    shutil.copytree(FLOWS, tmp_path / "flows")
    counsel = tmp_path / "flows" / "counsel.yaml"
    counsel.write_text("# For lawyers.\n" + counsel.read_text(encoding="utf-8"), encoding="utf-8")

    assert ours.revision().hash == read_sources(tmp_path / "flows", MESSAGES).revision().hash


def test_everything_comes_back_from_the_stored_bytes(ours: Sources) -> None:
    """Graph, texts, words, facts and places, as the files say them."""
    revision = ours.revision()

    stored = Revision.from_bytes(revision.to_bytes())

    assert revision.hash == stored.hash
    assert without_notes(ours.content) == content_of(stored)


def test_the_stored_bytes_are_plain_json(ours: Sources) -> None:
    """Whoever has them can read them without this program."""
    assert {"flows", "texts", "words", "other_stops", "register", "places"} == set(
        json.loads(ours.revision().to_bytes())
    )


def test_a_label_may_be_typed_for_its_choice(ours: Sources) -> None:
    """In every language, as it stands in the catalog."""
    label = ours.content.catalogs["es"].texts["start.topics.lawyer"].text

    assert label in ours.content.vocabulary().languages[0].choices["start.topics.lawyer"]


def test_of_two_rules_a_branch_reads_the_stricter_one(ours: Sources) -> None:
    """Where we must choose, we warn rather than soothe; a place without a rule has none."""
    rules = ours.content.rules()

    assert ("REQ", True) == (rules["AL"].rule, rules["AL"].certain)
    assert {code for code, place in ours.content.places.items() if place.rule} == set(rules)
