"""Twenty questions of real people, and the three replies in which somebody who had never seen the line found the answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from app.commands.talk import talk
from app.revision import LANGUAGES
from app.sources import read_sources

CATALOGS = read_sources().content.catalogs
MOST_REPLIES = 3


@dataclass(frozen=True)
class Asked:
    """One question in one language: where its answer stands, and what was typed to get there."""

    question: str
    language: str
    answer: str
    replies: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.language}: {self.question}"


def _asked() -> list[Asked]:
    rows = YAML(typ="base", pure=True).load(Path(__file__).parents[2] / "questions.yaml")
    return [
        Asked(row[language], language, row["answer"], tuple(row["replies"]))
        for row in rows
        for language in LANGUAGES
    ]


def test_there_are_twenty_in_each_language() -> None:
    """Each as a person would ask it."""
    assert {"es": 20, "en": 20} == {
        language: sum(asked.language == language for asked in _asked()) for language in LANGUAGES
    }


@cache
def answers(language: str) -> dict[str, str]:
    """The last answer to each question, from one talk in which each begins at the main menu."""
    questions = [asked for asked in _asked() if asked.language == language]
    typed = [reply for asked in questions for reply in ("menu", *asked.replies)]
    output = CliRunner().invoke(talk, ["--lang", language], input="\n".join((*typed, "", ""))).output
    heard = iter(output.split("you> ")[1:])
    return {asked.question: [next(heard) for _ in ("menu", *asked.replies)][-1] for asked in questions}


@pytest.mark.parametrize("asked", _asked(), ids=str)
def test_the_answer_is_found_in_three_replies(asked: Asked) -> None:
    """By `amparo talk`, from the main menu on."""
    heard = " ".join(answers(asked.language)[asked.question].split())

    assert len(asked.replies) <= MOST_REPLIES
    for piece in re.split(r"\{\w+\}", CATALOGS[asked.language].texts[asked.answer].text):
        assert " ".join(piece.split()) in heard
