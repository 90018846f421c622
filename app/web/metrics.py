"""The line in figures, for whoever watches it: counts and ages, of nobody.

Asked of the memories at each look, so that every web process says the same.
Source: prometheus.io/docs/instrumenting/writing_exporters
"""

from __future__ import annotations

from collections.abc import Iterator
from hmac import compare_digest

from flask import Blueprint, Response, abort, request
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from app.bootstrap import Hotline
from app.store.memory import MemoryDown
from app.web import health
from app.web.current import hotline

door = Blueprint("metrics", __name__)


@door.get("/metrics")
def metrics() -> Response:
    """The figures, in Prometheus's text format, for who holds METRICS_TOKEN; without that setting there is no such page.

    How much a line is used tells when people are afraid: that is for nobody else.
    """
    line = hotline()
    token = line.config.metrics_token
    if token is None:
        abort(404)
    if not compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        abort(401)
    registry = CollectorRegistry()
    registry.register(_Figures(line))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Figures:
    """One look at the house. What nobody could tell is left out: a gap in a curve is truer than a 0."""

    def __init__(self, line: Hotline) -> None:
        self._line = line

    def collect(self) -> Iterator[Metric]:
        """What Prometheus reads."""
        seen = health.look(self._line)
        yield _gauge("amparo_ready", "1 if /readyz says so.", not health.missing(seen))
        yield _gauge("amparo_locked", "1 while a lockdown stands.", seen.locked is not None)
        yield _parts(seen)
        yield _gaps(seen)
        if seen.reconciled:
            at = seen.reconciled.at.timestamp()
            yield _gauge("amparo_reconciled_timestamp_seconds", "When the books were last compared.", at)
        if seen.spent is not None:
            yield _gauge("amparo_segments_today", "Segments sent today, by UTC.", seen.spent)
        if not seen.durable:
            yield from self._owed()

    def _owed(self) -> Iterator[Metric]:
        """How late the line is with what it owes."""
        now = self._line.clock()
        try:
            oldest = self._line.outbox.due(now, limit=1)
        except MemoryDown:  # since the look
            return
        late = (now - oldest[0].due).total_seconds() if oldest else 0.0
        yield _gauge("amparo_overdue_seconds", "How long the oldest step that is due has waited.", late)


def _parts(seen: health.Seen) -> Metric:
    alive = GaugeMetricFamily("amparo_alive", "1 if this part has given a sign of life.", labels=["part"])
    beats = {
        "durable": not seen.durable,
        "volatile": not seen.volatile,
        "worker": seen.worker,
        "sweep": seen.sweep,
    }
    for part, beats_now in beats.items():
        if beats_now is not None:
            alive.add_metric([part], beats_now)
    return alive


def _gaps(seen: health.Seen) -> Metric:
    gaps = GaugeMetricFamily(
        "amparo_reconcile_gaps",
        "Referrals that the last comparison of the books found amiss: owed something by nobody, or in a wrong list.",
        labels=["kind"],
    )
    if seen.reconciled:
        gaps.add_metric(["owed"], seen.reconciled.owed)
        gaps.add_metric(["other"], seen.reconciled.other)
    return gaps


def _gauge(name: str, meaning: str, value: float) -> Metric:
    return GaugeMetricFamily(name, meaning, value=value)
