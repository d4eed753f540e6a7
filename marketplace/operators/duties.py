"""The operator's own work and gauges, wherever work is asked for or done."""

from __future__ import annotations

from marketplace.core import outbox, rounds
from marketplace.operators import checks, metrics
from marketplace.web import metrics as monitoring


def take_up() -> None:
    """Subscribe the comparison of the books with its round, and the gauges."""
    outbox.handlers[checks.TOPIC] = checks.on_round
    rounds.every[checks.TOPIC] = checks.EVERY
    if metrics.collect not in monitoring.collectors:
        monitoring.collectors.append(metrics.collect)
