"""Refused units are routed again, without the sellers that refused, at the price the buyer agreed to.

What nobody can take is cancelled, which the payments room refunds. The freight goes along when a whole
seller order was refused before anything was shipped, and the first new part gets it: the buyer's total stays, or
falls where a unit's price did, and then the payments room gives the difference back.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select

from marketplace.core import events, money
from marketplace.core.db import db
from marketplace.identity import buying
from marketplace.identity.models import Organization, Storefront
from marketplace.offers.stock import OutOfStock
from marketplace.orders import fulfilment, service
from marketplace.orders.events import QuantityCancelled, SellerOrderRerouted
from marketplace.orders.models import Allocation, Order, SellerOrder, SellerOrderStatus
from marketplace.routing import service as routing
from marketplace.routing.models import RoutingDecision
from marketplace.routing.plans import Options, Plan, PlannedAllocation, PlannedSellerOrder

SILENCE = "not accepted in time"


@dataclass
class Open:
    """Units of one allocation that are to be placed again: `quantity` of them, from unit `start` on."""

    allocation: Allocation
    start: int
    quantity: int

    def take(self, count: int) -> dict[str, Any]:
        """Take the next `count` units, with the tax that falls to them."""
        tax = money.of_pieces(self.allocation.tax_minor, self.allocation.quantity, self.start, count)
        self.start, self.quantity = self.start + count, self.quantity - count
        return {"allocation_id": self.allocation.id, "quantity": count, "tax_minor": tax}


def on_refused(payload: Mapping[str, Any]) -> None:
    """React to QuantityRefused: another seller, else the money back."""
    order = db.session.scalars(select(Order).filter_by(id=payload["order_id"]).with_for_update()).one()
    refused = db.session.get_one(SellerOrder, payload["seller_order_id"])
    rows = [Open(db.session.get_one(Allocation, item["allocation_id"]), item["start"], item["quantity"]) for item in payload["items"]]
    whole = refused.status == SellerOrderStatus.CANCELLED.value
    plan = _plan(order, rows)
    if plan.parts:
        charges = refused if whole and not plan.unfilled else None
        rows = _move(order, (refused, charges), plan, rows, payload["because"])
    lost = [row.take(row.quantity) for row in rows if row.quantity]
    if lost:
        events.publish(QuantityCancelled(order.id, refused.id, lost, whole, payload["because"]))
    service.refresh_status(order, service.parts_of(order.id))
    db.session.flush()


def _plan(order: Order, rows: list[Open]) -> Plan:
    wanted: dict[str, int] = defaultdict(int)
    ceilings: dict[str, int] = {}
    variants: dict[str, str] = {}
    for row in rows:
        line_id, agreed = row.allocation.order_line_id, row.allocation.unit_price_minor
        wanted[line_id] += row.quantity
        variants[line_id] = row.allocation.variant_id
        ceilings[line_id] = min(agreed, ceilings.get(line_id, agreed))
    storefront = db.session.get_one(Storefront, order.storefront_id)
    context = buying.context(storefront, db.session.get_one(Organization, order.buyer_id))
    context = context.to(order.ship_to["country"], order.ship_to.get("region") or "")
    lines = [(line_id, variants[line_id], quantity) for line_id, quantity in wanted.items()]
    wish = db.session.scalars(select(RoutingDecision.wish).filter_by(order_id=order.id, hop=0)).one()
    return routing.plan(context, lines, _refusers(order.id), Options(ceilings=ceilings, wish=wish))


def _refusers(order_id: str) -> set[str]:
    """Sellers that gave back units of this order, or let its time pass."""
    return set(db.session.scalars(
        select(Allocation.seller_id).join(SellerOrder, SellerOrder.id == Allocation.seller_order_id)
        .where(SellerOrder.order_id == order_id, Allocation.cancelled > 0)))


def _move(order: Order, refused: tuple[SellerOrder, SellerOrder | None], plan: Plan, rows: list[Open], because: str) -> list[Open]:
    """Write the new parts; gives back what nobody took: all of it when others were faster."""
    part, charges = refused
    hop = 1 + max(db.session.scalars(select(RoutingDecision.hop).filter_by(order_id=order.id)), default=0)
    left = [replace(row) for row in rows]
    taken = [[_take(left, line) for line in one.lines] for one in plan.parts]
    plan = replace(plan, parts=tuple(
        _as_agreed(one, moves, charges if number == 0 else None) for number, (one, moves) in enumerate(zip(plan.parts, taken, strict=True))))
    try:
        parts = service.write_parts(order, plan, {line: line for line, _, _ in plan.wanted}, hop, None)
    except OutOfStock:
        return rows
    routing.record(order.id, plan, hop, because)
    for new, moves in zip(parts, taken, strict=True):
        events.publish(SellerOrderRerouted(order.id, part.id, new["id"], _named(new["id"], moves), charges is not None and new is parts[0]))
    return left


def _take(left: list[Open], line: PlannedAllocation) -> list[tuple[Open, dict[str, Any]]]:
    """Which open units of its order line a planned allocation takes, in order."""
    need, moves = line.quantity, []
    for row in left:
        count = min(need, row.quantity) if row.allocation.order_line_id == line.line_id else 0
        if count:
            moves.append((row, row.take(count)))
            need -= count
    return moves


def _as_agreed(part: PlannedSellerOrder, taken: list[list[tuple[Open, dict[str, Any]]]], charges: SellerOrder | None) -> PlannedSellerOrder:
    """The part with the tax of exactly the units it takes, and with the refused part's charges where they go along."""
    lines = tuple(_taxed(line, moves) for line, moves in zip(part.lines, taken, strict=True))
    freight, surcharge, on_charges = (charges.freight_minor, charges.surcharge_minor, charges.charges_tax_minor) if charges else (0, 0, 0)
    taxes = sum(line.tax_minor for line in lines) + on_charges
    return replace(part, lines=lines, freight_minor=freight, surcharge_minor=surcharge, charges_tax_minor=on_charges,
                   tax_minor=taxes, total_minor=part.goods_minor + freight + surcharge + taxes)


def _taxed(line: PlannedAllocation, moves: list[tuple[Open, dict[str, Any]]]) -> PlannedAllocation:
    """The tax agreed for these units; where their price fell, no more than the tax on what they cost now."""
    bps = moves[0][0].allocation.tax_bps
    goods = sum(row.allocation.unit_price_minor * move["quantity"] for row, move in moves)
    agreed = sum(move["tax_minor"] for _, move in moves)
    return replace(line, tax_bps=bps, tax_minor=agreed if goods == line.goods_minor else min(agreed, money.percent(line.goods_minor, bps)))


def _named(seller_order_id: str, taken: list[list[tuple[Open, dict[str, Any]]]]) -> list[dict[str, Any]]:
    """The moves with the allocations as they were written, in the plan's order."""
    ids = db.session.scalars(select(Allocation.id).filter_by(seller_order_id=seller_order_id).order_by(Allocation.id))
    return [{"from_allocation_id": move["allocation_id"], "to_allocation_id": id_, "quantity": move["quantity"], "tax_minor": move["tax_minor"]}
            for id_, moves in zip(ids, taken, strict=True) for _, move in moves]


def on_timeout(payload: Mapping[str, Any]) -> None:
    """React to a passed `accept_by`: the seller's silence is a refusal."""
    from_seller = db.session.get_one(SellerOrder, payload["seller_order_id"])
    db.session.scalars(select(Order.id).filter_by(id=from_seller.order_id).with_for_update()).one()
    db.session.refresh(from_seller, with_for_update=True)
    if from_seller.status == SellerOrderStatus.OPEN.value:
        fulfilment.withdraw(from_seller, SILENCE, "orders")
