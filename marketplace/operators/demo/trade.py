"""Sixty days of trade by the real verbs, each day at its own time: sellers work off what is there, then buyers order.

The last days are left as they are on a real morning: parts to accept, to ship, under way, and a card that was not charged yet.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, jobs, tenancy
from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.identity import buying
from marketplace.identity.access import ROLES, Actor
from marketplace.identity.models import Address, CostCenter, Organization, Storefront
from marketplace.operators.demo import dispatch, paying
from marketplace.operators.demo.world import World
from marketplace.orders import carts
from marketplace.orders import service as orders
from marketplace.payments import service as payments

DAYS = 60
WEEKDAY, WEEKEND = (3, 7), (0, 2)
"""Orders a day: fewest and most."""
CARDS = 0.3
NEW_SELLERS = 2
"""So many have not opened a payout account yet: their transfers wait, and somebody should tell them."""
QUANTITIES = (1, 1, 2, 2, 5, 10, 10, 20, 50)
MORNING, OPEN = timedelta(hours=10), timedelta(hours=9)
Tell = Callable[[str, int, int], None]


@dataclass
class Customer:
    """A company that buys: who orders for it, where, to which address, and what it needs again and again."""

    organization: Organization
    actor: Actor
    store: Storefront
    address_id: str
    cost_centers: list[str]
    favourites: list[str]


def run(world: World, variants: list[str], chance: random.Random, tell: Tell, days: int = DAYS) -> int:
    """Trade; returns how many orders were placed. Effects: everything an order leads to."""
    customers, sellers = _customers(world, variants, chance), actors(world, "seller", world.sellers)
    bookkeepers = actors(world, "reseller", world.resellers)
    cards = paying.open_accounts([*list(sellers.values())[:-NEW_SELLERS], *bookkeepers.values()])
    operator = actor_of(world, world.operator, "operator", "operator@demo.test")
    count = 0
    for day in range(days):
        evening = clock.now() - timedelta(days=days - 1 - day)
        with clock.at(evening - MORNING):
            dispatch.work(sellers, chance)
            paying.arrivals(bookkeepers, operator, chance)
        for moment in _moments(evening, chance, last=day == days - 1):
            with clock.at(moment):
                count += _buy(chance.choice(customers), chance, cards)
        with clock.at(evening):
            jobs.settle()
        tell("days of trade", day + 1, days)
    if cards:
        paying.leave_one_open(lambda: _buy(customers[0], chance, True, pay=False))
    return count


def actors(world: World, name: str, organizations: list[Organization]) -> dict[str, Actor]:
    """The admin of each organization, by its id; their addresses begin with `name` and a number."""
    return {row.id: actor_of(world, row, f"{row.kinds[0]}_admin", f"{name}{number + 1}@demo.test") for number, row in enumerate(organizations)}


def actor_of(world: World, organization: Organization, role: str, email: str) -> Actor:
    """The person with this address, acting for its company."""
    return Actor(user_id=world.people[email].id, organization_id=organization.id, kinds=frozenset(organization.kinds),
                 permissions=ROLES[role], name=world.people[email].name, organization_name=organization.name, email=email)


def _customers(world: World, variants: list[str], chance: random.Random) -> list[Customer]:
    stores = {store.reseller_id: store for store in world.storefronts}
    people = actors(world, "buyer", world.buyers)
    return [
        Customer(
            buyer, people[buyer.id], stores[buyer.reseller_id or ""], db.session.scalars(select(Address.id).filter_by(organization_id=buyer.id)).one(),
            list(db.session.scalars(select(CostCenter.id).filter_by(organization_id=buyer.id).order_by(CostCenter.code))),
            chance.sample(variants, min(60, len(variants))),
        )
        for buyer in world.buyers
    ]


def _moments(evening: Any, chance: random.Random, *, last: bool) -> list[Any]:
    """When orders of a day come, in order; the last day is a busy one."""
    count = WEEKDAY[1] if last else chance.randint(*(WEEKEND if evening.weekday() > 4 else WEEKDAY))
    return sorted(evening - OPEN * chance.uniform(0.05, 1.0) for _ in range(count))


def _buy(customer: Customer, chance: random.Random, cards: bool, pay: bool = True) -> int:
    """One order of one customer; 0 when the market cannot deliver it, as for any buyer."""
    tenancy.act_for([tenancy.MARKET])
    context = buying.context(customer.store, customer.organization)
    method = payments.CARD if cards and (not pay or chance.random() < CARDS) else payments.ON_ACCOUNT
    how = orders.Checkout(customer.address_id, method, f"PO-{chance.randint(10_000, 99_999)}", chance.choice(customer.cost_centers))
    try:
        with db.session.begin_nested():
            cart = carts.open_cart(customer.actor, context)
            wanted = chance.sample(customer.favourites, chance.randint(1, 5))
            carts.put_lines(customer.actor, cart.id, {variant_id: chance.choice(QUANTITIES) for variant_id in wanted})
            payment = payments.start(customer.actor, context, orders.place(customer.actor, context, cart.id, how))
    except MarketError:
        return 0
    if method == payments.CARD:
        paying.pay(payment.id, chance, pay)
    jobs.settle()
    return 1
