"""Sealed letters: the office reads them, and nobody else."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from app.referral.seal import Letter, open_letter
from app.sealing import SealError, is_recipient, make_identity, recipient_of, seal, unseal
from tests.app.referral.made_up import ADDRESS, OFFICE_KEY, WORKER_KEY, letter, referral


def test_each_of_the_recipients_opens_the_box() -> None:
    """The office's present key and its next one."""
    keys = (make_identity(), make_identity())
    box = seal(b"hello", [recipient_of(key) for key in keys])

    assert [b"hello", b"hello"] == [unseal(box, key) for key in keys]


def test_a_stranger_does_not_open_the_box() -> None:
    """Not the worker, whose key is on this machine, either."""
    with pytest.raises(SealError, match="does not open this box"):
        open_letter(referral(), "harbor", WORKER_KEY)


def test_a_damaged_box_is_refused() -> None:
    """One bit is enough."""
    box = bytearray(seal(b"hello", [recipient_of(OFFICE_KEY)]))
    box[-1] ^= 1

    with pytest.raises(SealError):
        unseal(bytes(box), OFFICE_KEY)


def test_the_office_reads_what_the_person_agreed_to() -> None:
    """The letter comes out as it went in."""
    assert letter() == open_letter(referral(), "harbor", OFFICE_KEY)


def test_the_letter_can_be_read_aloud() -> None:
    """Everything a caller needs, and what they must not do."""
    text = letter().to_text()

    expected = (
        ADDRESS,
        "manzana",
        "la costura",
        "no, leave none",
        "TX",
        "speaks Mam",
        "Held now",
        "not known",
    )
    assert [] == [part for part in expected if part not in text]


def test_a_box_of_another_referral_is_refused() -> None:
    """Whoever can write to the store cannot make an office call the wrong person."""
    moved = replace(referral(), boxes=referral("s" * 32, "8K2MX").boxes)

    with pytest.raises(SealError, match="another referral"):
        open_letter(moved, "harbor", OFFICE_KEY)


def test_an_office_without_a_box_is_told_so() -> None:
    """Withdrawn, or never theirs."""
    with pytest.raises(SealError, match="no box"):
        open_letter(referral(), "mesa", OFFICE_KEY)


def test_the_size_of_a_box_tells_nothing() -> None:
    """With a word to ask for or without, the box is as long."""
    given, not_given = letter(ask_for="la costura de la esquina"), letter(ask_for="")

    assert len(not_given.to_bytes()) == len(given.to_bytes())


def test_an_identity_file_with_comments_is_understood(tmp_path: Path) -> None:
    """age-keygen writes two lines of comment above the key."""
    text = f"# created: 2026-11-23\n# public key: {recipient_of(OFFICE_KEY)}\n{OFFICE_KEY}\n"

    assert recipient_of(OFFICE_KEY) == recipient_of(text)


@pytest.mark.parametrize("text", ["", "# nothing", "AGE-SECRET-KEY-1WRONG", f"{OFFICE_KEY}\n{WORKER_KEY}"])
def test_what_is_no_identity_is_refused_without_showing_it(text: str) -> None:
    """A secret key never stands in an error."""
    with pytest.raises(SealError) as caught:
        recipient_of(text)

    assert OFFICE_KEY not in str(caught.value)


def test_a_recipient_is_known_by_its_checksum() -> None:
    """A typing error is found before anything is sealed to nobody."""
    recipient = recipient_of(OFFICE_KEY)
    mistyped = recipient[:-1] + ("q" if recipient[-1] == "p" else "p")

    assert (True, False) == (is_recipient(recipient), is_recipient(mistyped))


def test_nothing_is_sealed_to_nobody() -> None:
    """No recipient, no box."""
    with pytest.raises(SealError, match="got none"):
        seal(b"hello", [])


@pytest.mark.parametrize("plain", [b"", b"[]", b"{}", b"\xff", b'{"consented_at": "x"}'])
def test_what_is_no_letter_is_refused(plain: bytes) -> None:
    """An age file of something else."""
    with pytest.raises(SealError, match="no letter"):
        Letter.from_bytes(plain)


@pytest.mark.stock_age
def test_stock_age_opens_the_box(tmp_path: Path) -> None:
    """An office needs nothing of ours to read its letter."""
    (tmp_path / "key").write_text(OFFICE_KEY)
    (tmp_path / "box").write_bytes(referral().boxes["harbor"])

    plain = subprocess.run(
        ["age", "--decrypt", "-i", "key", "box"], cwd=tmp_path, capture_output=True, check=True
    ).stdout

    assert letter() == Letter.from_bytes(plain)


@pytest.mark.stock_age
def test_we_open_what_stock_age_sealed(tmp_path: Path) -> None:
    """The other way round, with a key that age-keygen made."""
    subprocess.run(["age-keygen", "-o", "key"], cwd=tmp_path, capture_output=True, check=True)
    identity = (tmp_path / "key").read_text()
    box = subprocess.run(
        ["age", "-r", recipient_of(identity)], input=b"hello", capture_output=True, check=True
    ).stdout

    assert b"hello" == unseal(box, identity)
