"""What a seller sees of its orders: its own parts, at its own prices, and where they go.

Every read is narrowed to one seller order of the actor. What the buyer pays, its tax, the reseller's
margin and other sellers' parts are never read here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from marketplace.core import clock, money, paging, tenancy, transitions
from marketplace.core.db import db
from marketplace.identity.access import Actor, authorize
from marketplace.offers.models import Offer, StockLevel, StockLocation
from marketplace.orders import fulfilment
from marketplace.orders import queries as orders
from marketplace.orders.models import Allocation, Order, OrderLine, SellerOrder, SellerOrderStatus, Shipment, ShipmentLine

S = SellerOrderStatus
VIEWS: dict[str, tuple[SellerOrderStatus, ...]] = {
    "to_accept": (S.OPEN,), "to_ship": (S.ACCEPTED, S.PARTLY_SHIPPED), "shipped": (S.SHIPPED,),
    "delivered": (S.DELIVERED,), "cancelled": (S.CANCELLED,),
}

KEPT = Allocation.seller_goods_minor - (2 * Allocation.seller_goods_minor * Allocation.cancelled + Allocation.quantity) // (2 * Allocation.quantity)
"""A line's goods without what was cancelled: `money.of_pieces` in SQL."""


SORTS: paging.Sorts = {"placed": SellerOrder.id, "promised": SellerOrder.promised_on, "goods": SellerOrder.seller_goods_minor}


def listed(actor: Actor, view: str | None = None, ask: paging.Ask = paging.FIRST, number: str = "") -> dict[str, Any]:
    """One page of the seller's orders, newest first or as asked, perhaps those whose number begins so; two statements. Raises: Forbidden."""
    authorize(actor, "seller_order:read")
    states = VIEWS.get(view or "", tuple(state for state in S if state is not S.WAITING))
    query = select(SellerOrder).where(
        SellerOrder.seller_id == actor.organization_id, SellerOrder.status.in_([state.value for state in states]))
    if number:
        query = query.where(orders.numbered(SellerOrder, number))
    found = paging.sorted_page(query, SellerOrder.id, ask, SORTS)
    rows = db.session.execute(
        select(Allocation.seller_order_id, func.count(), func.sum(KEPT)).group_by(Allocation.seller_order_id)
        .where(Allocation.seller_order_id.in_([part.id for part in found.items])))
    sums = {id_: (count, int(kept)) for id_, count, kept in rows}
    items = [{**_head(part, sums.get(part.id, (0, 0))[1]), "lines": sums.get(part.id, (0, 0))[0]} for part in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


def shown(actor: Actor, seller_order_id: str) -> dict[str, Any]:
    """One seller order with lines, parcels and timeline. Raises: Forbidden; NotFound for another seller's."""
    part = fulfilment.own(actor, seller_order_id)
    with tenancy.as_market():
        lines, parcels = _lines(part.id), _parcels(part.id)
        po_number = db.session.scalar(select(Order.po_number).where(Order.id == part.order_id))
    steps = [{"at": step.at, "state": step.to_state, "because": step.because} for step in transitions.history(part.id)]
    return {**_head(part, sum(line["standing_goods_minor"] for line in lines)), "ship_to": part.ship_to, "po_number": po_number, "lines": lines, "shipments": parcels,
            "timeline": steps, "cancelled_because": part.cancelled_because}


def parcel(order: dict[str, Any], shipment_id: str) -> dict[str, Any] | None:
    """One parcel of a shown order."""
    return next((parcel for parcel in order["shipments"] if parcel["id"] == shipment_id), None)


def _head(part: SellerOrder, kept: int) -> dict[str, Any]:
    late = part.status == S.OPEN.value and part.accept_by is not None and part.accept_by <= clock.now()
    return {
        "id": part.id, "number": part.number, "status": part.status, "currency": part.currency, "hop": part.hop,
        "created_at": part.created_at, "accept_by": part.accept_by, "accepted_at": part.accepted_at, "is_late": late,
        "promised_on": part.promised_on, "city": part.ship_to["city"], "country": part.ship_to["country"],
        "goods_minor": part.seller_goods_minor, "freight_minor": part.freight_minor, "surcharge_minor": part.surcharge_minor,
        "total_minor": part.seller_goods_minor + part.freight_minor + part.surcharge_minor, "standing_goods_minor": kept,
        "standing_total_minor": 0 if part.status == S.CANCELLED.value else kept + part.freight_minor + part.surcharge_minor,
    }


def _lines(seller_order_id: str) -> list[dict[str, Any]]:
    rows = db.session.execute(
        select(Allocation, OrderLine.name, OrderLine.mpn, Offer.seller_sku, StockLocation.code)
        .join(OrderLine, OrderLine.id == Allocation.order_line_id).join(Offer, Offer.id == Allocation.offer_id)
        .join(StockLevel, StockLevel.id == Allocation.stock_level_id)
        .join(StockLocation, StockLocation.id == StockLevel.location_id)
        .where(Allocation.seller_order_id == seller_order_id).order_by(OrderLine.number, Allocation.id)
        .execution_options(populate_existing=True))
    return [
        {"allocation_id": row.id, "name": name, "mpn": mpn, "seller_sku": sku, "location": location,
         "quantity": row.quantity, "shipped": row.shipped, "cancelled": row.cancelled, "left": fulfilment.left(row),
         "unit_minor": row.seller_unit_price_minor, "goods_minor": row.seller_goods_minor,
         "standing_goods_minor": row.seller_goods_minor - money.of_pieces(row.seller_goods_minor, row.quantity, 0, row.cancelled)}
        for row, name, mpn, sku, location in rows
    ]


def _parcels(seller_order_id: str) -> list[dict[str, Any]]:
    rows: Sequence[Any] = db.session.execute(
        select(Shipment, ShipmentLine.quantity, OrderLine.name, OrderLine.mpn, Offer.seller_sku)
        .join(ShipmentLine, ShipmentLine.shipment_id == Shipment.id)
        .join(Allocation, Allocation.id == ShipmentLine.allocation_id).join(Offer, Offer.id == Allocation.offer_id)
        .join(OrderLine, OrderLine.id == Allocation.order_line_id)
        .where(Shipment.seller_order_id == seller_order_id).order_by(Shipment.id, OrderLine.number)).all()
    found: dict[str, dict[str, Any]] = {}
    for sent, quantity, name, mpn, sku in rows:
        one = found.setdefault(sent.id, {
            "id": sent.id, "carrier": sent.carrier, "tracking_number": sent.tracking_number,
            "shipped_at": sent.shipped_at, "delivered_at": sent.delivered_at, "lines": []})
        one["lines"].append({"name": name, "mpn": mpn, "seller_sku": sku, "quantity": quantity})
    return list(found.values())
