"""A cart becomes an order: routed, reserved and written in one unit of work, once per cart.

The order waits for its payment (`payments.service.start` comes next, in the same unit of work);
`mark_paid` opens the sellers' parts. It knows no payment provider and moves no money.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import select

from marketplace.catalog.models import Variant
from marketplace.core import audit, batch, clock, events, ids, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance, advance_all
from marketplace.identity.access import Actor, authorize
from marketplace.identity.buying import BuyingContext
from marketplace.identity.companies import AddressGone, CostCenterClosed
from marketplace.identity.models import Address, CostCenter
from marketplace.offers import stock
from marketplace.offers.models import Offer, StockLevel
from marketplace.offers.stock import OutOfStock
from marketplace.orders import carts
from marketplace.orders.deadlines import ACCEPT_WITHIN, UNPAID_FOR
from marketplace.orders.events import OrderPaid, OrderPlaced, QuantityRefused
from marketplace.orders.models import Allocation, Cart, Order, OrderLine, OrderStatus, SellerOrder, SellerOrderStatus
from marketplace.routing import service as routing
from marketplace.routing.plans import Options, Plan

PLANS = 4
"""The first plan, and three more on fresh stock where others were faster."""
GONE = "sold out before payment"
ADDRESS = ("label", "name", "line1", "line2", "postcode", "city", "region", "country")


class CartEmpty(Invalid):
    """There is nothing to order."""

    code: ClassVar[str] = "cart_empty"
    message = "The cart is empty."


class CannotFulfil(Conflict):
    """Not every line can be delivered in full; `details["lines"]` names those: with what is missing, or which others were faster with."""

    code: ClassVar[str] = "cannot_fulfil"
    message = "Not everything in the cart can be delivered at the moment."


@dataclass(frozen=True)
class Checkout:
    """What the buyer decides at checkout."""

    address_id: str
    payment_method: str
    po_number: str | None = None
    cost_center_id: str | None = None


def place(actor: Actor, context: BuyingContext, cart_id: str, checkout: Checkout) -> Order:
    """Order what is in the cart, for delivery in full; a second call gives the same order.

    Effects: Order, OrderLines, SellerOrders, Allocations, RoutingDecision, reserved stock, OrderPlaced.
    Raises:  Forbidden; NotFound for another's cart; AddressGone; CostCenterClosed; CartEmpty; CannotFulfil.
    """
    authorize(actor, "order:place", context.buyer_id)
    cart = carts.own(actor, cart_id, lock=True)
    if cart.storefront_id != context.storefront_id:
        raise NotFound(field="cart_id")
    if cart.status == "ordered":
        return db.session.scalars(select(Order).filter_by(cart_id=cart.id)).one()
    ship_to = _address(actor, checkout.address_id)
    _check_cost_center(actor, checkout.cost_center_id)
    wanted = carts.wanted(cart)
    if not wanted:
        raise CartEmpty
    with tenancy.as_market():
        context = context.to(ship_to["country"], ship_to["region"] or "")
        short: list[dict[str, Any]] = []
        for _ in range(PLANS):
            try:
                with db.session.begin_nested():  # what is short leaves its locks behind: kept while planning again, they were taken out of order
                    return _attempt(actor, context, (cart, wanted), ship_to, checkout)
            except OutOfStock as refused:
                short = refused.details["lines"]
        raise CannotFulfil(lines=_taken_meanwhile(short, wanted))


def _taken_meanwhile(short: list[dict[str, Any]], wanted: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """The cart's lines whose stock others took while they were planned again and again."""
    levels = select(Offer.variant_id).join(StockLevel, StockLevel.offer_id == Offer.id).where(StockLevel.id.in_([one["stock_level_id"] for one in short]))
    gone = set(db.session.scalars(levels))
    return [{"line_id": line_id, "variant_id": variant_id, "wanted": quantity} for line_id, variant_id, quantity in wanted if variant_id in gone]


def _attempt(actor: Actor, context: BuyingContext, filled: tuple[Cart, list[tuple[str, str, int]]], ship_to: dict[str, Any],
             checkout: Checkout) -> Order:
    cart, wanted = filled
    plan = routing.plan(context, wanted, options=Options(wish=cart.wish))
    if plan.unfilled:
        raise CannotFulfil(lines=_unfilled(plan, wanted))
    order = _order(actor, context, cart, plan)
    order.ship_to, order.payment_method = ship_to, checkout.payment_method
    order.po_number, order.cost_center_id = checkout.po_number, checkout.cost_center_id
    lines = _lines(order, wanted)
    parts, allocations = _parts(order, plan, {line_id: row["id"] for (line_id, _, _), row in zip(wanted, lines, strict=True)}, hop=0)
    _reserve(order, allocations, clock.now() + UNPAID_FOR)  # nothing is written yet: short of stock, it is planned again
    db.session.add(order)
    batch.insert(OrderLine, lines)
    batch.insert(SellerOrder, parts)
    batch.insert(Allocation, allocations)
    routing.record(order.id, plan, 0, "order placed")
    cart.status = "ordered"
    audit.record(actor, "order.placed", order.id, after={"total_minor": order.total_minor, "number": order.number})
    events.publish(OrderPlaced(order.id))
    db.session.flush()
    return order


def _unfilled(plan: Plan, wanted: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    return [{"line_id": line_id, "variant_id": variant_id, "wanted": quantity, "missing": plan.unfilled[line_id]}
            for line_id, variant_id, quantity in wanted if line_id in plan.unfilled]


def _address(actor: Actor, address_id: str) -> dict[str, Any]:
    found = db.session.scalar(select(Address).filter_by(id=address_id, organization_id=actor.organization_id))
    if found is None:
        raise AddressGone(field="address_id")
    return {name: getattr(found, name) for name in ADDRESS}


def _check_cost_center(actor: Actor, cost_center_id: str | None) -> None:
    if cost_center_id is not None and not db.session.scalar(
        select(CostCenter.id).filter_by(id=cost_center_id, organization_id=actor.organization_id, is_active=True)
    ):
        raise CostCenterClosed(field="cost_center_id")


def number_of_day() -> str:
    """A new order number: the day, then six characters of chance."""
    return f"{clock.today():%y%m%d}-" + "".join(secrets.choice(ids.ALPHABET) for _ in range(6)).upper()


def _order(actor: Actor, context: BuyingContext, cart: Cart, plan: Plan) -> Order:
    def total(name: str) -> int:
        return sum(getattr(part, name) for part in plan.parts)

    return Order(
        id=new_id("ord"), number=number_of_day(), cart_id=cart.id, buyer_id=actor.organization_id,
        reseller_id=context.reseller_id, storefront_id=context.storefront_id, placed_by=actor.user_id,
        on_behalf_of=actor.on_behalf_of, status=OrderStatus.PENDING_PAYMENT.value, currency=context.currency,
        goods_minor=total("goods_minor"), freight_minor=total("freight_minor"), surcharge_minor=total("surcharge_minor"),
        tax_minor=total("tax_minor"), total_minor=total("total_minor"), placed_at=clock.now(),
    )


def _lines(order: Order, wanted: list[tuple[str, str, int]]) -> list[dict[str, Any]]:
    """The order's lines, as rows in the order of `wanted`."""
    variants = {row.id: row for row in db.session.execute(
        select(Variant.id, Variant.manufacturer_id, Variant.brand_id, Variant.category_id, Variant.name, Variant.mpn)
        .where(Variant.id.in_([variant_id for _, variant_id, _ in wanted])))}
    return [
        {"id": new_id("oln"), "order_id": order.id, "buyer_id": order.buyer_id, "reseller_id": order.reseller_id,
         "number": number, "quantity": quantity, "variant_id": variant_id,
         **{name: getattr(variants[variant_id], name) for name in ("manufacturer_id", "brand_id", "category_id", "name", "mpn")}}
        for number, (_, variant_id, quantity) in enumerate(wanted, 1)
    ]


AMOUNTS = ("goods_minor", "seller_goods_minor", "freight_minor", "surcharge_minor", "charges_tax_minor", "tax_minor",
           "total_minor", "promised_on")


def write_parts(order: Order, plan: Plan, lines: dict[str, str], hop: int, expires_at: Any) -> list[dict[str, Any]]:
    """Write one seller order per planned part with its allocations, and reserve their stock; three statements and stock's.

    Shapes:  lines maps the plan's line ids to order line ids; returns the seller orders' rows.
    Raises:  OutOfStock; then nothing was written.
    """
    parts, allocations = _parts(order, plan, lines, hop)
    _reserve(order, allocations, expires_at)
    batch.insert(SellerOrder, parts)
    batch.insert(Allocation, allocations)
    return parts


def _reserve(order: Order, allocations: list[dict[str, Any]], expires_at: Any) -> None:
    """Before anything else: an allocation's foreign key would share-lock its stock level before it is locked to be taken."""
    stock.reserve([(row["stock_level_id"], row["quantity"], order.id, row["id"], row["seller_id"]) for row in allocations], expires_at)


def _parts(order: Order, plan: Plan, lines: dict[str, str], hop: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The planned seller orders and their allocations, as rows."""
    parties = {"buyer_id": order.buyer_id, "reseller_id": order.reseller_id}
    started = hop > 0
    parts, allocations = [], []
    for count, part in enumerate(plan.parts, 1):
        id_ = new_id("sor")
        parts.append({
            "id": id_, "number": f"{order.number}-{count}" + (f"R{hop}" if hop else ""), "order_id": order.id,
            "seller_id": part.seller_id, **parties, "hop": hop, "currency": order.currency, "ship_to": order.ship_to,
            "status": (SellerOrderStatus.OPEN if started else SellerOrderStatus.WAITING).value, "created_at": clock.now(),
            "accept_by": clock.now() + ACCEPT_WITHIN if started else None, **{name: getattr(part, name) for name in AMOUNTS},
        })
        allocations += [_allocation(id_, part.seller_id, parties, lines[line.line_id], line) for line in part.lines]
    return parts, allocations


def _allocation(seller_order_id: str, seller_id: str, parties: dict[str, str], order_line_id: str, line: Any) -> dict[str, Any]:
    return {
        "id": new_id("alc"), "order_line_id": order_line_id, "seller_order_id": seller_order_id, "seller_id": seller_id,
        **parties, "offer_id": line.offer_id, "stock_level_id": line.stock_level_id, "variant_id": line.variant_id,
        "quantity": line.quantity, "shipped": 0, "cancelled": 0, "unit_price_minor": line.unit_minor,
        "seller_unit_price_minor": line.seller_unit_minor, "goods_minor": line.goods_minor,
        "seller_goods_minor": line.seller_goods_minor, "tax_bps": line.tax_bps, "tax_minor": line.tax_minor,
        "price_trace": line.trace,
    }


def parts_of(order_id: str) -> list[SellerOrder]:
    """The seller orders of an order, locked, oldest first."""
    return list(db.session.scalars(
        select(SellerOrder).filter_by(order_id=order_id).order_by(SellerOrder.id).with_for_update(),
        execution_options={"populate_existing": True}))


def mark_paid(order_id: str, because: str) -> None:
    """Open the sellers' parts of an order that is paid, or accepted on account; a second call does nothing.

    Effects: seller orders open with their `accept_by`, stock kept, OrderPaid; stock that expired meanwhile and
             is gone is published as refused, so that it is routed again.
    """
    with tenancy.as_market():
        order = db.session.scalars(select(Order).filter_by(id=order_id).with_for_update()).one()
        if order.paid_at is not None or order.status == OrderStatus.CANCELLED.value:
            return
        now, parts = clock.now(), parts_of(order_id)
        advance_all(parts, SellerOrderStatus.OPEN, "orders", because, accept_by=now + ACCEPT_WITHIN)
        gone = stock.keep(order_id)
        order.paid_at = now
        refresh_status(order, parts)
        events.publish(OrderPaid(order_id))
        if gone:
            _refuse_gone(order_id, gone)
        db.session.flush()


def _refuse_gone(order_id: str, gone: list[tuple[str, int]]) -> None:
    """Stock that was sold to others before the money came is refused in its sellers' names."""
    items: dict[str, list[dict[str, Any]]] = {}
    for allocation_id, quantity in sorted(gone):
        allocation = db.session.get_one(Allocation, allocation_id)
        item = {"allocation_id": allocation_id, "quantity": quantity, "start": allocation.cancelled}
        allocation.cancelled += quantity
        items.setdefault(allocation.seller_order_id, []).append(item)
    db.session.flush()
    for part in parts_of(order_id):
        if part.id not in items:
            continue
        kept = select(Allocation.id).where(Allocation.seller_order_id == part.id, Allocation.cancelled < Allocation.quantity)
        if db.session.scalar(kept.limit(1)) is None:
            advance(part, SellerOrderStatus.CANCELLED, "orders", GONE)
            part.cancelled_because = GONE
        events.publish(QuantityRefused(part.id, order_id, items[part.id], GONE))


def cancel_unpaid(order_id: str, because: str) -> None:
    """Cancel an order that was not paid, and give its stock back; one that is paid is left alone."""
    with tenancy.as_market():
        order = db.session.scalars(select(Order).filter_by(id=order_id).with_for_update()).one()
        if order.status != OrderStatus.PENDING_PAYMENT.value:
            return
        stock.release_order(order_id)
        parts = parts_of(order_id)
        for part in parts:
            advance(part, SellerOrderStatus.CANCELLED, "orders", because)
            part.cancelled_because = because
        refresh_status(order, parts)
        db.session.flush()


def refresh_status(order: Order, parts: list[SellerOrder]) -> None:
    """Write the status that follows from the seller orders."""
    order.status = derive_status(order.paid_at is not None, {part.status for part in parts}).value


def derive_status(paid: bool, states: set[str]) -> OrderStatus:
    """What an order is, given whether it is paid and the states of its seller orders."""
    s = SellerOrderStatus
    alive = states - {s.CANCELLED.value}
    if not alive:
        return OrderStatus.CANCELLED
    if not paid:
        return OrderStatus.PENDING_PAYMENT
    if alive == {s.DELIVERED.value}:
        return OrderStatus.DELIVERED
    if alive <= {s.SHIPPED.value, s.DELIVERED.value}:
        return OrderStatus.SHIPPED
    return OrderStatus.PLACED if alive <= {s.OPEN.value, s.WAITING.value} else OrderStatus.PROCESSING
