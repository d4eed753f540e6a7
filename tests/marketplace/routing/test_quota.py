"""Shares of orders among sellers: nobody drifts off by an order, whoever is cheaper."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from marketplace.core.db import db
from marketplace.routing import policy, quota, service
from marketplace.routing.models import RoutingDecision, RoutingQuotaCount
from marketplace.routing.plans import Options

WHOLE = 10_000
QUOTA = {"name": "Cables", "brand_id": None, "countries": [], "drift_minor": 500}


def test_who_is_over_its_share_costs_drift_for_each_order_over_it():
    shares = {"a": 7_000, "b": 3_000}
    assert quota.drift(shares, {}, 1_000, {"a", "b"}) == {"a": 0, "b": 400}, "a would be 0.3 of an order over its share, b 0.7"
    assert quota.drift(shares, {"a": 9, "b": 1}, 1_000, {"a", "b"}) == {"a": 2_300, "b": 0}


def test_only_eligible_sellers_are_compared_and_a_single_one_costs_nothing():
    shares, counts = {"a": 7_000, "b": 2_000, "c": 1_000}, {"a": 90, "b": 5, "c": 5}
    assert quota.drift(shares, counts, 1_000, {"a"}) == {"a": 0}
    assert quota.drift(shares, counts, 1_000, {"b", "x"}) == {"b": 0}
    assert set(quota.drift(shares, counts, 1_000, {"a", "b", "x"})) == {"a", "b"}


def test_the_count_goes_on_while_the_quota_says_the_same_and_begins_anew_with_other_shares():
    one = {**QUOTA, "shares": {"a": 7_000, "b": 3_000}}
    assert quota.key(one, None) == quota.key({**one, "drift_minor": 900, "shares": {"b": 3_000, "a": 7_000}}, None)
    assert len({quota.key(one, None), quota.key(one, "sto_1"), quota.key({**one, "shares": {"a": 6_000, "b": 4_000}}, None),
                quota.key({**one, "countries": ["DE"]}, None), quota.key({**one, "brand_id": "brd_1"}, None)}) == 5


@given(st.integers(0, WHOLE), st.lists(st.tuples(st.integers(-99, 99), st.booleans()), max_size=200))
def test_two_sellers_are_never_an_order_off_while_the_drift_outweighs_the_prices(share, orders):
    """The cheaper one is chosen by price and drift, ties either way: as the solver does."""
    shares, counts = {"a": share, "b": WHOLE - share}, {"a": 0, "b": 0}
    for number, (dearer_by, ties_to_a) in enumerate(orders, 1):
        asked = quota.drift(shares, counts, 100, {"a", "b"})
        gap = dearer_by + asked["a"] - asked["b"]
        counts["a" if gap < 0 or (gap == 0 and ties_to_a) else "b"] += 1
        for id_, bps in shares.items():
            assert abs(counts[id_] - Fraction(bps * number, WHOLE)) <= 1, (number, counts)


@given(st.integers(2, 6), st.data())
def test_among_many_sellers_somebody_is_always_free_and_no_cost_is_negative(size, data):
    cuts = sorted(data.draw(st.lists(st.integers(0, WHOLE), min_size=size - 1, max_size=size - 1)))
    shares = {str(at): high - low for at, (low, high) in enumerate(zip([0, *cuts], [*cuts, WHOLE], strict=True))}
    counts = {id_: data.draw(st.integers(0, 10**6)) for id_ in shares}
    asked = quota.drift(shares, counts, data.draw(st.integers(0, 10**7)), set(shares))
    assert min(asked.values()) == 0 and max(asked.values()) <= quota.MOST_COST


@pytest.fixture
def shared(world):
    """Two sellers with like offers of one product, and 70/30 between them."""
    first, second = world.market.seller("Seventy"), world.market.seller("Thirty")
    for seller in (first, second):
        world.market.offer(seller, world.variant, 1000, stock=1000)
    policy.set_policy(world.operator, {"quotas": [{**QUOTA, "shares": {first.id: 7_000, second.id: 3_000}}]})
    return first, second


def order(world, number, exclude=(), lines=None):
    plan = service.plan(world.context, lines or [("l1", world.variant.id, 1)], exclude)
    service.record(f"ord_{number}", plan, 0, "order placed")
    return [part.name for part in plan.parts]


def test_of_a_hundred_orders_with_like_offers_seventy_and_thirty_go_to_each_within_one(world, shared):
    given_to = [name for number in range(100) for name in order(world, number)]
    assert abs(given_to.count("Seventy") - 70) <= 1 and len(given_to) == 100
    assert sum(db.session.scalars(sa.select(RoutingQuotaCount.orders))) == 100
    tenth = given_to[:10].count("Seventy")
    assert abs(tenth - 7) <= 1, "the shares hold on the way, not only in the end"


def test_a_dearer_seller_keeps_its_share_while_the_drift_outweighs_the_price(world):
    cheap, dear = world.market.seller("Cheap"), world.market.seller("Dear")
    world.market.offer(cheap, world.variant, 1000, stock=1000)
    world.market.offer(dear, world.variant, 1300, stock=1000)
    policy.set_policy(world.operator, {"quotas": [{**QUOTA, "shares": {cheap.id: 7_000, dear.id: 3_000}}]})
    given_to = [name for number in range(40) for name in order(world, number)]
    assert abs(given_to.count("Dear") - 12) <= 1


def test_an_order_that_only_one_of_them_can_serve_goes_there_and_counts(world, shared):
    first, second = shared
    for number in range(5):
        assert order(world, number, exclude=[second.id]) == ["Seventy"]
    assert [order(world, number) for number in range(5, 7)] == [["Thirty"], ["Thirty"]], "who was passed over catches up"


def test_a_quota_asks_nothing_of_a_destination_or_a_brand_it_is_not_for(world, shared):
    first, second = shared
    other = world.market.variant(world.market.brand(world.market.manufacturer()))
    for seller in shared:
        world.market.offer(seller, other, 1000)
    quotas = [{**QUOTA, "name": "Abroad", "countries": ["FR"], "shares": {first.id: 0, second.id: 10_000}},
              {**QUOTA, "name": "Brand", "brand_id": world.brand.id, "shares": {first.id: 0, second.id: 10_000}}]
    policy.set_policy(world.operator, {"quotas": quotas})
    plan = service.plan(world.context, [("l1", world.variant.id, 1), ("l2", other.id, 1)], options=Options())
    asked = {(row["seller"], row["line"]): row["extra_minor"] for row in plan.problem["offers"]}
    assert asked[first.id, "l1"] - asked[second.id, "l1"] == 500 and asked[first.id, "l2"] == asked[second.id, "l2"]
    assert {row["opening_minor"] for row in plan.problem["sellers"]} == {0}
    service.record("ord_1", plan, 0, "order placed")
    counted = db.session.execute(sa.select(RoutingQuotaCount.quota, RoutingQuotaCount.seller_id)).all()
    assert counted == [(plan.quotas[0]["key"], second.id)] and len(plan.quotas) == 1


def test_a_decision_with_a_quota_replays_to_the_same_answer_whatever_was_counted_since(world, shared):
    plan = service.plan(world.context, [("l1", world.variant.id, 1)])
    id_ = service.record("ord_1", plan, 0, "order placed")
    for number in range(3):
        order(world, number)
    decision = db.session.get(RoutingDecision, id_)
    assert decision.problem == plan.problem and service.explain.replay(decision)["is_same"]


def test_an_order_shared_by_both_counts_once_for_each(world, shared):
    parts = [replace_part(seller, world.variant.id) for seller in shared]
    quotas = [{"key": "q", "shares": {seller.id: 5_000 for seller in shared}, "brand_id": None}]
    assert quota.given(quotas, [*parts, parts[0]], {world.variant.id: world.brand.id}) == {("q", seller.id) for seller in shared}
    assert quota.given([{**quotas[0], "brand_id": "brd_other"}], parts, {world.variant.id: world.brand.id}) == set()


def replace_part(seller, variant_id):
    line = service.PlannedAllocation(*[None] * len(service.PlannedAllocation.__slots__))
    part = service.PlannedSellerOrder(*[None] * len(service.PlannedSellerOrder.__slots__))
    return replace(part, seller_id=seller.id, lines=(replace(line, variant_id=variant_id),))
