"""What stands of an order after cancellations, from the frozen split of its lines: as SQL, for lists and sums.

A line that moved to another seller was given back once and is there once more, so sums over an order hold. An order
that was cancelled before it was paid was never given back: who asks, asks for its status too.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import BigInteger, case, cast, func, select

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.orders.models import Order, OrderStatus
from marketplace.payments import split
from marketplace.payments.models import LineShare


def _back(*parts: str) -> Any:
    """What was given back of these parts of a share."""
    return sum((func.coalesce(cast(LineShare.refunded[part].astext, BigInteger), 0) for part in parts), start=0)


MARGIN = LineShare.margin_minor - _back("margin")
GOODS = case((LineShare.allocation_id.is_not(None), LineShare.goods_minor - _back(*split.PARTS)), else_=0)
TOTAL = LineShare.goods_minor + LineShare.tax_minor - _back(*split.PARTS, "tax")


class Standing(NamedTuple):
    """An order's goods net, its total with freight and tax, and the reseller's margin, without what was cancelled."""

    goods_minor: int
    total_minor: int
    margin_minor: int


def of(orders: Sequence[Order]) -> dict[str, Standing]:
    """By order id; all of it for an order that has no split yet. One statement, as the market. Units: each order's currency."""
    with tenancy.as_market():
        rows = db.session.execute(
            select(LineShare.order_id, func.sum(GOODS), func.sum(TOTAL), func.sum(MARGIN))
            .where(LineShare.order_id.in_([order.id for order in orders])).group_by(LineShare.order_id)
        ).all() if orders else []
    kept = {order_id: Standing(int(goods), int(total), int(margin)) for order_id, goods, total, margin in rows}
    return {order.id: _stands(order, kept.get(order.id)) for order in orders}


def _stands(order: Order, kept: Standing | None) -> Standing:
    if order.status == OrderStatus.CANCELLED.value:
        return Standing(0, 0, 0)
    return kept or Standing(order.goods_minor, order.total_minor, 0)
