"""Fills an empty market: people, goods, trade. Its beginning and its end are marked, so that half a market is known as one."""

from __future__ import annotations

import os
import random
from collections.abc import Callable

from flask import current_app

from marketplace.core import audit, clock, jobs, tenancy
from marketplace.core.config import Settings
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.operators.demo import database, goods, paying, trade, world
from marketplace.payments.models import CommissionRule

SEED = 20260101
Tell = Callable[[str, int, int], None]


def run(settings: Settings, tell: Tell, size: tuple[int, int] = (goods.PRODUCTS, trade.DAYS)) -> int:
    """Make the demo's market; `size` is (products, days of trade). Returns the number of orders placed."""
    _mark(database.BEGAN)
    chance = random.Random(SEED)
    products, days = size
    people = world.make(chance, settings.base_domain)
    db.session.add(CommissionRule(id=new_id("com"), rate_bps=800, fixed_minor=0, floor_minor=0, cap_minor=50_000, currency="EUR",
                                  base="seller", tax_bps=2100, on_freight=False, valid_from=clock.now().replace(year=2020)))
    variants = goods.make(people, chance, tell, products)
    jobs.settle()
    database.analyze(os.environ.get("OWNER_DATABASE_URL") or settings.database_url)
    with paying.messages_taken(current_app):
        count = trade.run(people, variants, chance, tell, days)
    jobs.settle()
    _mark(database.FILLED)
    return count


def _mark(action: str) -> None:
    tenancy.act_for([tenancy.MARKET])
    audit.record("demo", action, "market")
    jobs.settle()
    tenancy.act_for([tenancy.MARKET])
