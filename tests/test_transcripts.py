"""Whole conversations, word for word. After a change of words: `make transcripts`, and read the difference."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from app.referral.word import WORDS
from app.revision import LANGUAGES
from app.sources import read_sources
from flows.definition import Menu, Question, Say
from tests.texter import Line
from tests.transcript import TRANSCRIPTS, Player


@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_the_conversation_goes_as_written(path: Path, line: Line, pytestconfig: pytest.Config) -> None:
    """The line says, in this order and in these words, what the transcript shows."""
    script = path.read_text(encoding="utf-8")

    played = Player(line).play(script)

    if pytestconfig.getoption("--write-transcripts"):
        path.write_text(played, encoding="utf-8")
    assert played == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lot", ["ramo", "camino", "pan"])
def test_a_random_word_is_not_taken_for_a_part_of_what_the_line_says(
    lot: str, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The line says "Cerramos", "en camino" and "pantalla" in this conversation, whatever word is drawn."""
    monkeypatch.setitem(WORDS, "es", (lot,))
    script = (Path(__file__).parent / "transcripts/es-otro-telefono.txt").read_text(encoding="utf-8")

    assert script == Player(line).play(script)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_every_flow_is_heard_in_a_conversation(language: str) -> None:
    """Whoever writes a node writes a conversation that comes by, in each language, and reads it aloud."""
    heard = " ".join(line[2:] for path in TRANSCRIPTS for line in _answers(path))
    content = read_sources().content
    texts = [
        content.catalogs[language].texts[node.id]
        for node in content.graph.nodes.values()
        if isinstance(node, Say | Menu | Question)
    ]

    assert [] == [text.id for text in texts if not all(part in heard for part in _parts(text.text))]


def _answers(path: Path) -> list[str]:
    return [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith(("| ", "~ "))]


def _parts(text: str) -> list[str]:
    """The words between the placeholders."""
    return [part.strip() for part in re.split(r"\{\w+\}", " ".join(text.split())) if part.strip(" .,:")]
