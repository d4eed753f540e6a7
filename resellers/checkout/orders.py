"""A buyer's own orders: what was ordered, from whom, at which price, and where each parcel is.

Every row is narrowed to the buyer's organization; what a seller charges is never read here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, or_, select

from marketplace.core import paging
from marketplace.core.db import Query, db
from marketplace.core.errors import NotFound
from marketplace.core.transitions import StateChange
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import CostCenter, Organization, User
from marketplace.orders.models import Allocation, Order, OrderLine, SellerOrder, SellerOrderStatus, Shipment, ShipmentLine
from marketplace.payments import hosted, received, service, standing
from marketplace.payments.models import Payment, Refund
from resellers.checkout import carriers, handovers
from resellers.checkout.lines import summed

COLUMNS = ("order", "placed_at", "status", "your_number", "line", "part_number", "product", "quantity")
MOST_LINES = 100_000
PARTS_OF_A_LINE = ("quantity", "shipped", "cancelled", "goods_minor", "tax_minor")
AMOUNTS = ("goods_minor", "freight_minor", "surcharge_minor", "tax_minor", "total_minor")


@dataclass(frozen=True)
class Asked:
    """Which orders: words found in the order number or the buyer's own, and a status."""

    words: str = ""
    status: str | None = None


SORTS: paging.Sorts = {"placed": Order.id, "total": Order.total_minor}


def listed(actor: Actor, ask: paging.Ask = paging.FIRST, asked: Asked = Asked()) -> dict[str, Any]:
    """One page of the company's orders, newest first or as asked. Raises: Forbidden without order:read."""
    found = paging.sorted_page(_asked(actor, asked), Order.id, ask, SORTS)
    kept, payments = standing.of(found.items), _payments([order.id for order in found.items])
    return {"items": [_head(order, kept[order.id], payments.get(order.id)) for order in found.items], "next_cursor": found.next_cursor}


def _asked(actor: Actor, asked: Asked) -> Query:
    authorize(actor, "order:read", actor.organization_id)
    query = select(Order).where(Order.buyer_id == actor.organization_id)
    if asked.words:
        query = query.where(or_(Order.number.icontains(asked.words, autoescape=True), Order.po_number.icontains(asked.words, autoescape=True)))
    return query.where(Order.status == asked.status) if asked.status else query


def all_lines(actor: Actor, asked: Asked) -> Iterator[list[Any]]:
    """Every line of the orders asked for, newest order first, as rows of a file: see COLUMNS."""
    query = _asked(actor, asked).join(OrderLine, OrderLine.order_id == Order.id).order_by(Order.id.desc(), OrderLine.number)
    columns = (Order.number, Order.placed_at, Order.status, Order.po_number, OrderLine.number, OrderLine.mpn, OrderLine.name, OrderLine.quantity)
    for row in db.session.execute(query.with_only_columns(*columns).limit(MOST_LINES)):
        yield [*row]


def own(actor: Actor, order_id: str) -> Order:
    """The company's order with this id. Raises: NotFound for any other company's."""
    authorize(actor, "order:read", actor.organization_id)
    order = db.session.scalar(select(Order).where(Order.id == order_id, Order.buyer_id == actor.organization_id))
    if order is None:
        raise NotFound
    return order


def shown(actor: Actor, order_id: str) -> dict[str, Any]:
    """One order with its parts, parcels, payment and timeline, as JSON values; a constant few statements."""
    order = own(actor, order_id)
    parts = _parts(order.id)
    follow = handovers.followed(parts)
    parts = [{**part, **follow[part["id"]]} for part in parts]
    payment = payment_of(order.id)
    return {
        **_head(order, standing.of([order])[order.id], payment), "ship_to": order.ship_to, "cost_center_id": order.cost_center_id, "cost_center": _cost_center(order),
        "placed_by": db.session.scalar(select(User.name).where(User.id == order.placed_by)),
        "lines": _lines(order.id), "parts": parts, "payment": _payment(payment), "refunds": _refunds(order.id),
        "timeline": _timeline(order, payment, [part["id"] for part in parts]),
    }


def arrival_of(order: Order) -> date | None:
    """By when all of it is promised to be there; None when nothing comes any more."""
    return db.session.scalar(select(func.max(SellerOrder.promised_on)).where(
        SellerOrder.order_id == order.id, SellerOrder.status != SellerOrderStatus.CANCELLED.value))


def payment_of(order_id: str) -> Payment | None:
    """The payment of an order that the caller may see; None before there is one."""
    return _payments([order_id]).get(order_id)


def is_payable(order: Order) -> bool:
    """Whether the buyer can pay an order that it may see on the provider's page now."""
    payment = payment_of(order.id)
    return payment is not None and hosted.is_payable(order, payment)


def _payments(order_ids: list[str]) -> dict[str, Payment]:
    return {row.order_id: row for row in db.session.scalars(select(Payment).where(Payment.order_id.in_(order_ids)))}


def _head(order: Order, kept: standing.Standing, payment: Payment | None) -> dict[str, Any]:
    came = payment.captured_at if payment else None
    return {
        "id": order.id, "number": order.number, "status": order.status, "currency": order.currency,
        "payment_method": order.payment_method, "placed_at": order.placed_at.isoformat(),
        "paid_at": came.isoformat() if came else None, "po_number": order.po_number,
        "is_payable": payment is not None and hosted.is_payable(order, payment),
        **{name: getattr(order, name) for name in AMOUNTS}, "standing_total_minor": kept.total_minor,
    }


def _cost_center(order: Order) -> str | None:
    found = db.session.get(CostCenter, order.cost_center_id) if order.cost_center_id else None
    return f"{found.code} {found.name}" if found else None


def _lines(order_id: str) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(OrderLine).where(OrderLine.order_id == order_id).order_by(OrderLine.number))
    return [
        {"number": row.number, "variant_id": row.variant_id, "name": row.name, "mpn": row.mpn, "quantity": row.quantity}
        for row in rows
    ]


def _parts(order_id: str) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(SellerOrder, Organization.name).join(Organization, Organization.id == SellerOrder.seller_id)
        .where(SellerOrder.order_id == order_id).order_by(SellerOrder.id)
    ).all()
    ids = [part.id for part, _ in rows]
    lines, parcels = _allocations(ids), _parcels(ids)
    return [
        {
            "id": part.id, "number": part.number, "seller": name, "status": part.status, "hop": part.hop,
            "promised_on": part.promised_on.isoformat(), **{amount: getattr(part, amount) for amount in AMOUNTS},
            "lines": lines.get(part.id, []), "shipments": parcels.get(part.id, []),
        }
        for part, name in rows
    ]


def _allocations(seller_order_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    rows = db.session.execute(
        select(Allocation, OrderLine.name, OrderLine.mpn, OrderLine.number)
        .join(OrderLine, OrderLine.id == Allocation.order_line_id)
        .where(Allocation.seller_order_id.in_(seller_order_ids)).order_by(OrderLine.number, Allocation.id)
    )
    found: dict[str, list[dict[str, Any]]] = {}
    for row, name, mpn, number in rows:
        found.setdefault(row.seller_order_id, []).append({
            "line": number, "variant_id": row.variant_id, "name": name, "mpn": mpn,
            "quantity": row.quantity, "shipped": row.shipped, "cancelled": row.cancelled,
            "unit_minor": row.unit_price_minor, "goods_minor": row.goods_minor, "tax_minor": row.tax_minor,
        })
    return {id_: summed(lines, PARTS_OF_A_LINE) for id_, lines in found.items()}


def _parcels(seller_order_ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    rows = db.session.execute(
        select(Shipment, OrderLine.number, OrderLine.name, ShipmentLine.quantity)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(Allocation, Allocation.id == ShipmentLine.allocation_id)
        .join(OrderLine, OrderLine.id == Allocation.order_line_id)
        .where(Shipment.seller_order_id.in_(seller_order_ids)).order_by(Shipment.id, OrderLine.number)
    )
    parcels: dict[str, dict[str, Any]] = {}
    found: dict[str, list[dict[str, Any]]] = {}
    for row, number, name, quantity in rows:
        if row.id not in parcels:
            parcels[row.id] = {
                "id": row.id, "carrier": row.carrier, "tracking_number": row.tracking_number,
                "tracking_url": carriers.tracking(row.carrier, row.tracking_number),
                "shipped_at": row.shipped_at.isoformat(), "lines": [],
                "delivered_at": row.delivered_at.isoformat() if row.delivered_at else None,
            }
            found.setdefault(row.seller_order_id, []).append(parcels[row.id])
        parcels[row.id]["lines"].append({"line": number, "name": name, "quantity": quantity})
    for parcel in parcels.values():
        parcel["lines"] = summed(parcel["lines"], ("quantity",))
    return found


def _payment(payment: Payment | None) -> dict[str, Any] | None:
    if payment is None:
        return None
    return {"id": payment.id, "method": payment.method, "status": payment.status,
            "amount_minor": payment.amount_minor, "currency": payment.currency,
            "excess_minor": received.excess_of(payment.order_id) if payment.method == service.ON_ACCOUNT else None,
            "received_minor": payment.received_minor if payment.method == service.ON_ACCOUNT else None,
            "open_minor": payment.open_minor if payment.method == service.ON_ACCOUNT else None}


def _refunds(order_id: str) -> list[dict[str, Any]]:
    rows = db.session.scalars(select(Refund).where(Refund.order_id == order_id).order_by(Refund.id))
    return [{"amount_minor": row.amount_minor, "currency": row.currency, "status": row.status,
             "at": row.created_at.isoformat()} for row in rows]


def _timeline(order: Order, payment: Payment | None, seller_order_ids: list[str]) -> list[dict[str, Any]]:
    """What happened, oldest first: (when, to which part, its new state); the reasons stay inside."""
    steps = [{"at": order.placed_at.isoformat(), "part": None, "state": "placed"}]
    if payment is not None and payment.captured_at:
        steps.append({"at": payment.captured_at.isoformat(), "part": None, "state": "paid"})
    rows = db.session.execute(
        select(StateChange.at, StateChange.entity_id, StateChange.to_state)
        .where(StateChange.entity_id.in_(seller_order_ids)).order_by(StateChange.id)
    )
    steps += [{"at": at.isoformat(), "part": part, "state": state} for at, part, state in rows]
    return sorted(steps, key=lambda step: step["at"])
