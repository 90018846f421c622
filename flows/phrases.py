"""Phrases as people who are not programmers write them, and how they are found in a text with small typing errors.

    ice * (took|arrested) my husband     words in this order; `*` is up to three words of any kind
    detain~                              a word that begins with these letters
    (mi esposo|mi marido)                one of these; with an empty one, (a|), it may be missing
    la migra.                            a full stop at the end: these words and nothing else

One wrong letter is forgiven in a word of five letters or more, two in a word of nine, unless what was typed is itself a
word of one of the phrases. A word's first letter must sound right: that keeps "house" from being read as "mouse". Words are compared as they sound
in Spanish.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType

GAP_WORDS = 3
ONE_EDIT, TWO_EDITS = 5, 9  # letters a word needs before one, two errors in it are forgiven
BY_EAR, BEGINNING = (
    4,
    6,
)  # letters a word, the beginning of a word, needs to be known by its sound or with an error
LONGEST_WORD = 24  # a longer word is nobody's typing error

_PIECES = re.compile(r"\([^()]*\)|[^\s()]+")
# Spanish has several letters for one sound, and a silent one; people write what they hear.
_EAR = tuple(
    (re.compile(letters), sound)
    for letters, sound in (
        ("ch", "x"), ("qu(?=[ei])", "k"), ("[cz](?=[ei])", "s"), ("z", "s"), ("c", "k"),
        ("g(?=[ei])", "j"), ("v", "b"), ("ll", "y"), ("(?<![cgpstw])h", ""),
    )
)  # fmt: skip
_FIRST = {"e": "i"}  # "emigracion" for "inmigracion"

Fold = Callable[[str], str]
# One way to write a step: the words that must follow one another. A word that ends in "~" is the beginning of a word.
Way = tuple[str, ...]


class PhraseError(ValueError):
    """A phrase that cannot be read: says which, and how to mend it."""


@dataclass(frozen=True)
class Step:
    """The ways in which one step of a phrase can be written; an empty way: it may be missing."""

    ways: tuple[Way, ...]

    @cached_property
    def _by_first(self) -> Mapping[str, tuple[Way, ...]]:
        """By their first word: of a hundred ways, one or two can begin with the word that stands there."""
        found: dict[str, tuple[Way, ...]] = {}
        for way in self.ways:
            first = way[0] if way else ""
            found[first] = (*found.get(first, ()), way)
        return found

    def beginning(self, entries: Iterable[str]) -> Iterator[Way]:
        """The ways that begin with one of these entries, and the empty one."""
        for first in ("", *entries):
            yield from self._by_first.get(first, ())


@dataclass(frozen=True)
class Phrase:
    """One phrase: its steps in order (None is a gap), and whether it must be the whole text."""

    written: str
    steps: tuple[Step | None, ...]
    whole: bool

    @property
    def first(self) -> Step:
        """The step it begins with, which is never a gap."""
        step = self.steps[0]
        assert step is not None  # noqa: S101 - parse refuses such a phrase
        return step


@dataclass(frozen=True)
class Found:
    """Where a phrase stands in a text: from word `start` to before word `end`; `weight` words were named by it."""

    tag: str
    start: int
    end: int
    weight: int


def parse(written: str, fold: Fold) -> Phrase:
    """The phrase behind what an operator wrote.

    Raises:
        PhraseError: brackets without a pair, no words at all, or a gap at an end.
    """
    body = written.strip()
    whole = body.endswith(".")
    pieces = _PIECES.findall(body)
    if "".join(pieces).replace(" ", "") != body.replace(" ", ""):
        raise PhraseError(
            f"phrase {written!r} has a bracket without its pair. Write alternatives as (one|two)."
        )
    steps = tuple(step for piece in pieces for step in _steps(piece, fold, written))
    if not steps or steps[0] is None or not all(steps[0].ways) or steps[-1] is None:
        raise PhraseError(
            f"phrase {written!r} must begin and end with a word. Take away the * or the (|) there."
        )
    return Phrase(written, steps, whole)


def _steps(piece: str, fold: Fold, written: str) -> Iterator[Step | None]:
    if piece == ".":
        return
    if piece == "*":
        yield None
        return
    ways = tuple(_way(way, fold) for way in piece.strip("().").split("|"))
    if not any(ways):
        raise PhraseError(
            f"phrase {written!r} has an empty word at {piece!r}. Write letters there or take it away."
        )
    yield Step(ways)


def _way(words: str, fold: Fold) -> Way:
    return tuple(
        folded + ("~" if at_end and word.endswith("~") else "")
        for word in words.split()
        for folded, at_end in _marked(fold(word.rstrip("~")).split())
    )


def _marked(words: list[str]) -> list[tuple[str, bool]]:
    return [(word, place == len(words) - 1) for place, word in enumerate(words)]


def distance(left: str, right: str, limit: int) -> int:
    """Edits between two words, a swap of neighbours counted once (optimal string alignment); `limit` + 1 if more."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, 1):
        above, row = row, [i]
        for j, other in enumerate(right, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before = above
    return min(row[-1], limit + 1)


def forgiven(word: str) -> int:
    """How many typing errors a word of this length is allowed."""
    return 0 if len(word) < ONE_EDIT else 1 if len(word) < TWO_EDITS else 2


def by_ear(word: str) -> str:
    """The word as one who writes by ear would: "kiero" and "quiero", "ijo" and "hijo", "biolencia" and "violencia"."""
    for pattern, sound in _EAR:
        word = pattern.sub(sound, word)
    return word


class Lexicon:
    """The words that phrases are made of, and which of them a typed word stands for."""

    def __init__(self, entries: Iterable[str], shorthand: Mapping[str, str] = MappingProxyType({})) -> None:
        """`shorthand` are words as thumbs write them, and the words they stand for ("q": que, "u": you)."""
        every = frozenset(entries)
        self._shorthand = shorthand
        self._words = frozenset(entry for entry in every if not entry.endswith("~"))
        self._beginnings = frozenset(entry[:-1] for entry in every if entry.endswith("~"))
        self._shortest = min(map(len, self._beginnings), default=0)
        self._misspelt: dict[str, set[str]] = defaultdict(set)
        for entry in every:
            self._learn(entry)

    def _learn(self, entry: str) -> None:
        word = entry.rstrip("~")
        # A short beginning with an error in it would begin too many words.
        if len(word) < (BEGINNING if entry.endswith("~") else BY_EAR):
            return
        for left in _with_letters_missing(by_ear(word), forgiven(word)):
            self._misspelt[left].add(entry)

    def reads(self, typed: str) -> frozenset[str]:
        """Every entry this word stands for: itself, the beginnings it has, else what it may be a misspelling of."""
        meant = self._shorthand.get(typed)
        return self._reads(typed) | self._reads(meant) if meant else self._reads(typed)

    def _reads(self, typed: str) -> frozenset[str]:
        known = {typed} & self._words
        known.update(
            typed[:length] + "~"
            for length in range(self._shortest, len(typed) + 1)
            if typed[:length] in self._beginnings
        )
        if known or not BY_EAR - 1 <= len(typed) <= LONGEST_WORD:
            return frozenset(known)
        heard = by_ear(typed)
        if len(typed) < ONE_EDIT:  # "ijo" is "hijo"; a letter more or less would be another word
            return frozenset(entry for entry in self._misspelt.get(heard, ()) if by_ear(entry) == heard)
        return frozenset(self._guesses(heard))

    def _guesses(self, heard: str) -> Iterator[str]:
        for entry in self._near(heard):
            if not entry.endswith("~") and _is_misspelt(heard, entry):
                yield entry
        for length in range(BEGINNING - 1, len(heard) + 1):
            for entry in self._near(heard[:length]):
                if entry.endswith("~") and _is_misspelt(heard[:length], entry[:-1]):
                    yield entry

    def _near(self, heard: str) -> set[str]:
        most = 2 if len(heard) >= TWO_EDITS - 2 else 1
        near: set[str] = set()
        for left in _with_letters_missing(heard, most):
            near |= self._misspelt.get(left, set())
        return near


def _with_letters_missing(word: str, most: int) -> set[str]:
    """The word with up to `most` letters left out; two words with a common one are near (symmetric deletion)."""
    made = {word}
    for _ in range(most):
        made |= {left[:i] + left[i + 1 :] for left in made for i in range(len(left))}
    return made


def _is_misspelt(heard: str, meant: str) -> bool:
    sound = by_ear(meant)
    limit = forgiven(sound)
    same_start = _FIRST.get(heard[:1], heard[:1]) == _FIRST.get(sound[:1], sound[:1])
    return same_start and distance(heard, sound, limit) <= limit


def entries_of(phrases: Iterable[Phrase]) -> Iterator[str]:
    """Every word and beginning of a word that the phrases name."""
    for phrase in phrases:
        for step in phrase.steps:
            for way in step.ways if step else ():
                yield from way


class PhraseBook:
    """Phrases under tags, compiled once; finding them takes well under a millisecond for an ordinary text."""

    def __init__(self, phrases: Iterable[tuple[str, Phrase]], lexicon: Lexicon | None = None) -> None:
        self._phrases = tuple(phrases)
        self._first: dict[str, list[int]] = defaultdict(list)
        for place, (_, phrase) in enumerate(self._phrases):
            for first in {way[0] for way in phrase.first.ways}:
                self._first[first].append(place)
        self._lexicon = lexicon or Lexicon(entries_of(phrase for _, phrase in self._phrases))

    def found(self, words: Sequence[str], bare: tuple[int, int] | None = None) -> Iterator[Found]:
        """Every place in these folded words where a phrase stands, the fullest and then shortest reading of each.

        `bare` are the first word, and the one after the last, that a phrase with a full stop must cover; none: all.
        """
        first, last = bare or (0, len(words))
        reads = [self._lexicon.reads(word) for word in words]
        for start, entries in enumerate(reads):
            for place in sorted({place for entry in entries for place in self._first.get(entry, ())}):
                tag, phrase = self._phrases[place]
                ends = _ends(phrase.steps, reads, start, 0)
                if phrase.whole:
                    ends = ((end, weight) for end, weight in ends if start <= first and last <= end)
                fullest = max(ends, key=lambda found: (found[1], -found[0]), default=None)
                if fullest is not None:
                    yield Found(tag, start, *fullest)

    def covers(self, words: Sequence[str]) -> bool:
        """True if one phrase is all of these words."""
        reads = [self._lexicon.reads(word) for word in words]
        first = {place for entry in (reads[0] if reads else ()) for place in self._first.get(entry, ())}
        return any(
            end == len(words)
            for place in first
            for end, _ in _ends(self._phrases[place][1].steps, reads, 0, 0)
        )


def _ends(
    steps: Sequence[Step | None], reads: Sequence[frozenset[str]], at: int, weight: int
) -> Iterator[tuple[int, int]]:
    """Where the steps can end if they begin at word `at`, with the number of words they named."""
    if not steps:
        yield at, weight
        return
    step, rest = steps[0], steps[1:]
    if step is None:
        for skipped in range(GAP_WORDS + 1):
            if at + skipped < len(reads):
                yield from _ends(rest, reads, at + skipped, weight)
        return
    for way in step.beginning(reads[at] if at < len(reads) else ()):
        if _stands(way, reads, at):
            yield from _ends(rest, reads, at + len(way), weight + len(way))


def _stands(way: Way, reads: Sequence[frozenset[str]], at: int) -> bool:
    return at + len(way) <= len(reads) and all(word in reads[at + place] for place, word in enumerate(way))


def repeats(words: Sequence[str]) -> bool:
    """True if these are one word said again and again ("stop stop stop")."""
    return bool(words) and all(left == right for left, right in pairwise(words))
