"""Codes on paper: easy to copy, hard to guess, and only their fingerprints are kept."""

from __future__ import annotations

import re

import pytest

from app.staff.codes import LETTERS, fingerprint, new_code

CODE = "7K2MX-QRS4T"


@pytest.mark.parametrize("groups", [1, 3, 4])
def test_a_code_is_so_many_groups_of_five_letters(groups: int) -> None:
    """With dashes between them, to read it out by telephone."""
    assert re.fullmatch(rf"[{LETTERS}]{{5}}(-[{LETTERS}]{{5}}){{{groups - 1}}}", new_code(groups))


def test_no_letter_of_a_code_looks_like_another() -> None:
    """On paper 0 is O, and 1 is I or L; thirty are left."""
    assert set() == set(LETTERS) & set("0O1IL")
    assert 30 == len(LETTERS) == len(set(LETTERS))


def test_no_two_codes_are_alike_and_every_letter_comes() -> None:
    """A thousand of them, drawn from all thirty letters."""
    codes = [new_code(4) for _ in range(1000)]

    assert 1000 == len(set(codes))
    assert set(LETTERS) == set("".join(codes)) - {"-"}


@pytest.mark.parametrize(
    "typed",
    ["7k2mx-qrs4t", "7K2MXQRS4T", " 7k2mx  qrs4t\n", "7-K-2-M-X-Q-R-S-4-T", "7K2MX – QRS4T", "7K2MX.QRS4T."],
)
def test_a_code_is_known_however_it_is_typed(typed: str) -> None:
    """Small letters, blanks, and whatever dash a phone makes of it."""
    assert fingerprint(CODE) == fingerprint(typed)


@pytest.mark.parametrize("typed", ["", "7K2MX", "7K2MX-QRS4", "QRS4T-7K2MX", "7K2MX-QRS4V", "7K2MX-QRS4T-2"])
def test_another_code_has_another_fingerprint(typed: str) -> None:
    """By one letter, or in another order."""
    assert fingerprint(CODE) != fingerprint(typed)


def test_a_fingerprint_tells_nothing_of_its_code() -> None:
    """It may stand in a key: 64 hex digits, and no part of the code in them."""
    mark = fingerprint(CODE)

    assert re.fullmatch("[0-9a-f]{64}", mark)
    assert [] == [part for part in CODE.split("-") if part.lower() in mark]
