"""Codes that are written down and typed in: invitations and recovery codes. Only their fingerprints are kept."""

from __future__ import annotations

import secrets
from hashlib import sha256

# Without letters and digits that look alike on paper (0 O, 1 I L); 30 of them, 4.9 bits each.
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
GROUP = 5


def new_code(groups: int) -> str:
    """So many groups of five letters, such as 7K2MX-QRS4T; four groups hold 98 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(GROUP)) for _ in range(groups))


def fingerprint(typed: str) -> str:
    """The same for a code however it was typed: small letters, spaces, dashes. It does not lead back to the code."""
    plain = "".join(letter for letter in typed.upper() if letter in LETTERS)
    return sha256(plain.encode()).hexdigest()
