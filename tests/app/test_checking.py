"""What needs both stones: texts for nodes, whole rendered texts, and the command that tells it all."""

from __future__ import annotations

import json
import re
import time
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

import app
import flows
import messages
import worker
from app.checking.check import check
from app.checking.findings import BLOCKS, WARNS, finding
from app.checking.ids import CANNED, NAMED_BY_CODE, named_by_code
from app.checking.sizes import TURN_LIMITS
from app.checking.values import LONGEST, longest_values
from app.commands.check import check as check_command
from app.commands.check import report
from app.sources import Sources, read_sources
from tests.drafts import TODAY, Case, Draft, Edit, Text, findings
from tests.flows import test_check as of_flows
from tests.messages import test_check as of_messages

START, ASK = "flows/start.yaml", "flows/ask.yaml"
EN_START, EN_ASK = "messages/catalogs/en/start.yaml", "messages/catalogs/en/ask.yaml"
TWO, THREE, FOUR = (" ".join(["Word."] * count) for count in (50, 70, 100))

CASES = [
    Case(
        "message-missing",
        (Edit(ASK, "      none: start.call\n", "      none: nobody\n"), Edit(ASK, "  sent: {say", "  nobody: {say: , next: end}\n  sent: {say")),
        *(ASK, "nobody: {say"),
        *("ask.nobody has no text", "Write `nobody:` in messages/catalogs/en/ask.yaml"),
    ),
    Case(
        "message-missing",
        (Edit(START, "      call: call\n", "      call: call\n      more: call\n"),),
        *(START, "more: call"),
        *("start.topics.more has no text", "Write `topics.more:`"),
    ),
    Case(
        "unknown-placeholder",
        (Text("ask.word", "Hello {name}.", "Hola {name}."),),
        *(EN_ASK, "word:"),
        *("ask.word has {name}, which nothing fills", "{office}"),
    ),
    Case(
        "consent-unclear",
        (Text("ask.consent", "An office gets this: {what}.", "Una oficina recibe: {what}."),),
        *(EN_ASK, "consent:"),
        *("the consent ask.consent does not show {office}", "say both"),
    ),
    Case(
        "too-long",
        (Text("ask.word", FOUR, "Mande una palabra."),),
        *(EN_ASK, "word:"),
        *("ask.word (en) takes 4 segments", "Make it shorter"),
    ),
    Case(
        "too-long",
        (Text("start.welcome", THREE, "Contesta una computadora."),),
        *(EN_START, "welcome:"),
        *("start.welcome (en) takes 3 segments with long values, at most 2", "Make it shorter"),
    ),
    Case(
        "too-long",
        (Text("start.crisis", TWO, "Llame."),),
        *(EN_START, "crisis:"),
        *("start.crisis (en) takes 2 segments with long values, at most 1", "Make it shorter"),
    ),
    Case(
        "too-long",
        (Text("push.news", TWO, "Hay algo."),),
        *("messages/catalogs/en/push.yaml", "news:"),
        *("push.news (en) takes 2 segments with long values, at most 1", "Make it shorter"),
    ),
    Case(
        "too-long",
        (Text("start.left", TWO, "Otra. " * 70),),
        *("messages/catalogs/es/start.po", 'msgctxt "start.left"'),
        *("start.left (es and en) takes 5 segments", "Make it shorter"),
        also=("over-goal",),
    ),
    Case(
        "over-goal",
        (Text("ask.held", f"{TWO} {TWO[:59]}", "Hay alguien detenido ahora."),),
        *(EN_ASK, "held:"),
        *("ask.held (en) after ask.strict takes 3 segments with long values, 2 should be enough", "shorter"),
    ),
    Case(
        "over-goal",
        (Text("ask.word", "One word.", "á" + "a" * 150),),
        *("messages/catalogs/es/ask.po", 'msgctxt "ask.word"'),
        *("Because of á a segment holds 70 characters and not 160; without it, 1 segment.", "without these characters"),
    ),
    Case(
        "key-point-unanswered",
        (Edit("messages/key_points.yaml", "nodes: [ask.strict]", "nodes: [ask.rule]"),),
        *("messages/key_points.yaml", "1: {point"),
        *("key point 1 names ask.rule, which no flow says", "Name the nodes"),
    ),
    Case(
        "no-standing",
        (Text("start.call", "A judge answers at {voice}.", "Contesta un juez al {voice}.", "DT1"),),
        *("messages/catalogs/en/start.yaml", ""),
        *("start has texts that rest on facts or give numbers", "Write `standing:`"),
    ),
    Case(
        "standing-on-facts",
        (Text("ask.standing", "The law may change.", "La ley puede cambiar.", "DT1"),),
        *(EN_ASK, "standing:"),
        *("ask.standing rests on DT1", "state no law"),
    ),
    Case(
        "standing-on-facts",
        (Text("ask.held.held", "Held: 202-555-0199 of ICE", "Detenido: 202-555-0199 de ICE"),),
        *(EN_ASK, "held.held:"),
        *("ask.held.held is the label of a choice and rests on ice_line", "not in the label"),
    ),
    Case(
        "first-aid-shaky",
        (Edit(ASK, "flow: ask\n", "flow: ask\nfirst_aid: yes\n"), Edit("messages/facts.yaml", "interval: S1", "interval: S3")),
        *(EN_ASK, "strict:"),
        *("ask.strict is first aid and rests on DT1", "may_fall: yes"),
    ),
    Case(
        "orphan-message",
        (Text("ask.attic", "Nobody hears this.", "Nadie lo oye."),),
        *(EN_ASK, "attic:"),
        *("nothing says ask.attic", "Take it out"),
    ),
    Case(
        "unsigned",
        (Edit("messages/facts.yaml", "reviewer: A. Lawyer", "reviewer: ''"),),
        *(EN_ASK, "strict:"),
        *("ask.strict states law, and no lawyer has signed it", "as their reviewer"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_fault_is_told_with_its_code_its_place_and_its_mend(case: Case, tmp_path: Path):
    """The draft without it has nothing wrong; with it, it has this, and where another thing follows, that."""
    case.check(tmp_path)


def test_every_code_has_a_case():
    """Each with a file that breaks it; no code blocks and warns."""
    tested = {case.code for case in (*CASES, *of_flows.CASES, *of_messages.CASES)} | {"no-words"}

    assert tested == {*BLOCKS, *WARNS}
    assert set() == set(BLOCKS) & set(WARNS)


def test_a_code_that_no_table_has_is_an_error_of_ours():
    """Whoever writes a new check writes its meaning."""
    with pytest.raises(KeyError):
        finding("no-such-code", "a.yaml:1:1", "It is so.", "Mend it.")


def test_a_draft_with_nothing_wrong_has_no_findings(tmp_path: Path):
    """Not one warning either."""
    assert () == findings(Draft(), tmp_path)


def test_a_text_that_only_code_says_is_missed_too(tmp_path: Path):
    """No flow names it, so its place is the catalog."""
    draft = Draft()
    del draft.texts["shared.lost"]

    found = findings(draft, tmp_path)

    assert [f"{tmp_path}/messages/catalogs/en/shared.yaml"] == [each.where for each in found]
    assert "the line says shared.lost, which has no text." == found[0].what


def test_what_blocks_comes_first_and_then_each_file_by_line(tmp_path: Path):
    """Line 9 stands before line 10."""
    draft = Draft()
    draft.say("ask.attic", "Nobody hears this.", "Nadie lo oye.")
    draft.edit("flows/ask.yaml", "    unsure: held", "    unsure: hold")
    draft.edit("flows/ask.yaml", "      REQ: strict", "      REQ: strikt")
    draft.edit("flows/ask.yaml", "    life: until the consent\n", "")

    found = findings(draft, tmp_path)
    places = [each.where.removeprefix(f"{tmp_path}/") for each in found if each.blocks]

    assert sorted(found, key=lambda each: not each.blocks) == list(found)
    assert ["flows/ask.yaml:5:3", "flows/ask.yaml:13:7", "flows/ask.yaml:19:3"] == places


# --- what the code says --------------------------------------------------------------------------

_ID = re.compile(r"""f?["']((?:shared|voice|push|start|urgent)\.[a-z_0-9{}]+)""")
_CODE = (app, flows, messages, worker)
_CHECKS = re.compile(
    r".*/(checking/\w+|check(_\w+)?|walks)\.py"
)  # they look for these ids and say none of them


def test_every_message_id_that_stands_in_code_is_in_the_one_list():
    """A text that code says can then neither be forgotten nor be taken for an orphan."""
    found: dict[str, Path] = {}
    for package in _CODE:
        for path in Path(str(package.__file__)).parent.rglob("*.py"):
            if not _CHECKS.fullmatch(path.as_posix()):
                found |= dict.fromkeys(_ID.findall(path.read_text(encoding="utf-8")), path)
    known = set(named_by_code(read_sources().content.graph))

    def is_known(written: str) -> bool:
        head, brace, _ = written.partition("{")
        return any(name.startswith(head) for name in known) if brace else written in known

    assert {} == {name: path.name for name, path in found.items() if not is_known(name)}


def test_the_list_names_nothing_that_no_code_says():
    """An id leaves the list with the code that said it."""
    written = "\n".join(
        path.read_text(encoding="utf-8")
        for package in _CODE
        for path in Path(str(package.__file__)).parent.rglob("*.py")
        if not _CHECKS.fullmatch(path.as_posix())
    )
    literal = {name for name in NAMED_BY_CODE if re.search(rf"""["']{re.escape(name)}["']""", written)}
    composed = {
        name
        for name in NAMED_BY_CODE
        if re.fullmatch(
            r"shared\.(month_\d+|(place|phone|word)_unknown|what_(this|other)_phone)|push\.(news|follow_up|better_time)"
            + rf"|thread\.({'|'.join(CANNED)})",
            name,
        )
    }

    assert set() == set(NAMED_BY_CODE) - literal - composed


def test_every_value_that_code_fills_has_a_longest_one():
    """And no other: a text that names one that code does not fill cannot be said."""
    source = Path(str(app.__file__)).parent / "values.py"
    body = source.read_text(encoding="utf-8").split("def values_for", 1)[1].split("\n\n\n", 1)[0]

    assert set(LONGEST) == set(re.findall(r'^        "([a-z_]+)":', body, re.MULTILINE))


def test_the_longest_values_are_those_that_cost_most(tmp_path: Path):
    """A state whose name has an accent outside GSM-7 costs more than a long one."""
    draft = Draft()
    draft.edit("messages/places.yaml", "es: California", "es: Califórnia")
    draft.write(tmp_path)
    content = read_sources(tmp_path / "flows", tmp_path / "messages").content

    assert "Massachusetts" == longest_values(content, "en")["state"]
    assert "Califórnia" == longest_values(content, "es")["state"]


# --- the command ---------------------------------------------------------------------------------


def test_the_command_tells_what_must_be_mended_and_counts_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """Blocking first, one finding a line, and exit code 1."""
    draft = Draft()
    draft.say("ask.attic", "Nobody hears this.", "Nadie lo oye.")
    draft.edit("flows/ask.yaml", "    unsure: held", "    unsure: hold")
    draft.write(tmp_path)

    code = report(tmp_path / "flows", tmp_path / "messages")

    told = capsys.readouterr().out.replace(f"{tmp_path}/", "").splitlines()
    assert 1 == code
    assert told[0] == "Must be mended:"
    assert told[1].startswith("flows/ask.yaml:5:3: ask.place leads to ask.hold, and there is no such node. ")
    assert told[1].endswith(" [missing-node]")
    assert "Warnings:" in told
    assert re.fullmatch(r"1 thing must be mended before this can be published, \d+ warnings?\.", told[-1])


def test_quiet_leaves_the_warnings_out_and_counts_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Nothing blocks: exit code 0."""
    draft = Draft()
    draft.edit("messages/facts.yaml", "reviewer: A. Lawyer", "reviewer: ''")
    draft.edit(
        "messages/facts.yaml", "2026-11-01\n    interval: S1", f"{datetime.now():%Y-%m-%d}\n    interval: S1"
    )
    draft.write(tmp_path)

    code = report(tmp_path / "flows", tmp_path / "messages", quiet=True)

    told = capsys.readouterr().out.splitlines()
    assert (0, 1) == (code, len(told))
    assert re.fullmatch(
        r"Clean: nothing blocking, \d+ warnings?, and 1 text is not signed by a lawyer \(amparo check --unsigned\)\.",
        told[0],
    )


def test_json_gives_each_finding_by_its_parts(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """For a program, or a pipeline."""
    draft = Draft()
    draft.edit("flows/ask.yaml", "    unsure: held", "    unsure: hold")
    draft.write(tmp_path)

    code = report(tmp_path / "flows", tmp_path / "messages", quiet=True, as_json=True)

    told = json.loads(capsys.readouterr().out)
    assert 1 == code
    assert [("missing-node", True)] == [(each["code"], each["blocks"]) for each in told["findings"]]
    assert {"code", "blocks", "where", "what", "mend"} == set(told["findings"][0])


def test_files_that_cannot_be_read_are_told_line_by_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """All of them at once, before anything is checked."""
    draft = Draft()
    draft.edit("flows/ask.yaml", "    unsure: held\n", "")
    draft.edit("messages/places.yaml", "rule: REQ", "rule: REK")
    draft.write(tmp_path)

    code = report(tmp_path / "flows", tmp_path / "messages")

    told = capsys.readouterr().out.replace(f"{tmp_path}/", "").splitlines()
    assert (1, "Cannot be read:", 5) == (code, told[0], len(told))
    assert told[1].startswith("flows/ask.yaml:5:3: nodes.place: a question needs unsure.")
    assert told[2].startswith("messages/places.yaml:1:")
    assert "2 faults; mend and check again: the rest was not looked at." == told[4]


# --- our own draft -------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ours() -> Sources:
    """The files of this repository."""
    return read_sources()


def test_nothing_blocks_our_own_draft(ours: Sources):
    """What is in the repository can be published."""
    assert [] == [str(found) for found in check(ours, TODAY) if found.blocks]


def test_our_own_draft_is_checked_quickly():
    """Nobody waits for it: reading the files takes most of the time."""
    began = time.process_time()
    ours = read_sources()
    read = time.process_time()
    check(ours, TODAY)

    assert time.process_time() - read < 2 * (read - began)


def test_the_command_says_what_the_check_finds(ours: Sources):
    """`amparo check` on the files of this installation."""
    result = CliRunner().invoke(check_command, ["--quiet"])
    blocking = [found for found in check(ours) if found.blocks]

    assert bool(blocking) == bool(result.exit_code)
    assert result.output.splitlines()[-1].startswith(f"{len(blocking)} thing" if blocking else "Clean:")


def test_nothing_but_our_own_words_is_a_limit(ours: Sources):
    """The table of limits names nodes that are there."""
    assert set() == set(TURN_LIMITS) - set(ours.content.graph.nodes)
