"""The second factor: good once, for half a minute or so, and never after a later one."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.staff.account import StaffError
from app.staff.codes import fingerprint
from app.staff.factors import (
    STEP,
    first_step,
    in_groups,
    new_recovery,
    new_seed,
    passed,
    picture,
    step_of,
)
from tests.app.referral.made_up import NOW
from tests.app.staff.made_up import SEED, account

STEP_NOW = int(NOW.timestamp()) // STEP
CODES = ("7K2MX-QRS4T-22334", "8K2MX-QRS4T-22334", "9K2MX-QRS4T-22334")


def shown(steps: int = 0, seed: str = SEED) -> str:
    """What an authenticator app shows, so many steps from now."""
    return pyotp.TOTP(seed).at(int(NOW.timestamp()) + steps * STEP)


@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1111111109, "081804"),
        (1111111111, "050471"),
        (1234567890, "005924"),
        (2000000000, "279037"),
        (20000000000, "353130"),
    ],
)
def test_the_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    """RFC 6238, appendix B, the last six of its eight digits."""
    assert seconds // 30 == step_of(SEED, code, datetime.fromtimestamp(seconds, UTC))


@given(st.datetimes(datetime(2026, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))
def test_what_any_app_shows_is_taken_at_any_moment(moment: datetime) -> None:
    """From the first second of its step to the last."""
    code = pyotp.TOTP(SEED).at(int(moment.timestamp()))
    assert int(moment.timestamp()) // STEP == step_of(SEED, code, moment)


@pytest.mark.parametrize(
    ("steps", "found"), [(-2, None), (-1, STEP_NOW - 1), (0, STEP_NOW), (1, STEP_NOW + 1), (2, None)]
)
def test_a_phones_clock_may_be_a_step_off_and_no_more(steps: int, found: int | None) -> None:
    """Ahead or behind."""
    assert found == step_of(SEED, shown(steps), NOW)


@pytest.mark.parametrize("written", ["{0} {1}", " {0}{1}\n", "{0}\t{1}", "{0}\u00a0{1}"])
def test_spaces_in_a_code_do_not_matter(written: str) -> None:
    """Apps show it in two groups of three."""
    assert STEP_NOW == step_of(SEED, written.format(shown()[:3], shown()[3:]), NOW)


@pytest.mark.parametrize("zero", ["٠", "۰", "０", "०", "𝟎"])
def test_digits_of_other_scripts_are_no_code(zero: str) -> None:
    """One code has one spelling, so that none is tried twice."""
    other = "".join(chr(ord(zero) + int(digit)) for digit in shown())

    assert other.isdigit()
    assert step_of(SEED, other, NOW) is None


@pytest.mark.parametrize(
    "typed", ["", " ", shown()[:5], shown() + "0", "0" + shown(), shown()[:5] + "x", "²²²²²²"]
)
def test_what_is_not_six_digits_is_no_code(typed: str) -> None:
    """And no error either."""
    assert step_of(SEED, typed, NOW) is None


def test_a_code_of_another_seed_opens_nothing() -> None:
    """Each account has a seed of its own."""
    assert passed(account(), shown(seed=SEED[::-1]), NOW) is None


def test_a_code_is_good_once() -> None:
    """Whoever reads it over a shoulder comes too late."""
    after = passed(account(), shown(), NOW)

    assert replace(account(), totp_step=STEP_NOW) == after
    assert after is not None
    assert passed(after, shown(), NOW) is None


def test_no_code_is_good_after_a_later_one() -> None:
    """Though the clock would still allow for it; the next one is."""
    after = passed(account(), shown(), NOW)

    assert after is not None
    assert passed(after, shown(-1), NOW) is None
    assert replace(after, totp_step=STEP_NOW + 1) == passed(after, shown(1), NOW)


def test_half_a_minute_later_the_same_code_is_still_used_up() -> None:
    """Where it would pass as one of a clock that is behind."""
    after = passed(account(), shown(), NOW)

    assert after is not None
    assert passed(after, shown(), NOW + timedelta(seconds=STEP)) is None


@pytest.mark.parametrize("typed", ["{}", " {} "])
def test_a_recovery_code_is_used_up(typed: str) -> None:
    """That one and no other; the app's codes are as they were."""
    marks = tuple(map(fingerprint, CODES))
    before = account(recovery=marks, totp_step=STEP_NOW)
    code = typed.format(CODES[1].lower().replace("-", " "))
    after = passed(before, code, NOW)

    assert replace(before, recovery=(marks[0], marks[2])) == after
    assert after is not None
    assert passed(after, CODES[1], NOW) is None


@pytest.mark.parametrize("typed", ["", "-", "7K2MX-QRS4T-22335", "7K2MX-QRS4T", fingerprint(CODES[0])])
def test_what_is_neither_opens_nothing(typed: str) -> None:
    """Nor the fingerprint itself, which whoever has a dump could type."""
    assert passed(account(recovery=tuple(map(fingerprint, CODES))), typed, NOW) is None


def test_without_recovery_codes_left_nothing_typed_is_one() -> None:
    """Nothing at all is not the same as the nothing that is left."""
    assert [None, None] == [passed(account(), typed, NOW) for typed in ("", CODES[0])]


def test_the_first_code_of_a_new_app_is_used_by_showing_it() -> None:
    """Its step is kept with the account: the same code does not sign in."""
    step = first_step(SEED, shown(), NOW)

    assert STEP_NOW == step
    assert passed(account(totp_step=step), shown(), NOW) is None


@pytest.mark.parametrize(("seed", "typed"), [(SEED, "000000"), (SEED, ""), (SEED, CODES[0]), ("", shown())])
def test_a_first_code_that_is_wrong_says_what_to_do(seed: str, typed: str) -> None:
    """Without a seed every code is."""
    with pytest.raises(StaffError, match="Wait for the app's next one"):
        first_step(seed, typed, NOW)


def test_a_new_seed_holds_160_bits() -> None:
    """As RFC 4226 asks (4, R6); and each is another."""
    seeds = {new_seed() for _ in range(50)}

    assert 50 == len(seeds)
    assert not [seed for seed in seeds if not re.fullmatch("[A-Z2-7]{32}", seed)]


def test_there_are_eight_recovery_codes_and_none_is_alike() -> None:
    """Three groups each, short enough to write down."""
    codes = new_recovery()

    assert 8 == len(set(codes)) == len(codes)
    assert {3} == {len(code.split("-")) for code in codes}
    assert set() == set(codes) & set(new_recovery())


def test_the_picture_asks_nothing_of_anywhere_else() -> None:
    """Neither script nor style, nor an address that a browser would fetch: the page forbids them all."""
    drawn = picture(SEED, "ana", "Amparo")

    assert drawn.startswith("<svg")
    assert [] == re.findall(r"<script|<style|style=|href|src=|url\(|http", drawn)


def test_the_picture_does_not_show_the_seed_as_text() -> None:
    """It stands below in groups, where it is meant to; and another seed is another picture."""
    drawn = picture(SEED, "ana", "Amparo")

    assert SEED not in drawn
    assert drawn == picture(SEED, "ana", "Amparo") != picture(new_seed(), "ana", "Amparo")


def test_a_seed_is_read_in_groups_of_four() -> None:
    """Whoever cannot take the picture types it."""
    assert "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ" == in_groups(SEED)
