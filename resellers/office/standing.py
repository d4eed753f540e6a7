"""What stands of an order after cancellations, from the frozen split of its lines: as SQL, for lists and sums.

A line that moved to another seller was given back once and is there once more, so sums over an order hold. An order
that was cancelled before it was paid was never given back: who asks, asks for its status too.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, case, cast, func, select

from marketplace.core.db import db
from marketplace.payments import split
from marketplace.payments.models import LineShare


def _back(*parts: str) -> Any:
    """What was given back of these parts of a share."""
    return sum((func.coalesce(cast(LineShare.refunded[part].astext, BigInteger), 0) for part in parts), start=0)


MARGIN = LineShare.margin_minor - _back("margin")
GOODS = case((LineShare.allocation_id.is_not(None), LineShare.goods_minor - _back(*split.PARTS)), else_=0)
TOTAL = LineShare.goods_minor + LineShare.tax_minor - _back(*split.PARTS, "tax")


def of(order_ids: list[str]) -> dict[str, tuple[int, int, int]]:
    """By order: its goods net, its total with freight and tax, the reseller's margin. One statement."""
    if not order_ids:
        return {}
    rows = db.session.execute(
        select(LineShare.order_id, func.sum(GOODS), func.sum(TOTAL), func.sum(MARGIN))
        .where(LineShare.order_id.in_(order_ids)).group_by(LineShare.order_id)
    )
    return {order_id: (int(goods), int(total), int(margin)) for order_id, goods, total, margin in rows}
