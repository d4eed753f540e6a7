"""A small square with a storefront on it, and programs that ask it as one person or another."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any

from sqlalchemy import event

from marketplace.core import clock, tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import keys
from marketplace.pricing.models import PriceList, PriceListAssignment
from tests.factories import Market, add


@dataclass
class Square:
    """One brand, two sellers, one storefront with one buyer."""

    market: Market
    brand: Any
    seller: Any
    other_seller: Any
    reseller: Any
    storefront: Any
    buyer: Any
    variant: Any
    category: Any


def square(market: Market) -> Square:
    """A square on which one drill is sold by two sellers, 10.00 and 12.00 EUR, marked up by 10 %."""
    maker = market.manufacturer()
    brand, category = market.brand(maker, "Bosko"), market.category("Drills")
    seller, other = market.seller("Nordkabel", freight_minor=500, free_from_minor=5000), market.seller("Suedwerk")
    reseller = market.reseller("Shopco")
    variant = market.variant(brand, "Drill hammer 800", category=category, mpn="DH-800", attributes={"Power": "800 W"})
    market.offer(seller, variant, price_minor=1000, stock=50, tiers={10: 900})
    market.offer(other, variant, price_minor=1200, stock=70)
    return Square(market, brand, seller, other, reseller, market.storefront(reseller, markup_bps=1000),
                  market.buyer(reseller, "Acme"), variant, category)


class Program:
    """A program with a bearer key of one person on one host; without a person, a guest."""

    def __init__(self, client, market: Market, organization=None, host: str = "localhost", role: str = ""):
        self.client = client(host=host)
        self.headers: dict[str, str] = {}
        if organization is not None:
            actor = market.actor(organization, role)
            self.actor = actor
            self.headers["Authorization"] = "Bearer " + key(actor)

    def get(self, path: str, **options) -> Any:
        return self.client.get(path, headers=self.headers, **options)

    def send(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        return self.client.open(path, method=method, json=json, headers={**self.headers, **headers})


def key(actor) -> str:
    """A new API key with all rights of the person."""
    maker = dataclasses.replace(actor, permissions=actor.permissions | {"key:manage"})
    _row, token = keys.make(maker, "test", keys.grantable(maker))
    return token


def contract(market: Market, owner, variant, amount_minor: int, *, min_quantity: int = 1, **target: Any):
    """A price list of `owner` with one price, assigned to `target`."""
    price_list = add(PriceList(id=new_id("pls"), owner_id=owner.id, name=f"List {new_id('x')}", currency="EUR",
                               is_base=False, created_at=clock.now()))
    market.price(price_list, variant, amount_minor, min_quantity)
    values = {"organization_id": None, "customer_group": None, "storefront_id": None, **target}
    add(PriceListAssignment(id=new_id("pla"), price_list_id=price_list.id, owner_id=owner.id, created_at=clock.now(), **values))
    return price_list


def count_statements(work) -> int:
    """How many statements `work` sends to the database."""
    seen: list[str] = []
    engine = db.session.connection().engine

    def note(connection, cursor, statement, *rest):
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        with tenancy.as_market():
            work()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return len(seen)
