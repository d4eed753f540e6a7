"""Carts: what a buyer's person is putting together on one storefront. A cart promises nothing.

A person has one open cart per company and storefront; it becomes an order once (`service.place`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from marketplace.catalog.models import Variant
from marketplace.channel import assortment
from marketplace.core import clock, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, MarketError, NotFound
from marketplace.core.ids import new_id
from marketplace.identity import buying
from marketplace.identity.access import Actor, authorize
from marketplace.identity.buying import BuyingContext
from marketplace.identity.models import Organization, Storefront
from marketplace.orders.models import Cart, CartLine
from marketplace.pricing import listing
from marketplace.routing import wishes

MOST = 1_000_000
MOST_LINES = 500


class BadQuantity(Invalid):
    """Not a whole number of units from 1 on."""

    code: ClassVar[str] = "bad_quantity"
    message = "The quantity must be a whole number between 1 and 1,000,000."


class NotSold(Invalid):
    """Nobody may sell this product to this buyer."""

    code: ClassVar[str] = "not_sold"
    message = "Nobody sells this product to you at the moment."


class NotThere(NotFound):
    """No product of this id, or none in the buyer's assortment: the two look the same."""

    message = "This product is not there, or not sold to you."


class CartOrdered(Conflict):
    """The cart has become an order."""

    code: ClassVar[str] = "cart_ordered"
    message = "This cart has been ordered already."


class CartFull(Invalid):
    """The cart has as many lines as it may."""

    code: ClassVar[str] = "cart_full"
    message = "A cart holds at most 500 lines."


class UnknownWish(Invalid):
    """Not one of the ways to plan a cart."""

    code: ClassVar[str] = "unknown_wish"
    message = "Choose one of the ways that the cart proposes."


def open_cart(actor: Actor, context: BuyingContext) -> Cart:
    """The actor's open cart on this storefront, made when there is none. Raises: Forbidden."""
    authorize(actor, "storefront:buy", context.buyer_id)
    mine = {"user_id": actor.user_id, "buyer_id": actor.organization_id, "storefront_id": context.storefront_id}
    found = db.session.scalar(select(Cart).filter_by(**mine, status="open"))
    if found is None:
        row = {"id": new_id("crt"), **mine, "status": "open", "created_at": clock.now()}
        db.session.execute(insert(Cart).values(row).on_conflict_do_nothing())
        found = db.session.scalars(select(Cart).filter_by(**mine, status="open")).one()
    return found


def wish(actor: Actor, cart_id: str, wanted: str) -> None:
    """Say how one of the actor's open carts is to be planned. Raises: UnknownWish; NotFound for another's cart; CartOrdered."""
    if wanted not in wishes.WISHES:
        raise UnknownWish(field="wish")
    _open(actor, cart_id).wish = wanted
    db.session.flush()


def own(actor: Actor, cart_id: str, *, lock: bool = False) -> Cart:
    """One of the actor's carts. Raises: NotFound for anybody else's."""
    authorize(actor, "storefront:buy")
    query = select(Cart).filter_by(id=cart_id, buyer_id=actor.organization_id, user_id=actor.user_id)
    found = db.session.scalar(query.with_for_update() if lock else query, execution_options={"populate_existing": lock})
    if found is None:
        raise NotFound(field="cart_id")
    return found


def put_line(actor: Actor, cart_id: str, variant_id: str, quantity: int, *, adding: bool = False) -> None:
    """Set the quantity of a product in one of the actor's open carts, or add to what is there.

    Raises: BadQuantity; NotFound for another's cart; NotThere; NotSold; CartFull.
    """
    for refusal in put_lines(actor, cart_id, {variant_id: quantity}, adding=adding).values():
        raise refusal


def put_lines(actor: Actor, cart_id: str, quantities: Mapping[str, int], *, adding: bool = False) -> dict[str, MarketError]:
    """Set the quantities of many products in one of the actor's open carts, or add to what is there, in a constant number of statements.

    Shapes:  `quantities` by variant id; what cannot be put in is left out and given back with its refusal, as `put_line` raises it.
    Effects: keeps the cart locked, so that what is added at once from several places adds up.
    Raises:  NotFound for another's cart; CartOrdered.
    """
    cart = _open(actor, cart_id)
    there = {line.variant_id: line.quantity for line in lines(cart)}
    totals = {id_: number + there.get(id_, 0) if adding else number for id_, number in quantities.items()}
    refused: dict[str, MarketError] = {
        id_: BadQuantity(field="quantity") for id_, number in quantities.items() if number < 1 or totals[id_] > MOST}
    refused |= _not_sold(cart, [id_ for id_ in quantities if id_ not in refused])
    new = [id_ for id_ in quantities if id_ not in refused and id_ not in there]
    refused |= {id_: CartFull() for id_ in new[max(0, MOST_LINES - len(there)):]}
    _put(cart, {id_: number for id_, number in totals.items() if id_ not in refused})
    return refused


def _not_sold(cart: Cart, variant_ids: list[str]) -> dict[str, MarketError]:
    context = buying.context(db.session.get_one(Storefront, cart.storefront_id), db.session.get_one(Organization, cart.buyer_id))
    with tenancy.as_market():
        shown = set(db.session.scalars(
            select(Variant.id).where(Variant.id.in_(variant_ids), Variant.status == "active", assortment.visible(context))))
    sold = listing.best_prices(context, [id_ for id_ in variant_ids if id_ in shown])
    return {id_: NotSold(field="variant_id") if id_ in shown else NotThere(field="variant_id") for id_ in variant_ids if id_ not in sold}


def _put(cart: Cart, quantities: Mapping[str, int]) -> None:
    if not quantities:
        return
    values = insert(CartLine).values([{"id": new_id("cln"), "cart_id": cart.id, "buyer_id": cart.buyer_id, "variant_id": variant_id,
                                       "quantity": quantity} for variant_id, quantity in quantities.items()])
    db.session.execute(values.on_conflict_do_update(index_elements=["cart_id", "variant_id"], set_={"quantity": values.excluded.quantity}))


def remove_line(actor: Actor, cart_id: str, variant_id: str) -> None:
    """Take a product out of one of the actor's open carts; taking out what is not there is fine."""
    cart = _open(actor, cart_id)
    db.session.execute(delete(CartLine).where(CartLine.cart_id == cart.id, CartLine.variant_id == variant_id))


def _open(actor: Actor, cart_id: str) -> Cart:
    cart = own(actor, cart_id, lock=True)
    if cart.status != "open":
        raise CartOrdered
    return cart


def lines(cart: Cart) -> list[CartLine]:
    """The lines of a cart, in the order they came in."""
    query = select(CartLine).filter_by(cart_id=cart.id).order_by(CartLine.id)
    return list(db.session.scalars(query, execution_options={"populate_existing": True}))


def wanted(cart: Cart) -> list[tuple[str, str, int]]:
    """What routing is asked for: (line id, variant id, quantity)."""
    return [(line.id, line.variant_id, line.quantity) for line in lines(cart)]


def count(actor: Actor, context: BuyingContext) -> int:
    """How many lines the actor's open cart has."""
    return db.session.scalar(
        select(func.count()).select_from(CartLine).join(Cart, Cart.id == CartLine.cart_id)
        .where(Cart.user_id == actor.user_id, Cart.buyer_id == actor.organization_id,
               Cart.storefront_id == context.storefront_id, Cart.status == "open")) or 0
