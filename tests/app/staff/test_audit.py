"""What is noted of what staff did: one line each, in words, and no contents."""

from __future__ import annotations

import pytest

from app.staff.audit import DONE, IN_WORDS, Did, Entry
from tests.app.referral.made_up import NOW


def test_a_line_is_read_as_it_was_written() -> None:
    """With every part of it, and as one line."""
    entry = Entry(NOW, "ana", "handed_over", "7K2MX", "harbor")
    line = entry.to_json()

    assert entry == Entry.from_json(line) == Entry.from_json(line.encode())
    assert "\n" not in line


@pytest.mark.parametrize("did", ["", "deleted", "Opened"])
def test_a_deed_that_there_is_not_is_refused_with_those_there_are(did: Did) -> None:
    """When it is noted, and when it is read."""
    stored = Entry(NOW, "ana", "opened").to_json().replace('"opened"', f'"{did}"')

    for make in (lambda: Entry(NOW, "ana", did), lambda: Entry.from_json(stored)):
        with pytest.raises(ValueError, match=f"did must be one of signed_in, opened, .*got '{did}'"):
            make()


def test_every_deed_has_its_words() -> None:
    """Nothing is told by the name it has in the code."""
    assert set(DONE) == set(IN_WORDS)
    assert [] == [words for words in IN_WORDS.values() if "_" in words]


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        (Entry(NOW, "ana", "took", "7K2MX", "harbor"), "took 7K2MX"),
        (Entry(NOW, "ana", "opened", "7K2MX", "harbor"), "fetched the sealed details of 7K2MX"),
        (Entry(NOW, "amparo-staff", "disabled", "eva"), "shut out eva"),
        (Entry(NOW, "ana", "signed_in"), "signed in"),
    ],
)
def test_a_line_is_a_sentence_without_its_subject(entry: Entry, words: str) -> None:
    """Whoever reads the list reads who before it."""
    assert words == entry.in_words
