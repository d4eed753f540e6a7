"""Fills an empty market: people, goods, trade, and the list of sign-ins that the demo prints."""

from __future__ import annotations

import json
import random
from collections.abc import Callable

from marketplace.core import clock, jobs
from marketplace.core.config import Settings
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.operators.demo import goods, trade, world
from marketplace.payments.models import CommissionRule

SEED = 20260101
Tell = Callable[[str, int, int], None]


def run(settings: Settings, tell: Tell, size: tuple[int, int] = (goods.PRODUCTS, trade.DAYS)) -> int:
    """Make the demo's market; `size` is (products, days of trade). Returns the number of orders placed."""
    chance = random.Random(SEED)
    products, days = size
    people = world.make(chance, settings.base_domain)
    db.session.add(CommissionRule(id=new_id("com"), rate_bps=800, fixed_minor=0, floor_minor=0, cap_minor=50_000, currency="EUR",
                                  base="seller", tax_bps=2100, on_freight=False, valid_from=clock.now().replace(year=2020)))
    variants = goods.make(people, chance, tell, products)
    jobs.settle()
    count = trade.run(people, variants, chance, tell, days)
    jobs.settle()
    sign_ins(people, settings)
    return count


def sign_ins(people: world.World, settings: Settings) -> None:
    """Leave one sign-in per role in people.json."""
    store = people.storefronts[0]
    rows = [
        ("operator", "operator@demo.test", settings.base_domain, "/operator/"),
        ("manufacturer", "maker1@demo.test", settings.base_domain, "/manufacturer/"),
        ("seller", "seller1@demo.test", settings.base_domain, "/seller/"),
        ("reseller", "reseller1@demo.test", settings.base_domain, "/reseller/"),
        ("buyer", "buyer1@demo.test", store.host, "/"),
    ]
    found = [{"role": role, "email": email, "password": world.PASSWORD, "host": host, "path": path} for role, email, host, path in rows]
    settings.var.mkdir(parents=True, exist_ok=True)
    (settings.var / "people.json").write_text(json.dumps(found, indent=2))
