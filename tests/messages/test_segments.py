"""What a text costs, and how it is made plain."""

import unicodedata
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.segments import BASIC, EXTENSION, TWINS, Segments, segments, sms_safe

FAMILY = "👨‍👩‍👧‍👦"  # four people and three joiners: 11 UTF-16 units

gsm_texts = st.text(st.sampled_from(sorted(BASIC | EXTENSION)), max_size=400)
any_texts = st.text(st.characters(), max_size=300)


def test_the_gsm_tables_are_whole():
    """127 characters of one septet (128 less the escape) and 10 of two, none in both."""
    assert (127, 10, frozenset()) == (len(BASIC), len(EXTENSION), BASIC & EXTENSION)


@pytest.mark.parametrize(
    ("length", "count"), [(0, 0), (1, 1), (160, 1), (161, 2), (306, 2), (307, 3), (459, 3), (460, 4)]
)
def test_plain_texts_break_at_160_and_then_every_153(length: int, count: int):
    """160 septets fit alone; of several segments each holds 153."""
    assert Segments(count, "GSM-7", length, ()) == segments("a" * length)


@pytest.mark.parametrize(
    ("length", "count"), [(1, 1), (70, 1), (71, 2), (134, 2), (135, 3), (201, 3), (202, 4)]
)
def test_accented_texts_break_at_70_and_then_every_67(length: int, count: int):
    """One acute makes all of it UCS-2: 70 units alone, 67 in each of several."""
    assert Segments(count, "UCS-2", length, ("í",)) == segments("í" + "a" * (length - 1))


@pytest.mark.parametrize("character", sorted(EXTENSION))
def test_an_extension_character_costs_two(character: str):
    """The escape is billed too: 80 fit, 81 do not."""
    assert (1, 2) == (segments(character * 80).count, segments(character * 81).count)


def test_an_extension_pair_is_never_parted():
    """At septet 153 the pair moves on whole, so that 306 septets no longer fit two segments."""
    assert Segments(3, "GSM-7", 306, ()) == segments("a" * 152 + "€" + "a" * 152)
    assert Segments(2, "GSM-7", 306, ()) == segments("a" * 151 + "€" + "a" * 153)


def test_an_emoji_family_is_not_parted():
    """Where a family stands across the boundary, it moves on whole."""
    assert Segments(3, "UCS-2", 134, (FAMILY,)) == segments("a" * 60 + FAMILY + "a" * 63)
    assert Segments(2, "UCS-2", 134, (FAMILY,)) == segments("a" * 56 + FAMILY + "a" * 67)


def test_a_character_larger_than_a_segment_is_cut_where_it_must_be():
    """A letter under 200 accents fits nowhere; it is billed by its units."""
    assert Segments(3, "UCS-2", 201, ("a" + "\u0323" * 200,)) == segments("a" + "\u0323" * 200)


def test_what_forces_the_dear_encoding_is_named_once_in_order():
    """The operator is told which characters to look for."""
    assert ("í", "—", "á") == segments("Aquí — allá, aquí").forced_by


@pytest.mark.parametrize("text", ["¿Qué? ¡Mañana, señor Ñ!", "Kreyòl: è ò à ù ì", "Ç $ £ ¥ @ _ § Ω"])
def test_letters_that_gsm_has_are_cheap(text: str):
    """e-acute, n-tilde, the inverted marks and Haitian graves cost one septet."""
    assert ("GSM-7", len(text)) == (segments(text).encoding, segments(text).units)


@pytest.mark.parametrize("text", ["á", "ç", "`", "’", "\t", "e\u0301", "1️⃣"])
def test_letters_that_gsm_has_not_are_dear(text: str):
    """a-acute, small c-cedilla, the backtick and a tab are not in the table."""
    assert ("UCS-2", (text,)) == (segments(text).encoding, segments(text).forced_by)


@given(any_texts | gsm_texts, st.text(st.characters() | st.sampled_from(sorted(BASIC)), max_size=5))
def test_a_longer_text_never_costs_less(text: str, more: str):
    """Adding to a text keeps or raises its count."""
    assert segments(text).count <= segments(text + more).count


@given(gsm_texts)
def test_gsm_texts_stay_between_the_bounds(text: str):
    """A segment holds 153 septets, or 152 where a pair was kept whole."""
    found = segments(text)
    septets = len(text) + sum(character in EXTENSION for character in text)

    assert ("GSM-7", septets) == (found.encoding, found.units)
    if septets > 160:
        assert -(-septets // 153) <= found.count <= -(-septets // 152)


@given(any_texts)
def test_units_of_dear_texts_are_utf16(text: str):
    """What Python's own UTF-16 codec counts is what is billed."""
    found = segments(text)
    if found.forced_by:
        assert len(text.encode("utf-16-le", "surrogatepass")) // 2 == found.units


@given(any_texts)
def test_what_is_sent_is_well_formed_xml_that_says_the_same(text: str):
    """Expat reads the safe text inside an element, and reads the same characters."""
    safe = sms_safe(text)

    assert safe == (ET.fromstring(f"<Message>{escape(safe)}</Message>").text or "")  # noqa: S314 - our own text


@given(any_texts)
def test_making_safe_twice_changes_nothing_more(text: str):
    """What is safe stays as it is, and in NFC."""
    safe = sms_safe(text)

    assert (safe, safe) == (sms_safe(safe), unicodedata.normalize("NFC", safe))


@given(gsm_texts.filter(lambda text: "\r" not in text and "\f" not in text))
def test_cheap_texts_are_left_as_they_are(text: str):
    """Nothing in GSM-7 is touched but carriage returns and form feeds."""
    assert text == sms_safe(text)


@pytest.mark.parametrize("typographic", sorted(TWINS))
def test_a_typographic_character_becomes_its_plain_twin(typographic: str):
    """Each twin is GSM-7, so that no quote or dash makes a text dear."""
    safe = sms_safe(f"a{typographic}b")

    assert (f"a{TWINS[typographic]}b", "GSM-7") == (safe, segments(safe).encoding)


def test_a_pasted_sentence_becomes_plain():
    """What a word processor makes of a sentence is undone."""
    assert '"I don\'t agree" - say it... 1\n2' == sms_safe("“I don’t\u00a0agree” — say\u00ad it… 1\r\n2")


@pytest.mark.parametrize(
    "text", ["Aquí está su opción", "K'iche'", "中文", "دری", "हिन्दी", FAMILY, "1️⃣", "½ ª º"]
)
def test_accents_and_scripts_are_never_stripped(text: str):
    """Words keep their letters, and emoji their joiners."""
    assert text == sms_safe(text)


@pytest.mark.parametrize(
    "bad", ["\x00", "\x0b", "\x0c", "\x1b", "\x7f", "\x9f", chr(0xD800), chr(0xDFFF), "\ufffe", "\uffff"]
)
def test_what_xml_does_not_allow_is_taken_out(bad: str):
    """Control characters, lone surrogates and non-characters would break the answer to Twilio."""
    assert "ab" == sms_safe(f"a{bad}b")


def test_a_letter_and_its_accent_become_one():
    """A decomposed e-acute is cheap once it is one letter."""
    assert Segments(1, "GSM-7", 1, ()) == segments(sms_safe("e\u0301"))
