"""The handbooks tell the truth: what they name is there, and what they show works."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import cast

import click
import pytest

from app.checking.check import check
from app.checking.findings import BLOCKS, WARNS
from app.commands import COMMANDS
from app.config import SETTINGS
from app.live import build
from app.sources import FLOWS, MESSAGES, Sources, read_sources
from flows.check import ROUTED
from flows.check_words import RESERVED
from flows.effects import EFFECTS
from flows.engine import advance
from flows.heard import URGENT_KINDS, fold, hear
from flows.loader import graph_of, read_flows
from flows.phrases import parse
from flows.session import Session
from messages.catalog import SOURCE_LANGUAGE, read_source
from messages.facts import INTERVALS, read_facts
from messages.places import RULES, read_places
from messages.po import sync
from messages.words import WordList

ROOT = Path(__file__).parents[1]
OPERATOR = (ROOT / "flows" / "README.md").read_text(encoding="utf-8")
TRANSLATOR = (ROOT / "messages" / "README.md").read_text(encoding="utf-8")
HANDBOOKS = pytest.mark.parametrize("handbook", [OPERATOR, TRANSLATOR], ids=["operator", "translator"])
PAPERS = sorted(
    {*ROOT.glob("*.md"), *(p for top in ("docs", "flows", "messages") for p in (ROOT / top).rglob("*.md"))}
)


# --- what a handbook is made of ------------------------------------------------------------------


@dataclass(frozen=True)
class Block:
    """A fenced example: its language, and what its first line says that it is, if that is a remark."""

    language: str
    about: str
    text: str


def blocks(handbook: str, language: str) -> list[Block]:
    """The fenced examples in one language."""
    found = re.findall(rf"^```{language}\n(.*?)^```$", handbook, re.MULTILINE | re.DOTALL)
    return [
        Block(language, about.group(1) if (about := re.match(r"# (.+)\n", text)) else "", text)
        for text in found
    ]


def block(handbook: str, about: str) -> str:
    """The one example about a file."""
    language = "po" if about.endswith(".po") else "yaml"
    (found,) = [each.text for each in blocks(handbook, language) if each.about == about]
    return found


def spans(handbook: str) -> list[str]:
    """What stands in code letters: between backticks, or in an indented line of its own."""
    bare = re.sub(r"^```.*?^```$", "", handbook, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"`([^`\n]+(?:\n\s+[^`\n]+)?)`", bare) + re.findall(r"^    (\S.*)$", bare, re.MULTILINE)


def rows(handbook: str, heading: str) -> list[list[str]]:
    """The cells of every table row under a heading, without the heads."""
    bare = re.sub(r"^```.*?^```$", "", handbook, flags=re.MULTILINE | re.DOTALL)
    section = bare.split(f"{heading}\n", 1)[1]
    lines = re.split(r"^#", section, maxsplit=1, flags=re.MULTILINE)[0].splitlines()
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in lines
        if line.startswith("|")
    ]
    return [row for row in cells if not set("".join(row)) <= set("-")]


# --- what a handbook names -----------------------------------------------------------------------


def slug(heading: str) -> str:
    """A heading's anchor, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def links() -> Iterator[tuple[Path, str]]:
    """Every link within the repository, and the paper it stands in."""
    for paper in PAPERS:
        text = re.sub(r"^```.*?^```$", "", paper.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if not re.match(r"[a-z]+:", target):
                yield paper, target


def leads_somewhere(paper: Path, target: str) -> bool:
    """True if the file is there, and the heading in it."""
    name, _, anchor = target.partition("#")
    path = (paper.parent / name).resolve() if name else paper
    if not anchor or not path.is_file():
        return path.exists()
    return anchor in {
        slug(head) for head in re.findall(r"^#+ (.+)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


def test_no_link_is_dead() -> None:
    """Every relative link of every paper leads to a file that is there, and to a heading in it."""
    dead = [
        f"{paper.relative_to(ROOT)}: {target}"
        for paper, target in links()
        if not leads_somewhere(paper, target)
    ]

    assert [] == dead


def command(words: list[str]) -> click.Command | None:
    """The command that these words call, groups followed down; None if there is none."""
    if not words or words[0] not in COMMANDS:
        return None
    found = cast("click.Command", getattr(import_module(f"app.commands.{words[0]}"), words[0]))
    for word in words[1:]:
        if not isinstance(found, click.Group) or word.startswith("-"):
            break
        found = found.commands[word]
    return found


@HANDBOOKS
def test_every_command_and_option_is_there(handbook: str) -> None:
    """Nobody types what a handbook prints and is told that there is no such thing."""
    typed = [" ".join(span.split()) for span in spans(handbook) if re.match(r"(\.venv/bin/)?amparo ", span)]
    wrong = []
    for line in typed:
        called = command(line.split("amparo ", 1)[1].split())
        known = {name for option in called.params for name in option.opts} if called else set()
        if called is None or set(re.findall(r"(?<=\s)--[a-z-]+", line)) - known:
            wrong.append(line)

    assert typed
    assert [] == wrong


@HANDBOOKS
def test_everything_that_is_made_can_be_made(handbook: str) -> None:
    """`make run` and its sisters are in the Makefile."""
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = {span.split()[1] for span in spans(handbook) if span.startswith("make ")}

    assert targets <= set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))


@HANDBOOKS
def test_every_file_that_is_named_is_there(handbook: str) -> None:
    """Save those that the reader writes herself, and the languages there are not yet."""
    named = {span for span in spans(handbook) if re.match(r"(flows|messages|tests|app|docs)/\S*$", span)}
    own = {path for path in named if "interpreter." in path or "<" in path}

    assert named - own
    assert [] == sorted(path for path in named - own if not list(ROOT.glob(path.rstrip("/"))))


@HANDBOOKS
def test_every_setting_that_is_named_is_there(handbook: str) -> None:
    """Names with an underline in capitals are settings."""
    assert {span for span in spans(handbook) if re.fullmatch(r"[A-Z]+_[A-Z_]+", span)} <= set(SETTINGS)


# --- the tables ----------------------------------------------------------------------------------


def codes() -> dict[str, str]:
    """Every code of check, and whether it blocks; those of a file that cannot be read stand in the loader."""
    loader = (ROOT / "flows" / "loader.py").read_text(encoding="utf-8")
    unreadable = re.findall(r'FlowFault\(\s*"([a-z-]+)"', loader)
    return {**dict.fromkeys((*BLOCKS, *unreadable), "B"), **dict.fromkeys(WARNS, "W")}


def test_every_code_has_one_row_and_nothing_else_has() -> None:
    """Whoever adds a code to check says here what it means and how to mend it."""
    table = re.findall(
        r"^\| `([a-z-]+)` \| ([BW]) \| (.+) \| (.+) \|$", OPERATOR.split("## All codes", 1)[1], re.MULTILINE
    )

    assert sorted(codes().items()) == sorted((code, kind) for code, kind, _, _ in table)


def test_every_effect_is_told_with_its_outcomes() -> None:
    """An operator can use what the table has, and nothing else."""
    table = re.findall(
        r"^\| `(\w+)` \| [^|]+ \| ((?:`\w+` ?)+) \|$", OPERATOR.split("**Do.**", 1)[1], re.MULTILINE
    )

    assert {name: outcomes for name, (outcomes, _) in EFFECTS.items()} == {
        name: frozenset(re.findall(r"\w+", outcomes)) for name, outcomes in table
    }


def test_every_command_and_emergency_of_the_start_is_told() -> None:
    """Those that start.yaml must route."""
    section = OPERATOR.split("## Commands and emergencies", 1)[1]

    assert [] == [name for name in (*ROUTED, *URGENT_KINDS) if f"`{name}`" not in section]


def test_every_reserved_word_is_told() -> None:
    """What the carrier hears first."""
    section = OPERATOR.split("## Reserved words", 1)[1]

    assert [] == [word for word in sorted(RESERVED) if not re.search(rf"\b{word.upper()}\b", section)]


def test_every_interval_and_rule_is_told() -> None:
    """With the days an interval lasts, and the rules from the strictest to the mildest."""
    intervals = {
        row[0].strip("`"): row[1] for row in rows(TRANSLATOR, "## Facts") if re.fullmatch(r"`S\d`", row[0])
    }
    rules = [row[0].strip("`") for row in rows(TRANSLATOR, "## Places") if row[0].strip("`") in RULES]

    assert INTERVALS == {name: int(re.findall(r"(\d+) days", told)[0]) for name, told in intervals.items()}
    assert list(RULES) == rules


def test_every_list_of_the_words_files_is_told() -> None:
    """Whoever adds a list says what it holds."""
    told = {row[0].strip("`") for row in rows(TRANSLATOR, "## Words: what people may type")} - {"List"}

    assert set(WordList.__dataclass_fields__) - {"language"} == told


def test_every_phrase_that_is_shown_can_be_read() -> None:
    """The language of phrases is as the handbook shows it."""
    shown = [
        row[0].strip("`").replace("\\|", "|") for row in rows(TRANSLATOR, "### Phrases") if row[0] != "Write"
    ]

    assert shown
    assert shown == [parse(phrase, fold).written for phrase in shown]


# --- the examples --------------------------------------------------------------------------------


def test_every_small_example_is_a_node(tmp_path: Path) -> None:
    """What is shown for each word of the handbook is understood by the reader of the flows."""
    examples = [each.text for each in blocks(OPERATOR, "yaml") if not each.about]
    nodes = "".join(f"  {line}\n" for text in examples for line in text.splitlines())
    (tmp_path / "sample.yaml").write_text(f"flow: sample\nstart: bail\nnodes:\n{nodes}", encoding="utf-8")

    kinds = {type(node).__name__ for node in graph_of(read_flows(tmp_path).documents).nodes.values()}

    assert {"Menu", "Question", "Branch", "Set", "Say", "Do"} == kinds


def write_added(folder: Path, about: str) -> None:
    """Puts the lines that an example marks as new into the file; what is around them must be there already."""
    path = folder / about
    example = block(OPERATOR, f"in {about}").split("\n", 1)[1]
    before = "".join(line for line in example.splitlines(keepends=True) if "# new" not in line)
    after = re.sub(r" +# new$", "", example, flags=re.MULTILINE)
    text = path.read_text(encoding="utf-8")
    assert 1 == text.count(before)
    path.write_text(text.replace(before, after), encoding="utf-8")


@pytest.fixture
def first_flow(tmp_path: Path) -> Path:
    """The files as they are after steps 2 to 5 of the operator's first flow."""
    shutil.copytree(FLOWS, tmp_path / "flows" / "definitions")
    shutil.copytree(MESSAGES, tmp_path / "messages", ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    for about in ("flows/definitions/interpreter.yaml", "messages/catalogs/en/interpreter.yaml"):
        (tmp_path / about).write_text(block(OPERATOR, about), encoding="utf-8")
    for about in ("flows/definitions/counsel.yaml", "messages/catalogs/en/counsel.yaml"):
        write_added(tmp_path, about)
    spanish = tmp_path / "messages" / "catalogs" / "es"
    (spanish / "interpreter.po").write_text(
        block(OPERATOR, "messages/catalogs/es/interpreter.po").split("\n", 1)[1], encoding="utf-8"
    )
    sync(spanish, "es", read_source(tmp_path / "messages" / "catalogs" / SOURCE_LANGUAGE))
    counsel = (spanish / "counsel.po").read_text(encoding="utf-8")
    asked = 'msgctxt "counsel.bring.interpreter"\nmsgid "An interpreter"\nmsgstr '
    (spanish / "counsel.po").write_text(
        counsel.replace(f'{asked}""', f'{asked}"Un traductor"'), encoding="utf-8"
    )
    return tmp_path


def read_from(folder: Path) -> Sources:
    """The draft of a folder."""
    return read_sources(folder / "flows" / "definitions", folder / "messages")


def test_the_first_flow_is_clean(first_flow: Path) -> None:
    """Whoever copies it has nothing to mend, and no warning that was not there before."""

    def found(folder: Path) -> set[tuple[str, str]]:
        return {(each.code, each.what) for each in check(read_from(folder))}

    added = found(first_flow) - {(each.code, each.what) for each in check(read_sources())}

    assert set() == added


def test_the_first_flow_is_found_as_the_handbook_says(first_flow: Path) -> None:
    """menu, 4, 7, 2 leads to it."""
    live = build("draft", read_from(first_flow).content)
    session: Session | None = Session(language="en")
    for said in ("menu", "4", "7", "2"):
        session = advance(live.flows(), session, hear(said)).session

    assert session is not None
    assert "interpreter.what" == session.node


def test_the_finding_that_is_explained_is_what_check_says(first_flow: Path) -> None:
    """The example under "How to read a finding", word for word."""
    path = first_flow / "flows" / "definitions" / "interpreter.yaml"
    written = path.read_text(encoding="utf-8").removeprefix("# flows/definitions/interpreter.yaml\n")
    path.write_text(
        "# How to ask for an interpreter.\n" + written.replace("phone: phone", "phone: fone", 1),
        encoding="utf-8",
    )
    section = OPERATOR.split("## How to read a finding", 1)[1]
    shown = " ".join(" ".join(re.findall(r"^    (.+)$", section, re.MULTILINE)).split())

    told = [str(each) for each in check(read_from(first_flow)) if each.code == "missing-node"]

    assert [shown] == [each.replace(f"{first_flow.as_posix()}/", "") for each in told]


def test_a_renamed_node_is_found_under_its_old_name(first_flow: Path) -> None:
    """As the example shows it, at the top of the first flow."""
    (example,) = [
        each.text for each in blocks(OPERATOR, "yaml") if each.about.startswith("an example, not a file")
    ]
    path = first_flow / "flows" / "definitions" / "interpreter.yaml"
    nodes = path.read_text(encoding="utf-8").split("nodes:", 1)[1]
    renamed = nodes.replace("  what:", "  basics:").replace("next: what", "next: basics")
    path.write_text(f"{example}nodes:{renamed}", encoding="utf-8")

    node = graph_of(read_flows(path.parent).documents).find("interpreter.what")

    assert node is not None
    assert "interpreter.basics" == node.id


def test_the_examples_of_facts_places_and_texts_can_be_read(tmp_path: Path) -> None:
    """In the shape that their readers want."""
    yaml = {each.about: "" for each in blocks(TRANSLATOR, "yaml")}
    for each in blocks(TRANSLATOR, "yaml"):
        yaml[each.about] += each.text
    for about, text in yaml.items():
        (tmp_path / about.rsplit("/", 1)[1]).write_text(text, encoding="utf-8")
    (tmp_path / "texts").mkdir()
    shutil.copy(tmp_path / "detainer.yaml", tmp_path / "texts")

    register = read_facts(tmp_path / "facts.yaml")

    assert ["DT4"] == list(register.facts)
    assert ["ice_detention"] == list(register.numbers)
    assert ["AR"] == list(read_places(tmp_path / "places.yaml"))
    assert ["detainer.copy", "detainer.copy.hours"] == list(read_source(tmp_path / "texts").texts)


def test_what_amparo_translations_does_is_what_the_translator_is_shown(tmp_path: Path) -> None:
    """A changed English text: marked fuzzy, with the English it was made from."""
    before, after = (each.text for each in blocks(TRANSLATOR, "po"))
    (tmp_path / "en").mkdir()
    (tmp_path / "en" / "detainer.yaml").write_text("what.copy: Get your copy\n", encoding="utf-8")
    (tmp_path / "detainer.po").write_text(before, encoding="utf-8")

    sync(tmp_path, "es", read_source(tmp_path / "en"))

    assert after.strip() in (tmp_path / "detainer.po").read_text(encoding="utf-8")


def test_crisis_texts_rest_on_no_fact() -> None:
    """They are said whatever a lawyer has signed and whatever changed: first aid never falls away."""
    texts = read_sources().content.catalogs[SOURCE_LANGUAGE].texts.values()

    assert [] == [text.id for text in texts if text.id.startswith("urgent.") and text.facts]
