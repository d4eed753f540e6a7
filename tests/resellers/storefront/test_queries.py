"""A list page and the rules of pricing say the same, on worlds made by chance."""

from __future__ import annotations

import random

import pytest

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import buying
from marketplace.pricing import listing
from marketplace.pricing.models import MarkupRule
from resellers.storefront import queries
from resellers.storefront.queries import Filters
from tests.factories import add
from tests.resellers.shops import contract, square


def furnish(market, here, chance: random.Random) -> None:
    """Put offers, lists of both sides on every level, and markups on the square, by chance."""
    sellers = [here.seller, here.other_seller, market.seller(), market.seller("Far", country="FR")]
    group = market.category("Other")
    for number in range(6):
        variant = market.variant(here.brand, f"Thing {number}", category=chance.choice([here.category, group, None]))
        for seller in chance.sample(sellers, chance.randint(0, 4)):
            tiers = {chance.randint(2, 5): chance.randint(300, 900)} if chance.random() < 0.5 else {}
            market.offer(seller, variant, chance.randint(500, 2000), chance.choice([0, 3, 60]), tiers=tiers,
                         min_quantity=chance.choice([1, 1, 3]))
        targets = [{"organization_id": here.buyer.id}, {"organization_id": here.buyer.parent_id}, {"storefront_id": here.storefront.id},
                   {"storefront_id": here.storefront.id, "customer_group": "gold"}, {"organization_id": here.reseller.id}]
        for target in chance.sample(targets, chance.randint(0, 3)):
            owner = chance.choice([here.reseller, *sellers])
            contract(market, owner, variant, chance.randint(400, 2500), min_quantity=chance.choice([1, 1, 2]), **target)
    add(MarkupRule(id=new_id("mkr"), reseller_id=here.reseller.id, storefront_id=here.storefront.id, brand_id=None,
                   category_id=here.category.id, markup_bps=chance.randint(0, 5000)))


@pytest.mark.parametrize("seed", range(8))
def test_a_list_agrees_with_the_rules_of_pricing(market, seed):
    here = square(market)
    parent = market.organization("buyer", reseller_id=here.reseller.id)
    here.buyer.parent_id, here.buyer.lineage = parent.id, [here.buyer.id, parent.id]
    here.buyer.customer_group = "gold" if seed % 2 else None
    db.session.flush()
    furnish(market, here, random.Random(seed))
    for buyer in (None, here.buyer, market.buyer(here.reseller)):
        context = buying.context(here.storefront, buyer)
        shown = queries.listed(context, Filters(limit=96))["items"]
        with tenancy.as_market():
            meant = listing.best_prices(context, [one["id"] for one in shown])
        assert shown, f"seed {seed}"
        for one in shown:
            price = meant.get(one["id"])
            said = (one["unit_minor"], one["min_quantity"], one["stock"], one["sellers"])
            assert said == ((price.unit_minor, price.min_quantity, price.stock, price.sellers) if price else (None, 1, 0, 0)), f"seed {seed}"


def test_both_ways_to_the_buying_context_agree(market):
    here = square(market)
    for buyer in (None, here.buyer):
        one, other = buying.context(here.storefront, buyer), buying.of(here.storefront, buyer.id if buyer else None)
        assert {**vars(one), "at": 0} == {**vars(other), "at": 0}
