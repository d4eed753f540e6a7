"""Fills an empty market: people, goods, trade. Its beginning and its end are marked, so that half a market is known as one."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from datetime import timedelta

from flask import current_app

from marketplace.core import audit, clock, jobs, tenancy
from marketplace.core.config import Settings
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor
from marketplace.operators.demo import catalog, database, goods, paying, policies, trade, world
from marketplace.payments.models import CommissionRule

SEED = 20260101
OPENED, LATELY = timedelta(days=120), timedelta(minutes=4)
"""How long ago the companies came, and the newest files."""
Tell = Callable[[str, int, int], None]


def run(settings: Settings, tell: Tell, size: tuple[int, int] = (goods.PRODUCTS, trade.DAYS)) -> int:
    """Make the demo's market; `size` is (products, days of trade). Returns the number of orders placed."""
    _mark(database.BEGAN)
    chance = random.Random(SEED)
    products, days = size
    with clock.at(clock.now() - OPENED):
        people = world.make(chance, settings.base_domain)
        policies.make(trade.actor_of(people, people.operator, "operator", "operator@demo.test"), people)
    db.session.add(CommissionRule(id=new_id("com"), rate_bps=800, fixed_minor=0, floor_minor=0, cap_minor=50_000, currency="EUR",
                                  base="seller", tax_bps=2100, on_freight=False, valid_from=clock.now().replace(year=2020)))
    jobs.settle()
    makers, sellers = trade.actors(people, "maker", people.manufacturers), trade.actors(people, "seller", people.sellers)
    wares = catalog.bring({row.id: (row, makers[row.id]) for row in people.manufacturers}, chance, tell, products)
    _planned(settings)
    stocked = {maker: (makers[maker], own) for maker, own in wares.items()}
    goods.offer(people, stocked, {row.id: (row, sellers[row.id]) for row in people.sellers}, chance, tell)
    jobs.at_once(lambda: goods.agree(people, trade.actors(people, "reseller", people.resellers)[people.resellers[0].id], wares[people.manufacturers[0].id]))
    _planned(settings)
    tenancy.act_for([tenancy.MARKET])
    with paying.messages_taken(current_app):
        count = trade.run(people, [ware.variant_id for ware in catalog.batches(wares)], chance, tell, days)
    jobs.settle()
    _newer(people, makers, sellers, wares, chance)
    _mark(database.FILLED)
    return count


def _planned(settings: Settings) -> None:
    database.analyze(os.environ.get("OWNER_DATABASE_URL") or settings.database_url)


def _newer(people: world.World, makers: dict[str, Actor], sellers: dict[str, Actor], wares: dict[str, list[catalog.Ware]], chance: random.Random) -> None:
    """What came in lately: a catalog that waits for its maker, and a seller's prices of the week."""
    maker, seller = people.manufacturers[0], people.sellers[0]
    with clock.at(clock.now() - LATELY):
        catalog.newer(makers[maker.id], wares[maker.id])
        goods.newer(seller, sellers[seller.id], wares[maker.id], chance)


def _mark(action: str) -> None:
    tenancy.act_for([tenancy.MARKET])
    audit.record("demo", action, "market")
    jobs.settle()
    tenancy.act_for([tenancy.MARKET])
