"""A buyer may want it cheap, in few parcels, or soon: each wish is a variant of the policy."""

from __future__ import annotations

import pytest

from marketplace.core.db import db
from marketplace.routing import service, wishes
from marketplace.routing.models import RoutingDecision
from marketplace.routing.plans import Options


@pytest.fixture
def lines(world):
    """Two products: the cheapest of each at a seller of its own, one seller that has both, and one that is dear and soon there."""
    market, other = world.market, world.market.variant(world.brand)
    for name, prices, days, freight in (("One", (1000, None), 3, 100), ("Two", (None, 1000), 3, 100), ("Both", (1200, 1200), 3, 100), ("Soon", (2500, 2500), 0, 0)):
        seller = market.seller(name, freight_minor=freight)
        for variant, price in zip((world.variant, other), prices, strict=True):
            if price is not None:
                market.offer(seller, variant, price, lead_time_days=days)
    return [("l1", world.variant.id, 1), ("l2", other.id, 1)]


def test_each_wish_gets_what_it_asks_for(world, lines):
    plans = service.plans(world.context, lines)
    assert {wish: sorted(part.name for part in plan.parts) for wish, plan in plans.items()} == {
        "recommended": ["Both"], "cheapest": ["One", "Two"], "fewest_parcels": ["Both"], "fastest": ["Soon"]}
    assert plans["cheapest"].total_minor == min(plan.total_minor for plan in plans.values())
    assert len(plans["fewest_parcels"].parts) == min(len(plan.parts) for plan in plans.values())
    arrivals = {wish: max(part.promised_on for part in plan.parts) for wish, plan in plans.items()}
    assert arrivals["fastest"] == min(arrivals.values()) < arrivals["cheapest"]


def test_one_look_at_the_market_gives_the_same_plans_as_one_by_one(world, lines):
    for wish, plan in service.plans(world.context, lines).items():
        alone = service.plan(world.context, lines, options=Options(wish=wish))
        assert (alone.answer["allocations"], alone.problem) == (plan.answer["allocations"], plan.problem)


def test_a_wish_never_leaves_open_what_could_be_filled(world):
    world.market.offer(world.market.seller("Soon"), world.variant, 2000, stock=2, lead_time_days=0)
    world.market.offer(world.market.seller("Late"), world.variant, 1000, stock=50, lead_time_days=60)
    for wish, plan in service.plans(world.context, [("l1", world.variant.id, 5)]).items():
        assert plan.unfilled == {}, wish


def test_a_decision_says_what_was_wished(world, lines):
    plan = service.plan(world.context, lines, options=Options(wish=wishes.FASTEST))
    assert db.session.get(RoutingDecision, service.record("ord_1", plan, 0, "order placed")).wish == "fastest"
