"""Nothing lost, in short: `make chaos` with twenty people, and what its report would say of a loss."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from tests.chaos.people import phone
from tests.chaos.report import Report
from tests.chaos.schedule import schedule

ROOT = Path(__file__).resolve().parents[2]
GOOD = Report(
    asked=3,
    confirmed=3,
    asked_again=1,
    lost=0,
    doubled=0,
    gaps=0,
    mails=Counter({"a": 1, "b": 2}),
    texts=Counter({"c": 1}),
    kills={"worker": 1, "durable": 1},
    settled=12.0,
)


def test_twenty_people_lose_nothing_while_workers_and_servers_are_killed() -> None:
    """Real processes, SIGKILL every second, each server once, tenths of the usual lease and sweep.

    A process of its own, as `make chaos` is; its worker asks Twilio's log after two seconds and not after fifteen.
    """
    small = ("--referrals", "20", "--seconds", "6", "--servers", "1", "--workers", "2", "--seed", "3")
    sooner = ("--lease", "0.5", "--sweep", "0.1", "--worker", "tests.worker.quick")
    done = subprocess.run(
        [sys.executable, "-m", "tests.chaos", *small, *sooner],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=110,
        check=False,
    )

    assert (0, "Nothing was lost.") == (done.returncode, done.stdout.splitlines()[-1]), (
        done.stdout + done.stderr
    )


def test_a_run_without_a_fault_says_nothing_of_faults() -> None:
    """One repeat after two kills is no more than a kill may cost."""
    assert ([], 1) == (GOOD.faults(), GOOD.repeated)


@pytest.mark.parametrize(
    ("bad", "sentence"),
    [
        (replace(GOOD, confirmed=2), "1 requests could never be confirmed."),
        (replace(GOOD, lost=1), "1 confirmed requests did not reach the office's inbox."),
        (replace(GOOD, doubled=2), "2 requests are there twice."),
        (replace(GOOD, gaps=1), "The books do not agree in 1 places (amparo reconcile)."),
        (
            replace(GOOD, texts=Counter({"c": 3})),
            "3 mails and texts went twice, after 2 kills.",
        ),
        (
            replace(GOOD, settled=60.5, undone=0),
            "It had not settled 60 s after the last kill; 0 were undone.",
        ),
        (
            replace(GOOD, settled=None, undone=4),
            "It had not settled 60 s after the last kill; 4 were undone.",
        ),
    ],
)
def test_every_bar_that_is_missed_is_said(bad: Report, sentence: str) -> None:
    """And nothing else."""
    assert [sentence] == bad.faults()


def test_the_report_shows_every_figure() -> None:
    """One a line."""
    said = dict(line.split(maxsplit=1) for line in GOOD.lines())

    assert {
        "seed": "0",
        "asked": "3",
        "confirmed": "3, of them 1 only when asked again",
        "lost": "0",
        "doubled": "0",
        "gaps": "0",
        "mails": "2, repeated 1",
        "texts": "1, repeated 0",
        "kills": "2: durable 1, worker 1",
        "settled": "12.0 s after the last kill",
    } == said


def test_the_same_seed_kills_alike() -> None:
    """And another does not."""
    assert schedule(7, 30, 3, 3) == schedule(7, 30, 3, 3) != schedule(8, 30, 3, 3)


def test_everybody_is_killed_and_in_time() -> None:
    """A worker every second, both servers, the sweep; nobody after the end."""
    blows = schedule(7, 30, workers=3, servers=3)
    counts = Counter(blow.target for blow in blows)

    assert (29, 3, 3, 2) == (
        counts["worker"] + counts["parent"] + counts["horse"],
        counts["durable"],
        counts["volatile"],
        counts["sweep"],
    )
    assert {0, 1, 2} == {blow.number for blow in blows}
    assert all(0.5 < blow.at < 30.5 for blow in blows)


def test_everybody_has_a_phone_of_their_own() -> None:
    """And none that could be a person's."""
    phones = {phone(number) for number in range(3000)}

    assert (3000, True) == (len(phones), all(each[5:10] == "55501" and len(each) == 12 for each in phones))
