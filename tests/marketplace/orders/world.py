"""A small square on which a buyer orders one product that three sellers have, and acts to the end."""

from __future__ import annotations

from types import SimpleNamespace

from sqlalchemy import select

from marketplace.core.db import db
from marketplace.identity import buying
from marketplace.identity.models import Address
from marketplace.orders import carts, service
from marketplace.orders.models import Allocation, SellerOrder
from marketplace.orders.service import Checkout
from tests.factories import Market


def square(market: Market, prices=(1000, 900, 800), stock: int = 20, **seller_values) -> SimpleNamespace:
    """One variant, one seller a price; the storefront adds 10 %."""
    reseller = market.reseller()
    storefront = market.storefront(reseller, markup_bps=1000)
    buyer = market.buyer(reseller)
    variant = market.variant(market.brand(market.manufacturer()))
    sellers = [market.seller(**seller_values) for _ in prices]
    offers = [market.offer(one, variant, price_minor=price, stock=stock) for one, price in zip(sellers, prices, strict=True)]
    address = db.session.scalars(select(Address).filter_by(organization_id=buyer.id)).one()
    return SimpleNamespace(
        market=market, reseller=reseller, storefront=storefront, buyer=buyer, variant=variant, sellers=sellers, offers=offers,
        address=address, actor=market.actor(buyer), context=buying.context(storefront, buyer),
    )


def fill(here: SimpleNamespace, quantity: int = 5, variant=None) -> str:
    """Put a product into the buyer's cart; its id."""
    cart = carts.open_cart(here.actor, here.context)
    carts.put_line(here.actor, cart.id, (variant or here.variant).id, quantity)
    return cart.id


def place(here: SimpleNamespace, cart_id: str, **values):
    """Order a cart, to the buyer's own address, by card unless told otherwise."""
    checkout = Checkout(**{"address_id": here.address.id, "payment_method": "card", **values})
    return service.place(here.actor, here.context, cart_id, checkout)


def paid(here: SimpleNamespace, quantity: int = 5):
    """An order that its sellers may start."""
    order = place(here, fill(here, quantity))
    service.mark_paid(order.id, "paid")
    return order


def parts(order) -> list[SellerOrder]:
    """The seller orders, oldest first."""
    return list(db.session.scalars(select(SellerOrder).filter_by(order_id=order.id).order_by(SellerOrder.hop, SellerOrder.id),
                                   execution_options={"populate_existing": True}))


def allocations(part: SellerOrder) -> list[Allocation]:
    """What a seller has to deliver."""
    return list(db.session.scalars(select(Allocation).filter_by(seller_order_id=part.id).order_by(Allocation.id),
                                   execution_options={"populate_existing": True}))


def stock_of(offer) -> tuple[int, int]:
    """Available and reserved units of an offer."""
    return tuple(db.session.execute(
        db.text("SELECT sum(available), sum(reserved) FROM stock_levels WHERE offer_id = :id"), {"id": offer.id}).one())
