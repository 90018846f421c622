"""What a person said, made comparable; and what it means wherever it is said."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from flows.phrases import Lexicon, Phrase, PhraseBook, distance, entries_of, forgiven, parse, repeats

LONGEST = 1600  # characters of one text, Twilio's own limit
COMMANDS = (
    "menu", "back", "lawyer", "call", "erase", "bye", "news", "withdraw", "now",
    "languages", "start", "help", "unsure", "skip", "agree", "refuse",
)  # fmt: skip
URGENT_KINDS = ("self_harm", "danger", "violence", "child", "door", "stopped", "parent", "held", "raid")
# A referral's code. Without 0 O 1 I L U, which are misread, and without vowels: no word and no "9am" is one.
REFERENCE_LETTERS = "bcdfghjkmnpqrstvwxyz23456789"
REFERENCE_LENGTH = 5

_LETTERS_WITHOUT_ACCENT = str.maketrans(
    {"đ": "d", "ø": "o", "ł": "l", "ı": "i", "œ": "oe", "æ": "ae", "🔟": "10"}
)
_MARKS_DROPPED = re.compile(
    "[\u0300-\u036f\u0640\u064b-\u065f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f]"
)
_APOSTROPHES = re.compile("(?<=[^\\W\\d_])['`\u00b4\u02bc\u2018\u2019\u02c8\u02bb](?=[^\\W\\d_])")
_INITIALS = re.compile(r"(?<!\w)([^\W\d_])\.(?=[^\W\d_](?!\w))")
_SENTENCE_ENDS = re.compile(r"[.!?;,\u2026\u3002\uff01\uff1f]+")
_HOUR = re.compile(r"[0-9]{1,2}[ap]m")
_CARRIERS_WORDS = frozenset({"start", "unstop"})
_BEFORE_A_CODE = frozenset(
    {"code", "codigo", "clave", "ref", "reference", "referencia", "withdraw", "retirar"}
)


def fold(text: str) -> str:
    """The text without case, accents, foreign digits and punctuation; folding twice changes nothing.

    Punctuation becomes a space, save between two digits ("12:30", "77002-1234"). An apostrophe within a word and the
    dots of initials vanish ("don't" and "dont", "D.C." and "dc", are one).
    """
    spread = _MARKS_DROPPED.sub("", unicodedata.normalize("NFKD", text))
    plain = unicodedata.normalize("NFKD", spread.casefold()).translate(_LETTERS_WITHOUT_ACCENT)
    plain = "".join(map(_simple, _MARKS_DROPPED.sub("", plain)))
    plain = _INITIALS.sub(r"\1", _APOSTROPHES.sub("", plain))
    return _spaced(unicodedata.normalize("NFKC", plain))


def _simple(char: str) -> str:
    """ASCII digits for the digits of every script, one dash for all dashes; nothing for what is not seen."""
    if char.isascii():
        return char
    digit = unicodedata.digit(char, None)
    if digit is not None:
        return str(digit)
    category = unicodedata.category(char)
    if category == "Pd" or char == "\u2212":
        return "-"
    return "" if category in {"Cf", "Cs", "Co"} else char


def _spaced(text: str) -> str:
    kept = []
    for at, char in enumerate(text):
        if unicodedata.category(char)[0] in "LNM":
            kept.append(char)
            continue
        inside = char in ".,:/-" and text[at - 1 : at].isdecimal() and text[at + 1 : at + 2].isdecimal()
        kept.append(char if inside else " ")
    return " ".join("".join(kept).split())


@dataclass(frozen=True)
class Heard:
    """One text: `said` as it was written, cleaned; `text` folded, to be compared; `media` came with a picture or sound."""

    said: str
    text: str
    media: bool = False

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded words."""
        return tuple(self.text.split())


def hear(text: str) -> Heard:
    """What was said, safe whatever it was: control characters gone, spaces single, at most 1600 characters."""
    visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text[:LONGEST])
    said = " ".join(
        "".join(char for char in visible if unicodedata.category(char) not in {"Cf", "Cs"}).split()
    )
    return Heard(said, fold(said)[:LONGEST].strip())


@dataclass(frozen=True)
class Words:
    """What may be typed in one language, as its own people write it. Read from messages/words/<language>.yaml.

    `fillers` are words that change nothing at the edges of a text (please, gracias, option), `shorthand` words as thumbs
    write them and what they stand for (q: que). The phrases (`greetings`,
    `stop_phrases`, `urgent`, `calm`, `topics`, `answers`) are written as flows.phrases explains.
    """

    language: str
    names: tuple[str, ...] = ()
    greetings: tuple[str, ...] = ()
    numbers: Mapping[str, int] = field(default_factory=dict)
    commands: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stop: tuple[str, ...] = ()
    stop_phrases: tuple[str, ...] = ()
    choices: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    urgent: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    calm: tuple[str, ...] = ()
    topics: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    fillers: tuple[str, ...] = ()
    shorthand: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z]{2,3}", self.language):
            raise ValueError(f"a language is two or three small letters, got {self.language!r}")
        _refuse_unknown("command", self.commands, COMMANDS)
        _refuse_unknown("kind of urgent", self.urgent, URGENT_KINDS)


def _refuse_unknown(what: str, names: Iterable[str], known: Sequence[str]) -> None:
    for name in names:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r}; there are {', '.join(known)}")


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """Every language's words, compiled the first time they are needed; `stop` are opt-out words of other languages.

    Raises:
        PhraseError: on first use, if a phrase cannot be read.
    """

    languages: tuple[Words, ...]
    stop: tuple[str, ...] = ()

    def compile(self) -> None:
        """Compiles every phrase now instead of at the first text.

        Raises:
            PhraseError: a phrase cannot be read.
        """
        for compiled in (
            "stops",
            "fillers",
            "numbers",
            "commands",
            "names",
            "choices",
            "stop_book",
            "urgent_book",
            "topic_book",
            "answer_book",
        ):
            getattr(self, compiled)

    @cached_property
    def stops(self) -> frozenset[str]:
        """The exact opt-out words of all languages, folded."""
        return frozenset(fold(word) for words in self.languages for word in words.stop) | set(
            map(fold, self.stop)
        )

    @cached_property
    def fillers(self) -> frozenset[str]:
        """Words that change nothing at the edges of a text."""
        return frozenset(fold(word) for words in self.languages for word in words.fillers)

    @cached_property
    def numbers(self) -> Mapping[str, int]:
        """Folded number words of all languages."""
        return {fold(word): number for words in self.languages for word, number in words.numbers.items()}

    @cached_property
    def commands(self) -> Mapping[str, str]:
        """Folded command word to command; a word without letters ("?") stands as it is written."""
        return {
            fold(word) or word: name
            for name in COMMANDS
            for words in self.languages
            for word in words.commands.get(name, ())
        }

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Folded name to language."""
        return {fold(name): words.language for words in self.languages for name in words.names}

    @cached_property
    def choices(self) -> Mapping[str, frozenset[str]]:
        """Message id of a choice to its folded words in all languages."""
        ids = {choice for words in self.languages for choice in words.choices}
        return {
            choice: frozenset(
                fold(word) for words in self.languages for word in words.choices.get(choice, ())
            )
            for choice in ids
        }

    @cached_property
    def stop_book(self) -> PhraseBook:
        """The phrases that ask us to stop, tagged with their language."""
        return PhraseBook(
            (words.language, parse(phrase, fold)) for words in self.languages for phrase in words.stop_phrases
        )

    @cached_property
    def urgent_book(self) -> PhraseBook:
        """Urgent, calm and greeting phrases, tagged `kind:language`."""
        phrases = tuple(
            (f"{kind}:{words.language}", phrase)
            for words in self.languages
            for kind, phrase in self._phrases(words)
        )
        return self._book(phrases, *self.numbers, *self.stops, *self.commands)

    @cached_property
    def topic_book(self) -> PhraseBook:
        """What people ask in their own words, tagged `node:language`."""
        phrases = tuple(
            (f"{node}:{words.language}", parse(phrase, fold))
            for words in self.languages
            for node, written in words.topics.items()
            for phrase in written
        )
        return self._book(phrases)

    @cached_property
    def answer_book(self) -> PhraseBook:
        """How people answer a menu in their own words, tagged with the id of the choice."""
        return self._book(
            tuple(
                (choice, parse(phrase, fold))
                for words in self.languages
                for choice, written in words.answers.items()
                for phrase in written
            )
        )

    def _book(self, phrases: Sequence[tuple[str, Phrase]], *known: str) -> PhraseBook:
        """A book of these phrases; a word that is `known`, or stands in one of them, is nobody's typing error."""
        words = {*entries_of(phrase for _, phrase in phrases), *known}
        return PhraseBook(phrases, Lexicon(words, self.shorthand))

    @cached_property
    def shorthand(self) -> Mapping[str, str]:
        """Words as thumbs write them, folded, and the words they stand for."""
        return {
            fold(short): fold(meant) for words in self.languages for short, meant in words.shorthand.items()
        }

    @staticmethod
    def _phrases(words: Words) -> Iterator[tuple[str, Phrase]]:
        written = {**words.urgent, "calm": words.calm, "greeting": words.greetings}
        for kind, phrases in written.items():
            yield from ((kind, parse(phrase, fold)) for phrase in phrases)


def words_of(choice: str, vocabulary: Vocabulary) -> frozenset[str]:
    """What may be typed for a choice, folded, in all languages."""
    return vocabulary.choices.get(choice, frozenset())


def _bare(words: Sequence[str], vocabulary: Vocabulary) -> Sequence[str]:
    start, end = bare_span(words, vocabulary)
    return words[start:end]


def bare_span(words: Sequence[str], vocabulary: Vocabulary) -> tuple[int, int]:
    """The first word, and the one after the last, without the fillers at both edges; all if there is nothing else."""
    said = [at for at, word in enumerate(words) if word not in vocabulary.fillers]
    return (said[0], said[-1] + 1) if said else (0, len(words))


def number_of(heard: Heard, vocabulary: Vocabulary) -> int | None:
    """The number that was said and nothing else: "1", "1)", "uno", "option 1". None above two digits: that is a ZIP."""
    said = " ".join(_bare(heard.words, vocabulary))
    if re.fullmatch(r"[0-9]{1,2}", said):
        return int(said)
    return vocabulary.numbers.get(said)


def command_of(heard: Heard, vocabulary: Vocabulary) -> str | None:
    """The command this text is, by its exact words; a reference beside it does not hide it ("withdraw K7M2P")."""
    exact = vocabulary.commands.get(heard.text or heard.said[:1])
    if exact is not None or reference_in(heard) is None:
        return exact
    return vocabulary.commands.get(" ".join(heard.words[: _reference_at(heard.words)]))


def language_named(heard: Heard, vocabulary: Vocabulary) -> str | None:
    """The language whose name this text is ("español", "in english please")."""
    bare = " ".join(_bare(heard.words, vocabulary))
    return vocabulary.names.get(heard.text) or vocabulary.names.get(bare)


def language_shown(heard: Heard, vocabulary: Vocabulary) -> str | None:
    """The language that a greeting, an urgent or a calm phrase proves; None where none or two do so equally."""
    weights = {words.language: 0 for words in vocabulary.languages}
    for found in vocabulary.urgent_book.found(heard.words):
        language = found.tag.partition(":")[2]
        weights[language] = max(weights[language], found.weight)
    return heaviest(weights)


def language_typed(heard: Heard, vocabulary: Vocabulary) -> str | None:
    """The language in which alone this text is a command ("abogado"); None where it is one in several, or in none.

    START proves nothing: it is the carriers' word, and the only one that undoes a STOP.
    """
    if heard.text in _CARRIERS_WORDS:
        return None
    typed = [
        words.language
        for words in vocabulary.languages
        if any(fold(word) == heard.text for words_of_one in words.commands.values() for word in words_of_one)
    ]
    return typed[0] if len(typed) == 1 and heard.text else None


def heaviest(weights: Mapping[str, int]) -> str | None:
    """The name with the greatest weight; None if there is none, or two have it."""
    most = max(weights.values(), default=0)
    names = [name for name, weight in weights.items() if weight == most]
    return names[0] if most and len(names) == 1 else None


def is_opt_out(heard: Heard, vocabulary: Vocabulary) -> bool:
    """True if the person asks for no more texts (47 CFR 64.1200(a)(10)).

    The whole text must be an opt-out word, in whatever language, or one whole sentence of it such a phrase. Never a word
    within a sentence: "Stop ICE from entering my home?" asks for help.
    """
    bare = _bare(heard.words, vocabulary)
    if _is_stop(heard.words, vocabulary) or _is_stop(bare, vocabulary):
        return True
    if vocabulary.stop_book.covers(heard.words) or vocabulary.stop_book.covers(bare):
        return True
    sentences = [_bare(fold(part).split(), vocabulary) for part in _SENTENCE_ENDS.split(heard.said)]
    return any(vocabulary.stop_book.covers(sentence) for sentence in sentences)


def _is_stop(words: Sequence[str], vocabulary: Vocabulary) -> bool:
    said = [re.sub(r"(.)\1\1+", r"\1", word) for word in words]  # "stoppp"
    once = said[:1] if repeats(said) else said
    return bool(once) and (" ".join(once) in vocabulary.stops or "".join(once) in vocabulary.stops)


def near(word: str, candidates: Iterable[str]) -> str | None:
    """The one candidate that `word` is a small typing error of, for "did you mean".

    None if none or two are equally near. Never ask it about opt-out words or a consent: nobody does those by accident.
    """
    typed = fold(word)
    distances: dict[str, int] = {}
    for candidate in candidates:
        meant = fold(candidate)
        limit = forgiven(meant) if len(meant) >= 5 else int(len(meant) == 4)
        edits = distance(typed, meant, limit)
        if meant and edits <= limit:
            distances[candidate] = edits
    least = min(distances.values(), default=0)
    nearest = [candidate for candidate, edits in distances.items() if edits == least]
    return nearest[0] if len(nearest) == 1 else None


def reference_in(heard: Heard) -> str | None:
    """A referral's code in this text, in capitals: five letters and digits, both, alone or after a few words.

    It may be typed in any case and in pieces ("k7m 2p", "K7M-2P"); pieces such as "3 days" are no code.
    """
    at = _reference_at(heard.words)
    return None if at is None else _joined(heard.words[at:]).upper()


def _joined(words: Sequence[str]) -> str:
    return "".join(words).replace("-", "")


def _reference_at(words: Sequence[str]) -> int | None:
    """The word at which a reference begins that is the end of these words."""
    for at in range(max(0, len(words) - REFERENCE_LENGTH), len(words)):
        before, pieces = words[:at], words[at:]
        told = bool(before) and before[-1] in _BEFORE_A_CODE
        plain_before = len(before) <= 4 and all(word.isalpha() for word in before)
        if plain_before and _is_reference(_joined(pieces)) and (told or _is_one_code(pieces)):
            return at
    return None


def _is_reference(code: str) -> bool:
    return (
        len(code) == REFERENCE_LENGTH
        and set(REFERENCE_LETTERS).issuperset(code)
        and not code.isalpha()
        and not code.isdecimal()
    )


def _is_one_code(pieces: Sequence[str]) -> bool:
    """True if the pieces look like one code in pieces, and not like a number and a word."""
    if _HOUR.fullmatch(pieces[-1]):
        return False
    mixed = any(not piece.isalpha() and not _joined([piece]).isdecimal() for piece in pieces)
    return mixed or all(len(piece) == 1 for piece in pieces)
