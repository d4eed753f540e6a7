"""Sixty days of trade, by the real verbs: carts, orders, shipments, refusals and payouts, each on its own day."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, jobs, tenancy
from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.identity import buying
from marketplace.identity.access import ROLES, Actor
from marketplace.identity.models import Address, Organization, User
from marketplace.operators.demo.world import World
from marketplace.orders import carts, fulfilment
from marketplace.orders import service as orders
from marketplace.orders.models import Allocation, SellerOrder
from marketplace.payments import service as payments

DAYS, ORDERS_A_DAY = 60, 4
Tell = Callable[[str, int, int], None]


def run(world: World, variants: list[dict[str, Any]], chance: random.Random, tell: Tell, days: int = DAYS) -> int:
    """Trade; returns how many orders were placed. Effects: everything an order leads to."""
    stores = {store.reseller_id: store for store in world.storefronts}
    sellers = {seller.id: actor_of(world, seller, "seller_admin", f"seller{n + 1}@demo.test") for n, seller in enumerate(world.sellers)}
    buyers = [(buyer, actor_of(world, buyer, "buyer_admin", f"buyer{n + 1}@demo.test")) for n, buyer in enumerate(world.buyers)]
    favourites = {buyer.id: chance.sample(variants, 60) for buyer in world.buyers}
    count = 0
    for day in range(days):
        morning = clock.now() - timedelta(days=days - day)
        with clock.at(morning):
            for _ in range(chance.randint(ORDERS_A_DAY - 2, ORDERS_A_DAY + 2)):
                buyer, actor = chance.choice(buyers)
                count += _order(buyer, actor, stores[buyer.reseller_id], favourites[buyer.id], chance)
            _settle(fulfil_until=day < days - 1, sellers=sellers, chance=chance)
        tell("days of trade", day + 1, days)
    return count


def actor_of(world: World, organization: Organization, role: str, email: str) -> Actor:
    """The person with this address, acting for its company."""
    user: User = world.people[email]
    return Actor(user_id=user.id, organization_id=organization.id, kinds=frozenset(organization.kinds), permissions=ROLES[role],
                 name=user.name, organization_name=organization.name, email=email)


def _order(buyer: Organization, actor: Actor, store: Any, favourites: list[dict[str, Any]], chance: random.Random) -> int:
    tenancy.act_for([tenancy.MARKET])
    context = buying.context(store, buyer)
    address = db.session.scalars(select(Address).filter_by(organization_id=buyer.id)).first()
    cart = carts.open_cart(actor, context)
    try:
        with db.session.begin_nested():
            for row in chance.sample(favourites, chance.randint(1, 6)):
                carts.put_line(actor, cart.id, row["id"], chance.choice((1, 2, 5, 10, 20)))
            order = orders.place(actor, context, cart.id, orders.Checkout(address.id, payments.ON_ACCOUNT, po_number=f"PO-{chance.randint(1000, 9999)}"))
            payments.start(actor, order)
        return 1
    except MarketError:
        return 0


def _settle(*, fulfil_until: bool, sellers: dict[str, Actor], chance: random.Random) -> None:
    if fulfil_until:
        for part in db.session.scalars(select(SellerOrder).filter_by(status="open").order_by(SellerOrder.id)).all():
            _fulfil(part, sellers[part.seller_id], chance)
    jobs.settle()
    tenancy.act_for([tenancy.MARKET])


def _fulfil(part: SellerOrder, actor: Actor, chance: random.Random) -> None:
    if chance.random() < 0.04:
        fulfilment.refuse(actor, part.id, "Not on the shelf after all")
        return
    fulfilment.accept(actor, part.id)
    rows = db.session.scalars(select(Allocation).filter_by(seller_order_id=part.id)).all()
    with clock.at(clock.now() + timedelta(hours=chance.randint(2, 30))):
        parcel = fulfilment.ship(actor, part.id, ("DHL", f"JD{chance.randint(10**9, 10**10)}"), {row.id: row.quantity for row in rows})
        fulfilment.deliver(actor, parcel.id)

