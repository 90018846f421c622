"""`python -m tests.bench`: medians over several rounds, in a plain table (make bench)."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from tests.bench import measures
from tests.bench.table import Row, machine, table

# What, in what, one round of it, and how many times fewer rounds because it takes long.
Measure = tuple[str, str, Callable[..., float | None], int]

GROUPS: tuple[tuple[Callable[[], AbstractContextManager[Any]], tuple[Measure, ...]], ...] = (
    (
        measures.bench,
        (
            ("one text through the webhook, in one process", "ms", measures.turn, 1),
            ("of it, the two round trips to the memory", "ms", measures.round_trips, 1),
            ("to seal a request", "ms", measures.seals, 1),
            ("to confirm a request: sealed, and on the disk", "ms", measures.confirms, 1),
            ("10,000 listed services imported", "s", measures.imports_services, 5),
            ("to say that both memories hang", "s", measures.hung, 2),
        ),
    ),
    (
        measures.workers,
        (("requests handed over, two workers", "a second", measures.handed_over, 1),),
    ),
    (
        nullcontext,
        (
            ("amparo check", "s", lambda _: measures.checks(), 1),
            ("amparo run, until it is ready", "s", lambda _: measures.starts(), 2),
        ),
    ),
)


def main() -> int:
    """Measures everything, and prints it."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured (5)")
    rounds = parser.parse_args().rounds
    logging.disable()  # a memory that hangs is no news here
    print(f"{machine()}, {rounds} rounds and a first one that does not count\n", flush=True)
    print(table(list(_rows(rounds))))
    return 0


def _rows(rounds: int) -> Iterator[Row]:
    for place, group in GROUPS:
        with place() as made:
            yield from (_row(made, measure, rounds) for measure in group)
    with measures.bench() as made, measures.web(made) as served:
        yield _row(served, ("texts through two web workers", "a second", measures.texts_a_second, 1), rounds)


def _row(made: object, measure: Measure, rounds: int) -> Row:
    """The first round warms everything up and is left out."""
    what, unit, once, fewer = measure
    print(f"measuring: {what}", file=sys.stderr, flush=True)
    found = [once(made) for _ in range(1 + max(1, rounds // fewer))][1:]
    return Row(what, unit, tuple(each for each in found if each is not None))


if __name__ == "__main__":
    sys.exit(main())
