"""Deadlines that have passed: stock held for nobody's money, orders that nobody paid, parts that their seller did not accept.

Most deadlines are kept, so nothing is written for them when they are set: a round looks for those that were missed
and asks for the work that each needs, as work of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, outbox
from marketplace.core.db import db
from marketplace.offers import stock
from marketplace.orders.models import Order, OrderStatus, SellerOrder, SellerOrderStatus

TOPIC, EVERY = "orders.deadlines", timedelta(minutes=1)
TIMEOUT, UNPAID = "orders.accept_timeout", "orders.unpaid"
UNPAID_FOR = timedelta(hours=2)
ACCEPT_WITHIN = timedelta(hours=48)


def on_round(_payload: Mapping[str, Any]) -> None:
    """Give back expired stock, and ask for what each other missed deadline needs.

    Effects: outbox rows, one for each deadline however often it is found.
    """
    while stock.release_expired() == stock.BATCH:
        pass
    unpaid = select(Order.id).where(Order.status == OrderStatus.PENDING_PAYMENT.value, Order.placed_at <= clock.now() - UNPAID_FOR)
    late = select(SellerOrder.id).where(SellerOrder.status == SellerOrderStatus.OPEN.value, SellerOrder.accept_by <= clock.now())
    outbox.publish_all([(UNPAID, f"{UNPAID}:{id_}", {"order_id": id_}, None) for id_ in db.session.scalars(unpaid.order_by(Order.id))])
    outbox.publish_all([(TIMEOUT, f"{TIMEOUT}:{id_}", {"seller_order_id": id_}, None)
                        for id_ in db.session.scalars(late.order_by(SellerOrder.id))])
