"""Health and readiness, on real servers that are there, gone or hung."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from redis import Redis

from app.config import Config
from app.store import keys
from app.store.ledger import Ledger, Reconciled
from app.store.memory import connect
from app.web.health import notes
from tests.app.web.bare import SIMULATOR, Line, Live, Revision, bare_app, config
from tests.servers import Servers, free_port

NO_DURABLE = "The durable Redis (REDIS_URL) does not answer."
NO_VOLATILE = "The volatile Redis (REDIS_VOLATILE_URL) does not answer."
NO_WORKER = "No worker has given a sign of life for 10 seconds."
NO_SWEEP = "The sweep has given no sign of life for 10 seconds."
FULL_DISK = "The disk of AMPARO_DATA is full: make room there, or no request can be written."
NO_REVISION = "No revision is live. Publish one with: amparo publish"


@pytest.fixture
def line(durable: Redis, volatile: Redis) -> Line:
    """A line on which everything is well."""
    for kind in ("worker", "sweep"):
        volatile.set(keys.HEARTBEAT(kind), b"1", ex=keys.HEARTBEAT_LIFE)
    return Line(config(), durable, volatile)


def ready(line: Line) -> tuple[int, dict[str, Any]]:
    answer = bare_app(line).test_client().get("/readyz")
    return answer.status_code, answer.get_json()


def test_a_living_process_says_ok_whatever_else_is_broken() -> None:
    """Health asks nobody: a supervisor must not restart the web because a memory is down."""
    answer = bare_app(Line(config(), live=Live(None))).test_client().get("/healthz")
    assert (200, "ok\n") == (answer.status_code, answer.get_data(as_text=True))


def test_a_whole_line_is_ready(line: Line) -> None:
    """Both memories, a worker, the sweep and a revision: ready, with nothing to add."""
    assert (200, {"ready": True, "missing": [], "notes": [], "revision": "0123456789ab"}) == ready(line)


@pytest.mark.parametrize(("kind", "sentence"), [("worker", NO_WORKER), ("sweep", NO_SWEEP)])
def test_a_silent_process_is_named(line: Line, volatile: Redis, kind: str, sentence: str) -> None:
    """Without its own heartbeat, neither the worker nor the sweep counts as alive."""
    volatile.delete(keys.HEARTBEAT(kind))
    status, body = ready(line)
    assert (503, False, [sentence]) == (status, body["ready"], body["missing"])


def test_a_line_with_nothing_published_is_not_ready(line: Line) -> None:
    """There is nothing to say yet, and the way to mend it."""
    line.live = Live(None)
    status, body = ready(line)
    assert (503, [NO_REVISION], None) == (status, body["missing"], body["revision"])


def test_a_dead_durable_memory_is_named(line: Line, servers: Servers) -> None:
    """The revision this process holds still stands: only the memory is missing."""
    servers.durable.kill()
    status, body = ready(line)
    assert (503, [NO_DURABLE]) == (status, body["missing"])


def test_nothing_is_said_of_workers_that_could_not_be_asked(line: Line, servers: Servers) -> None:
    """With the volatile memory dead nobody knows of heartbeats; the one true cause is named."""
    servers.volatile.kill()
    status, body = ready(line)
    assert (503, [NO_VOLATILE]) == (status, body["missing"])


@pytest.mark.parametrize(
    ("owed", "other", "sentences"),
    [
        (0, 0, []),
        (1, 0, ["1 referral is owed something that nobody will do: amparo reconcile --mend"]),
        (
            2,
            3,
            [
                "2 referrals are owed something that nobody will do: amparo reconcile --mend",
                "3 referrals are not in every list where they belong: amparo reconcile",
            ],
        ),
    ],
)
def test_referrals_that_nobody_works_for_make_a_line_unready(
    line: Line, durable: Redis, owed: int, other: int, sentences: list[str]
) -> None:
    """As the last reconciliation found them."""
    Ledger(durable).save(Reconciled(datetime.now(UTC), owed, other))
    status, body = ready(line)
    assert (503 if sentences else 200, sentences) == (status, body["missing"])


def test_a_disk_of_ours_that_is_full_is_named(
    servers: Servers, line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Simulated: the disk of a test run has room. Our own server ends at a full disk, and cannot say why."""
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1))
    line.config = config(**servers.env)
    assert (503, [FULL_DISK]) == (ready(line)[0], ready(line)[1]["missing"])
    line.config = config(REDIS_URL="redis://db.example.org", REDIS_VOLATILE_URL="redis://ram.example.org")
    assert [] == ready(line)[1]["missing"]


def test_asking_again_and_again_fills_no_file(line: Line, durable: Redis) -> None:
    """Anybody may ask: the probe is written once in ten seconds."""
    ready(line)
    before = durable.info("persistence")["aof_current_size"]
    for _ in range(20):
        ready(line)
    assert before == durable.info("persistence")["aof_current_size"]


def test_two_hung_memories_are_named_before_a_load_balancer_gives_up(line: Line, servers: Servers) -> None:
    """Memories that take a connection and say nothing cost less than 2.5 seconds together."""
    servers.durable.pause()
    servers.volatile.pause()
    before = time.monotonic()
    status, body = ready(line)
    assert (503, [NO_DURABLE, NO_VOLATILE]) == (status, body["missing"])
    assert time.monotonic() - before < 2.5


def test_no_address_and_no_secret_is_shown() -> None:
    """What is missing is named by its setting, never by its value."""
    address = f"redis://:s3cret@127.0.0.1:{free_port()}/0"
    line = Line(config(), connect(address), connect(address), Live(None))
    shown = bare_app(line).test_client().get("/readyz").get_data(as_text=True)
    assert NO_DURABLE in shown
    assert not [part for part in ("s3cret", "127.0.0.1", "+1202") if part in shown]


DEMONSTRATION = {"AMPARO_SIMULATOR_URL": SIMULATOR}


@pytest.mark.parametrize(
    ("settings", "count", "expected"),
    [
        (config(), 0, []),
        (config(), 12, ["12 texts are not signed by a lawyer yet; they are not served."]),
        (config(), 1, ["1 text is not signed by a lawyer yet; it is not served."]),
        (
            config(AMPARO_SERVE_DRAFTS="yes"),
            12,
            ["12 texts are not signed by a lawyer yet; they are served because AMPARO_SERVE_DRAFTS is yes."],
        ),
        (
            config(**DEMONSTRATION),
            2,
            [
                "This is a demonstration: no real number is behind the line.",
                "2 texts are not signed by a lawyer yet; they are served because this is a demonstration.",
            ],
        ),
    ],
)
def test_an_operator_is_told_of_unsigned_texts(settings: Config, count: int, expected: list[str]) -> None:
    """How many texts no lawyer has signed, and whether people get them."""
    assert expected == notes(settings, count, 0)


def test_unsigned_texts_do_not_make_a_line_unready(line: Line) -> None:
    """A note is not a fault."""
    line.live = Live(Revision(unsigned_count=3))
    status, body = ready(line)
    assert (200, ["3 texts are not signed by a lawyer yet; they are not served."]) == (status, body["notes"])


@pytest.mark.parametrize(
    ("sent", "notes"),
    [
        (79, []),
        (
            80,
            [
                "80 of the 100 segments of a day (MOST_SEGMENTS_A_DAY) are sent: beyond them only emergencies are answered."
            ],
        ),
        (
            100,
            [
                "All 100 segments of a day (MOST_SEGMENTS_A_DAY) are sent: until midnight, UTC, only emergencies are "
                "answered. Raise it if these are people."
            ],
        ),
    ],
)
def test_an_operator_is_told_of_a_day_that_costs_much(
    durable: Redis, volatile: Redis, line: Line, sent: int, notes: list[str]
) -> None:
    """Near the limit and at it; the line is ready all the same."""
    limited = Line(config(MOST_SEGMENTS_A_DAY="100"), durable, volatile)
    limited.spending.add(sent)

    status, body = ready(limited)
    assert (200, notes) == (status, body["notes"])


@pytest.mark.parametrize(
    ("silent", "note"),
    [
        (("detainer.hours",), "1 text gives way to a standing text; which, and why: amparo facts."),
        (("bond.who", "bond.pay"), "2 texts give way to a standing text; which, and why: amparo facts."),
    ],
)
def test_texts_that_give_way_are_counted(line: Line, silent: tuple[str, ...], note: str) -> None:
    """A fact is past its day, or somebody has suspended it: the line is ready all the same."""
    line.live = Live(Revision(silent_texts=silent))
    status, body = ready(line)
    assert (200, [note]) == (status, body["notes"])
