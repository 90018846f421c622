"""References and words to say."""

from __future__ import annotations

import pytest

from app.referral.word import DIGITS, LETTERS, WORDS, new_reference, new_word, read_reference


def test_a_reference_has_letters_and_digits_that_are_not_mistaken() -> None:
    """Five characters, a letter and a digit at least, no vowel, nothing that looks like something else."""
    for _ in range(2000):
        reference = new_reference()
        assert len(reference) == 5
        assert set(reference) & set(LETTERS)
        assert set(reference) & set(DIGITS)
        assert not set(reference) & set("0O1ILUAEIOU")


def test_references_rarely_meet() -> None:
    """Of a thousand hardly two are the same."""
    assert len({new_reference() for _ in range(1000)}) > 990


@pytest.mark.parametrize("typed", ["7k2mx", " 7K2 MX ", "7K2-MX", "7 k 2 m x"])
def test_a_reference_is_read_however_it_is_typed(typed: str) -> None:
    """Case, spaces and dashes do not matter."""
    assert "7K2MX" == read_reference(typed)


@pytest.mark.parametrize("typed", ["", "hola", "7K2M", "7K2MXX", "77777", "KKKKK", "7K2MO", "77002"])
def test_what_is_no_reference_is_not_taken_for_one(typed: str) -> None:
    """A ZIP and a word are none."""
    assert read_reference(typed) is None


def test_the_words_can_be_sent_and_said() -> None:
    """About sixty in each language, plain GSM-7, no two alike, none long."""
    for words in WORDS.values():
        assert len(words) >= 60
        assert len(words) == len(set(words))
        assert all(word.isascii() and word.isalpha() and 3 <= len(word) <= 10 for word in words)


def test_a_language_without_a_list_gets_an_english_word() -> None:
    """Somebody who reads texts in another language still gets a word."""
    assert new_word("ht") in WORDS["en"]
    assert new_word("es") in WORDS["es"]
