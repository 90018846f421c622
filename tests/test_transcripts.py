"""Whole conversations, word for word. After a change of words: `make transcripts`, and read the difference."""

from __future__ import annotations

from pathlib import Path

import pytest

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
