"""Refused units are routed again, without the sellers that refused, at the price the buyer agreed to.

What nobody can take is cancelled, which the payments room refunds. The freight goes along when a whole
seller order was refused before anything was shipped, and the first new part gets it: the buyer's total stays.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import select

from marketplace.core import events, money, outbox
from marketplace.core.db import db
from marketplace.identity import buying
from marketplace.identity.models import Organization, Storefront
from marketplace.offers.stock import OutOfStock
from marketplace.orders import fulfilment, service
from marketplace.orders.events import QuantityCancelled, SellerOrderRerouted
from marketplace.orders.models import Allocation, Order, SellerOrder, SellerOrderStatus
from marketplace.routing import service as routing
from marketplace.routing.models import RoutingDecision
from marketplace.routing.plans import Options, Plan, PlannedSellerOrder


def on_refused(payload: Mapping[str, Any]) -> None:
    """React to QuantityRefused: another seller, else the money back."""
    order = db.session.scalars(select(Order).filter_by(id=payload["order_id"]).with_for_update()).one()
    refused = db.session.get_one(SellerOrder, payload["seller_order_id"])
    rows = [(db.session.get_one(Allocation, item["allocation_id"]), item["quantity"]) for item in payload["items"]]
    whole = refused.status == SellerOrderStatus.CANCELLED.value
    plan = _plan(order, rows)
    charges = refused if whole and plan.parts and not plan.unfilled else None
    moved = _move(order, refused, (plan, charges), rows, payload["because"]) if plan.parts else {}
    lost = [{"allocation_id": row.id, "quantity": quantity - sum(moved.get(row.id, {}).values())} for row, quantity in rows]
    lost = [item for item in lost if item["quantity"]]
    if lost:
        events.publish(QuantityCancelled(order.id, refused.id, lost, whole, payload["because"]))
    service.refresh_status(order, service.parts_of(order.id))
    db.session.flush()


def _plan(order: Order, rows: list[tuple[Allocation, int]]) -> Plan:
    wanted: dict[str, int] = defaultdict(int)
    ceilings: dict[str, int] = {}
    variants: dict[str, str] = {}
    for row, quantity in rows:
        wanted[row.order_line_id] += quantity
        variants[row.order_line_id] = row.variant_id
        ceilings[row.order_line_id] = min(row.unit_price_minor, ceilings.get(row.order_line_id, row.unit_price_minor))
    storefront = db.session.get_one(Storefront, order.storefront_id)
    context = buying.context(storefront, db.session.get_one(Organization, order.buyer_id))
    context = context.to(order.ship_to["country"], order.ship_to.get("region") or "")
    lines = [(line_id, variants[line_id], quantity) for line_id, quantity in wanted.items()]
    return routing.plan(context, lines, _refusers(order.id), Options(ceilings=ceilings))


def _refusers(order_id: str) -> set[str]:
    """Sellers that gave back units of this order, or let its time pass."""
    return set(db.session.scalars(
        select(Allocation.seller_id).join(SellerOrder, SellerOrder.id == Allocation.seller_order_id)
        .where(SellerOrder.order_id == order_id, Allocation.cancelled > 0)))


def _move(order: Order, refused: SellerOrder, planned: tuple[Plan, SellerOrder | None], rows: list[tuple[Allocation, int]],
          because: str) -> dict[str, dict[str, int]]:
    """Write the new parts; gives back old allocation id -> {new allocation id: quantity}."""
    plan, charges = planned
    hop = 1 + max(db.session.scalars(select(RoutingDecision.hop).filter_by(order_id=order.id)), default=0)
    plan = replace(plan, parts=_at_agreed_tax(plan.parts, rows, charges))
    try:
        with db.session.begin_nested():
            parts = service.write_parts(order, plan, {line: line for line, _, _ in plan.wanted}, hop, None)
            routing.record(order.id, plan, hop, because)
    except OutOfStock:
        return {}
    moved: dict[str, dict[str, int]] = defaultdict(dict)
    open_rows = [[row.id, row.order_line_id, quantity] for row, quantity in rows]
    for part in parts:
        moves = _pair(open_rows, part["id"])
        for move in moves:
            moved[move["from_allocation_id"]][move["to_allocation_id"]] = move["quantity"]
        events.publish(SellerOrderRerouted(order.id, refused.id, part["id"], moves, charges is not None and part is parts[0]))
    outbox.publish_all([(service.TIMEOUT, f"{service.TIMEOUT}:{part['id']}", {"seller_order_id": part["id"]}, part["accept_by"])
                        for part in parts])
    return moved


def _pair(open_rows: list[list[Any]], seller_order_id: str) -> list[dict[str, Any]]:
    moves = []
    for new in db.session.scalars(select(Allocation).filter_by(seller_order_id=seller_order_id).order_by(Allocation.id)):
        need = new.quantity
        for old in open_rows:
            part = min(need, old[2]) if old[1] == new.order_line_id else 0
            if part:
                old[2], need = old[2] - part, need - part
                moves.append({"from_allocation_id": old[0], "to_allocation_id": new.id, "quantity": part})
    return moves


def _at_agreed_tax(parts: tuple[PlannedSellerOrder, ...], rows: list[tuple[Allocation, int]],
                   charges: SellerOrder | None) -> tuple[PlannedSellerOrder, ...]:
    """The parts with the tax the buyer agreed to, and with the refused part's charges on the first."""
    agreed = {row.order_line_id: row for row, _ in rows}
    fixed = []
    for number, part in enumerate(parts):
        lines = tuple(
            replace(line, tax_bps=agreed[line.line_id].tax_bps, tax_minor=_tax(agreed[line.line_id], line.quantity, line.goods_minor))
            for line in part.lines)
        take = charges if number == 0 else None
        freight, surcharge, on_charges = (
            (take.freight_minor, take.surcharge_minor, take.charges_tax_minor) if take is not None else (0, 0, 0))
        taxes = sum(line.tax_minor for line in lines) + on_charges
        fixed.append(replace(part, lines=lines, freight_minor=freight, surcharge_minor=surcharge, charges_tax_minor=on_charges,
                             tax_minor=taxes, total_minor=part.goods_minor + freight + surcharge + taxes))
    return tuple(fixed)


def _tax(agreed: Allocation, quantity: int, goods_minor: int) -> int:
    return agreed.tax_minor if quantity == agreed.quantity else money.percent(goods_minor, agreed.tax_bps)


def on_timeout(payload: Mapping[str, Any]) -> None:
    """React to a passed `accept_by`: the seller's silence is a refusal."""
    from_seller = db.session.get_one(SellerOrder, payload["seller_order_id"])
    db.session.scalars(select(Order.id).filter_by(id=from_seller.order_id).with_for_update()).one()
    db.session.refresh(from_seller, with_for_update=True)
    if from_seller.status == SellerOrderStatus.OPEN.value:
        fulfilment.withdraw(from_seller, "not accepted in time", "orders")
