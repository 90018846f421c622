"""Flow files: how they are read, and what an operator is told when one cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from flows.definition import Menu
from flows.loader import FlowReadError, graph_of, read_flows
from tests.flows.tiny import FILES

HEAD = "flow: door\nstart: knock\nnodes:\n"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes one flow file and gives its folder, relative to where the operator stands."""
    monkeypatch.chdir(tmp_path)

    def write_file(content: str | bytes, name: str = "door") -> Path:
        folder = Path("flows")
        folder.mkdir(exist_ok=True)
        (folder / f"{name}.yaml").write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write_file


def told(folder: Path) -> list[str]:
    """What the operator is told is wrong."""
    with pytest.raises(FlowReadError) as error:
        read_flows(folder)
    return str(error.value).splitlines()


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (HEAD + "\tknock: {say: , next: end}\n", "flows/door.yaml:4:1: found character '\\t' that cannot start any token. Use spaces"),
        (HEAD + "  knock:\n    say:\n   next: end\n", "flows/door.yaml:6:4: expected <block end>"),
        (HEAD + "  knock: {say: 'hello, next: end}\n", "flows/door.yaml:5:1: found unexpected end of stream. Look at the indentation, quotes"),
        (HEAD + "  knock: {say: , next: end}\n  knock: {say: , next: end}\n", 'flows/door.yaml:5:3: found duplicate key "knock". Keep one'),
        (HEAD + "  knock: {say: \x07, next: end}\n", "flows/door.yaml:4:16: here is a character that cannot be seen, U+0007. Delete it"),
        (HEAD + "  knock: {say: , next: end}\n---\na: b\n", "flows/door.yaml:5:1: but found another document."),
        (b"flow: door\nstart: ni\xf1o\n", "flows/door.yaml:1:1: this is not UTF-8 text. Save it as UTF-8."),
    ],
    ids=["tab", "indentation", "quote", "doubled key", "control character", "two documents", "not UTF-8"],
)  # fmt: skip
def test_what_is_no_yaml_is_told_with_its_place_and_how_to_mend_it(
    write: Write, content: str | bytes, expected: str
) -> None:
    """File, line and column; what is wrong; what to do."""
    (line,) = told(write(content))

    assert line.startswith(expected)
    assert line.endswith(" [yaml]")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "flows/door.yaml:1:1: the file: it must hold lines"),
        ("- knock\n", "flows/door.yaml:1:1: the file: it must hold lines"),
        ("flow: door\nstart: knock\n", "flows/door.yaml:1:1: nodes: it is missing."),
        (HEAD, "flows/door.yaml:3:1: nodes: it must hold lines"),
        ("colour: red\n" + HEAD + "  knock: {say: , next: end}\n", "flows/door.yaml:1:1: colour: no such key."),
        (HEAD + "  knock: {say: , next: end, colour: red}\n", "flows/door.yaml:4:29: nodes.knock.colour: no such key."),
        (HEAD + "  knock: who is there\n", "flows/door.yaml:4:3: nodes.knock: it must hold lines"),
        (HEAD + "  knock: {say: , menu: {open: end}}\n", "flows/door.yaml:4:3: nodes.knock: a node must be one of say, menu, question, branch, set, do; this one is say and menu."),
        (HEAD + "  knock: {next: end}\n", "flows/door.yaml:4:3: nodes.knock: a node must be one of say, menu, question, branch, set, do; this one is none."),
        (HEAD + "  knock: {say: }\n", "flows/door.yaml:4:3: nodes.knock: a say needs next."),
        (HEAD + "  knock: {question: place, save: place, next: end}\n", "flows/door.yaml:4:3: nodes.knock: a question needs unsure."),
        (HEAD + "  knock: {branch: place, cases: {TX: end}}\n", "flows/door.yaml:4:3: nodes.knock: a branch needs otherwise."),
        (HEAD + "  knock: {menu: {open: end}, next: end}\n", "flows/door.yaml:4:3: nodes.knock: a menu has no next."),
        (HEAD + "  knock: {say: , next: end, save: it}\n", "flows/door.yaml:4:3: nodes.knock: a say has no save."),
        (HEAD + "  knock:\n    question: number\n    save: n\n    next: end\n    unsure: end\n", "flows/door.yaml:5:5: nodes.knock.question: it must be 'place', 'phone' or 'word'."),
        (HEAD + "  knock:\n    menu: [open, close]\n", "flows/door.yaml:5:5: nodes.knock.menu: it must hold lines"),
        (HEAD + "  knock:\n    menu:\n", "flows/door.yaml:5:5: nodes.knock.menu: it must hold lines"),
        (HEAD + "  knock:\n    menu: {open: {then: end}}\n", "flows/door.yaml:5:12: nodes.knock.menu.open: it must be one word or text."),
        (HEAD + "  knock: {menu: {}}\n", "flows/door.yaml:4:3: nodes.knock: a menu has 1 to 7 choices, this one has 0."),
        (HEAD + "  knock: {menu: {a: end, b: end, c: end, d: end, e: end, f: end, g: end, h: end, i: end}}\n", "flows/door.yaml:4:3: nodes.knock: a menu has 1 to 7 choices, this one has 9."),
        (HEAD + "  knock: {menu: {open: end}, consent: yes}\n", "flows/door.yaml:4:30: nodes.knock.consent: it must be 'true'."),
    ],
)  # fmt: skip
def test_what_is_no_flow_is_told_with_its_place_and_how_to_mend_it(
    write: Write, content: str, expected: str
) -> None:
    """The innermost part that is there is pointed at."""
    (line,) = told(write(content))

    assert line.startswith(expected)
    assert line.endswith(" Compare with flows/README.md. [schema]")


def test_a_flow_is_called_as_its_file(write: Write) -> None:
    """Its name stands before every id."""
    folder = write("flow: window\nstart: knock\nnodes:\n  knock: {say: , next: end}\n")

    assert ["flows/door.yaml:1:1: the flow is called 'window'. Call it 'door', as the file. [name]"] == told(
        folder
    )


def test_all_faults_of_all_files_are_told_at_once(write: Write) -> None:
    """An operator mends them in one go."""
    write(HEAD + "  knock: {say: }\n  open: {next: end}\n")
    folder = write("flow: house\nstart: in\nnodes:\n\tin: x\n", "house")

    assert ["flows/door.yaml:4:3", "flows/door.yaml:5:3", "flows/house.yaml:4:1"] == [
        line.split(": ")[0] for line in told(folder)
    ]


def test_a_folder_without_a_flow_file_is_an_error(tmp_path: Path) -> None:
    """Nothing to say is no revision."""
    (tmp_path / "door.yml").write_text(HEAD)

    assert [f"{tmp_path}: there is no flow file here. Put one flow a file. [no-flows]"] == told(tmp_path)


def test_every_plain_word_stays_the_text_it_is(write: Write) -> None:
    """YAML would make truths, numbers and times of these."""
    names = ["yes", "no", "on", "02134", "12:30", "null", "1.5"]
    folder = write(HEAD + "  knock:\n    menu:\n" + "".join(f"      {name}: end\n" for name in names))

    assert names == list(read_flows(folder).documents["door"]["nodes"]["knock"]["menu"])


def test_an_empty_say_says_the_text_of_its_own_id(write: Write) -> None:
    """A flow file holds structure, a catalog the words."""
    folder = write(HEAD + "  knock:\n    say:\n    next: end\n")

    assert {"say": "", "next": "end"} == read_flows(folder).documents["door"]["nodes"]["knock"]


@pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"# A remark.\n\n", b"%YAML 1.1\n---\n"])
def test_what_editors_put_first_does_no_harm(write: Write, start: bytes) -> None:
    """A byte order mark, a remark, a directive."""
    folder = write(start + HEAD.encode() + b"  knock: {menu: {yes: end}}\r\n")

    assert {"menu": {"yes": "end"}} == read_flows(folder).documents["door"]["nodes"]["knock"]


def test_every_part_is_found_in_its_file_again(write: Write) -> None:
    """Flow, node, choice, case and outcome; what has no place of its own stands where its owner stands."""
    files = read_flows(
        write(
            HEAD
            + "  knock:\n    menu:\n      open: rule\n      wait: end\n"
            + "  rule: {branch: place, cases: {TX: end}, otherwise: ask}\n"
            + "  ask:\n    do: opt_out\n    outcomes: {done: end}\n"
        )
    )
    parts = [
        "door",
        "door.knock",
        "door.knock.open",
        "door.knock.wait",
        "door.rule.TX",
        "door.ask.done",
        "door.knock.gone",
        "door.gone",
    ]

    assert ["1:1", "4:3", "6:7", "7:7", "8:33", "11:16", "4:3", "1:1"] == [
        files.where(part).removeprefix("flows/door.yaml:") for part in parts
    ]


def test_names_are_completed_with_their_flow(write: Write) -> None:
    """A target without a flow is of the same one; the two ends belong to none."""
    folder = write(
        HEAD + "  knock: {menu: {a: in, b: house.in, c: end, d: forget}}\n  in: {say: , next: end}\n"
    )

    knock = graph_of(read_flows(folder).documents).nodes["door.knock"]

    assert ("door.in", "house.in", "end", "forget") == knock.targets()


def test_documents_come_back_from_json_as_the_same_graph(write: Write) -> None:
    """A revision keeps them so; the order of the choices, which is their number, with it."""
    for name, text in FILES.items():
        folder = write(text, name)
    documents = read_flows(folder).documents

    again = graph_of(json.loads(json.dumps(documents)))

    assert graph_of(documents) == again
    menu = again.nodes["start.topics"]
    assert isinstance(menu, Menu)
    assert ["papers", "ask", "word", "phone", "place"] == [choice.name for choice in menu.choices]
