"""Where one person is in a conversation: names of choices, and of her own words only what a referral needs.

Those are another phone and the word to ask for, until she has consented or gone elsewhere, and a code that she typed. Of a
ZIP code the state and the county are kept, and never the ZIP.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

TRAIL = 8  # how far BACK remembers


@dataclass(frozen=True)
class Session:
    """A conversation at rest (`node` is None) or waiting at a node."""

    language: str | None = None
    node: str | None = None
    trail: tuple[str, ...] = ()
    answers: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    missed: int = 0  # texts in a row that were not understood
    guess: str | None = None  # the choice offered back by "did you mean"

    def to_json(self) -> dict[str, Any]:
        """Plain data for the store; empty fields are left out."""
        data = {
            "language": self.language,
            "node": self.node,
            "trail": list(self.trail),
            "answers": dict(self.answers),
            "missed": self.missed,
            "guess": self.guess,
        }
        return {name: value for name, value in data.items() if value}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Session:
        """The session that `to_json` wrote.

        Raises:
            ValueError: a field that no session has.
        """
        unknown = set(data) - {"language", "node", "trail", "answers", "missed", "guess"}
        if unknown:
            raise ValueError(f"session has unknown fields {sorted(unknown)!r}")
        return cls(
            **{**data, "trail": tuple(data.get("trail", ())), "answers": dict(data.get("answers", {}))}
        )
