"""Routing over real rows: who may serve, who wins, and what it costs the buyer."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.channel.models import SellerAuthorization
from marketplace.core import clock, tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.offers.models import OrderMinimum, SellerPause
from marketplace.pricing.models import PriceList, PriceListAssignment
from marketplace.routing import explain, policy, service, verify
from marketplace.routing.models import RoutingDecision
from marketplace.routing.plans import Options


def codes(world, quantity=1):
    """Exclusion codes by seller name, for one line of the world's variant."""
    plan = service.plan(world.context, [("l1", world.variant.id, quantity)])
    return {row["seller_name"]: row["codes"] for row in plan.excluded["l1"]}


def winner(world, quantity=1, context=None):
    ranked = service.rank_offers(context or world.context, world.variant.id, quantity)
    return ranked[0].seller_name if ranked and ranked[0].is_winner else None


def test_the_cheapest_eligible_seller_gets_the_line_and_the_totals_add_up(world):
    world.market.offer(world.market.seller("Dear"), world.variant, 1200)
    world.market.offer(world.market.seller("Cheap", freight_minor=100), world.variant, 1000)
    plan = service.plan(world.context, [("l1", world.variant.id, 3)])
    [part] = plan.parts
    assert (part.name, part.goods_minor, part.freight_minor) == ("Cheap", 3000, 100)
    assert part.tax_minor == sum(line.tax_minor for line in part.lines) + part.charges_tax_minor
    assert plan.total_minor == part.total_minor == 3100 + part.tax_minor
    assert part.promised_on > world.context.at.date()
    assert verify.check(plan.problem, plan.answer) == []


def test_a_revoked_authorization_takes_the_seller_out_with_its_code(world):
    offer = world.market.offer(world.market.seller("Out"), world.variant, 900)
    world.market.offer(world.market.seller("In"), world.variant, 1000)
    row = db.session.scalar(db.select(SellerAuthorization).filter_by(seller_id=offer.seller_id))
    row.status = "revoked"
    db.session.flush()
    assert codes(world) == {"Out": ["BRAND_UNAUTHORIZED"]}
    assert winner(world) == "In"


def test_an_authorization_for_other_countries_is_a_matter_of_territory(world):
    for name, countries in (("Here", ["DE", "AT"]), ("Elsewhere", ["FR"])):
        seller = world.market.seller(name)
        world.market.authorize(seller, world.brand, countries)
        world.market.offer(seller, world.variant, 900)
    assert codes(world) == {"Elsewhere": ["OUTSIDE_TERRITORY"]}
    abroad = service.plan(world.context.to("FR"), [("l1", world.variant.id, 1)])
    assert [part.name for part in abroad.parts] == ["Elsewhere"]


def test_every_way_of_not_being_able_to_sell_has_its_code(world):
    market, variant, now = world.market, world.variant, clock.now()
    paused = market.seller("Paused")
    market.offer(paused, variant)
    day = timedelta(days=1)
    db.session.add(SellerPause(id=new_id("pau"), seller_id=paused.id, starts_at=now - day, ends_at=now + day))
    market.offer(market.seller("Suspended", status="suspended"), variant)
    market.offer(market.seller("Past"), variant, valid_to=now - timedelta(days=1))
    market.offer(market.seller("Future"), variant, valid_from=now + timedelta(days=1))
    market.offer(market.seller("Empty"), variant, stock=0)
    market.offer(market.seller("Withdrawn"), variant, status="withdrawn")
    market.offer(market.seller("Big"), variant, min_quantity=10)
    market.offer(market.seller("Packs"), variant, min_quantity=4, multiple=6)
    market.offer(market.seller("Dollar"), variant, currency="USD")
    found = codes(world, quantity=5)
    assert found.pop("Dollar")[0] == "WRONG_CURRENCY"
    assert found == {
        "Paused": ["SELLER_PAUSED"], "Suspended": ["SELLER_SUSPENDED"], "Past": ["OUT_OF_WINDOW"],
        "Future": ["OUT_OF_WINDOW"], "Empty": ["ZERO_QUANTITY"], "Withdrawn": ["OFFER_WITHDRAWN"],
        "Big": ["BELOW_MINIMUM"], "Packs": ["NOT_MULTIPLE"],
    }
    assert winner(world, 5) is None


def test_nobody_to_serve_leaves_the_line_unfilled(world):
    plan = service.plan(world.context, [("l1", world.variant.id, 5)])
    assert plan.unfilled == {"l1": 5}
    assert plan.parts == () and plan.total_minor == 0


def test_a_seller_left_out_is_not_asked_again(world):
    first = world.market.seller("First")
    world.market.offer(first, world.variant, 900)
    world.market.offer(world.market.seller("Second"), world.variant, 1000)
    plan = service.plan(world.context, [("l1", world.variant.id, 1)], exclude_sellers=[first.id])
    assert [part.name for part in plan.parts] == ["Second"]
    assert plan.excluded["l1"][0]["codes"] == ["EXCLUDED"]


def test_free_freight_from_a_threshold_changes_the_winner_with_the_quantity(world):
    world.market.offer(world.market.seller("Free from 50", freight_minor=800, free_from_minor=5000), world.variant, 1000)
    world.market.offer(world.market.seller("Always 1"), world.variant, 1090)
    assert winner(world, 1) == "Always 1"
    assert winner(world, 5) == "Free from 50"


def test_a_contract_price_makes_this_buyer_see_another_winner_than_a_guest(world):
    contract = world.market.seller("Contract")
    world.market.offer(contract, world.variant, 1500)
    world.market.offer(world.market.seller("Street"), world.variant, 1000)
    special = PriceList(id=new_id("pls"), owner_id=contract.id, name="Special", currency="EUR", is_base=False,
                        created_at=clock.now())
    db.session.add(special)
    db.session.flush()
    world.market.price(special, world.variant, 800)
    db.session.add(PriceListAssignment(id=new_id("pla"), price_list_id=special.id, owner_id=contract.id,
                                       organization_id=world.buyer.id, created_at=clock.now()))
    db.session.flush()
    assert winner(world) == "Contract"
    assert winner(world, context=world.guest) == "Street"


def test_cheap_but_late_loses_when_time_weighs_more(world):
    world.market.offer(world.market.seller("Late"), world.variant, 1000, lead_time_days=15)
    world.market.offer(world.market.seller("Soon"), world.variant, 1100, lead_time_days=1)
    policy.set_policy(world.operator, {"day_minor": 0})
    assert winner(world) == "Late"
    policy.set_policy(world.operator, {"day_minor": 100})
    assert winner(world) == "Soon"
    plan = service.plan(world.context, [("l1", world.variant.id, 1)])
    assert plan.parts[0].name == "Soon" and plan.goods_minor == 1100


def test_packs_that_do_not_fit_do_not_win_the_buy_box(world):
    world.market.offer(world.market.seller("Sixes"), world.variant, 900, multiple=6)
    world.market.offer(world.market.seller("Ones"), world.variant, 1000)
    assert winner(world, 6) == "Sixes"
    ranked = service.rank_offers(world.context, world.variant.id, 7)
    assert [(row.seller_name, row.codes) for row in ranked] == [("Ones", ()), ("Sixes", ("NOT_MULTIPLE",))]


def test_scarce_stock_is_put_together_from_two_sellers(world):
    world.market.offer(world.market.seller("A"), world.variant, 1000, stock=6)
    world.market.offer(world.market.seller("B"), world.variant, 1100, stock=6)
    plan = service.plan(world.context, [("l1", world.variant.id, 10)])
    assert {part.name: part.lines[0].quantity for part in plan.parts} == {"A": 6, "B": 4}


def test_stock_at_two_locations_is_two_pools_of_one_offer(world):
    seller = world.market.seller("Two houses")
    offer = world.market.offer(seller, world.variant, 1000, stock=3)
    world.market.stock(offer, world.market.location(seller, "SOUTH"), 4)
    plan = service.plan(world.context, [("l1", world.variant.id, 7)])
    [part] = plan.parts
    assert sorted(line.quantity for line in part.lines) == [3, 4]
    assert len({line.stock_level_id for line in part.lines}) == 2


def test_an_order_below_the_minimum_pays_the_surcharge_and_a_blocking_one_is_not_used(world):
    soft, hard = world.market.seller("Soft"), world.market.seller("Hard")
    world.market.offer(soft, world.variant, 1000)
    world.market.offer(hard, world.variant, 900)
    for seller, rule, surcharge in ((soft, "surcharge", 250), (hard, "block", 0)):
        db.session.add(OrderMinimum(id=new_id("min"), seller_id=seller.id, currency="EUR", minimum_minor=5000, rule=rule,
                                    surcharge_minor=surcharge))
    db.session.flush()
    few = service.plan(world.context, [("l1", world.variant.id, 1)])
    assert [(part.name, part.surcharge_minor) for part in few.parts] == [("Soft", 250)]
    many = service.plan(world.context, [("l1", world.variant.id, 6)])
    assert [(part.name, part.surcharge_minor) for part in many.parts] == [("Hard", 0)]


def test_a_reroute_takes_no_offer_above_the_agreed_price_and_keeps_that_price(world):
    world.market.offer(world.market.seller("Dear"), world.variant, 1300)
    world.market.offer(world.market.seller("Fair", freight_minor=500), world.variant, 1000)
    plan = service.plan(world.context, [("l1", world.variant.id, 2)], options=Options(ceilings={"l1": 1200}))
    [part] = plan.parts
    assert part.name == "Fair"
    assert (part.goods_minor, part.freight_minor, part.lines[0].seller_unit_minor) == (2400, 0, 1000)
    assert plan.excluded["l1"][0]["codes"] == ["ABOVE_AGREED_PRICE"]


def test_two_lines_with_one_product_are_refused(world):
    with pytest.raises(service.LineTwice):
        service.plan(world.context, [("l1", world.variant.id, 2), ("l2", world.variant.id, 2)])


def test_ranking_twice_gives_the_same_order_and_ties_go_to_the_smaller_offer_id(world):
    ids = [world.market.offer(world.market.seller(), world.variant, 1000).id for _ in range(4)]
    first = [row.offer_id for row in service.rank_offers(world.context, world.variant.id, 2)]
    assert first == sorted(ids) == [row.offer_id for row in service.rank_offers(world.context, world.variant.id, 2)]


def test_a_recorded_decision_replays_and_says_what_another_choice_would_have_cost(world):
    world.market.offer(world.market.seller("Near", freight_minor=300), world.variant, 1000)
    world.market.offer(world.market.seller("Far", freight_minor=900), world.variant, 1000)
    world.market.offer(world.market.seller("Gone"), world.variant, 500, stock=0)
    plan = service.plan(world.context, [("l1", world.variant.id, 2)])
    decision = db.session.get(RoutingDecision, service.record("ord_1", plan, 0, "order placed"))
    [line] = explain.matrix(decision)
    chosen, other = line["offers"]
    assert chosen["seller_name"] == "Near" and chosen["is_winner"]
    assert (other["seller_name"], other["regret_minor"], other["parts"]) == ("Far", 600, {"freight": 600})
    assert "6.00 EUR more" in other["sentence"]
    assert line["exclusions"][0]["sentences"] == ["there is no stock"]
    assert line["sentences"] == ["Near serves 2 at 10.00 EUR.", "This is the lowest of 2 sellers' prices."]
    assert explain.replay(decision)["is_same"] and explain.replay(decision)["faults"] == []
    assert decision.policy_id


def statements(session, work):
    """How many statements `work` sends."""
    seen = []

    def note(*event):
        seen.append(event[2])

    sa.event.listen(session.connection(), "before_cursor_execute", note)
    work()
    sa.event.remove(session.connection(), "before_cursor_execute", note)
    return len(seen)


def test_planning_costs_the_same_number_of_statements_for_one_line_and_for_many(world, session):
    variants = [world.market.variant(world.brand) for _ in range(6)]
    for seller in [world.market.seller() for _ in range(3)]:
        for variant in variants:
            world.market.offer(seller, variant)
    lines = [(f"l{i}", variant.id, 2) for i, variant in enumerate(variants)]
    one = statements(session, lambda: service.plan(world.context, lines[:1]))
    assert one == statements(session, lambda: service.plan(world.context, lines)) <= 12


def test_a_buyers_own_unit_of_work_can_plan_and_record_but_not_read_the_decision(world):
    world.market.offer(world.market.seller(), world.variant)
    with tenancy.acting([world.buyer.id]):
        plan = service.plan(world.context, [("l1", world.variant.id, 1)])
        id_ = service.record("ord_1", plan, 0, "order placed")
        db.session.expunge_all()
        assert db.session.get(RoutingDecision, id_) is None
    assert db.session.get(RoutingDecision, id_).order_id == "ord_1"
