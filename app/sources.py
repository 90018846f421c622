"""Reads every file that operators, lawyers and translators write, and says all that is wrong with them at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from threading import Lock
from typing import TypeVar

import flows
import messages
from app.revision import Content, Revision, document_of
from flows.loader import FlowFiles, FlowReadError, graph_of, read_flows
from messages.catalog import SOURCE_LANGUAGE, Catalog, read_source
from messages.facts import read_facts
from messages.key_points import KeyPoint, read_key_points
from messages.places import read_places
from messages.po import Problem, read_translation
from messages.words import read_other_stops, read_words
from messages.yaml_reader import ReadError

Read = TypeVar("Read")

FLOWS = Path(flows.__file__).parent / "definitions"
MESSAGES = Path(messages.__file__).parent


class SourceError(Exception):
    """The files cannot be read; `lines` say where, what and how to mend it, one fault a line."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        self.lines = lines
        super().__init__("\n".join(lines))


@dataclass(frozen=True)
class Sources:
    """Everything the files say, and what of the translations cannot be used."""

    flow_files: FlowFiles
    content: Content
    problems: tuple[Problem, ...]
    key_points: tuple[KeyPoint, ...]

    def revision(self) -> Revision:
        """The revision these files make."""
        return Revision(document_of(self.flow_files.documents, self.content))


class _Collector:
    """Reads file after file and keeps every fault, so that a person mends them all in one go."""

    def __init__(self) -> None:
        self.faults: list[str] = []

    def __call__(self, read: Callable[[Path], Read], path: Path) -> Read | None:
        try:
            return read(path)
        except (ReadError, FlowReadError) as error:
            self.faults.extend(str(fault) for fault in error.faults)
            return None


def read_sources(flow_folder: Path = FLOWS, message_folder: Path = MESSAGES) -> Sources:
    """Reads the files of one draft.

    Raises:
        SourceError: with every fault in every file.
    """
    collect = _Collector()
    folder = _shown(message_folder)
    flow_files = collect(read_flows, _shown(flow_folder))
    english = collect(read_source, folder / "catalogs" / SOURCE_LANGUAGE)
    register = collect(read_facts, folder / "facts.yaml")
    places = collect(read_places, folder / "places.yaml")
    key_points = collect(read_key_points, folder / "key_points.yaml")
    other_stops = collect(read_other_stops, folder / "words" / "others.yaml")
    files = [path for path in sorted((folder / "words").glob("*.yaml")) if path.stem != "others"]
    words = {path.stem: found for path in files if (found := collect(read_words, path)) is not None}
    catalogs, problems = _translations(folder / "catalogs", english, collect)
    if collect.faults or not flow_files or not register or places is None or other_stops is None:
        raise SourceError(tuple(collect.faults))
    content = Content(graph_of(flow_files.documents), catalogs, words, other_stops, register, places)
    return Sources(flow_files, content, problems, key_points or ())


# Read by one thread while the others wait: read by eight at once, it takes each of them eight times as long.
_READING = Lock()


def catalogs_in_files() -> Mapping[str, Catalog]:
    """The texts as they stand in this installation's files: the last resort when no memory answers."""
    with _READING:
        return _catalogs_in_files()


@lru_cache(maxsize=1)
def _catalogs_in_files() -> Mapping[str, Catalog]:
    collect = _Collector()
    english = collect(read_source, MESSAGES / "catalogs" / SOURCE_LANGUAGE)
    catalogs, _ = _translations(MESSAGES / "catalogs", english, collect)
    return catalogs


def _translations(
    folder: Path, english: Catalog | None, collect: _Collector
) -> tuple[dict[str, Catalog], tuple[Problem, ...]]:
    if english is None:
        return {}, ()
    catalogs: dict[str, Catalog] = {SOURCE_LANGUAGE: english}
    problems: list[Problem] = []
    for path in sorted(
        child for child in folder.iterdir() if child.is_dir() and child.name != SOURCE_LANGUAGE
    ):
        found = collect(partial(read_translation, language=path.name, source=english), path)
        if found is not None:
            catalogs[path.name] = found[0]
            problems.extend(found[1])
    return catalogs, tuple(problems)


def _shown(folder: Path) -> Path:
    """The folder as an operator would write it, from where she stands."""
    try:
        return folder.relative_to(Path.cwd())
    except ValueError:
        return folder
