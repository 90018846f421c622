"""What makes a draft's texts, words and facts unfit to be published, without knowing what they are said in answer to."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from textwrap import shorten

from messages.catalog import SOURCE_LANGUAGE, Catalog, Text
from messages.facts import Checked, Given, Number, Register, links_in, near, phones_in
from messages.po import Kind, Problem
from messages.reading import MEASURES, band, hardest, sentences
from messages.words import WordList

BLOCKS: Mapping[str, str] = {
    "translation-missing": "a text has no translation",
    "translation-stale": "the English has changed since a text was translated, or the translation is marked fuzzy",
    "translation-doubled": "a text is translated twice",
    "placeholder-mismatch": "a translation has other placeholders than the English",
    "number-mismatch": "a translation has other telephone numbers, figures or links than the English",
    "po-header": "a translation file says that it is in another language, or not in UTF-8",
    "no-words": "a language has texts and no words, or words and no texts",
    "unknown-fact": "a text names a fact that the register does not have",
    "unsourced": "a text states law and names no fact",
    "unregistered-number": "a text gives a telephone number that the register does not have",
    "unregistered-link": "a text gives a link that the register does not have",
    "agency-number-unnamed": "a text gives a number or link of an immigration agency and does not say whose it is",
    "agency-number-first": "a first text gives a number or link of an immigration agency",
    "checked-tomorrow": "a fact, number or link was checked on a day that has not come",
    "avoid-word": "a text uses a word that we do not write",
    "sensitive-opening": "a first text or a push shows a sensitive word among its first characters",
}
WARNS: Mapping[str, str] = {
    "orphan-translation": "a translation of a text that is not there",
    "reading-level": "a text is hard to read",
    "sensitive-early": "an answer shows a sensitive word among its first characters",
    "fact-due": "a fact, number or link must soon be checked again",
    "fact-overdue": "a fact, number or link is past the day on which it had to be checked again",
}

PREVIEW = 40  # characters of a text that a locked screen shows
SHORTEST_MEASURED = 8  # words: of fewer a reading score says nothing
SHORT_LINE_NAME = "Amparo"  # the longer the name, the less of the text is seen

_OF_PROBLEM: Mapping[Kind, str] = {
    "missing": "translation-missing",
    "stale": "translation-stale",
    "fuzzy": "translation-stale",
    "doubled": "translation-doubled",
    "orphan": "orphan-translation",
    "placeholder": "placeholder-mismatch",
    "number": "number-mismatch",
}
# As they stand in the register's `owner`, and as a text must say them.
_AGENCIES = re.compile(r"\b(?:ICE|EOIR|DHS|USCIS|CBP|HSI|Border Patrol)\b")
# What only a statement about law or officials says. A question, a label or an order of ours ("ask a lawyer") has none
# of these; a sentence that has one must name the fact it rests on.
_LAW = re.compile(
    r"\b(?:laws?|judges?|courts?|warrants?|police|jails?|sheriffs?|agents|bail|bond|ICE|IRS|FBI|DOJ|Medicaid"
    r"|detainers?|deport\w*|asylum|visas?|rights? (?:to|of)|(?:do|does) not have to|need not)\b",
)
_HEADER = re.compile(r'(?:^|\n)msgid ""\s*\nmsgstr ((?:"[^\n]*"\s*\n?)*)')

Fold = Callable[[str], str]


@dataclass(frozen=True)
class TextFault:
    """One thing wrong in a text, a word or a fact, in words for the person who wrote it."""

    code: str
    where: str
    what: str
    mend: str


@dataclass(frozen=True)
class Roles:
    """What the texts are for: which open a conversation, which begin an answer, which may state law."""

    first: Collection[str]
    openings: Collection[str]
    statements: Collection[str]


def check_messages(
    catalogs: Mapping[str, Catalog],
    register: Register,
    words: Mapping[str, WordList],
    roles: Roles,
    fold: Fold,
) -> Iterator[TextFault]:
    """Everything that is wrong with the texts themselves; `fold` makes words comparable."""
    yield from _without_words(catalogs, words)
    for text in catalogs[SOURCE_LANGUAGE].texts.values():
        yield from _sources(text, register, text.id in roles.statements)
    bilingual = _same_everywhere(catalogs)
    for language, catalog in catalogs.items():
        avoided = _Finder(words[language].avoid if language in words else (), fold)
        sensitive = _sensitive(words, language, fold)
        for text in catalog.texts.values():
            yield from _given(language, text, register, roles.first)
            yield from _avoided(language, text, avoided, words)
            yield from _shown(language, text, sensitive, roles)
            if text.id in roles.statements and text.id not in bilingual:
                yield from _hard(language, text)


# --- translations --------------------------------------------------------------------------------


def check_translations(problems: Iterable[Problem]) -> Iterator[TextFault]:
    """What the reader of the PO files could not use."""
    for problem in problems:
        yield TextFault(_OF_PROBLEM[problem.kind], problem.where, f"{problem.what}.", problem.mend)


def check_header(path: Path, language: str) -> Iterator[TextFault]:
    """A PO file's first entry tells the translators' programs in which language and letters to save it."""
    try:
        found = _HEADER.search(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return  # the reader of the file says so
    header = found.group(1) if found else ""
    line = found.string.count("\n", 0, found.start(1)) + 1 if found else 1
    where = f"{path.as_posix()}:{line}"
    mend = "Run `amparo translations`: that writes the header anew."
    said = re.search(r"Language: *([^\\\"]*)", header)
    if said is None or said.group(1).strip() != language:
        named = f"says {said.group(1).strip()!r}" if said else "names no language"
        yield TextFault("po-header", where, f"the header of a file in {language!r} {named}.", mend)
    charset = re.search(r"charset=([\w-]+)", header)
    if charset is None or charset.group(1).upper() not in {"UTF-8", "UTF8"}:
        named = f"{charset.group(1)!r}" if charset else "no charset"
        yield TextFault("po-header", where, f"the header names {named}, and the file is in UTF-8.", mend)


def _without_words(catalogs: Mapping[str, Catalog], words: Mapping[str, WordList]) -> Iterator[TextFault]:
    for language in sorted(set(catalogs) - set(words)):
        where = next((text.where for text in catalogs[language].texts.values()), language)
        what = f"there are texts in {language!r}, and no words/{language}.yaml: nobody could answer in it."
        yield TextFault("no-words", where, what, f"Write messages/words/{language}.yaml.")
    for language in sorted(set(words) - set(catalogs)):
        where = f"words/{language}.yaml"
        what = f"there are words in {language!r}, and no texts in catalogs/{language}."
        yield TextFault("no-words", where, what, "Run `amparo translations`, or take the words away.")


# --- facts, numbers, links -----------------------------------------------------------------------


def _sources(text: Text, register: Register, may_state: bool) -> Iterator[TextFault]:
    for fact in text.facts:
        if fact not in register.facts:
            what = f"{text.id} rests on the fact {fact!r}, which is not in facts.yaml."
            yield TextFault("unknown-fact", text.where, what, "Write it there, or name the right one.")
    if text.facts or not may_state:
        return
    for sentence in sentences(text.text):
        found = None if sentence.endswith("?") else _LAW.search(sentence)
        if found:
            what = f"{text.id} states law ({found.group()!r} in {_short(sentence)!r}) and names no fact."
            mend = "Add `facts: [...]` with the ids in facts.yaml that it rests on."
            yield TextFault("unsourced", text.where, what, mend)
            return


def _given(language: str, text: Text, register: Register, first: Collection[str]) -> Iterator[TextFault]:
    phones, links = phones_in(text.text), links_in(text.text)
    owners: dict[str, Given] = {}
    for number in register.numbers.values():
        owners.update(dict.fromkeys(number.digits, number))
    for link in register.links.values():
        owners.update(dict.fromkeys(links_in(link.link), link))
    for kind, given in (("number", phones), ("link", links)):
        for each in sorted(given - set(owners)):
            what = f"{text.id} ({language}) gives the {kind} {each}, which is not in facts.yaml."
            mend = f"Write it under {kind}s with its owner and the day it was checked, or take it out."
            yield TextFault(f"unregistered-{kind}", text.where, what, mend)
    for each in sorted((phones | links) & set(owners)):
        yield from _agency(language, text, each, owners[each], first)


def _agency(
    language: str, text: Text, each: str, given: Given, first: Collection[str]
) -> Iterator[TextFault]:
    agencies = set(_AGENCIES.findall(given.owner))
    kind = "number" if isinstance(given, Number) else "link"
    if agencies and text.id in first:
        what = f"{text.id} ({language}) is a first text and gives {each}, a {kind} of {given.owner}."
        yield TextFault("agency-number-first", text.where, what, "Give it in a later text only.")
    if agencies and not agencies & set(_AGENCIES.findall(text.text)):
        what = f"{text.id} ({language}) gives {each} and does not say that it belongs to {given.owner}."
        mend = f"Say it in the text: this {kind} is {sorted(agencies)[0]}'s own."
        yield TextFault("agency-number-unnamed", text.where, what, mend)


def check_dates(register: Register, today: date, locate: Callable[[str, str], str]) -> Iterator[TextFault]:
    """What must be checked again, on or soon after `today`; `locate` finds an entry of a section of facts.yaml."""
    sections: tuple[tuple[str, Mapping[str, Checked]], ...] = (
        ("facts", register.facts),
        ("numbers", register.numbers),
        ("links", register.links),
    )
    for section, records in sections:
        for record in records.values():
            if record.checked_on > today + timedelta(days=1):  # somewhere it is tomorrow already
                what = f"{section[:-1]} {record.id} was checked on {record.checked_on}, which has not come."
                mend = "Write the day on which somebody looked."
                yield TextFault("checked-tomorrow", locate(section, record.id), what, mend)
            if record.check_by - today > near(record):
                continue
            over = record.is_past(today)
            what = (
                f"{section[:-1]} {record.id} {'had' if over else 'has'} to be checked by {record.check_by}."
            )
            mend = "Look whether it still holds, and write the day as checked_on."
            yield TextFault("fact-overdue" if over else "fact-due", locate(section, record.id), what, mend)


# --- words in texts ------------------------------------------------------------------------------


class _Finder:
    """Finds words and phrases in texts, whatever their case, accents and punctuation."""

    def __init__(self, words: Iterable[str], fold: Fold) -> None:
        self._fold = fold
        self._words = {fold(word): word for word in words}
        folded = sorted((re.escape(word) for word in self._words if word), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(folded)})(?!\w)") if folded else None

    def first(self, text: str) -> str | None:
        """The first of the words that stands in the text, as its list writes it."""
        found = self._pattern.search(self._fold(text)) if self._pattern else None
        return self._words[found.group()] if found else None


def _sensitive(words: Mapping[str, WordList], language: str, fold: Fold) -> _Finder:
    return _Finder(words[language].sensitive if language in words else (), fold)


def _avoided(
    language: str, text: Text, avoided: _Finder, words: Mapping[str, WordList]
) -> Iterator[TextFault]:
    found = avoided.first(text.text)
    if found is not None:
        what = f"{text.id} ({language}) uses {found!r}."
        yield TextFault("avoid-word", text.where, what, f"Write: {words[language].avoid[found]}.")


def _shown(language: str, text: Text, sensitive: _Finder, roles: Roles) -> Iterator[TextFault]:
    if text.id not in roles.openings and text.id not in roles.first:
        return
    seen = text.text.replace("{line}", SHORT_LINE_NAME)[:PREVIEW]
    found = sensitive.first(seen)
    if found is None:
        return
    code = "sensitive-opening" if text.id in roles.first else "sensitive-early"
    what = f"{text.id} ({language}) shows {found!r} on a locked screen: {seen!r}."
    yield TextFault(code, text.where, what, f"Begin with other words: {PREVIEW} characters are shown.")


# --- reading -------------------------------------------------------------------------------------


def _same_everywhere(catalogs: Mapping[str, Catalog]) -> frozenset[str]:
    """Texts that are the same in every language, because they are in several at once."""
    source = catalogs[SOURCE_LANGUAGE].texts
    others = [catalog for language, catalog in catalogs.items() if language != SOURCE_LANGUAGE]
    return frozenset(
        name
        for name, text in source.items()
        if others and all((other := catalog.get(name)) and other.text == text.text for catalog in others)
    )


def _hard(language: str, text: Text) -> Iterator[TextFault]:
    if language not in MEASURES or len(text.text.split()) < SHORTEST_MEASURED:
        return
    if band(text.text, language) != "hard":
        return
    worst = [sentence.text for sentence in hardest(text.text, language)] or [text.text]
    what = f"{text.id} ({language}) is hard to read, most of all: {_short(worst[0])!r}."
    yield TextFault("reading-level", text.where, what, "Use shorter sentences and shorter words.")


def _short(sentence: str) -> str:
    return shorten(sentence, 80, placeholder=" ...")


# --- where a word or a fact stands ---------------------------------------------------------------


class Whereabouts:
    """Finds the line of a key or a word in one of the plain YAML files, when there is something to say about it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[Path, list[str]] = {}

    def __call__(self, file: str, *keys: str, word: str = "") -> str:
        """file:line:column of the innermost of the nested `keys`, or of the `word` under it; the file if not found."""
        path = self._folder / file
        lines = self._lines(path)
        at, column = -1, 0
        for depth, key in enumerate(keys):
            found = _key_line(lines, at + 1, key, nested=depth > 0)
            if found is None:
                break
            at, column = found
        if word and (place := _word_place(lines, max(at, 0), word)):
            at, column = place
        return f"{path.as_posix()}:{at + 1}:{column + 1}" if at >= 0 else path.as_posix()

    def _lines(self, path: Path) -> list[str]:
        if path not in self._files:
            try:
                self._files[path] = path.read_text(encoding="utf-8").splitlines()
            except (OSError, UnicodeDecodeError):
                self._files[path] = []
        return self._files[path]


def _key_line(lines: list[str], start: int, key: str, nested: bool) -> tuple[int, int] | None:
    """Line and column, from 0, of a key; a nested one must stand before the next key without indentation."""
    pattern = re.compile(rf"^(\s*)[\"']?{re.escape(key)}[\"']?\s*:")
    for number, line in enumerate(lines[start:], start):
        found = pattern.match(line)
        if found and bool(found.group(1)) == nested:
            return number, len(found.group(1))
        if nested and re.match(r"[^\s#-]", line):
            return None
    return None


def _word_place(lines: list[str], start: int, word: str) -> tuple[int, int] | None:
    """Line and column of a whole word at or below `start`, before the next key of the first level."""
    pattern = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)", re.IGNORECASE)
    for number, line in enumerate(lines[start:], start):
        if number > start and re.match(r"[^\s#-]", line):
            return None
        if found := pattern.search(line):
            return number, found.start()
    return None
