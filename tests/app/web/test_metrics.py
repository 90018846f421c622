"""The figures, as Prometheus reads them: with its own parser."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis
from werkzeug.test import TestResponse

from app.store import keys
from app.store.ledger import Ledger, Reconciled
from app.web import metrics
from tests.app.web.bare import Line, bare_app, config
from tests.servers import Servers

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TOKEN = "a-token-of-twenty-six-signs"


@pytest.fixture
def line(durable: Redis, volatile: Redis) -> Line:
    """A line on which everything is well."""
    for kind in ("worker", "sweep"):
        volatile.set(keys.HEARTBEAT(kind), b"1", ex=keys.HEARTBEAT_LIFE)
    return Line(config(METRICS_TOKEN=TOKEN), durable, volatile)


def asked(line: Line, authorization: str = f"Bearer {TOKEN}") -> TestResponse:
    headers = {"Authorization": authorization} if authorization else {}
    return bare_app(line, metrics.door).test_client().get("/metrics", headers=headers)


def figures(line: Line) -> dict[str, float]:
    """Every figure, by its name and what it is of."""
    answer = asked(line)
    assert 200 == answer.status_code
    return {
        " ".join((sample.name, *sample.labels.values())): sample.value
        for family in text_string_to_metric_families(answer.get_data(as_text=True))
        for sample in family.samples
    }


def test_a_whole_line_in_figures(line: Line, durable: Redis, volatile: Redis) -> None:
    """Nothing lost, nothing late, everybody alive."""
    Ledger(durable).save(Reconciled(NOW, 0, 0))
    volatile.set(keys.SPENT("20261124"), 812)

    assert {
        "amparo_ready": 1,
        "amparo_locked": 0,
        "amparo_alive durable": 1,
        "amparo_alive volatile": 1,
        "amparo_alive worker": 1,
        "amparo_alive sweep": 1,
        "amparo_reconcile_gaps owed": 0,
        "amparo_reconcile_gaps other": 0,
        "amparo_reconciled_timestamp_seconds": NOW.timestamp(),
        "amparo_segments_today": 812,
        "amparo_overdue_seconds": 0,
    } == figures(line)


def test_a_gap_is_counted(line: Line, durable: Redis) -> None:
    """A referral that nobody works for makes the line unready, and both say so."""
    Ledger(durable).save(Reconciled(NOW, 2, 1))
    seen = figures(line)

    assert (0, 2, 1) == (
        seen["amparo_ready"],
        seen["amparo_reconcile_gaps owed"],
        seen["amparo_reconcile_gaps other"],
    )


def test_what_is_late_is_told_by_its_age(line: Line, durable: Redis) -> None:
    """A worker that lives and does nothing shows here."""
    durable.zadd(keys.OUTBOX(), {"r" * 32: (NOW - timedelta(minutes=5)).timestamp()})
    durable.zadd(keys.OUTBOX(), {"s" * 32: (NOW + timedelta(minutes=5)).timestamp()})

    assert 300 == figures(line)["amparo_overdue_seconds"]


def test_what_nobody_can_tell_is_left_out(line: Line, servers: Servers) -> None:
    """A 0 would say that all is well."""
    servers.durable.kill()
    servers.volatile.kill()
    seen = figures(line)

    assert (0, 0, 0) == (
        seen["amparo_ready"],
        seen["amparo_alive durable"],
        seen["amparo_alive volatile"],
    )
    assert not [name for name in seen if re.search(r"worker|sweep|gaps|segments|overdue", name)]


@pytest.mark.parametrize("sent", ["", "Bearer another-token-of-this-size", TOKEN, f"Basic {TOKEN}"])
def test_figures_are_for_who_holds_the_token(line: Line, sent: str) -> None:
    """How much a line is used tells when people are afraid."""
    answer = asked(line, sent)

    assert (401, False) == (answer.status_code, "amparo_" in answer.get_data(as_text=True))


def test_without_the_setting_there_is_no_such_page(line: Line) -> None:
    """Nothing is shown because somebody forgot to think of it."""
    line.config = config()

    assert 404 == asked(line).status_code
