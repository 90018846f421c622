"""`python -m tests.chaos`: kills everything, again and again, and says whether anything was lost (make chaos)."""

from __future__ import annotations

import argparse
import logging
import sys

from tests.chaos.house import house
from tests.chaos.report import Report
from tests.chaos.storm import storm

ROUND = 30.0  # seconds
SERVERS_EVERY = 10.0  # seconds


def main() -> int:
    """Prints the report; 1 if a bar was missed."""
    asked = _arguments()
    logging.disable()  # that a memory went away is no news here
    servers = asked.servers or max(1, round(asked.seconds / SERVERS_EVERY))
    settings = {"AMPARO_LEASE_SECONDS": asked.lease, "AMPARO_SWEEP_SECONDS": asked.sweep}
    with house(asked.workers, settings, asked.worker) as made:
        report = storm(made, asked.referrals, asked.seed, asked.seconds, servers)
    return _tell(report)


def _tell(report: Report) -> int:
    print("\n".join(report.lines()))
    faults = report.faults()
    print("\n".join(faults) if faults else "Nothing was lost.")
    return 1 if faults else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--referrals", type=int, default=300, help="how many people ask (300)")
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same kills (1)")
    parser.add_argument(
        "--seconds",
        type=float,
        default=ROUND,
        help="of the schedule, which comes round until all have asked (30)",
    )
    parser.add_argument(
        "--servers", type=int, help="how often each Redis is killed in that time (every 10 s)"
    )
    parser.add_argument("--workers", type=int, default=3, help="how many workers (3)")
    parser.add_argument("--worker", default="worker", help="the module that is the worker")
    parser.add_argument("--lease", default="10", help="AMPARO_LEASE_SECONDS")
    parser.add_argument("--sweep", default="1", help="AMPARO_SWEEP_SECONDS")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
