"""How far from the best the market's decisions were, by month: money left on the table, and what may still be found.

A decision that was proven at once left nothing. One that was proven afterwards left the difference; one that
was not, the difference to the best answer known and at most the gap to the bound besides.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, cast, func, select

from marketplace.core import clock, paging, tenancy
from marketplace.core.db import Query, db
from marketplace.core.errors import Invalid
from marketplace.identity.access import Actor, authorize
from marketplace.orders.models import Order
from marketplace.routing.models import RoutingDecision, RoutingProof

BEST = func.coalesce(RoutingProof.total_minor, RoutingDecision.total_minor)
BOUND = func.greatest(RoutingDecision.bound_minor, RoutingProof.bound_minor)
LEFT = (RoutingDecision.total_minor - BEST).label("left_minor")
OPEN = (BEST - BOUND).label("open_minor")
ORDERED = (RoutingDecision.total_minor - cast(RoutingDecision.answer["breakdown"]["unfilled"].astext, BigInteger)).label("total_minor")
"""Without what units left open count for: that is no amount, but a wall."""
PROVEN = func.coalesce(RoutingProof.status, RoutingDecision.status) == "optimal"
SORTS: paging.Sorts = {"left": LEFT, "open": OPEN, "decided": RoutingDecision.id, "total": ORDERED}
SHOWN = ("all", "left", "open")


class BadMonth(Invalid):
    """A month is a year and a number from 1 to 12, such as 2026-11."""

    code = "bad_month"


def month_of(text: str) -> date:
    """The first day of a month written as YYYY-MM; of the running month when empty. Raises: BadMonth."""
    if not text:
        return clock.today().replace(day=1)
    try:
        day = datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise BadMonth("Write the month as year and number, such as 2026-11.", field="month") from None
    if day.year < 2000:
        raise BadMonth("Write the month as year and number, such as 2026-11.", field="month")
    return day


def after(month: date, months: int = 1) -> date:
    """The first day of the month that lies so many months after `month` (before it, when negative)."""
    number = month.year * 12 + month.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


def of_month(actor: Actor, month: date) -> list[dict[str, Any]]:
    """What the decisions of a month were worth, by currency, in its order. One statement.

    Shapes:  [{"currency", "decisions", "proven_at_once", "proven_later", "total_minor", "left_minor" (policy costs
             included), "money_minor" (of it, what the buyers would have paid less), "open_minor" (at most)}]
    Raises:  Forbidden.
    """
    authorize(actor, "market:read")
    at_once = RoutingDecision.status == "optimal"
    query = select(
        Order.currency, func.count().label("decisions"), func.count().filter(at_once).label("proven_at_once"),
        func.count().filter(~at_once & (RoutingProof.status == "optimal")).label("proven_later"),
        func.sum(ORDERED).label("total_minor"), func.sum(LEFT).label("left_minor"),
        func.coalesce(func.sum(RoutingProof.money_minor), 0).label("money_minor"), func.sum(OPEN).label("open_minor"),
    )
    with tenancy.as_market():
        rows = db.session.execute(_of(query, month).group_by(Order.currency).order_by(Order.currency))
        return [{name: value if name == "currency" else int(value) for name, value in row._mapping.items()} for row in rows]


def decisions(actor: Actor, month: date, shown: str, ask: paging.Ask) -> paging.Page:
    """A page of the month's decisions: all, those that left something, or those still open; newest first or as asked.

    Raises: Forbidden.
    """
    authorize(actor, "market:read")
    query = _of(select(
        RoutingDecision.id, RoutingDecision.order_id, Order.number, Order.currency, RoutingDecision.because, RoutingDecision.hop,
        RoutingDecision.stage, RoutingDecision.status, ORDERED, (ORDERED - LEFT).label("best_minor"),
        LEFT, OPEN, func.coalesce(RoutingProof.money_minor, 0).label("money_minor"),
        PROVEN.label("is_proven"), RoutingDecision.created_at,
    ), month)
    if shown != "all":
        query = query.where((LEFT if shown == "left" else OPEN) > 0)
    with tenancy.as_market():
        return paging.sorted_rows(query, RoutingDecision.id, ask, SORTS)


def _of(query: Query, month: date) -> Query:
    """The query over the decisions of a month that gave an answer, with their orders and proofs."""
    begins, ends = (datetime(day.year, day.month, 1, tzinfo=UTC) for day in (month, after(month)))
    return (query.select_from(RoutingDecision).join(Order, Order.id == RoutingDecision.order_id)
            .outerjoin(RoutingProof, RoutingProof.decision_id == RoutingDecision.id)
            .where(RoutingDecision.created_at >= begins, RoutingDecision.created_at < ends, RoutingDecision.bound_minor.is_not(None)))
