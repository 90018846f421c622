"""The translations: PO files that translators edit, kept in step with the English texts by message id."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import polib

from messages.catalog import Catalog, Text, placeholders, stray_brace
from messages.facts import figures_in, links_in, phones_in
from messages.yaml_reader import each, fault

Kind = Literal["missing", "stale", "fuzzy", "orphan", "placeholder", "number", "doubled"]


@dataclass(frozen=True)
class Problem:
    """Why a translation is not used: `where` is file:line, or the file alone where it has no such entry."""

    kind: Kind
    id: str
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.mend}"


@dataclass(frozen=True)
class Translated:
    """One entry of a PO file, as far as it matters here; `message` is empty where the entry names none."""

    message: str
    english: str
    words: str
    fuzzy: bool
    where: str


def read_translation(folder: Path, language: str, source: Catalog) -> tuple[Catalog, tuple[Problem, ...]]:
    """Reads what may be sent in `language` from its own `folder`, and says why the rest may not.

    Raises:
        ReadError: a file is no PO file.
    """
    usable: dict[str, Text] = {}
    problems: list[Problem] = []
    entries = [entry for part in each(sorted(folder.glob("*.po")), _read) for entry in part]
    for entry in entries:
        problem = _problem(entry, source, usable)
        if problem:
            problems.append(problem)
        else:
            usable[entry.message] = Text(entry.message, entry.words, where=entry.where)
    problems += _unnamed(folder, source, {entry.message for entry in entries})
    ordered = {message: usable[message] for message in source.texts if message in usable}
    return Catalog(language, ordered), tuple(problems)


def _read(path: Path) -> list[Translated]:
    return [
        Translated(
            message=entry.msgctxt or "",
            english=entry.msgid,
            words=entry.msgstr.strip(),
            fuzzy=entry.fuzzy,
            where=f"{path.as_posix()}:{max(1, entry.linenum)}",
        )
        for entry in _parsed(path)
        if not entry.obsolete
    ]


def _parsed(path: Path) -> polib.POFile:
    shown = path.as_posix()
    _refuse_unclosed(path)
    try:
        return polib.pofile(str(path), encoding="utf-8", wrapwidth=NO_WRAPPING)
    except (OSError, ValueError, AttributeError, IndexError) as error:  # polib has no exception of its own
        line = re.search(r"\(line (\d+)\)", str(error))
        where = f"{shown}:{line.group(1)}" if line else shown
        mend = "Look at this line and the one above: every text stands in quotes, after msgctxt, msgid or msgstr."
        raise fault(where, "this cannot be understood as a PO file", mend) from error


_QUOTED = re.compile(r'(#~\s*|#\|\s*)?(msg\w+(\[\d+\])?\s*)?"')
_CLOSED = re.compile(r'[^"]*"(?:[^"\\]|\\.)*"\s*')


def _refuse_unclosed(path: Path) -> None:
    """Refuses what polib would take without its last letter: a line whose quotation mark is not closed."""
    shown = path.as_posix()
    try:
        lines = path.read_bytes().decode("utf-8-sig").split("\n")
    except UnicodeDecodeError as error:
        raise fault(shown, "the file is not in UTF-8", "Save it as UTF-8.") from error
    for number, line in enumerate(lines, start=1):
        if _QUOTED.match(line.strip()) and not _CLOSED.fullmatch(line.strip()):
            what = "the text in this line is not closed, or has a quotation mark inside"
            mend = 'End the line with a quotation mark, and write \\" for one inside.'
            raise fault(f"{shown}:{number}", what, mend)


def _problem(entry: Translated, source: Catalog, usable: Mapping[str, Text]) -> Problem | None:
    """The first reason why `entry` may not be sent."""
    english = source.get(entry.message)
    if english is None:
        named = repr(entry.message) if entry.message else "no message (msgctxt is missing)"
        return _because(entry, "orphan", f"this entry translates {named}", "Run `amparo translations`.")
    if not entry.words:
        return _because(entry, "missing", f"{entry.message!r} is not translated", "Write its msgstr.")
    if entry.english != english.text:
        what = f"{entry.message!r} was translated from English that has changed"
        return _because(entry, "stale", what, "Run `amparo translations`, then look at this entry.")
    if entry.fuzzy:
        mend = "Compare it with the English, then take the word fuzzy away."
        return _because(entry, "fuzzy", f"{entry.message!r} is marked fuzzy", mend)
    if entry.message in usable:
        what = f"{entry.message!r} is translated a second time; the first is at {usable[entry.message].where}"
        return _because(entry, "doubled", what, "Keep one of them.")
    return _unlike(entry, english)


def _unlike(entry: Translated, english: Text) -> Problem | None:
    if unlike := placeholder_disparity(english.text, entry.words):
        mend = "Use the names in braces of the English, and no other braces."
        return _because(entry, "placeholder", f"{entry.message!r} {unlike}", mend)
    if unlike := number_disparity(english.text, entry.words):
        mend = "Give the same numbers and links as the English."
        return _because(entry, "number", f"{entry.message!r} {unlike}", mend)
    return None


def _because(entry: Translated, kind: Kind, what: str, mend: str) -> Problem:
    return Problem(kind, entry.message, entry.where, what, mend)


def _unnamed(folder: Path, source: Catalog, named: set[str]) -> Iterator[Problem]:
    for message in source.texts:
        if message not in named:
            where = (folder / _file_of(message)).as_posix()
            what = f"{message!r} is not there to be translated"
            yield Problem(
                "missing", message, where, what, "Run `amparo translations`, then write its msgstr."
            )


def placeholder_disparity(english: str, words: str) -> str | None:
    """Says where the placeholders of a translation differ from the English ones, or None."""
    if stray_brace(words):
        return "has a brace that is no part of a placeholder"
    return _disparity("{%s}", placeholders(english), placeholders(words))


def number_disparity(english: str, words: str) -> str | None:
    """Says where the telephone numbers, figures of three digits or more, and links differ, or None."""
    return _disparity("%s", _figures(english), _figures(words))


def _disparity(form: str, expected: frozenset[str], found: frozenset[str]) -> str | None:
    if missing := sorted(expected - found):
        return f"lacks {', '.join(form % name for name in missing)}"
    if extra := sorted(found - expected):
        return f"has {', '.join(form % name for name in extra)}, which the English has not"
    return None


def _figures(words: str) -> frozenset[str]:
    """What must be the same in every language; one and two digits may be words in one and figures in another."""
    return phones_in(words) | links_in(words) | figures_in(words)


# Wrapped texts flow anew with every change of a word: the diff would hide it.
NO_WRAPPING = 0

_METADATA = {
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
}
# What changes with the clock or names a person.
_LEFT_OUT = frozenset({"POT-Creation-Date", "PO-Revision-Date", "Last-Translator"})


def sync(folder: Path, language: str, source: Catalog) -> tuple[Path, ...]:
    """Brings the PO files of `language` in its own `folder` in step with the English; returns those that changed.

    1. Every English text has one entry, in the order of the source, with its notes.
    2. Where the English changed, the old translation stays, marked fuzzy, with the English it was made from.
    3. A translation whose text is gone, or that is there twice, stays at the end of its file as obsolete.

    The outcome depends on the files alone; a second run changes nothing.

    Raises:
        ReadError: a file is no PO file; nothing was written.
    """
    paths = sorted({*folder.glob("*.po"), *(folder / _file_of(message) for message in source.texts)})
    files = dict(zip(paths, each(paths, _parsed_or_new), strict=True))
    old = _by_message(files.values(), source)
    folder.mkdir(parents=True, exist_ok=True)
    written = [
        path for path, file in files.items() if _write(path, _synced(path, file, language, source, old))
    ]
    return tuple(written)


def _file_of(message: str) -> str:
    return f"{message.partition('.')[0]}.po"


def _parsed_or_new(path: Path) -> polib.POFile:
    return _parsed(path) if path.exists() else polib.POFile(wrapwidth=NO_WRAPPING)


def _by_message(files: Iterable[polib.POFile], source: Catalog) -> dict[str, polib.POEntry]:
    """The best entry for each message: one in use before a fuzzy one, before an obsolete one."""
    best: dict[str, polib.POEntry] = {}
    entries = [entry for file in files for entry in file if entry.msgctxt and source.get(entry.msgctxt)]
    for entry in sorted(entries, key=lambda entry: _worth(entry, source)):
        best.setdefault(entry.msgctxt, entry)
    return best


def _worth(entry: polib.POEntry, source: Catalog) -> tuple[bool, bool, bool, bool]:
    """False sorts first."""
    english = source.texts[entry.msgctxt].text
    return (not entry.msgstr, entry.obsolete, entry.msgid != english, entry.fuzzy)


def _synced(
    path: Path, file: polib.POFile, language: str, source: Catalog, old: Mapping[str, polib.POEntry]
) -> polib.POFile:
    kept = {name: value for name, value in file.metadata.items() if name not in _LEFT_OUT}
    new = polib.POFile(wrapwidth=NO_WRAPPING)
    new.header = file.header
    new.metadata = {**kept, **_METADATA, "Language": language}
    for text in source.texts.values():
        if _file_of(text.id) == path.name:
            new.append(_entry(text, old.get(text.id)))
    in_use = {id(entry) for entry in old.values()}
    for entry in file:
        if id(entry) not in in_use and (entry.msgstr or entry.tcomment):
            new.append(_retired(entry))
    return new


def _entry(text: Text, old: polib.POEntry | None) -> polib.POEntry:
    entry = polib.POEntry(msgctxt=text.id, msgid=text.text, comment=_notes(text))
    if old is None:
        return entry
    entry.msgstr = old.msgstr
    entry.tcomment = old.tcomment
    stale = bool(old.msgstr) and (old.fuzzy or old.msgid != text.text)
    entry.flags = ["fuzzy"] * stale + [flag for flag in old.flags if flag != "fuzzy"]
    made_from = _made_from(old)
    if stale and made_from != text.text:
        entry.previous_msgid = made_from
    return entry


def _made_from(entry: polib.POEntry) -> str:
    """The English that a translator had before her, however often it changed since."""
    english: str = entry.previous_msgid if entry.fuzzy and entry.previous_msgid else entry.msgid
    return english


def _retired(entry: polib.POEntry) -> polib.POEntry:
    """`entry` as an obsolete one, which polib reads back without its notes and its previous English."""
    return polib.POEntry(
        msgctxt=entry.msgctxt,
        msgid=_made_from(entry),
        msgstr=entry.msgstr,
        tcomment=entry.tcomment,
        flags=entry.flags,
        obsolete=True,
    )


def _notes(text: Text) -> str:
    names = ", ".join(f"{{{name}}}" for name in sorted(placeholders(text.text)))
    notes = (
        f"Node: {text.id}",
        " ".join(text.note.split()),
        f"Facts: {', '.join(text.facts)}" if text.facts else "",
        f"Keep as they are: {names}" if names else "",
    )
    return "\n".join(note for note in notes if note)


def _write(path: Path, file: polib.POFile) -> bool:
    content = (str(file).rstrip("\n") + "\n").encode()
    if path.exists() and path.read_bytes() == content:
        return False
    path.write_bytes(content)
    return True
