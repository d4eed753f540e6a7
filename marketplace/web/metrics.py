"""Numbers for monitoring, on a port of their own: what processes count, and what the database knows at the scrape.

Web and worker processes count into files below `var`, so any number of them add up; the worker serves them all.
Labels are endpoints, statuses and topics: never ids, names or addresses.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import structlog
from flask import Flask, Response, g, request

from marketplace.core import mishaps

log = structlog.get_logger("marketplace.metrics")
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)
collectors: list[Callable[[], Iterable[Any]]] = []


def register(app: Flask) -> None:
    """Count `app`'s requests, jobs and mishaps where a metrics port is set; mishaps are logged in any case."""
    mishaps.listeners[:] = [_log]
    settings = app.config["SETTINGS"]
    if not settings.metrics_port:
        return
    folder = settings.var / "metrics"
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", str(folder))  # read once, when the library is imported
    from prometheus_client import Counter, Histogram

    failures = Counter("marketsquare_mishaps", "Parts that failed while the room went on without them.", ["room", "part"])
    mishaps.listeners.append(lambda room, part, _: failures.labels(room, part).inc())
    seconds = Histogram("marketsquare_request_seconds", "Requests by endpoint and status.", ["endpoint", "method", "status"], buckets=SECONDS)

    @app.after_request
    def count(answer: Response) -> Response:
        labels = (request.endpoint or "none", request.method, str(answer.status_code))
        seconds.labels(*labels).observe(time.perf_counter() - g.started)
        return answer


def _log(room: str, part: str, error: Exception) -> None:
    log.error("mishap", room=room, part=part, error=type(error).__name__, exc_info=error)


def serve(app: Flask) -> None:
    """Serve /metrics from this process, in a thread; a port that is taken is another worker's, and no fault."""
    port = app.config["SETTINGS"].metrics_port
    if not port:
        return
    from prometheus_client import CollectorRegistry, start_http_server
    from prometheus_client.multiprocess import MultiProcessCollector

    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_Known(app))
    try:
        start_http_server(port, addr=os.environ.get("METRICS_HOST", "127.0.0.1"), registry=registry)
    except OSError as error:
        log.warning("metrics not served here", port=port, error=str(error))


class _Known:
    """What the rooms' collectors answer, each scrape in a transaction of its own."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def collect(self) -> Iterator[Any]:
        """Every collector's metrics."""
        with self.app.app_context():
            for collector in collectors:
                yield from collector()

    def describe(self) -> list[Any]:
        """Nothing is known before the first scrape, and the database is not asked at start-up."""
        return []
