"""A revision: flows, words, texts, facts and places as one immutable document, named by its hash. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from flows.definition import Graph, Rule
from flows.heard import Vocabulary, Words
from flows.loader import graph_of
from messages.catalog import Catalog, Text
from messages.facts import Fact, Link, Number, Register
from messages.places import Place
from messages.words import WordList

# The order in which a text is said to somebody whose language we don't know.
LANGUAGES = ("es", "en")


@dataclass(frozen=True)
class Revision:
    """One canonical JSON document and its name."""

    document: Mapping[str, Any]

    def to_bytes(self) -> bytes:
        """The same files make the same bytes, and so the same name. Order is content: it numbers the choices."""
        return json.dumps(self.document, separators=(",", ":"), ensure_ascii=False).encode()

    @property
    def hash(self) -> str:
        """The revision's name: the first 16 hex digits of the SHA-256 of its bytes."""
        return sha256(self.to_bytes()).hexdigest()[:16]

    @classmethod
    def from_bytes(cls, data: bytes) -> Revision:
        """The revision that `to_bytes` wrote."""
        return cls(json.loads(data))


@dataclass(frozen=True)
class Content:
    """A revision's parts, as the code works with them."""

    graph: Graph
    catalogs: Mapping[str, Catalog]
    words: Mapping[str, WordList]
    other_stops: Mapping[str, tuple[str, ...]]
    register: Register
    places: Mapping[str, Place]

    def vocabulary(self) -> Vocabulary:
        """What may be typed: each language's own words, and the labels of the choices as they stand."""
        languages = tuple(
            _words(self.words[language], self.catalogs[language])
            for language in LANGUAGES
            if language in self.words
        )
        return Vocabulary(
            languages, stop=tuple(word for words in self.other_stops.values() for word in words)
        )

    def rules(self) -> Mapping[str, Rule]:
        """Each place's rule for branches: the stricter of two, and whether we are sure."""
        return {
            code: Rule(place.stricter, place.certain, place.sharing, counties=place.jails != "state")
            for code, place in self.places.items()
            if place.rule
        }

    def signed(self, text: Text) -> bool:
        """True if a lawyer has signed every fact that this text rests on."""
        facts = (self.register.facts.get(fact) for fact in text.facts)
        return all(fact is not None and fact.signed for fact in facts)

    def unsigned(self) -> tuple[str, ...]:
        """Message ids of the texts that state law and that no lawyer has signed yet."""
        source = self.catalogs["en"].texts.values()
        return tuple(text.id for text in source if not self.signed(text))


def document_of(flows: Mapping[str, Any], content: Content) -> Mapping[str, Any]:
    """The plain document of flow documents and what goes with them; notes and file positions stay behind."""
    texts = {
        language: {text.id: {"text": text.text, "facts": list(text.facts)} for text in catalog.texts.values()}
        for language, catalog in content.catalogs.items()
    }
    plain = {name: _plain(getattr(content, name)) for name in ("words", "other_stops", "register", "places")}
    return {"flows": flows, "texts": texts, **plain}


def content_of(revision: Revision) -> Content:
    """Builds the parts of a revision that check has passed."""
    document = revision.document
    register = document["register"]
    return Content(
        graph=graph_of(document["flows"]),
        catalogs={language: catalog_of(revision, language) for language in document["texts"]},
        words={language: WordList(**_tuples(words)) for language, words in document["words"].items()},
        other_stops=_tuples(document["other_stops"]),
        register=Register(
            facts={name: Fact(**_dated(fact)) for name, fact in register["facts"].items()},
            numbers={name: Number(**_dated(number)) for name, number in register["numbers"].items()},
            links={name: Link(**_dated(link)) for name, link in register["links"].items()},
        ),
        places={code: Place(**_tuples(place)) for code, place in document["places"].items()},
    )


def catalog_of(revision: Revision, language: str) -> Catalog:
    """One language's texts alone: who has one text to say need not build the rest."""
    texts = revision.document["texts"][language]
    return Catalog(
        language, {name: Text(name, text["text"], tuple(text["facts"])) for name, text in texts.items()}
    )


def _words(words: WordList, catalog: Catalog) -> Words:
    """One language's words, with every label as one more thing that may be typed for its choice."""
    choices = {choice: set(typed) for choice, typed in words.choices.items()}
    for text in catalog.texts.values():
        if text.id.count(".") == 2:
            choices.setdefault(text.id, set()).add(text.text)
    same = {field.name: getattr(words, field.name) for field in fields(Words) if hasattr(words, field.name)}
    return Words(**{**same, "choices": {choice: tuple(sorted(typed)) for choice, typed in choices.items()}})


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _tuples(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _tuples(item) for name, item in value.items()}
    return tuple(_tuples(item) for item in value) if isinstance(value, list) else value


def _dated(record: Mapping[str, Any]) -> dict[str, Any]:
    return {**_tuples(record), "checked_on": date.fromisoformat(record["checked_on"])}
