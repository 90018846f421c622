"""Whether a draft may be published: the faults of flows and of messages as one list, and those that need both.

Here is the entry point `check`, and what flows and messages must be told of each other. What needs both is found by
subject in the files beside this one; the codes are in findings.py.
Pure, but for looking up a line in the files that were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path

from app.checking.facts import check_facts, standings
from app.checking.findings import Finding, finding, message_folder, where_of
from app.checking.ids import FIRST_TEXTS, WHOLE_TEXTS, check_ids, crisis_texts, is_push
from app.checking.key_points import check_key_points
from app.checking.sizes import check_sizes
from app.checking.values import check_placeholders
from app.checking.words import clashes, dead_ends, misfits
from app.clock import utc_now
from app.directory.office import STATES
from app.revision import LANGUAGES, Content
from app.sources import Sources
from flows.check import check_flows
from flows.check_nodes import Known
from flows.definition import Menu, Question, Say
from flows.faults import FlowFault
from flows.heard import Vocabulary, fold
from flows.walks import turns
from messages.catalog import SOURCE_LANGUAGE
from messages.check import (
    Roles,
    TextFault,
    Whereabouts,
    check_dates,
    check_header,
    check_messages,
    check_translations,
)
from messages.places import RULES, SHARING


def check(sources: Sources, today: date | None = None) -> tuple[Finding, ...]:
    """All that is wrong with a draft, what blocks it first, then by file and line; `today` (UTC) is for the facts."""
    content, files = sources.content, sources.flow_files
    locate = Whereabouts(message_folder(content))
    misnamed = tuple(misfits(content, locate))
    vocabulary = content.vocabulary() if _can_be_built(content, misnamed) else Vocabulary(())
    found = (
        misnamed,
        _findings(check_flows(files, content.graph, _known(content))),
        _findings(check_translations(sources.problems)),
        _findings(check_messages(content.catalogs, content.register, content.words, _roles(content), fold)),
        _findings(
            check_dates(
                content.register,
                today or utc_now().date(),
                lambda section, name: locate("facts.yaml", section, name),
            )
        ),
        *(_findings(check_header(path, path.parent.name)) for path in _po_files(sources)),
        _unsigned(content),
        clashes(content, vocabulary, locate),
        check_ids(files, content),
        check_facts(content),
        check_key_points(sources.key_points, content),
        check_placeholders(content),
        dead_ends(content, vocabulary),
        check_sizes(content),
    )
    return tuple(sorted(dict.fromkeys(each for part in found for each in part), key=_order))


def _findings(faults: Iterable[FlowFault | TextFault]) -> Iterator[Finding]:
    for fault in faults:
        yield finding(fault.code, fault.where, fault.what, fault.mend)


def _unsigned(content: Content) -> Iterator[Finding]:
    mend = "Have a lawyer look at its facts, and write her name as their reviewer."
    for name in content.unsigned():
        what = f"{name} states law, and no lawyer has signed it."
        yield finding("unsigned", where_of(content, name), what, mend)


def _order(found: Finding) -> tuple[bool, str, int, int, str, str]:
    place = re.fullmatch(r"(.*?)(?::(\d+))?(?::(\d+))?", found.where)
    file, line, column = place.groups() if place else (found.where, None, None)
    return not found.blocks, file or "", int(line or 0), int(column or 0), found.code, found.what


# --- what the two stones need to know of each other ----------------------------------------------


def _known(content: Content) -> Known:
    spoken = frozenset(LANGUAGES) & set(content.catalogs)
    return Known(frozenset(RULES), frozenset(SHARING), frozenset(content.places) | STATES, spoken)


def _can_be_built(content: Content, misnamed: Iterable[Finding]) -> bool:
    """True if every language with words has texts, and calls its lists by names the engine knows."""
    unknown = any(found.code in {"unknown-command", "unknown-urgent"} for found in misnamed)
    return not unknown and set(content.words) <= set(content.catalogs)


def _po_files(sources: Sources) -> list[Path]:
    places = [
        text.where
        for language, catalog in sources.content.catalogs.items()
        if language != SOURCE_LANGUAGE
        for text in catalog.texts.values()
    ]
    places += [problem.where for problem in sources.problems]
    return sorted({Path(where.split(".po", 1)[0] + ".po") for where in places if ".po" in where})


def _roles(content: Content) -> Roles:
    said = {walk.says[0] if walk.says else walk.end for walk in turns(content.graph)}
    nodes = {node.id for node in content.graph.nodes.values() if isinstance(node, Say | Menu | Question)}
    first = {*FIRST_TEXTS, *(name for name in content.catalogs[SOURCE_LANGUAGE].texts if is_push(name))}
    statements = nodes | WHOLE_TEXTS | standings(content)
    return Roles(first, (said & nodes) - crisis_texts(content.graph), statements)
