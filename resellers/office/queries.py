"""What a reseller reads of its business: sales, its own margin, open matters, orders.

Invariants: everything is narrowed to the reseller; its margin is shown, a seller's prices are not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Date, and_, case, cast, func, select

from marketplace.core import clock, paging
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.orders import queries as numbers
from marketplace.orders.models import Allocation, Order, OrderLine, OrderStatus, SellerOrder, SellerOrderStatus
from marketplace.payments import received, standing
from marketplace.payments.models import LineShare, Payment, ReceivedPayment


def pulse(actor: Actor, days: int = 30, before: int = 0) -> list[dict[str, Any]]:
    """Paid sales and margin without what was cancelled, per currency, with one row a day. One statement.

    Shapes:  the last `days` days, or as many that ended `before` days ago.
    """
    authorize(actor, "order:read", actor.organization_id)
    until = clock.today() - timedelta(days=before)
    since = until - timedelta(days=days - 1)
    day = cast(func.timezone("UTC", Order.paid_at), Date)
    rows = db.session.execute(
        select(Order.currency, day.label("day"), func.count(func.distinct(Order.id)).label("orders"), func.sum(standing.GOODS).label("sales"),
               func.sum(standing.MARGIN).label("margin"))
        .join(LineShare, LineShare.order_id == Order.id)
        .where(Order.reseller_id == actor.organization_id, day.between(since, until)).group_by(Order.currency, day)
    ).all()
    return [_currency(currency, rows, [since + timedelta(days=n) for n in range(days)]) for currency in sorted({row.currency for row in rows})]


def _currency(currency: str, sales: Sequence[Any], dates: list[date]) -> dict[str, Any]:
    by_day = {row.day: row for row in sales if row.currency == currency}
    rows: list[dict[str, Any]] = [
        {"day": one.isoformat(), "orders": by_day[one].orders if one in by_day else 0,
         "sales_minor": int(by_day[one].sales) if one in by_day else 0,
         "margin_minor": int(by_day[one].margin) if one in by_day else 0}
        for one in dates
    ]
    total = {name: sum(row[name] for row in rows) for name in ("orders", "sales_minor", "margin_minor")}
    return {"currency": currency, **total, "days": rows}


def tasks(actor: Actor) -> dict[str, int]:
    """Open matters: orders not paid, parts that wait for a seller, parts cancelled in a week. One statement."""
    authorize(actor, "order:read", actor.organization_id)
    week = clock.now() - timedelta(days=7)
    row = db.session.execute(
        select(
            select(func.count()).select_from(Order).where(
                Order.reseller_id == actor.organization_id, Order.status == OrderStatus.PENDING_PAYMENT.value,
            ).scalar_subquery().label("unpaid"),
            func.count(case((SellerOrder.status == SellerOrderStatus.OPEN.value, 1))).label("waiting"),
            func.count(case((and_(SellerOrder.status == SellerOrderStatus.CANCELLED.value,
                                  SellerOrder.created_at >= week), 1))).label("cancelled"),
        ).where(SellerOrder.reseller_id == actor.organization_id)
    ).one()
    return {"unpaid": row.unpaid, "waiting": row.waiting, "cancelled": row.cancelled}


ORDER_SORTS: paging.Sorts = {"placed": Order.id, "total": Order.total_minor}


def orders(actor: Actor, ask: paging.Ask = paging.FIRST, *, status: str = "", buyer_id: str = "", number: str = "") -> dict[str, Any]:
    """One page of the orders on the reseller's storefronts, newest first or as asked, each with its margin.

    Shapes:  `number` may be the beginning of one; what is empty filters nothing.
    """
    authorize(actor, "order:read", actor.organization_id)
    query = select(Order).where(Order.reseller_id == actor.organization_id)
    if status:
        query = query.where(Order.status == status)
    if buyer_id:
        query = query.where(Order.buyer_id == buyer_id)
    if number:
        query = query.where(numbers.numbered(Order, number))
    page = paging.sorted_page(query, Order.id, ask, ORDER_SORTS)
    kept = standing.of(page.items)
    names = _names({order.buyer_id for order in page.items})
    items = [_head(order, names, kept[order.id]) for order in page.items]
    return {"items": items, "next_cursor": page.next_cursor}


def _head(order: Order, names: dict[str, str], kept: standing.Standing) -> dict[str, Any]:
    return {
        "id": order.id, "number": order.number, "status": order.status, "buyer_id": order.buyer_id,
        "buyer": names.get(order.buyer_id, ""), "placed_at": order.placed_at.isoformat(), "currency": order.currency,
        "goods_minor": order.goods_minor, "total_minor": order.total_minor, "margin_minor": kept.margin_minor,
        "standing_goods_minor": kept.goods_minor, "standing_total_minor": kept.total_minor, "payment_method": order.payment_method,
    }


def _names(ids: set[str]) -> dict[str, str]:
    rows = db.session.execute(select(Organization.id, Organization.name).where(Organization.id.in_(ids)))
    return {row.id: row.name for row in rows}


def order(actor: Actor, order_id: str) -> dict[str, Any]:
    """One order with its parts and lines: what the customer pays and the reseller keeps. Raises: NotFound."""
    authorize(actor, "order:read", actor.organization_id)
    found = db.session.scalar(select(Order).filter_by(id=order_id, reseller_id=actor.organization_id))
    if found is None:
        raise NotFound
    names = _names({found.buyer_id})
    payment = db.session.scalar(select(Payment).where(Payment.order_id == found.id))
    return {
        **_head(found, names, standing.of([found])[found.id]), "ship_to": found.ship_to, "po_number": found.po_number,
        "freight_minor": found.freight_minor, "surcharge_minor": found.surcharge_minor, "tax_minor": found.tax_minor,
        "payment_status": payment.status if payment else None, "parts": _parts(found.id),
        "open_minor": payment.open_minor if payment and payment.method == received.ON_ACCOUNT else 0,
        "received": [_received(row) for row in received.of_order(found.id)],
    }


def _received(row: ReceivedPayment) -> dict[str, Any]:
    return {"id": row.id, "reference": row.reference, "amount_minor": row.amount_minor, "excess_minor": row.excess_minor,
            "received_on": row.received_on.isoformat(), "taken_back_at": row.taken_back_at.isoformat() if row.taken_back_at else None}


def _parts(order_id: str) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(SellerOrder, Organization.name).join(Organization, Organization.id == SellerOrder.seller_id)
        .where(SellerOrder.order_id == order_id).order_by(SellerOrder.id)
    ).all()
    lines = _lines([part.id for part, _ in rows])
    return [
        {"id": part.id, "number": part.number, "seller": name, "status": part.status,
         "promised_on": part.promised_on.isoformat(), "goods_minor": part.goods_minor,
         "total_minor": part.total_minor, "cancelled_because": part.cancelled_because, "lines": lines.get(part.id, [])}
        for part, name in rows
    ]


def _lines(seller_order_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    rows = db.session.execute(
        select(Allocation, OrderLine.name, OrderLine.mpn, standing.GOODS, standing.MARGIN)
        .join(OrderLine, OrderLine.id == Allocation.order_line_id)
        .outerjoin(LineShare, LineShare.allocation_id == Allocation.id)
        .where(Allocation.seller_order_id.in_(seller_order_ids)).order_by(OrderLine.number, Allocation.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row, name, mpn, goods, margin in rows:
        found.setdefault(row.seller_order_id, []).append({
            "name": name, "mpn": mpn, "quantity": row.quantity, "shipped": row.shipped, "cancelled": row.cancelled,
            "unit_minor": row.unit_price_minor, "goods_minor": row.goods_minor, "margin_minor": margin,
            "standing_goods_minor": 0 if row.cancelled == row.quantity else goods,
        })
    return found
