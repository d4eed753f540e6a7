"""What the market tells its monitoring at each scrape: waiting work, dead letters, the last verdict on the books.

One statement a question, all of them cheap: nothing is recomputed for a scrape.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core import clock, tenancy
from marketplace.core.db import db
from marketplace.core.outbox import OutboxRow
from marketplace.operators.models import Verification
from marketplace.orders.models import Order
from marketplace.payments.models import OperatorTask

if TYPE_CHECKING:
    from prometheus_client.core import GaugeMetricFamily

LIVING = OutboxRow.done_at.is_(None) & OutboxRow.dead_at.is_(None)


def collect() -> Iterator[GaugeMetricFamily]:
    """The market's gauges, by name. Needs an application context."""
    with tenancy.as_market():
        yield from _work()
        yield from _books()
        yield _gauge("marketsquare_orders", "Orders by status.", "status", _counts(Order.status))
        open_tasks = select(func.count()).select_from(OperatorTask).where(OperatorTask.closed_at.is_(None))
        yield _gauge("marketsquare_operator_tasks_open", "Tasks that wait for the operator.", None, {"": db.session.scalar(open_tasks) or 0})


def _counts(column: InstrumentedAttribute[str]) -> dict[str, float]:
    return {row[0]: row[1] for row in db.session.execute(select(column, func.count()).group_by(column))}


def _work() -> Iterator[GaugeMetricFamily]:
    now = clock.now()
    due = LIVING & (OutboxRow.next_at <= now)
    rows = db.session.execute(
        select(OutboxRow.topic, func.count().filter(due).label("due"), func.min(OutboxRow.next_at).filter(due).label("oldest"),
               func.count().filter(OutboxRow.dead_at.is_not(None)).label("dead"))
        .where(OutboxRow.done_at.is_(None)).group_by(OutboxRow.topic)).all()
    yield _gauge("marketsquare_outbox_due", "Work that is due now.", "topic", {row.topic: row.due for row in rows})
    yield _gauge("marketsquare_outbox_dead", "Work that was given up and waits for a person.", "topic", {row.topic: row.dead for row in rows})
    age = {row.topic: (now - row.oldest).total_seconds() if row.oldest else 0 for row in rows}
    yield _gauge("marketsquare_outbox_age_seconds", "How long the oldest due work has waited; payments.webhook is the lag of messages.", "topic", age)


def _books() -> Iterator[GaugeMetricFamily]:
    last = db.session.scalar(select(Verification).order_by(Verification.at.desc()).limit(1))
    if last is None:
        return
    yield _gauge("marketsquare_breaks", "Breaks that the last comparison of the books found, by comparison.", "comparison",
                 {one["name"]: one.get("found", len(one["breaks"])) for one in last.comparisons})
    yield _gauge("marketsquare_verified_age_seconds", "How long ago the books were last compared.", None,
                 {"": (clock.now() - last.at).total_seconds()})


def _gauge(name: str, text: str, label: str | None, values: dict[str, float]) -> GaugeMetricFamily:
    from prometheus_client.core import GaugeMetricFamily  # only where metrics are served: it fixes how it counts when imported

    family = GaugeMetricFamily(name, text, labels=[label] if label else [])
    for key, value in values.items():
        family.add_metric([key] if label else [], value)
    return family
