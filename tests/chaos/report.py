"""What became of it, and whether that is good enough."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

SETTLED_WITHIN = 60.0  # seconds after the last kill


@dataclass(frozen=True)
class Report:
    """The figures of one run. `settled` is None if it never did; `undone` counts what was still owed then."""

    asked: int
    confirmed: int
    asked_again: int
    lost: int
    doubled: int
    gaps: int
    mails: Counter[str]
    texts: Counter[str]
    kills: Mapping[str, int]
    settled: float | None
    undone: int = 0
    seed: int = field(default=0)

    @property
    def repeated(self) -> int:
        """How often something was done outside that had been done before."""
        return _repeats(self.mails) + _repeats(self.texts)

    def faults(self) -> list[str]:
        """The bars that were missed, each in a sentence; none if nothing was lost."""
        kills = sum(self.kills.values())
        late = self.settled is None or self.settled > SETTLED_WITHIN
        bars = {
            f"{self.asked - self.confirmed} requests could never be confirmed.": self.confirmed < self.asked,
            f"{self.lost} confirmed requests did not reach the office's inbox.": self.lost,
            f"{self.doubled} requests are there twice.": self.doubled,
            f"The books do not agree in {self.gaps} places (amparo reconcile).": self.gaps,
            f"{self.repeated} mails and texts went twice, after {kills} kills.": self.repeated > kills,
            f"It had not settled {SETTLED_WITHIN:g} s after the last kill; {self.undone} were undone.": late,
        }
        return [sentence for sentence, missed in bars.items() if missed]

    def lines(self) -> list[str]:
        """The report, one figure a line."""
        kills = ", ".join(f"{name} {count}" for name, count in sorted(self.kills.items()))
        settled = "never" if self.settled is None else f"{self.settled:.1f} s after the last kill"
        rows = {
            "seed": self.seed,
            "asked": self.asked,
            "confirmed": f"{self.confirmed}, of them {self.asked_again} only when asked again",
            "lost": self.lost,
            "doubled": self.doubled,
            "gaps": self.gaps,
            "mails": _effects(self.mails),
            "texts": _effects(self.texts),
            "kills": f"{sum(self.kills.values())}: {kills}",
            "settled": settled,
        }
        return [f"{name:>10}  {value}" for name, value in rows.items()]


def _repeats(names: Counter[str]) -> int:
    return names.total() - len(names)


def _effects(names: Counter[str]) -> str:
    return f"{len(names)}, repeated {_repeats(names)}"
