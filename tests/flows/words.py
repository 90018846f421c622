"""The words that people type, read as the product reads them: every scalar is text."""

from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from flows.heard import Vocabulary, Words

ROOT = Path(__file__).parents[2]


def read(path: Path) -> Any:
    """The YAML in this file, with every scalar a string."""
    return YAML(typ="base", pure=True).load(path)


def words_in(language: str) -> dict[str, Any]:
    """All that messages/words holds for this language."""
    return dict(read(ROOT / "messages" / "words" / f"{language}.yaml"))


@cache
def vocabulary() -> Vocabulary:
    """English and Spanish, and the opt-out words of the others."""
    others = read(ROOT / "messages" / "words" / "others.yaml")["stop"]
    stop = tuple(word for words in others.values() for word in words)
    return Vocabulary((_words("en"), _words("es")), stop)


def _words(language: str) -> Words:
    held = words_in(language)
    return Words(
        language,
        names=tuple(held["names"]),
        greetings=tuple(held["greetings"]),
        numbers={word: int(number) for word, number in held["numbers"].items()},
        commands=_lists(held["commands"]),
        stop=tuple(held["stop"]),
        stop_phrases=tuple(held["stop_phrases"]),
        choices=_lists(held["choices"]),
        urgent=_lists(held["urgent"]),
        calm=tuple(held["calm"]),
        topics=_lists(held.get("topics", {})),
        answers=_lists(held.get("answers", {})),
        fillers=tuple(held["fillers"]),
        shorthand=dict(held.get("shorthand", {})),
    )


def _lists(held: dict[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {name: tuple(words) for name, words in held.items()}
