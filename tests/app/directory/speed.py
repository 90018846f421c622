"""How long something takes in the processor's own time, whatever else this machine does meanwhile."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

# Ten times as much takes ten times as long, some more for memory that no longer fits the processor's own, and some
# for a noisy machine; what looks through everything for each service takes a hundred times as long.
LINEAR = 20


def seconds(does: Callable[[], object], times: int = 3) -> float:
    """The quickest of a few times, without the collector, which looks through what other tests have left."""
    gc.disable()
    try:
        return min(_once(does) for _ in range(times))
    finally:
        gc.enable()


def _once(does: Callable[[], object]) -> float:
    begun = time.process_time()
    does()
    return time.process_time() - begun
