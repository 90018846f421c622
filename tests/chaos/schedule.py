"""Who is killed when: the same seed, the same blows."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Literal

# A worker is two processes: the parent, which takes a job, and the horse, its fork, which does it.
Target = Literal["worker", "parent", "horse", "sweep", "durable", "volatile"]
WORKERS: tuple[Target, ...] = ("worker", "worker", "parent", "horse")

LONGEST_DOWN = 0.8  # seconds that a server stays away
CALM_BEFORE = 1.0  # seconds, so that there is something to kill


@dataclass(frozen=True)
class Blow:
    """One SIGKILL: `at` seconds after the start; a server comes back after `down` seconds."""

    at: float
    target: Target
    number: int = 0
    down: float = 0.0


def schedule(seed: int, seconds: float, workers: int, servers: int) -> tuple[Blow, ...]:
    """A worker every second, each server `servers` times, the sweep half as often; in the order of time."""
    luck = random.Random(seed)  # noqa: S311 - it has to be the same each time
    blows = [
        Blow(CALM_BEFORE + second + luck.uniform(-0.3, 0.3), luck.choice(WORKERS), luck.randrange(workers))
        for second in range(int(seconds - CALM_BEFORE))
    ]
    for target, times in (("durable", servers), ("volatile", servers), ("sweep", (servers + 1) // 2)):
        blows += _spread(luck, target, times, seconds)  # type: ignore[arg-type]
    return tuple(sorted(blows, key=lambda blow: blow.at))


def _spread(luck: random.Random, target: Target, times: int, seconds: float) -> list[Blow]:
    """So many blows, one somewhere in each equal part of the time."""
    part = (seconds - CALM_BEFORE) / times
    return [
        Blow(CALM_BEFORE + part * (number + luck.uniform(0.1, 0.9)), target, 0, luck.uniform(0, LONGEST_DOWN))
        for number in range(times)
    ]
