"""The market at a glance, for the operator's first page: orders, work, matching, money that needs a person.

Six statements, whatever the market holds; nothing is recomputed, the books' verdict is the last one.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Date, cast, func, select

from marketplace.core import clock, paging, tenancy
from marketplace.core.db import db
from marketplace.core.outbox import OutboxRow
from marketplace.identity.access import Actor, authorize
from marketplace.operators import queries
from marketplace.orders.models import Order, OrderStatus
from marketplace.payments.models import OperatorTask
from marketplace.routing.models import RoutingDecision, RoutingProof

DAYS, WEEK = 28, 7
TASKS = 20


def of(actor: Actor) -> dict[str, Any]:
    """Orders by status, by day and this week against the last, work due and dead, the gap of matching, open money tasks.

    Shapes:  `days` has DAYS rows, the oldest first; `weeks` is by currency; `gap_bps` is None without decisions.
    Raises:  Forbidden.
    """
    authorize(actor, "market:read")
    with tenancy.as_market():
        by_status = dict(db.session.execute(select(Order.status, func.count()).group_by(Order.status)).all())
        work = db.session.execute(
            select(*[func.count().filter(condition).label(name) for name, condition in queries.states().items() if name != "done"])
            .select_from(OutboxRow).where(OutboxRow.done_at.is_(None))).one()
        sold, matched = _sold(), _matched()
    return {"orders": {one.value: by_status[one.value] for one in OrderStatus if one.value in by_status}, "due": work.due, "later": work.later,
            "dead": work.dead, "tasks": open_tasks(actor, paging.Ask(limit=TASKS)), "days": _days(sold), "weeks": _weeks(sold), **matched}


def open_tasks(actor: Actor, ask: paging.Ask = paging.FIRST) -> paging.Page:
    """One page of what a person must look at about money, newest first. Raises: Forbidden."""
    authorize(actor, "money:read")
    with tenancy.as_market():
        return paging.sorted_page(select(OperatorTask).where(OperatorTask.closed_at.is_(None)), OperatorTask.id, ask, {})


def _sold() -> list[Any]:
    """Orders and their total by day and currency, those never paid for left out."""
    day, first = cast(func.timezone("UTC", Order.placed_at), Date), clock.today() - timedelta(days=DAYS - 1)
    gone = (OrderStatus.PENDING_PAYMENT.value, OrderStatus.CANCELLED.value)
    return list(db.session.execute(
        select(day.label("day"), Order.currency, func.count().label("orders"), func.sum(Order.total_minor).label("total"))
        .where(day >= first, Order.status.not_in(gone)).group_by(day, Order.currency)))


def _days(sold: list[Any]) -> list[dict[str, Any]]:
    counts: dict[Any, int] = {}
    for row in sold:
        counts[row.day] = counts.get(row.day, 0) + row.orders
    first = clock.today() - timedelta(days=DAYS - 1)
    return [{"day": day, "orders": counts.get(day, 0)} for day in (first + timedelta(days=n) for n in range(DAYS))]


def _weeks(sold: list[Any]) -> list[dict[str, Any]]:
    """The last seven days and the seven before, by currency: how many orders, and their total."""
    start = clock.today() - timedelta(days=WEEK - 1)
    found: dict[str, dict[str, Any]] = {}
    for row in sold:
        if row.day >= start - timedelta(days=WEEK):
            one = found.setdefault(row.currency, {"currency": row.currency, "now": (0, 0), "before": (0, 0)})
            name = "now" if row.day >= start else "before"
            one[name] = (one[name][0] + row.orders, one[name][1] + int(row.total))
    return [found[currency] for currency in sorted(found)]


def _matched() -> dict[str, Any]:
    """Decisions of the last DAYS days: how many, and how far at most their totals lie above the proven bound."""
    since = clock.now() - timedelta(days=DAYS)
    bound = func.greatest(RoutingDecision.bound_minor, RoutingProof.bound_minor)
    count, total, least = db.session.execute(
        select(func.count(), func.sum(RoutingDecision.total_minor), func.sum(bound))
        .select_from(RoutingDecision).outerjoin(RoutingProof, RoutingProof.decision_id == RoutingDecision.id)
        .where(RoutingDecision.created_at >= since, RoutingDecision.bound_minor.is_not(None))).one()
    return {"decisions": count, "gap_bps": int((total - least) * 10_000 / total) if total and least is not None else None}
