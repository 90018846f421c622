"""How hard a text is to read: Flesch-Kincaid for English, Fernandez-Huerta for Spanish, told as a band."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

Band = Literal["easy", "plain", "hard"]


@dataclass(frozen=True)
class Sentence:
    """One sentence and its score (see `score`)."""

    text: str
    score: float


@dataclass(frozen=True)
class Measure:
    """A language's way of counting: the two limits are the last easy and the last plain score."""

    syllables: Callable[[str], int]
    formula: Callable[[float, float], float]
    """From words a sentence and syllables a word to the score."""
    easy: float
    plain: float
    harder: Literal[1, -1]
    """1 where a higher score is harder, -1 where a lower one is."""


# Both measures are made for running prose: of two words, one long one makes a text for doctors.
FEWEST_WORDS = 5


def score(text: str, language: str) -> float:
    """English: a school grade (Flesch-Kincaid, 1975). Spanish: 0 hard to 100 easy (Fernandez-Huerta, 1959).

    Raises:
        ValueError: there is no measure for the language.
    """
    measure = _measure(language)
    return _score([_words(sentence) for sentence in sentences(text)], measure)


def band(text: str, language: str) -> Band:
    """How hard `text` is as a whole; fewer than FEWEST_WORDS are easy, and a finer answer would pretend.

    Raises:
        ValueError: there is no measure for the language.
    """
    measure = _measure(language)
    if len(_words(text)) < FEWEST_WORDS:
        return "easy"
    found = score(text, language) * measure.harder
    if found <= measure.easy * measure.harder:
        return "easy"
    return "plain" if found <= measure.plain * measure.harder else "hard"


def hardest(text: str, language: str, limit: float | None = None) -> list[Sentence]:
    """The sentences of FEWEST_WORDS or more that are harder than `limit` (None: than plain), hardest first.

    Raises:
        ValueError: there is no measure for the language.
    """
    measure = _measure(language)
    limit = measure.plain if limit is None else limit
    spoken = [(sentence, _words(sentence)) for sentence in sentences(text)]
    scored = [
        Sentence(sentence, _score([words], measure))
        for sentence, words in spoken
        if len(words) >= FEWEST_WORDS
    ]
    hard = [found for found in scored if found.score * measure.harder > limit * measure.harder]
    return sorted(hard, key=lambda found: -found.score * measure.harder)


def _measure(language: str) -> Measure:
    if language not in MEASURES:
        raise ValueError(f"reading can be measured in {', '.join(MEASURES)}, got {language!r}")
    return MEASURES[language]


def _score(spoken: list[list[str]], measure: Measure) -> float:
    """The score of sentences given as words; no words at all are as easy as can be."""
    counted = [words for words in spoken if words]
    words = [word for sentence in counted for word in sentence]
    if not words:
        return measure.formula(0, 0)
    return measure.formula(len(words) / len(counted), sum(map(measure.syllables, words)) / len(words))


# A point after one of these ends no sentence, even where a capital follows; nor does one after a single letter.
_ABBREVIATIONS = frozenset(
    {
        "mr",
        "mrs",
        "ms",
        "dr",
        "st",
        "vs",
        "etc",
        "e.g",
        "i.e",
        "u.s",
        "inc",
        "sec",
        "jan",
        "feb",
        "mar",
        "apr",
    }
    | {
        "jun",
        "jul",
        "aug",
        "sep",
        "sept",
        "oct",
        "nov",
        "dec",
        "sr",
        "sra",
        "srta",
        "dra",
        "lic",
        "ud",
        "uds",
    }
    | {"p.ej", "ej", "aprox", "tel", "núm", "ee.uu", "ee", "uu", "ene", "abr", "ago", "dic"}
)
_MENU_NUMBER = re.compile(r"^\d{1,2}[.)]?\s+(?=\D)")
_ENDS = re.compile(r"(?<=[.!?…])[\"'”’)]*\s+(?=[\"'“‘(¿¡{]*[^\W_])")


def sentences(text: str) -> list[str]:
    """Cuts `text` at line ends and after closing marks; a menu line is a sentence without its number."""
    lines = (_MENU_NUMBER.sub("", line.strip()) for line in text.splitlines())
    return [sentence for line in lines for sentence in _cut(line) if sentence]


def _cut(line: str) -> list[str]:
    cuts = [
        match
        for match in _ENDS.finditer(line)
        if not _abbreviated(line[: match.start()], line[match.end() :])
    ]
    starts = [0, *(match.end() for match in cuts)]
    ends = [*(match.end() for match in cuts), len(line)]
    return [line[start:end].strip() for start, end in zip(starts, ends, strict=True)]


def _abbreviated(before: str, after: str) -> bool:
    """A small letter goes on with the sentence; so does what follows an abbreviation or an initial."""
    if not before.endswith("."):
        return False
    last = before.rsplit(maxsplit=1)[-1].lower().strip("(\"'¿¡").removesuffix(".")
    return after[:1].islower() or last in _ABBREVIATIONS or (len(last) == 1 and last.isalpha())


def _words(sentence: str) -> list[str]:
    """Words, and figures as one word each; a placeholder counts as the word in it."""
    return re.findall(r"\d[\d.,:/-]*|[^\W\d_]+(?:['’][^\W\d_]+)*", sentence.replace("_", " "))


_SILENT_E = re.compile(r"(?<=[^aeiouyl])e$|(?<=[aeiouy]l)e$|(?<=[^aeiouytdsxz])es$|(?<=[^aeiouytd])ed$")


def english_syllables(word: str) -> int:
    """Guesses by groups of vowels, less the silent e; figures and abbreviations without a vowel count their signs."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    word = re.sub(r"(?<=[aeiouy])ing$", " ing", word)
    groups = re.findall(r"[aeiouy]+", _SILENT_E.sub("", word))
    if groups or not word.isalpha():
        return max(1, len(groups))
    return 1 if re.search(r"[aeiouy]", word) else len(word)


def spanish_syllables(word: str) -> int:
    """Counts nuclei: each strong or accented vowel is one, and so is a group of weak ones that touches none."""
    word = re.sub(r"(?<=q)u|(?<=g)u(?=[eéií])", "", word.lower())
    strong = len(re.findall(r"[aeoáéóíú]", word))
    weak = len(re.findall(r"(?<![aeoáéóíúiuüy])[iuüy]+(?![aeoáéóíúiuüy])", word))
    return max(1, strong + weak)


MEASURES: dict[str, Measure] = {
    # J. P. Kincaid et al., 1975: a school grade.
    "en": Measure(
        syllables=english_syllables,
        formula=lambda words, syllables: 0.39 * words + 11.8 * syllables - 15.59,
        easy=4,
        plain=6,
        harder=1,
    ),
    # J. Fernandez Huerta, 1959, with F as words a sentence (the reading that his own examples bear out).
    "es": Measure(
        syllables=spanish_syllables,
        formula=lambda words, syllables: 206.84 - 60 * syllables - 1.02 * words,
        easy=90,
        plain=80,
        harder=-1,
    ),
}
