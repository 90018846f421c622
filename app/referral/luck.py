"""A chance, so that what failed in one moment is not tried again in one moment."""

from __future__ import annotations

import secrets


def luck() -> float:
    """A number from 0 to 1."""
    return secrets.randbelow(1000) / 1000
