"""The sign-in passphrase: what is refused, what is kept, and that a name that nobody has takes as long."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable

import pytest

from app.staff.account import StaffError
from app.staff.passphrase import LEAST, MOST, is_right, kept, refuse_mistyped, refuse_weak

GOOD = "walnut cloud ladder spoon"
ACCENTED = "el ñandú cruzó Ávila según José"
COMPOSED, DECOMPOSED = (unicodedata.normalize(form, ACCENTED) for form in ("NFC", "NFD"))


@pytest.fixture(scope="module")
def good() -> str:
    """What is kept of the good one; argon2id is slow on purpose."""
    return kept(GOOD)


def test_what_is_kept_is_not_the_passphrase(good: str) -> None:
    """But a hash that is dear to guess against: argon2id, 64 MiB, three passes (RFC 9106, 4)."""
    assert good.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert [] == [word for word in GOOD.split() if word in good]


def test_the_same_passphrase_is_kept_in_two_ways(good: str) -> None:
    """Nobody sees that two people took the same one."""
    again = kept(GOOD)

    assert good != again
    assert [True, True] == [is_right(each, GOOD) for each in (good, again)]


@pytest.mark.parametrize(
    "typed", ["", GOOD[:-1], GOOD + " ", GOOD.title(), GOOD.replace(" ", ""), "x" * 100_000]
)
def test_only_the_passphrase_itself_is_right(good: str, typed: str) -> None:
    """To the last letter, its blanks and its capitals."""
    assert not is_right(good, typed)


def test_an_accent_is_the_same_however_a_keyboard_composes_it() -> None:
    """A telephone sends one letter, and a Mac a letter and its accent."""
    assert COMPOSED != DECOMPOSED
    assert [True, True] == [is_right(kept(DECOMPOSED), COMPOSED), is_right(kept(COMPOSED), DECOMPOSED)]


def test_a_wide_letter_is_the_letter(good: str) -> None:
    """As keyboards of other scripts send it (NFKC, and not NFC)."""
    assert is_right(good, "".join(chr(ord(each) + 0xFEE0) if each != " " else "\u3000" for each in GOOD))


def test_another_accent_is_another_passphrase() -> None:
    """Normal forms take nothing away."""
    assert not is_right(kept(ACCENTED), "el nandu cruzo Avila segun Jose")


@pytest.mark.parametrize("typed", [GOOD, "", "nobody has this passphrase, and nobody ever will"])
def test_where_there_is_no_account_nothing_is_right(typed: str) -> None:
    """Not even what is compared in its place."""
    assert not is_right(None, typed)


def test_a_name_that_nobody_has_takes_about_as_long(good: str) -> None:
    """An answer that came sooner would say whose names are in use."""
    known, unknown = (least(lambda kept_hash=each: is_right(kept_hash, "no")) for each in (good, None))
    assert 1 / 3 < unknown / known < 3


def least(work: Callable[[], object], times: int = 5) -> float:
    """The shortest of some runs, in seconds: what else the machine does only makes one longer."""

    def once() -> float:
        begun = time.perf_counter()
        work()
        return time.perf_counter() - begun

    return min(once() for _ in range(times))


@pytest.mark.parametrize("passphrase", [GOOD, ACCENTED, DECOMPOSED, "vqzjxkwpmfydtgn", "73920 51846 20495"])
def test_a_passphrase_that_is_long_and_odd_stands(passphrase: str) -> None:
    """Letters alone will do, or digits: there are no rules of composition."""
    refuse_weak(passphrase, ("ana", "harbor", "Amparo"))
    refuse_mistyped(passphrase, passphrase)


@pytest.mark.parametrize("passphrase", ["", "spoon", "vqzjxkwpmfydtg"])
def test_one_that_is_short_is_refused_with_what_would_do(passphrase: str) -> None:
    """Fourteen letters are one too few."""
    with pytest.raises(StaffError, match="at least 15 characters: four or five words will do"):
        refuse_weak(passphrase, ())


def test_accents_are_not_counted_as_letters() -> None:
    """Eight letters and their eight accents are eight, on whichever keyboard."""
    typed = unicodedata.normalize("NFD", "áéíóúñüö")

    assert LEAST < len(typed)
    with pytest.raises(StaffError, match="at least 15"):
        refuse_weak(typed, ())


def test_one_may_be_as_long_as_a_paragraph_and_no_longer() -> None:
    """256 characters are taken whole; 257 are refused, and not cut."""
    long = (GOOD + " ") * 12
    refuse_weak(long[:MOST], ())

    with pytest.raises(StaffError, match="at most 256 characters"):
        refuse_weak(long[: MOST + 1], ())


def test_one_of_the_greatest_length_is_right_when_it_is_typed_again() -> None:
    """Every letter of it counts, the last one too."""
    long = ((GOOD + " ") * 12)[:MOST]
    kept_hash = kept(long)

    assert [True, False] == [is_right(kept_hash, long), is_right(kept_hash, long[:-1] + "#")]


@pytest.mark.parametrize(
    "passphrase",
    [
        "passwordpassword",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "qwertyuiopasdfghjkl",
        "123456789012345678",
        "P@ssw0rdP@ssw0rd1",
        "ｐａｓｓｗｏｒｄｐａｓｓｗｏｒｄ",
    ],
)
def test_one_that_is_easy_to_guess_is_refused_with_what_would_do(passphrase: str) -> None:
    """However long it is, and whatever signs stand for its letters."""
    with pytest.raises(StaffError, match=r"easy to guess\. Take four or five words"):
        refuse_weak(passphrase, ())


def test_words_that_everybody_knows_of_the_person_count_for_little() -> None:
    """Their name, their office, the line: the same letters are good for somebody else."""
    passphrase = "xiomaraq tlatelol"
    refuse_weak(passphrase, ("ana", "harbor"))

    with pytest.raises(StaffError, match="easy to guess"):
        refuse_weak(passphrase, ("xiomaraq", "tlatelol"))


def test_two_that_are_not_the_same_are_refused() -> None:
    """A blank at the end is not seen, and would lock them out."""
    with pytest.raises(StaffError, match="Type the passphrase once more"):
        refuse_mistyped(GOOD, GOOD + " ")


def test_two_that_look_the_same_are_the_same() -> None:
    """One typed, and one pasted."""
    refuse_mistyped(COMPOSED, DECOMPOSED)


@pytest.mark.parametrize("passphrase", ["spoon", "passwordpassword", "x" * 257])
def test_what_is_refused_is_not_shown(passphrase: str) -> None:
    """An error may end on a page or in a log."""
    with pytest.raises(StaffError) as error:
        refuse_weak(passphrase, ())

    assert passphrase not in str(error.value)
