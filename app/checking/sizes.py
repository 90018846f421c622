"""How many segments a turn takes: everything that is said in one go, with the longest values, against its limit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations

from app.checking.findings import Finding, finding, where_of
from app.checking.ids import WHOLE_TEXTS, crisis_texts, is_push
from app.checking.values import longest_values
from app.revision import LANGUAGES, Content
from app.standing import given_way, resting, standing_of
from flows.definition import END, Graph, Menu, Question
from flows.steps import BILINGUAL
from flows.walks import Walk, turns, walks
from messages.catalog import SOURCE_LANGUAGE
from messages.render import Line, RenderError, render
from messages.segments import Segments, segments


@dataclass(frozen=True)
class Limit:
    """How many segments a text should have at most, and how many it may."""

    goal: int
    hard: int


ORDINARY = Limit(2, 3)
FIRST = Limit(3, 3)  # to somebody of whom we know nothing: it says what the line is as well
# What one turn says, by the node it comes to.
TURN_LIMITS = {
    "now.tell": Limit(2, 2),
    "start.welcome": Limit(2, 2),
    **dict.fromkeys(BILINGUAL, FIRST),
}
# A push, a crisis text, and the first thing to tell a person who is held.
ONE = Limit(1, 1)
# What a locked line says, in both languages.
TWO = Limit(2, 2)


@dataclass(frozen=True)
class _Said:
    """What is said in one go, in one language or in all of them: `owner` is the message to be made shorter."""

    owner: str
    language: str
    lines: tuple[Line, ...]
    limit: Limit
    both: bool = False


def check_sizes(content: Content) -> Iterator[Finding]:
    """The longest of everything that is said at each node, in each language."""
    values = {language: longest_values(content, language) for language in content.catalogs}
    longest: dict[tuple[str, str, bool, Limit], tuple[int, int, _Said, str]] = {}
    for said, words in _worded(content, values):
        size = segments(words).count, len(words)
        key = said.owner, said.language, said.both, said.limit
        if key not in longest or size > longest[key][:2]:
            longest[key] = (*size, said, words)
    for _, _, said, words in longest.values():
        yield from _too_long(content, said, words)


# --- what is said in one go ----------------------------------------------------------------------


def _worded(content: Content, values: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[_Said, str]]:
    """Everything that is said, in words; and the same with standing texts in place of whatever may fall."""
    may_fall = resting(content.catalogs[SOURCE_LANGUAGE], content.register)
    for said in _everything_said(content):
        for each in (said, *_given_way(said, may_fall)):
            words = _rendered(each, content, values)
            if words is not None:
                yield each, words


def _everything_said(content: Content) -> Iterator[_Said]:
    walked = [said for walk in turns(content.graph) if (said := _of_walk(content.graph, walk))]
    for language in content.catalogs:
        for name, limit in _own_limits(content).items():
            yield _Said(name, language, (Line(name),), limit)
        for said in (*walked, *_bells(content.graph), *_after_the_notice(content, language)):
            yield replace(said, language=language)
    for walk in _in_all_languages(content.graph):
        if said := _of_walk(content.graph, walk):
            yield replace(said, language=LANGUAGES[0], both=True)


def _bells(graph: Graph) -> Iterator[_Said]:
    """Each question that the line asks by itself, with the choices of the menu that hears the answer."""
    for question, target in graph.asked.items():
        node = graph.find(target)
        if isinstance(node, Menu):
            name = f"push.{question}"
            yield _Said(name, "", (Line(name, tuple(choice.id for choice in node.choices)),), ONE)


def _own_limits(content: Content) -> Mapping[str, Limit]:
    """Texts that must fit by themselves; what is spoken has no segments."""
    whole = [name for name in WHOLE_TEXTS if not name.startswith("voice.")]
    pushes = [name for name in content.catalogs[SOURCE_LANGUAGE].texts if is_push(name)]
    crisis = crisis_texts(content.graph)
    short = dict.fromkeys((*pushes, *crisis, "now.tell"), ONE)
    return {**dict.fromkeys(whole, ORDINARY), **short, "shared.locked": TWO}


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


def _after_the_notice(content: Content, language: str) -> Iterator[_Said]:
    """What a first text gets that is a question in somebody's own words: the notice, and the answer.

    In the language of the question, which proves hers.
    """
    topics = content.words[language].topics if language in content.words else ()
    for topic in topics:
        for walk in walks(content.graph, topic):
            if said := _of_walk(content.graph, walk):
                lines = (Line("shared.notice"), *said.lines)
                yield replace(said, owner="shared.notice", lines=lines, limit=FIRST)


def _given_way(said: _Said, may_fall: Collection[str]) -> Iterator[_Said]:
    """The same turn for every choice of texts in it that have fallen; nothing where none can."""
    may_fall = [line.message for line in said.lines if line.message in may_fall]
    for count in range(1, len(may_fall) + 1):
        for fallen in combinations(may_fall, count):
            kept = given_way([line.message for line in said.lines], fallen.__contains__)
            lines = tuple(replace(said.lines[place], message=message) for place, message in kept)
            owner = standing_of(said.owner) if said.owner in fallen else said.owner
            yield replace(said, owner=owner, lines=lines)


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


# --- what is too long ----------------------------------------------------------------------------


def _too_long(content: Content, said: _Said, words: str) -> Iterator[Finding]:
    counted = segments(words)
    if counted.count <= said.limit.goal:
        return
    blocks = counted.count > said.limit.hard
    others = [line.message for line in said.lines if line.message not in {said.owner, "shared.footer"}]
    beside = "before" if said.lines[0].message == said.owner else "after"
    after = f" {beside} {' and '.join(others)}" if others else ""
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
        "too-long" if blocks else "over-goal", where_of(content, said.owner, said.language), what, mend
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
