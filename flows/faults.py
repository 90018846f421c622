"""What a fault of the flows looks like, wherever it is found: where it is, what is wrong and how to mend it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True)
class FlowFault:
    """One thing wrong in a flow file, in words for the operator who wrote it."""

    code: str
    where: str
    what: str
    mend: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what} {self.mend} [{self.code}]"


def one_of(names: Collection[str]) -> str:
    """The mend where only a few names would do."""
    return f"Write one of: {', '.join(names)}."
