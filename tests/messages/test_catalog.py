"""The English texts: file, key and what may stand there."""

from pathlib import Path

import pytest

from messages.catalog import Catalog, Text, placeholders, read_source
from messages.yaml_reader import ReadError
from tests.messages.conftest import Write

EN = Path("catalogs/en")


def test_the_file_is_the_flow_and_the_key_the_rest(write: Write):
    """A choice's label is a plain text; a text that states law names its facts."""
    write(
        "catalogs/en/detainer.yaml",
        "what:\n  text: >-\n    A detainer is\n    a paper.\n\n    {line}\n"
        "  facts: [DT1, DT2]\n  note: Keep it short.\nwhat.copy: Ask for a copy\n",
    )
    write("catalogs/en/shared.yaml", "footer: |\n  0 Menu\n  9 Back\n")

    assert {
        "detainer.what": Text(
            "detainer.what",
            "A detainer is a paper.\n{line}",
            ("DT1", "DT2"),
            "Keep it short.",
            "catalogs/en/detainer.yaml:1:1",
        ),
        "detainer.what.copy": Text(
            "detainer.what.copy", "Ask for a copy", where="catalogs/en/detainer.yaml:9:1"
        ),
        "shared.footer": Text("shared.footer", "0 Menu\n9 Back", where="catalogs/en/shared.yaml:1:1"),
    } == dict(read_source(EN).texts)


def test_a_catalog_gives_a_text_or_none():
    """What it was made from cannot change it."""
    texts = {"a.b": Text("a.b", "Hello")}
    catalog = Catalog("en", texts)
    texts.clear()

    assert (Text("a.b", "Hello"), None) == (catalog.get("a.b"), catalog.get("a.c"))


def test_placeholders_are_simple_names():
    """Anything else in braces is none."""
    assert frozenset({"line", "voice_2"}) == placeholders("{line} {voice_2} {Line} {} {a.b} {line}")


@pytest.mark.parametrize(
    ("name", "content", "fault"),
    [
        (
            "a.yaml",
            "what: {txt: x}",
            "catalogs/en/a.yaml:1:7: text is missing here. Add it, on a line of its own.",
        ),
        (
            "a.yaml",
            "what: {text: x, fact: [A]}",
            "catalogs/en/a.yaml:1:17: the field 'fact' is not known here. The fields are: text, facts, note, may_fall.",
        ),
        (
            "a.yaml",
            "what: [x]",
            "catalogs/en/a.yaml:1:7: a list stands where a table of keys belongs. Write `key: value` lines.",
        ),
        (
            "a.yaml",
            "what: ''",
            "catalogs/en/a.yaml:1:7: the text is empty. Write the text, or take the key out.",
        ),
        (
            "a.yaml",
            "What now: x",
            "catalogs/en/a.yaml:1:1: 'What now' is no name of a message. "
            "Use small letters, digits and _, starting with a letter; a choice is node.choice.",
        ),
        (
            "a.yaml",
            "what: 'Call {Voice}'",
            "catalogs/en/a.yaml:1:7: a brace in 'what' is no part of a placeholder. Write {name}, the name in "
            "small letters, digits and _, starting with a letter; a text has no other use for braces.",
        ),
        (
            "a.yaml",
            "what:\n  text: 'Call {voice'",
            "catalogs/en/a.yaml:2:9: a brace in 'text' is no part of a placeholder. Write {name}, the name in "
            "small letters, digits and _, starting with a letter; a text has no other use for braces.",
        ),
        (
            "a.yml",
            "what: x",
            "catalogs/en/a.yml: 'a.yml' is no name of a flow's texts. "
            "Name it flow.yaml, the flow in small letters, digits and _, starting with a letter.",
        ),
    ],
)
def test_what_does_not_belong_is_refused_where_it_stands(write: Write, name: str, content: str, fault: str):
    """Nothing in a catalog is passed over in silence."""
    write(f"catalogs/en/{name}", content + "\n")
    with pytest.raises(ReadError) as caught:
        read_source(EN)

    assert fault == str(caught.value)


def test_faults_of_all_files_are_told_at_once(write: Write):
    """One run shows everything there is to mend."""
    write("catalogs/en/a.yaml", "x: ''\n")
    write("catalogs/en/b.yaml", "y: ''\nz: []\n")
    with pytest.raises(ReadError) as caught:
        read_source(EN)

    assert ["catalogs/en/a.yaml:1:4", "catalogs/en/b.yaml:1:4", "catalogs/en/b.yaml:2:4"] == [
        fault.where for fault in caught.value.faults
    ]


def test_a_folder_without_texts(write: Write):
    """An empty or missing folder is no empty catalog."""
    write("other", "")
    with pytest.raises(ReadError) as caught:
        read_source(EN)

    assert "catalogs/en: there are no texts here. Add a file such as start.yaml." == str(caught.value)
