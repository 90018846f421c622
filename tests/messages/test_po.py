"""Translations: what may be sent, what may not, and how the files follow the English."""

import contextlib
from pathlib import Path

import polib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.catalog import Catalog, Text
from messages.po import Problem, number_disparity, placeholder_disparity, read_translation, sync
from messages.yaml_reader import ReadError
from tests.messages.conftest import Write

ES = Path("catalogs/es")
FILE = "catalogs/es/start.po"


def english(**texts: str) -> Catalog:
    return Catalog("en", {f"start.{key}": Text(f"start.{key}", words) for key, words in texts.items()})


def entry(message: str, source: str, words: str, above: str = "") -> str:
    return f'{above}msgctxt "{message}"\nmsgid "{source}"\nmsgstr "{words}"\n'


def told(source: Catalog) -> list[str]:
    return [f"{problem.kind}: {problem}" for problem in read_translation(ES, "es", source)[1]]


def test_a_current_translation_may_be_sent(write: Write):
    """The catalog has the order of the English, and knows file and line."""
    write(FILE, entry("start.b", "Bye", "Adiós") + "\n" + entry("start.a", "Hello", "Hola"))
    catalog, problems = read_translation(ES, "es", english(a="Hello", b="Bye"))

    assert ("es", ()) == (catalog.language, problems)
    assert [
        Text("start.a", "Hola", where="catalogs/es/start.po:5"),
        Text("start.b", "Adiós", where="catalogs/es/start.po:1"),
    ] == list(catalog.texts.values())


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (
            "",
            "missing: catalogs/es/start.po: 'start.a' is not there to be translated. "
            "Run `amparo translations`, then write its msgstr.",
        ),
        (
            entry("start.a", "Call {voice} or 911", " "),
            "missing: catalogs/es/start.po:1: 'start.a' is not translated. Write its msgstr.",
        ),
        (
            entry("start.a", "Call {voice}", "Llame al {voice} o al 911"),
            "stale: catalogs/es/start.po:1: 'start.a' was translated from English that has changed. "
            "Run `amparo translations`, then look at this entry.",
        ),
        (
            entry("start.a", "Call {voice} or 911", "Llame al {voice} o al 911", above="#, fuzzy\n"),
            "fuzzy: catalogs/es/start.po:1: 'start.a' is marked fuzzy. "
            "Compare it with the English, then take the word fuzzy away.",
        ),
        (
            entry("start.a", "Call {voice} or 911", "Llame al {voz} o al 911"),
            "placeholder: catalogs/es/start.po:1: 'start.a' lacks {voice}. "
            "Use the names in braces of the English, and no other braces.",
        ),
        (
            entry("start.a", "Call {voice} or 911", "Llame al {voice}, {line} o al 911"),
            "placeholder: catalogs/es/start.po:1: 'start.a' has {line}, which the English has not. "
            "Use the names in braces of the English, and no other braces.",
        ),
        (
            entry("start.a", "Call {voice} or 911", "Llame al {voice} o al 911 }"),
            "placeholder: catalogs/es/start.po:1: 'start.a' has a brace that is no part of a placeholder. "
            "Use the names in braces of the English, and no other braces.",
        ),
        (
            entry("start.a", "Call {voice} or 911", "Llame al {voice}"),
            "number: catalogs/es/start.po:1: 'start.a' lacks 911. "
            "Give the same numbers and links as the English.",
        ),
    ],
    ids=["none", "blank", "stale", "fuzzy", "renamed", "added", "brace", "number"],
)
def test_what_may_not_be_sent_is_named(write: Write, content: str, problem: str):
    """It is in no catalog, and the reason stands where the translator looks."""
    write(FILE, content)
    source = english(a="Call {voice} or 911")

    assert [problem] == told(source)
    assert {} == dict(read_translation(ES, "es", source)[0].texts)


def test_a_second_translation_is_not_used(write: Write):
    """Two translators, one message: somebody must choose."""
    write(FILE, entry("start.a", "Hello", "Hola") + "\n" + entry("start.a", "Hello", "Buenas"))

    assert [
        "doubled: catalogs/es/start.po:5: 'start.a' is translated a second time; "
        "the first is at catalogs/es/start.po:1. Keep one of them."
    ] == told(english(a="Hello"))


def test_an_orphan_is_named(write: Write):
    """Its English is gone, or it never said which it was."""
    write(FILE, entry("start.z", "Hello", "Hola") + '\nmsgid "Bye"\nmsgstr "Adiós"\n')

    assert [
        Problem(
            "orphan",
            "start.z",
            "catalogs/es/start.po:1",
            "this entry translates 'start.z'",
            "Run `amparo translations`.",
        ),
        Problem(
            "orphan",
            "",
            "catalogs/es/start.po:5",
            "this entry translates no message (msgctxt is missing)",
            "Run `amparo translations`.",
        ),
    ] == list(read_translation(ES, "es", english())[1])


PO_SYNTAX = {
    'msgctxt "a"\nmsgid "b\nmsgstr "c"\n': (
        "catalogs/es/start.po:2: the text in this line is not closed, or has a quotation mark inside. "
        'End the line with a quotation mark, and write \\" for one inside.'
    ),
    'msgid "a"\nmsgstr ""\n"b "c" d"\n': (
        "catalogs/es/start.po:3: the text in this line is not closed, or has a quotation mark inside. "
        'End the line with a quotation mark, and write \\" for one inside.'
    ),
    "hello\n": (
        "catalogs/es/start.po:1: this cannot be understood as a PO file. "
        "Look at this line and the one above: every text stands in quotes, after msgctxt, msgid or msgstr."
    ),
    'msgid "a"\nmsgstr[x] "b"\n': (
        "catalogs/es/start.po:2: this cannot be understood as a PO file. "
        "Look at this line and the one above: every text stands in quotes, after msgctxt, msgid or msgstr."
    ),
}


@pytest.mark.parametrize("content", PO_SYNTAX)
def test_a_broken_file_is_refused_by_its_line(write: Write, content: str):
    """Nothing is taken from it: an unclosed line would lose its last letter in silence."""
    write(FILE, content)
    with pytest.raises(ReadError) as caught:
        read_translation(ES, "es", english(a="Hello"))

    assert PO_SYNTAX[content] == str(caught.value)


@given(
    st.lists(
        st.sampled_from(
            [
                "msgid ",
                "msgstr ",
                "msgctxt ",
                "msgstr[0] ",
                '"',
                "a",
                "\n",
                "#",
                "#~ ",
                "#| ",
                "#, ",
                "#: a:x",
                "\\",
                " ",
            ]
        )
    ).map("".join)
)
def test_no_file_does_worse_than_a_read_error(tmp_path_factory: pytest.TempPathFactory, content: str):
    """Whatever stands in a PO file, it is read or refused."""
    folder = tmp_path_factory.mktemp("es")
    (folder / "start.po").write_text(content, encoding="utf-8", newline="\n")
    with contextlib.suppress(ReadError):
        sync(folder, "es", english(a="Hello"))


def test_a_file_in_another_encoding_is_refused(write: Write):
    """Latin-1 letters would reach people as rubbish."""
    write(FILE, "").write_bytes(b'msgid "a"\nmsgstr "caf\xe9"\n')
    with pytest.raises(ReadError) as caught:
        read_translation(ES, "es", english())

    assert "catalogs/es/start.po: the file is not in UTF-8. Save it as UTF-8." == str(caught.value)


HEADER = (
    "#\n"
    'msgid ""\n'
    'msgstr ""\n'
    '"Language: es\\n"\n'
    '"MIME-Version: 1.0\\n"\n'
    '"Content-Type: text/plain; charset=UTF-8\\n"\n'
    '"Content-Transfer-Encoding: 8bit\\n"\n'
)


def test_new_texts_are_laid_out_for_translators(write: Write):
    """One file a flow, in the order of the English, with the node, the note, the facts and what must stay."""
    write("elsewhere", "")
    source = Catalog(
        "en",
        {
            "start.b": Text("start.b", "Call {voice}\nor {line}", ("DT1", "DT2"), "Keep it\n short."),
            "start.a": Text("start.a", "Hello"),
        },
    )

    assert (ES / "start.po",) == sync(ES, "es", source)
    assert (
        HEADER
        + "\n#. Node: start.b\n#. Keep it short.\n#. Facts: DT1, DT2\n#. Keep as they are: {line}, {voice}\n"
        + 'msgctxt "start.b"\nmsgid ""\n"Call {voice}\\n"\n"or {line}"\nmsgstr ""\n'
        + '\n#. Node: start.a\nmsgctxt "start.a"\nmsgid "Hello"\nmsgstr ""\n'
    ) == (ES / "start.po").read_text(encoding="utf-8")


def synced(source: Catalog) -> str:
    sync(ES, "es", source)
    return Path(FILE).read_text(encoding="utf-8").removeprefix(HEADER)


def test_where_the_english_changed_the_old_words_stay_as_fuzzy(write: Write):
    """The translator sees what her words were made from, however often the English changed since."""
    write(FILE, HEADER + "\n" + entry("start.a", "Hello", "Hola", above="# mine\n"))
    changed = '\n# mine\n#. Node: start.a\n#, fuzzy\n#| msgid "Hello"\nmsgctxt "start.a"\nmsgid "%s"\nmsgstr "Hola"\n'

    assert changed % "Good day" == synced(english(a="Good day"))
    assert changed % "Good evening" == synced(english(a="Good evening"))


def test_a_fuzzy_mark_is_only_taken_away_by_a_person(write: Write):
    """Even where the English comes back to what it was."""
    write(FILE, entry("start.a", "Hello", "Hola"))
    synced(english(a="Good day"))

    assert '\n#. Node: start.a\n#, fuzzy\nmsgctxt "start.a"\nmsgid "Hello"\nmsgstr "Hola"\n' == synced(
        english(a="Hello")
    )


def test_what_a_person_made_current_stays_current(write: Write):
    """Her mark gone, the previous English goes too."""
    write(FILE, entry("start.a", "Good day", "Buen día", above='#| msgid "Hello"\n'))

    assert '\n#. Node: start.a\nmsgctxt "start.a"\nmsgid "Good day"\nmsgstr "Buen día"\n' == synced(
        english(a="Good day")
    )


def test_what_has_no_english_any_more_is_kept_as_obsolete(write: Write):
    """Nothing that a person wrote is lost; what nobody wrote is not kept."""
    write(
        FILE,
        entry("start.z", "Old", "Viejo")
        + "\n"
        + entry("start.y", "Never", "")
        + "\n"
        + entry("start.a", "Hello", "Hola"),
    )
    write("catalogs/es/gone.po", entry("gone.a", "Gone", "Ido"))
    expected = (
        '\n#. Node: start.a\nmsgctxt "start.a"\nmsgid "Hello"\nmsgstr "Hola"\n'
        '\n#~ msgctxt "start.z"\n#~ msgid "Old"\n#~ msgstr "Viejo"\n'
    )

    assert expected == synced(english(a="Hello"))
    assert '#~ msgstr "Ido"' in Path("catalogs/es/gone.po").read_text(encoding="utf-8")
    assert [] == told(english(a="Hello"))


def test_an_obsolete_translation_comes_back_with_its_english(write: Write):
    """A text taken out for a week need not be translated again; if it changed meanwhile, it is fuzzy."""
    write(FILE, entry("start.a", "Hello", "Hola") + "\n" + entry("start.b", "Bye", "Adiós"))
    sync(ES, "es", english(a="Hello"))
    sync(ES, "es", english(a="Hello", b="Bye"))

    assert [] == told(english(a="Hello", b="Bye"))

    sync(ES, "es", english(a="Hello"))
    sync(ES, "es", english(a="Hello", b="Bye now"))

    assert ["fuzzy"] == [each.kind for each in read_translation(ES, "es", english(a="Hello", b="Bye now"))[1]]


def test_a_fuzzy_orphan_remembers_its_english(write: Write):
    """It comes back as what it was: words made from an older text."""
    write(FILE, entry("start.a", "Hello", "Hola"))
    synced(english(a="Good day"))

    assert '\n#, fuzzy\n#~ msgctxt "start.a"\n#~ msgid "Hello"\n#~ msgstr "Hola"\n' == synced(english())


def test_a_text_that_moves_to_another_file_takes_its_translation_along(write: Write):
    """The message id finds it wherever it lies."""
    write("catalogs/es/other.po", entry("start.a", "Hello", "Hola"))
    sync(ES, "es", english(a="Hello"))

    assert [] == told(english(a="Hello"))


def test_dates_and_names_of_people_leave_the_header(write: Write):
    """The rest of what an editor wrote there stays."""
    header = 'msgid ""\nmsgstr ""\n"PO-Revision-Date: 2026-11-23\\n"\n"Last-Translator: A <a@example.org>\\n"\n"X-Editor: e\\n"\n'
    write(FILE, header + "\n" + entry("start.a", "Hello", "Hola"))
    sync(ES, "es", english(a="Hello"))

    written = Path(FILE).read_text(encoding="utf-8")
    assert HEADER + '"X-Editor: e\\n"\n' in written
    assert "Date" not in written
    assert "Translator" not in written


def test_one_broken_file_stops_the_whole_update(write: Write):
    """Better nothing than half."""
    write(FILE, "hello\n")
    with pytest.raises(ReadError):
        sync(ES, "es", Catalog("en", {"aa.a": Text("aa.a", "x"), "start.a": Text("start.a", "y")}))

    assert [Path(FILE)] == sorted(ES.iterdir())


words = st.text(
    st.characters(exclude_categories=("Cs", "Cc")) | st.sampled_from('\n"\\'), min_size=1, max_size=20
).filter(str.strip)


@given(
    before=st.lists(
        st.tuples(st.sampled_from("abcde"), words, words | st.just(""), st.booleans()), max_size=6
    ),
    after=st.dictionaries(st.sampled_from("abcdef"), words, max_size=5),
)
def test_a_second_update_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory,
    before: list[tuple[str, str, str, bool]],
    after: dict[str, str],
):
    """Whatever the files were, and no words of a translator are lost on the way."""
    folder = tmp_path_factory.mktemp("es")
    blocks = [
        entry(f"start.{key}", _quoted(source), _quoted(said), above="#, fuzzy\n" if fuzzy else "")
        for key, source, said, fuzzy in before
    ]
    (folder / "start.po").write_text(
        'msgid ""\nmsgstr ""\n\n' + "\n".join(blocks), encoding="utf-8", newline="\n"
    )
    source = english(**after)
    sync(folder, "es", source)
    first = (folder / "start.po").read_bytes()

    assert () == sync(folder, "es", source)
    assert first == (folder / "start.po").read_bytes()
    kept = {entry.msgstr for entry in polib.pofile(str(folder / "start.po"), encoding="utf-8")}
    assert {said for _, _, said, _ in before if said} <= kept


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


@pytest.mark.parametrize(
    ("source", "said", "unlike"),
    [
        ("Call {voice}", "Llame al {voice}", None),
        ("{line}: {voice}", "{voice}", "lacks {line}"),
        ("{voice}", "{line} {voice}", "has {line}, which the English has not"),
        ("a", "{ a", "has a brace that is no part of a placeholder"),
    ],
)
def test_placeholders_must_be_the_same(source: str, said: str, unlike: str | None):
    """Their order may change."""
    assert unlike == placeholder_disparity(source, said)


@pytest.mark.parametrize(
    ("source", "said", "unlike"),
    [
        ("Call 1-202-555-0142 within 48 hours", "Llame al (202) 555-0142 en dos días", None),
        ("Call 202-555-0142", "Llame al 202-555-0143", "lacks 2025550142"),
        ("Call 911", "Llame al 911 o al 988", "has 988, which the English has not"),
        ("See example.org/a", "Vea www.example.org/a.", None),
        ("See example.org", "Vea", "lacks example.org"),
        ("Since 2026", "Desde 2025", "lacks 2026"),
    ],
)
def test_numbers_and_links_must_be_the_same(source: str, said: str, unlike: str | None):
    """However they are written; small numbers may be words."""
    assert unlike == number_disparity(source, said)
