"""Operators' YAML: nothing is guessed, and every fault says where it is and how to mend it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.yaml_reader import Fault, Listing, ReadError, Scalar, Table, each, read_yaml, table, text, texts
from tests.messages.conftest import Write

QUOTE = "Put the whole text in quotes, or write >- after the key and the text on the next line."


def told(path: Path) -> str:
    with pytest.raises(ReadError) as caught:
        read_yaml(path)
    return str(caught.value)


@pytest.mark.parametrize(
    "written", ["yes", "no", "02134", "12:30", "2026-11-23", "null", "~", "1e3", "0x1F", "3.0"]
)
def test_every_plain_value_is_the_text_that_was_written(write: Write, written: str):
    """A ZIP keeps its nought and a no stays a no."""
    value = read_yaml(write("a.yaml", f"key: {written}\n")).entries["key"].value

    assert Scalar("a.yaml:1:6", written) == value


def test_values_know_where_they_stand(write: Write):
    """Line and column count from one, under the path as it was given."""
    root = read_yaml(write("messages/a.yaml", "one: [x, y]\ntwo:\n  three: z\n"))
    inner = root.entries["two"].value

    assert (
        Listing(
            "messages/a.yaml:1:6", (Scalar("messages/a.yaml:1:7", "x"), Scalar("messages/a.yaml:1:10", "y"))
        )
        == root.entries["one"].value
    )
    assert isinstance(inner, Table)
    assert "messages/a.yaml:3:3" == inner.entries["three"].where


def test_a_merge_key_is_a_key_like_any_other(write: Write):
    """YAML's own cleverness stays asleep."""
    assert ["<<"] == list(read_yaml(write("a.yaml", "<<: x\n")).entries)


SYNTAX = {
    "a:\n\tb: c": "a.yaml:2:1: a tab stands where spaces belong. Indent with spaces, two for each level.",
    "a: >-\n\ttext": "a.yaml:2:1: a tab stands where spaces belong. Indent with spaces, two for each level.",
    "a: Say this: no": f"a.yaml:1:12: a second colon stands in this line, or its indentation is wrong. {QUOTE}",
    "a: 1\nb\nc: 2": "a.yaml:2:1: this line has no colon after its key. Write `key: text`, or indent the line.",
    "a:\n  b: 1\n c: 2": (
        "a.yaml:3:2: this line does not line up with those above. Indent sisters alike, by two spaces."
    ),
    'a: "open\nb: 3\n': (
        "a.yaml:1:4: a quotation mark is opened here and never closed. Close it where the text ends."
    ),
    "a: %x": f"a.yaml:1:4: a text cannot start with '%'. {QUOTE}",
    "a: @x": f"a.yaml:1:4: a text cannot start with '@'. {QUOTE}",
    "a: * x": f"a.yaml:1:4: a text cannot start with '*'. {QUOTE}",
    "a: *x": f"a.yaml:1:4: a text cannot start with '*'. {QUOTE}",
    "a: & x": f"a.yaml:1:4: a text cannot start with '&'. {QUOTE}",
    "a: !<x": f"a.yaml:1:4: a text cannot start with '!'. {QUOTE}",
    "a: ? x": f"a.yaml:1:4: a text cannot start with '? '. {QUOTE}",
    'a: "\\q"': "a.yaml:1:6: a backslash in double quotes means something else. Use single quotes.",
    "a: [x, y\nb: 3": f"a.yaml:1:4: a bracket or brace is opened here and not closed. {QUOTE}",
    "a: {line} here": f"a.yaml:1:11: the text goes on after it had ended. {QUOTE}",
    "a: 'it's'": f"a.yaml:1:8: the text goes on after it had ended. {QUOTE}",
    "a: - b": "a.yaml:1:4: a list starts in the middle of a line. Start the list on a line of its own.",
    "a: |x\n  b": "a.yaml:1:5: nothing may follow > or | in the line. Write the text on the next line, indented.",
    "a: ,x": f"a.yaml:1:4: a sign stands where a text belongs. {QUOTE}",
    "a: 1\n---\nb: 2": "a.yaml:2:1: a second document starts here. Take out the line `---`.",
    "%FOO\na": "a.yaml:2:1: this cannot be understood as YAML. Look at this line and the one above.",
    "a: \x00": "a.yaml:1:4: a character that cannot be seen stands here. Take it out.",
    "# only": "a.yaml: the file is empty. Write its first entry, or delete the file.",
    "": "a.yaml: the file is empty. Write its first entry, or delete the file.",
    "- a": "a.yaml:1:1: the file is not a table of keys. Start each entry with `key: `.",
    "[" * 3000: "a.yaml: the file cannot be understood as YAML. Compare it with a file that works.",
    "a: &x [*x]": "a.yaml:1:4: the anchor '&x' cannot be used. Write the text out in both places.",
    "a: !!int 3": f"a.yaml:1:4: the tag '!!int' cannot be used. {QUOTE}",
    "a: !py x": f"a.yaml:1:4: the tag '!py' cannot be used. {QUOTE}",
    "? [a]\n: b": (
        "a.yaml:1:3: a list stands where a text belongs. "
        "Write the text itself; put it in quotes if it starts with { or [."
    ),
}


@pytest.mark.parametrize("content", SYNTAX, ids=[repr(content[:16]) for content in SYNTAX])
def test_a_slip_is_told_in_plain_words(write: Write, content: str):
    """No word of the parser's own reaches an operator."""
    assert SYNTAX[content] == told(write("a.yaml", content))


def test_every_doubled_key_is_refused(write: Write):
    """The last one would win in silence; both places are named."""
    assert (
        "a.yaml:3:1: the key 'what' is here for the second time; the first is in line 1. Keep one of them.\n"
        "a.yaml:4:1: the key 'why' is here for the second time; the first is in line 2. Keep one of them."
    ) == told(write("a.yaml", "what: 1\nwhy: 2\nwhat: 3\nwhy: 4\n"))


def test_a_file_that_is_not_there(write: Write):
    """The reason is the system's, without its path twice."""
    write("b.yaml", "")

    assert (
        "a.yaml: the file cannot be read (FileNotFoundError). Look whether it is there and may be read."
    ) == told(Path("a.yaml"))


def test_a_file_in_another_encoding(write: Write):
    """Latin-1 from an old editor is named by its line."""
    path = write("a.yaml", "")
    path.write_bytes(b"a: b\nc: caf\xe9\n")

    assert "a.yaml:2:1: a letter here is not in UTF-8. Save the file as UTF-8." == told(path)


def test_a_byte_order_mark_does_no_harm(write: Write):
    """Editors on Windows write one."""
    assert ["a"] == list(read_yaml(write("a.yaml", "\ufeffa: b\n")).entries)


@given(
    st.text(
        st.characters(exclude_categories=("Cs",)) | st.sampled_from(list("\t\n :-[]{}&*!|>'\"%@`,?#")),
        max_size=60,
    )
)
def test_no_file_does_worse_than_a_read_error(tmp_path_factory: pytest.TempPathFactory, content: str):
    """Whatever stands in a file, it is a table or a fault that ends in a mend."""
    path = tmp_path_factory.mktemp("any") / "a.yaml"
    path.write_text(content, encoding="utf-8", newline="")

    assert isinstance(_read_or_faults(path), Table | tuple)


def _read_or_faults(path: Path) -> Table | tuple[Fault, ...]:
    try:
        return read_yaml(path)
    except ReadError as error:
        return error.faults


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("a: b", "a.yaml:1:4: the text 'b' stands where a table of keys belongs. Write `key: value` lines."),
        ("a:", "a.yaml:1:1: nothing stands where a table of keys belongs. Write `key: value` lines."),
        ("a: {x: 1}", "a.yaml:1:4: must is missing here. Add it, on a line of its own."),
        (
            "a: {must: 1, mst: 2, may: 3, my: 4}",
            "a.yaml:1:14: the field 'mst' is not known here. The fields are: must, may.\n"
            "a.yaml:1:30: the field 'my' is not known here. The fields are: must, may.",
        ),
    ],
)
def test_a_table_has_the_fields_it_must_and_no_others(write: Write, content: str, fault: str):
    """A slip in a field's name is not passed over."""
    value = read_yaml(write("a.yaml", content + "\n")).entries["a"].value
    with pytest.raises(ReadError) as caught:
        table(value, required=("must",), optional=("may",))

    assert fault == str(caught.value)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("a: b", "a.yaml:1:4: the text 'b' stands where a list belongs. Write [one, two], or a dash a line."),
        ("a: {b: c}", "a.yaml:1:4: a table stands where a list belongs. Write [one, two], or a dash a line."),
        (
            "a: [x, '', [y]]",
            "a.yaml:1:8: the text is empty. Write the text, or take the key out.\n"
            "a.yaml:1:12: a list stands where a text belongs. "
            "Write the text itself; put it in quotes if it starts with { or [.",
        ),
    ],
)
def test_a_list_holds_texts(write: Write, content: str, fault: str):
    """One text is not quietly taken as a list of one, or of its letters."""
    with pytest.raises(ReadError) as caught:
        texts(read_yaml(write("a.yaml", content)).entries["a"].value)

    assert fault == str(caught.value)


def test_an_empty_list_may_be_left_blank(write: Write):
    """`accept:` with nothing after it is no words at all."""
    assert () == texts(read_yaml(write("a.yaml", "a:\n")).entries["a"].value)


def test_all_faults_are_told_at_once(write: Write):
    """A person mends a file in one go."""
    entries = read_yaml(write("a.yaml", "a: ''\nb: ok\nc: []\n")).entries
    with pytest.raises(ReadError) as caught:
        each(entries.values(), lambda entry: text(entry.value))

    assert ["a.yaml:1:4", "a.yaml:3:4"] == [fault.where for fault in caught.value.faults]
