"""What a policy makes of an order: score, preference, filling, each to its place in the problem."""

from __future__ import annotations

import pytest

from marketplace.core import clock
from marketplace.offers import scores
from marketplace.orders import service as orders
from marketplace.routing import costs, policy, service
from marketplace.routing.costs import Costs
from marketplace.routing.plans import Options
from marketplace.routing.settings import FILL_MINOR, Settings


def names(world, quantity=1, **options):
    return {part.name: part.lines[0].quantity for part in service.plan(world.context, [("l1", world.variant.id, quantity)], **options).parts}


def test_a_poor_score_costs_in_proportion_and_a_seller_without_one_counts_as_the_neutral():
    settings = Settings(score_minor=1_000, neutral_score_bps=8_000)
    assert [costs.score_cost(settings, bps) for bps in (10_000, 9_999, 5_000, 0, None)] == [0, 0, 500, 1_000, 200]


def scored(seller, score_bps):
    counts = dict.fromkeys(("answered", "accepted", "silent", "due", "late", "cut"), 20)
    rates = dict.fromkeys(("acceptance_bps", "late_bps", "cancellation_bps", "return_bps", "rating_bps"))
    scores.keep([{"seller_id": seller.id, "day": clock.today(), "window_days": 90, **counts, **rates, "score_bps": score_bps, "computed_at": clock.now()}])


def test_a_cheaper_seller_with_a_poor_score_loses_when_the_score_weighs_more(world):
    poor, good = world.market.seller("Poor"), world.market.seller("Good")
    world.market.offer(poor, world.variant, 1000)
    world.market.offer(good, world.variant, 1100)
    scored(poor, 4_000)
    scored(good, 9_500)
    assert names(world) == {"Poor": 1}
    policy.set_policy(world.operator, {"score_minor": 200})
    assert names(world) == {"Good": 1}
    assert service.rank_offers(world.context, world.variant.id)[0].seller_name == "Good", "the buy box agrees"


def test_a_preferred_seller_wins_where_it_is_preferred_and_an_avoided_one_loses(world):
    far = world.market.seller("Preferred")
    world.market.offer(far, world.variant, 1300)
    world.market.offer(world.market.seller("Cheap"), world.variant, 1000)
    policy.set_policy(world.operator, {"preferences": [{"seller_id": far.id, "countries": ["DE"], "minor": 400}]})
    assert names(world) == {"Preferred": 1}
    abroad = world.context.to("FR")
    assert [part.name for part in service.plan(abroad, [("l1", world.variant.id, 1)]).parts] == ["Cheap"]
    rows = [{"seller_id": far.id, "countries": ["DE"], "minor": 400}, {"seller_id": far.id, "countries": [], "minor": -200}]
    policy.set_policy(world.operator, {"preferences": rows})
    assert names(world) == {"Cheap": 1}, "two that hold add up: 2.00 are not enough for 3.00"


def test_preferring_is_a_cost_of_the_seller_order_and_never_money(world):
    seller = world.market.seller("Own")
    world.market.offer(seller, world.variant, 1000)
    policy.set_policy(world.operator, {"opening_minor": 50, "preferences": [{"seller_id": seller.id, "countries": [], "minor": 400}]})
    plan = service.plan(world.context, [("l1", world.variant.id, 2)])
    assert plan.problem["sellers"][0]["opening_minor"] == -350
    assert (plan.goods_minor, plan.freight_minor, plan.surcharge_minor) == (2000, 0, 0)


def test_one_parcel_more_is_avoided_unless_it_saves_more_than_it_costs(world):
    other = world.market.variant(world.brand)
    first, second = world.market.seller("First"), world.market.seller("Second")
    world.market.offer(first, world.variant, 1000)
    world.market.offer(first, other, 1300)
    world.market.offer(second, other, 1000)
    lines = [("l1", world.variant.id, 1), ("l2", other.id, 1)]
    for split, sellers in ((299, 2), (301, 1)):
        policy.set_policy(world.operator, {"split_minor": split})
        assert len(service.plan(world.context, lines).parts) == sellers


def test_a_line_is_never_split_when_one_offer_is_the_most(world):
    world.market.offer(world.market.seller("Little"), world.variant, 1000, stock=6)
    world.market.offer(world.market.seller("Enough"), world.variant, 1200, stock=10)
    assert names(world, 10) == {"Little": 6, "Enough": 4}
    policy.set_policy(world.operator, {"max_offers": 1})
    assert names(world, 10) == {"Enough": 10}


def test_amounts_count_in_the_currency_of_the_order(world):
    seller = world.market.seller("Dollar", currency="USD")
    world.market.offer(seller, world.variant, 1000)
    world.market.storefront(world.market.reseller(currency="USD"))
    policy.set_policy(world.operator, {"currency": "EUR", "rates": {"USD": 20_000}, "opening_minor": 100})
    euro, dollar = (costs.of(policy.current(), replaced(world.context, code), []) for code in ("EUR", "USD"))
    assert (costs.opening(euro, seller.id), costs.opening(dollar, seller.id)) == (100, 200)


def replaced(context, currency):
    return type(context)(**{**vars(context), "currency": currency})


@pytest.mark.parametrize(("filling", "is_reroute", "cost"), [
    ({"filling": "always"}, False, None), ({"filling": "always"}, True, FILL_MINOR), ({}, False, FILL_MINOR),
    ({"filling": "leave_open", "open_minor": 700}, True, 700), ({"filling": "leave_open", "open_bps": 15_000}, True, 1_502),
    ({"filling": "leave_open", "open_minor": 700}, False, FILL_MINOR),
])
def test_what_a_unit_left_open_costs(filling, is_reroute, cost):
    assert costs.unfilled(Costs(Settings(**filling), is_reroute=is_reroute), 1_001) == cost


def test_when_all_must_be_filled_the_order_is_refused_and_what_is_missing_is_told_exactly(world):
    world.market.offer(world.market.seller("Little"), world.variant, 1000, stock=6)
    policy.set_policy(world.operator, {"filling": "always"})
    plan = service.plan(world.context, [("l1", world.variant.id, 10)])
    assert plan.unfilled == {"l1": 4} and names(world, 10) == {"Little": 6}
    assert service.plan(world.context, [("l1", world.variant.id, 6)]).problem["lines"][0]["unfilled_minor"] is None
    assert orders.CannotFulfil.status == 409


def test_a_reroute_leaves_open_what_would_cost_more_than_that(world):
    world.market.offer(world.market.seller("Dear", freight_minor=9_000), world.variant, 1000)
    again = {"options": Options(ceilings={"l1": 1_200})}
    assert names(world, 2, **again) == {"Dear": 2}
    policy.set_policy(world.operator, {"filling": "leave_open", "open_minor": 2_000})
    assert names(world, 2, **again) == {}, "2 x 20.00 for leaving them open is less than goods and freight"
    assert names(world, 2) == {"Dear": 2}, "an order is taken whole or not at all"
