"""Whether a draft may be published: the faults of flows and of messages as one list, and those that need both.

Pure, but for looking up a line in the files that were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import flows.check
import messages.check
from app.directory.office import STATES
from app.referral.word import WORDS
from app.revision import LANGUAGES, Content
from app.sources import Sources
from flows.check import Clash, Known, Walk, check_flows, check_word_lists, check_words, turns, walks
from flows.definition import END, UNKNOWN, Graph, Menu, Question, Say
from flows.engine import BILINGUAL
from flows.heard import Vocabulary, fold
from flows.loader import FlowFault, FlowFiles
from messages.catalog import SOURCE_LANGUAGE, Catalog, placeholders
from messages.check import (
    Roles,
    TextFault,
    Whereabouts,
    check_dates,
    check_header,
    check_messages,
    check_translations,
)
from messages.facts import phones_in
from messages.places import RULES
from messages.render import Line, RenderError, render
from messages.segments import Segments, segments

BLOCKS: Mapping[str, str] = {
    **flows.check.BLOCKS,
    **messages.check.BLOCKS,
    "message-missing": "a node, a choice or the code says a text that is not there",
    "unknown-placeholder": "a text has a placeholder that nothing fills",
    "consent-unclear": "a consent does not show to which office it goes, or what goes there",
    "too-long": "what one turn says is over its hard limit of segments",
}
WARNS: Mapping[str, str] = {
    **flows.check.WARNS,
    **messages.check.WARNS,
    "orphan-message": "a text that no flow and no code says",
    "over-goal": "what one turn says is over the number of segments it should have",
    "unsigned": "a text states law and no lawyer has signed its facts",
}


@dataclass(frozen=True)
class Finding:
    """One thing that check found: `where` is file:line:column (file:line for PO, the file where no line is to blame)."""

    code: str
    blocks: bool
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.mend} [{self.code}]"


def check(sources: Sources, today: date | None = None) -> tuple[Finding, ...]:
    """All that is wrong with a draft, what blocks it first, then by file and line; `today` (UTC) is for the facts."""
    content, files = sources.content, sources.flow_files
    locate = Whereabouts(_message_folder(content))
    misnamed = tuple(_words(content, locate))
    vocabulary = content.vocabulary() if _can_be_built(content, misnamed) else Vocabulary(())
    found = (
        misnamed,
        _findings(check_flows(files, content.graph, _known(content))),
        _findings(check_translations(sources.problems)),
        _findings(check_messages(content.catalogs, content.register, content.words, _roles(content), fold)),
        _findings(
            check_dates(
                content.register,
                today or datetime.now(UTC).date(),
                lambda section, name: locate("facts.yaml", section, name),
            )
        ),
        *(_findings(check_header(path, path.parent.name)) for path in _po_files(sources)),
        (
            finding(
                "unsigned", _where(content, name), f"{name} states law, and no lawyer has signed it.", _SIGN
            )
            for name in content.unsigned()
        ),
        (_of_clash(clash, content, locate) for clash in check_words(content.graph, vocabulary)),
        _missing_messages(files, content),
        _orphan_messages(content),
        _placeholders(content),
        _consents(content),
        _dead_ends(content, vocabulary),
        _lengths(content),
    )
    return tuple(sorted(dict.fromkeys(each for part in found for each in part), key=_order))


_SIGN = "Have a lawyer look at its facts, and write her name as their reviewer."


def finding(code: str, where: str, what: str, mend: str) -> Finding:
    """A finding of a code that this house knows.

    Raises:
        KeyError: the code is in neither table.
    """
    if code not in BLOCKS and code not in WARNS:
        raise KeyError(code)
    return Finding(code, code in BLOCKS, where, what, mend)


def _findings(faults: Iterable[FlowFault | TextFault]) -> Iterator[Finding]:
    for fault in faults:
        yield finding(fault.code, fault.where, fault.what, fault.mend)


def _order(found: Finding) -> tuple[bool, str, int, int, str, str]:
    place = re.fullmatch(r"(.*?)(?::(\d+))?(?::(\d+))?", found.where)
    file, line, column = place.groups() if place else (found.where, None, None)
    return not found.blocks, file or "", int(line or 0), int(column or 0), found.code, found.what


# --- what the two stones need to know of each other ----------------------------------------------


def _known(content: Content) -> Known:
    spoken = frozenset(LANGUAGES) & set(content.catalogs)
    return Known(frozenset(RULES), frozenset(content.places) | STATES, spoken)


def _can_be_built(content: Content, misnamed: Iterable[Finding]) -> bool:
    """True if every language with words has texts, and calls its lists by names the engine knows."""
    unknown = any(found.code in {"unknown-command", "unknown-urgent"} for found in misnamed)
    return not unknown and set(content.words) <= set(content.catalogs)


def _message_folder(content: Content) -> Path:
    """messages/, seen from where the texts were read: messages/catalogs/en/start.yaml:2:1."""
    where = next((text.where for text in content.catalogs[SOURCE_LANGUAGE].texts.values()), "")
    parents = Path(where).parents
    return parents[2] if len(parents) > 2 else Path()


def _po_files(sources: Sources) -> list[Path]:
    places = [
        text.where
        for language, catalog in sources.content.catalogs.items()
        if language != SOURCE_LANGUAGE
        for text in catalog.texts.values()
    ]
    places += [problem.where for problem in sources.problems]
    return sorted({Path(where.split(".po", 1)[0] + ".po") for where in places if ".po" in where})


def _roles(content: Content) -> Roles:
    said = {walk.says[0] if walk.says else walk.end for walk in turns(content.graph)}
    nodes = {node.id for node in content.graph.nodes.values() if isinstance(node, Say | Menu | Question)}
    first = {*FIRST_TEXTS, *(name for name in content.catalogs[SOURCE_LANGUAGE].texts if _is_push(name))}
    return Roles(first, (said & nodes) - _crisis_texts(content.graph), nodes | _WHOLE_TEXTS)


def _crisis_texts(graph: Graph) -> frozenset[str]:
    """What is said at an emergency before the open question is asked again."""
    return frozenset(target for target in graph.urgent.values() if isinstance(graph.find(target), Say))


def _where(content: Content, message: str, language: str = SOURCE_LANGUAGE) -> str:
    text = content.catalogs[language].get(message) or content.catalogs[SOURCE_LANGUAGE].get(message)
    return text.where if text else message


def _is_push(message: str) -> bool:
    return message.startswith("push.")


# --- texts that code names -----------------------------------------------------------------------

# Every message id that stands in code, in one place. A test compares it with the code.
NAMED_BY_CODE = (
    *("start.welcome", "start.welcome_both", "start.forgotten", "push.news"),
    *("shared.help", "shared.notice", "shared.moved", "shared.lost", "shared.footer"),
    *("shared.not_understood", "shared.did_you_mean", "shared.private", "shared.media", "shared.unsigned"),
    *("shared.place_unknown", "shared.phone_unknown", "shared.word_unknown"),
    *("shared.last_line", "shared.too_many", "shared.down"),
    *("shared.opens_now", "shared.opens_today", "shared.opens_tomorrow", "shared.opens_on"),
    *("shared.date", "shared.month_year", *(f"shared.month_{number}" for number in range(1, 13))),
    *(
        "shared.what_this_phone",
        "shared.what_other_phone",
        "shared.what_no_place",
        "shared.what_minor",
        "shared.what_word",
    ),
    *("voice.what", "voice.danger", "voice.person", "voice.bye"),
)
# Answers that the consent spells out: `shared.what_<choice>`, and for the spoken language `shared.what_spoken_<choice>`.
_SPELLED_OUT = {"held": "", "reach": "", "voicemail": "", "spoken": "spoken_"}

# What may be the first text of all: nothing in its beginning may tell what the line is about.
FIRST_TEXTS = frozenset({"start.welcome", "shared.notice", "shared.help", *BILINGUAL})
# Texts of code that are whole texts and no phrases: they may state law, and are measured.
_WHOLE_TEXTS = frozenset(
    {"shared.help", "shared.notice", "shared.last_line", "shared.too_many", "shared.unsigned", "shared.media"}
    | {"shared.private", "shared.lost", "push.news", "voice.what", "voice.danger", "voice.person"}
)


def named_by_code(graph: Graph) -> frozenset[str]:
    """Every message id that code says, whatever the flows."""
    spelled = {
        f"shared.what_{_SPELLED_OUT[node.save]}{choice.name}"
        for node in graph.nodes.values()
        if isinstance(node, Menu) and node.save in _SPELLED_OUT
        for choice in node.choices
    }
    spelled |= {f"shared.what_spoken_{language}" for language in LANGUAGES}
    return frozenset(NAMED_BY_CODE) | spelled


def _said_by_flows(graph: Graph) -> Iterator[str]:
    for node in graph.nodes.values():
        if isinstance(node, Say | Menu | Question):
            yield node.id
        if isinstance(node, Menu):
            yield from (choice.id for choice in node.choices)


def _missing_messages(files: FlowFiles, content: Content) -> Iterator[Finding]:
    source = content.catalogs[SOURCE_LANGUAGE]
    for name in dict.fromkeys(_said_by_flows(content.graph)):
        if source.get(name) is None:
            flow, key = name.split(".", 1)
            mend = f"Write `{key}:` in messages/catalogs/en/{flow}.yaml."
            yield finding("message-missing", files.where(name), f"{name} has no text.", mend)
    for name in sorted(named_by_code(content.graph) - set(_said_by_flows(content.graph))):
        if source.get(name) is None:
            flow, key = name.split(".", 1)
            where = (_message_folder(content) / f"catalogs/en/{flow}.yaml").as_posix()
            yield finding(
                "message-missing", where, f"the line says {name}, which has no text.", f"Write `{key}:`."
            )


def _orphan_messages(content: Content) -> Iterator[Finding]:
    said = {*_said_by_flows(content.graph), *named_by_code(content.graph)}
    for text in content.catalogs[SOURCE_LANGUAGE].texts.values():
        if text.id not in said:
            mend = "Take it out, or name a node or choice so."
            yield finding("orphan-message", text.where, f"nothing says {text.id}.", mend)


# --- placeholders --------------------------------------------------------------------------------

# The longest realistic value of everything a text may name; app/values.py fills the same names. What is made of phrases
# of the catalogs, or differs by language, is worked out in `longest_values`.
LONGEST = {
    "line": "Amparo",
    "voice": "202-555-0142",
    "hours": "Mon-Fri 9am-8pm Eastern",
    "email": "hotline@example.org",
    "state": "Massachusetts",
    "checked": "Nov 2026",
    "reference": "K7M2P",
    "word": "watermelon",
    "since": "Nov 30",
    "what": "",
    "office": "Centro Legal Valle Verde",
    "office_phone": "202-555-0142",
    "opens": "",
}
# Texts that are filled on their own, with other values than these.
_OWN_VALUES: Mapping[str, frozenset[str]] = {
    "shared.did_you_mean": frozenset({*LONGEST, "guess"}),
    "shared.opens_now": frozenset(),
    "shared.opens_today": frozenset({"time"}),
    "shared.opens_tomorrow": frozenset({"time"}),
    "shared.opens_on": frozenset({"date", "time"}),
    "shared.date": frozenset({"month", "day"}),
    "shared.month_year": frozenset({"month", "year"}),
    "shared.down": frozenset({"line", "voice"}),
    "push.news": frozenset({"line"}),
}


def _fillable(message: str) -> frozenset[str]:
    if message.startswith("voice."):
        return frozenset({"line", "voice"})
    if message.startswith(("shared.month_", "shared.what_")):
        return _OWN_VALUES.get(message, frozenset())
    return _OWN_VALUES.get(message, frozenset(LONGEST))


def _placeholders(content: Content) -> Iterator[Finding]:
    for text in content.catalogs[SOURCE_LANGUAGE].texts.values():
        known = _fillable(text.id)
        for name in sorted(placeholders(text.text) - known):
            what = f"{text.id} has {{{name}}}, which nothing fills."
            mend = (
                f"Use one of: {', '.join(f'{{{one}}}' for one in sorted(known))}."
                if known
                else "Take it out."
            )
            yield finding("unknown-placeholder", text.where, what, mend)


def _consents(content: Content) -> Iterator[Finding]:
    for node in content.graph.nodes.values():
        text = content.catalogs[SOURCE_LANGUAGE].get(node.id)
        if isinstance(node, Menu) and node.consent and text:
            for name in sorted({"office", "what"} - placeholders(text.text)):
                what = f"the consent {node.id} does not show {{{name}}}."
                mend = "A person agrees to exactly {what} going to {office}: say both."
                yield finding("consent-unclear", text.where, what, mend)


# --- words ---------------------------------------------------------------------------------------


def _words(content: Content, locate: Whereabouts) -> Iterator[Finding]:
    """What the words files call by names that nobody knows, and phrases that cannot be read."""
    choices = frozenset(name for name in _said_by_flows(content.graph) if name not in content.graph.nodes)
    for language, words in content.words.items():
        named = {"commands": words.commands, "urgent": words.urgent, "choices": words.choices}
        phrases = {"greetings": words.greetings, "stop_phrases": words.stop_phrases, "calm": words.calm}
        for misfit in check_word_lists(named, {**phrases, **words.urgent}, choices):
            keys = misfit.part.split(":")
            where = locate(f"words/{language}.yaml", *keys, word=misfit.word)
            yield finding(misfit.code, where, misfit.what, misfit.mend)


def _of_clash(clash: Clash, content: Content, locate: Whereabouts) -> Finding:
    return finding(clash.code, _of_word(clash, content, locate), clash.what, clash.mend)


def _of_word(clash: Clash, content: Content, locate: Whereabouts) -> str:
    """Where a word stands: in a words file, or as a label in a catalog."""
    language, *keys = clash.part.split(".")
    if language in content.words and keys[0] in {"stop", "commands", "numbers", "names"}:
        return locate(f"words/{language}.yaml", *keys, word=clash.word)
    for language, words in content.words.items():
        for written in words.choices.get(clash.part, ()):
            if fold(written) == clash.word:
                return locate(f"words/{language}.yaml", "choices", clash.part, word=written)
    for catalog in content.catalogs.values():
        label = catalog.get(clash.part)
        if label is not None and fold(label.text) == clash.word:
            return label.where
    return _where(content, clash.part)


# A way on that a text may name besides a command in capitals: a number to call, a code to text.
_WAYS_ON = frozenset({"voice", "office_phone", "reference"})
_CODE = frozenset({"code", "codigo", "clave"})


def _dead_ends(content: Content, vocabulary: Vocabulary) -> Iterator[Finding]:
    """Texts after which the conversation rests and that tell no way on."""
    crisis = _crisis_texts(content.graph)
    for node in content.graph.nodes.values():
        text = content.catalogs[SOURCE_LANGUAGE].get(node.id)
        rests = isinstance(node, Say) and node.next == END and node.id not in crisis
        if rests and text is not None and not _tells_a_way_on(text.text, vocabulary):
            what = f"{node.id} ends the conversation and tells no way on."
            mend = "Say what to text next (0, MENU, LAWYER, the code) or whom to call, or lead to a menu."
            yield finding("dead-end", text.where, what, mend)


def _tells_a_way_on(text: str, vocabulary: Vocabulary) -> bool:
    words = re.findall(r"[^\W_]+", text)
    return bool(
        placeholders(text) & _WAYS_ON
        or phones_in(text)
        or any(word == "0" or fold(word) in _CODE for word in words)
        or any(word.isupper() and fold(word) in vocabulary.commands for word in words)
    )


# --- segments ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Limit:
    """How many segments a text should have at most, and how many it may."""

    goal: int
    hard: int


ORDINARY = Limit(2, 3)
# What one turn says, by the node it comes to.
TURN_LIMITS = {
    "now.tell": Limit(2, 2),
    "start.welcome": Limit(2, 2),
    **dict.fromkeys(BILINGUAL, Limit(3, 3)),
}
# A push, a crisis text, and the first thing to tell a person who is held.
ONE = Limit(1, 1)


@dataclass(frozen=True)
class _Said:
    """What is said in one go, in one language or in all of them: `owner` is the message to be made shorter."""

    owner: str
    language: str
    lines: tuple[Line, ...]
    limit: Limit
    both: bool = False


def _lengths(content: Content) -> Iterator[Finding]:
    """The longest of everything that is said at each node, in each language."""
    values = {language: longest_values(content, language) for language in content.catalogs}
    longest: dict[tuple[str, str, bool, Limit], tuple[int, int, _Said, str]] = {}
    for said in _everything_said(content):
        words = _rendered(said, content, values)
        if words is None:
            continue
        size = segments(words).count, len(words)
        key = said.owner, said.language, said.both, said.limit
        if key not in longest or size > longest[key][:2]:
            longest[key] = (*size, said, words)
    for _, _, said, words in longest.values():
        yield from _too_long(content, said, words)


def _everything_said(content: Content) -> Iterator[_Said]:
    walked = [said for walk in turns(content.graph) if (said := _of_walk(content.graph, walk))]
    for language in content.catalogs:
        for name, limit in _own_limits(content).items():
            yield _Said(name, language, (Line(name),), limit)
        for said in walked:
            yield replace(said, language=language)
    for walk in _in_all_languages(content.graph):
        if said := _of_walk(content.graph, walk):
            yield replace(said, language=LANGUAGES[0], both=True)


def _own_limits(content: Content) -> Mapping[str, Limit]:
    """Texts that must fit by themselves; what is spoken has no segments."""
    whole = [name for name in _WHOLE_TEXTS if not name.startswith("voice.")]
    pushes = [name for name in content.catalogs[SOURCE_LANGUAGE].texts if _is_push(name)]
    crisis = _crisis_texts(content.graph)
    return {**dict.fromkeys(whole, ORDINARY), **dict.fromkeys((*pushes, *crisis, "now.tell"), ONE)}


def _of_walk(graph: Graph, walk: Walk) -> _Said | None:
    node = graph.find(walk.end)
    lines = [Line(said) for said in walk.says]
    if isinstance(node, Menu | Question):
        lines.append(
            Line(node.id, tuple(choice.id for choice in node.choices) if isinstance(node, Menu) else ())
        )
        lines += [Line("shared.footer")] if node.footer else []
        owner = node.id
    elif walk.says:
        owner = walk.says[-1]
    else:
        return None
    return _Said(owner, "", tuple(lines), TURN_LIMITS.get(owner, ORDINARY))


def _in_all_languages(graph: Graph) -> Iterator[Walk]:
    """What is said before the language is known, and so in all of them: the first text, what it leads to, goodbye."""
    first = [node for name in sorted(BILINGUAL) if (node := graph.find(name))]
    targets = (target for node in first for target in node.targets())
    for start in dict.fromkeys((*BILINGUAL, *targets, graph.commands.get("stop", END))):
        for walk in walks(graph, start):
            if not walk.sets_language:
                yield walk


def _rendered(said: _Said, content: Content, values: Mapping[str, Mapping[str, str]]) -> str | None:
    """The words as they would be sent; None where a text is missing, which is told elsewhere."""
    languages = [one for one in LANGUAGES if one in content.catalogs] if said.both else [said.language]
    try:
        spoken = [render(said.lines, content.catalogs[one], values[one]).strip() for one in languages]
    except (RenderError, KeyError):
        return None
    return "\n".join(dict.fromkeys(spoken))


def _too_long(content: Content, said: _Said, words: str) -> Iterator[Finding]:
    counted = segments(words)
    if counted.count <= said.limit.goal:
        return
    blocks = counted.count > said.limit.hard
    before = [line.message for line in said.lines if line.message not in {said.owner, "shared.footer"}]
    after = f" after {' and '.join(before)}" if before else ""
    language = " and ".join(LANGUAGES) if said.both else said.language
    limit = f"at most {said.limit.hard}" if blocks else f"{said.limit.goal} should be enough"
    what = (
        f"{said.owner} ({language}){after} takes {_told(counted.count)} with long values, {limit}."
        f"{_forced(counted, words)}"
    )
    mend = (
        "Write it without these characters, or make it shorter." if counted.forced_by else "Make it shorter."
    )
    yield finding(
        "too-long" if blocks else "over-goal", _where(content, said.owner, said.language), what, mend
    )


def _told(count: int) -> str:
    return f"{count} segment{'s' if count != 1 else ''}"


def _forced(counted: Segments, words: str) -> str:
    """Which characters force UCS-2 (70 characters a segment instead of 160), and what that costs."""
    if not counted.forced_by:
        return ""
    plain = words
    for character in counted.forced_by:
        plain = plain.replace(character, "x")
    names = " ".join(counted.forced_by)
    without = f"without {'it' if len(counted.forced_by) == 1 else 'them'}, {_told(segments(plain).count)}"
    return f" Because of {names} a segment holds 70 characters and not 160; {without}."


# --- the longest values --------------------------------------------------------------------------


def longest_values(content: Content, language: str) -> dict[str, str]:
    """Every value at its longest, in one language."""
    catalog = content.catalogs[language]
    state = _dearest(place.names.get(language, place.names["en"]) for place in content.places.values())
    month = _dearest(_phrase(catalog, f"shared.month_{number}") for number in range(1, 13))
    day = _phrase(catalog, "shared.date", month=month, day="30")
    opens = (
        _phrase(catalog, "shared.opens_now"),
        _phrase(catalog, "shared.opens_today", time="12:30 pm"),
        _phrase(catalog, "shared.opens_tomorrow", time="12:30 pm"),
        _phrase(catalog, "shared.opens_on", date=day, time="12:30 pm"),
    )
    state = _dearest((state, LONGEST["state"]))
    return {
        **LONGEST,
        "state": state,
        "checked": _phrase(catalog, "shared.month_year", month=month, year="2026"),
        "since": day,
        "word": _dearest(WORDS.get(language, WORDS["en"])),
        "opens": _dearest(opens),
        "what": _longest_what(content.graph, catalog, state),
    }


def _longest_what(graph: Graph, catalog: Catalog, state: str) -> str:
    """Everything an office can be told, each at its longest."""
    parts = [
        _dearest(_phrase(catalog, f"shared.what_{phone}") for phone in ("this_phone", "other_phone")),
        state,
    ]
    for answer, prefix in _SPELLED_OUT.items():
        names = [
            f"shared.what_{prefix}{choice.name}"
            for node in graph.nodes.values()
            if isinstance(node, Menu) and node.save == answer
            for choice in node.choices
            if choice.name != UNKNOWN
        ]
        parts.append(_dearest(_phrase(catalog, name) for name in names))
    parts += [_phrase(catalog, "shared.what_minor"), _phrase(catalog, "shared.what_word")]
    return ", ".join(part for part in parts if part)


def _dearest(words: Iterable[str]) -> str:
    """The words that cost most: those outside GSM-7 first, then the longest."""
    return max(words, key=lambda word: (bool(segments(word).forced_by), len(word)), default="")


def _phrase(catalog: Catalog, message: str, **values: str) -> str:
    """A small phrase with these values; nothing where it is missing or asks for others, which is told elsewhere."""
    try:
        return render([Line(message)], catalog, values)
    except RenderError:
        return ""
