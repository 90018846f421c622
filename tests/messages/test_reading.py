"""How hard a text is to read."""

import pytest

from messages.reading import Sentence, band, english_syllables, hardest, score, sentences, spanish_syllables

PLAIN_EN = "Stay silent. Sign nothing. Ask for a lawyer and a judge. Call a lawyer today."
HARD_EN = (
    "Notwithstanding the aforementioned administrative determination, individuals may nevertheless request "
    "reconsideration of their continued detention."
)
PLAIN_ES = "Que guarde silencio y que no firme nada. Pida un abogado. Llame hoy."
HARD_ES = (
    "Independientemente de la determinación administrativa anteriormente mencionada, las personas interesadas "
    "podrán solicitar la reconsideración de su detención."
)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (PLAIN_EN, "en", "easy"),
        ("A judge did not sign this paper. You may ask the jail for a copy of it.", "en", "easy"),
        ("The government does not pay for lawyers when people go to immigration court.", "en", "hard"),
        (HARD_EN, "en", "hard"),
        (PLAIN_ES, "es", "easy"),
        (HARD_ES, "es", "hard"),
        ("Deportation", "en", "easy"),
        ("", "es", "easy"),
    ],
)
def test_a_text_is_easy_plain_or_hard(text: str, language: str, expected: str):
    """A label of a word or two is not judged."""
    assert expected == band(text, language)


def test_the_formulas_are_the_published_ones():
    """Six words of one syllable: 0.39*6 + 11.8 - 15.59; seven of eleven: 206.84 - 60*11/7 - 1.02*7."""
    assert pytest.approx(0.39 * 6 + 11.8 - 15.59) == score("The cat sat on the mat.", "en")
    assert pytest.approx(206.84 - 60 * 11 / 7 - 1.02 * 7) == score("El gato come en la casa grande.", "es")


def test_the_hardest_sentence_comes_first():
    """Those at or below the limit are not named."""
    found = hardest(f"{PLAIN_EN} {HARD_EN} Immigration judges decide about every application.", "en", 8)

    assert [HARD_EN, "Immigration judges decide about every application."] == [each.text for each in found]
    assert found[0].score > found[1].score > 8


def test_in_spanish_a_lower_score_is_harder():
    """Fernandez-Huerta counts down."""
    found = hardest(f"{PLAIN_ES} {HARD_ES}", "es", 60)

    assert [Sentence(HARD_ES, score(HARD_ES, "es"))] == found


def test_another_language_has_no_measure():
    """Nothing is guessed about a language we cannot count."""
    with pytest.raises(ValueError, match="reading can be measured in en, es, got 'ht'"):
        band("Bonjou", "ht")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three? Four… Five", ["One.", "Two!", "Three?", "Four…", "Five"]),
        ("Call at 8 a.m. or 9 p.m. on Friday.", ["Call at 8 a.m. or 9 p.m. on Friday."]),
        ("Dr. Ruiz and Mr. B. Lee paid $1.50.", ["Dr. Ruiz and Mr. B. Lee paid $1.50."]),
        ("La Sra. Ruiz vive en EE. UU. con él.", ["La Sra. Ruiz vive en EE. UU. con él."]),
        ("No. Say it.", ["No.", "Say it."]),
        ("¿Qué hago? ¡Llame! Llame hoy.", ["¿Qué hago?", "¡Llame!", "Llame hoy."]),
        ('Say: "I do not agree." Then call.', ['Say: "I do not agree."', "Then call."]),
        (
            "What is it?\n1 Ask for a copy\n2. Bail\n10) A lawyer",
            ["What is it?", "Ask for a copy", "Bail", "A lawyer"],
        ),
        ("Wait 48 hours. 48 is the rule.", ["Wait 48 hours.", "48 is the rule."]),
        ("Call {voice}. {line} is here.", ["Call {voice}.", "{line} is here."]),
        (" \n \n", []),
    ],
)
def test_sentences_end_where_a_reader_rests(text: str, expected: list[str]):
    """Neither at an abbreviation nor within a number; always at the end of a line."""
    assert expected == sentences(text)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("the", 1), ("table", 2), ("judge", 1), ("called", 1), ("wanted", 2), ("holds", 1), ("houses", 2),
        ("being", 2), ("lawyer's", 2), ("detainer", 3), ("immigration", 4), ("DHS", 3), ("48", 1),
    ],
)  # fmt: skip
def test_english_syllables_are_guessed(word: str, count: int):
    """By groups of vowels, less the silent e."""
    assert count == english_syllables(word)


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("y", 1), ("muy", 1), ("quien", 1), ("guerra", 2), ("país", 2), ("leído", 3), ("audiencia", 3),
        ("abogado", 4), ("inmigración", 4), ("policía", 4), ("construir", 2), ("48", 1),
    ],
)  # fmt: skip
def test_spanish_syllables_are_counted(word: str, count: int):
    """A strong or accented vowel is a syllable; a weak one beside it is none."""
    assert count == spanish_syllables(word)
