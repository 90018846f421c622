"""Files as operators write them, in a folder of their own."""

from collections.abc import Callable
from pathlib import Path

import pytest

Write = Callable[[str, str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes a file and gives its path relative to the working folder, as an operator sees it."""
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, content: str) -> Path:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8", newline="\n")
        return path

    return write_file
