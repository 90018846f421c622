"""The sign-in passphrase: what is refused, and what is kept of it.

Source: NIST SP 800-63B-4, 3.1.1 (at least 15 characters, no rules of composition, a list of what is refused);
RFC 9106 for argon2id, its second recommended option (64 MiB, three passes).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import cache
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.staff.account import StaffError

LEAST, MOST = 15, 256
# Of the guesses a good list needs: what takes fewer than ten thousand million is on somebody's list.
EASY = 10.0  # log10

_HASHER = PasswordHasher()
# Each takes 64 MiB and a tenth of a second of the machine that answers texts: two at once, the others wait.
_ROOM = BoundedSemaphore(2)


@cache
def _nobody() -> str:
    """What is compared where there is no such account: an answer must not come sooner because nobody has that name.

    Made when somebody first signs in: every process of the line imports this, and only the inbox's compares.
    """
    return _HASHER.hash("nobody has this passphrase, and nobody ever will")


def kept(passphrase: str) -> str:
    """What is kept of a passphrase: an argon2id hash with a salt of its own."""
    return _HASHER.hash(_plain(passphrase))


def is_right(kept_hash: str | None, passphrase: str) -> bool:
    """True if it is the passphrase of that hash; none takes as long, and is never right."""
    try:
        with _ROOM:
            _HASHER.verify(kept_hash or _nobody(), _plain(passphrase)[:MOST])
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept_hash)


def refuse_weak(passphrase: str, known: Iterable[str]) -> None:
    """Refuses what is short, long, or easy to guess for somebody who knows these words (name, office, line).

    Raises:
        StaffError: what is wrong and what would do.
    """
    # Here, because its lists take a while to read and only this needs them.
    from zxcvbn import zxcvbn

    plain = _plain(passphrase)
    if len(plain) < LEAST:
        raise StaffError(f"A passphrase has at least {LEAST} characters: four or five words will do.")
    if len(plain) > MOST:
        raise StaffError(f"A passphrase has at most {MOST} characters.")
    if zxcvbn(plain[:72], user_inputs=list(known))["guesses_log10"] < EASY:
        raise StaffError(
            "That passphrase is easy to guess. Take four or five words that have nothing to do with another."
        )


def refuse_mistyped(passphrase: str, again: str) -> None:
    """Refuses two that are not the same.

    Raises:
        StaffError: they are not.
    """
    if _plain(passphrase) != _plain(again):
        raise StaffError("The two are not the same. Type the passphrase once more.")


def _plain(passphrase: str) -> str:
    """The same text however a keyboard composes its letters (NFKC, as NIST asks)."""
    return unicodedata.normalize("NFKC", passphrase)
