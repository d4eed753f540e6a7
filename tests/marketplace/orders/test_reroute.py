"""Refusals and silence: the next seller gets it at the buyer's price, else the buyer gets the money back."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.core import clock, events
from marketplace.core.db import db
from marketplace.core.transitions import WrongState
from marketplace.orders import carts, fulfilment, handlers, service
from marketplace.orders import events as facts
from marketplace.orders.models import SellerOrder
from marketplace.routing.models import RoutingDecision
from tests.marketplace.orders import world


@pytest.fixture
def told(monkeypatch):
    """Facts as they are published; refused units are handled at once, as the outbox would."""
    heard = []

    def publish(fact):
        heard.append(fact)

    monkeypatch.setattr(events, "publish", publish)
    return heard


def handle(told) -> None:
    """Let the orders room react to every refusal that it has not seen."""
    for fact in [fact for fact in told if isinstance(fact, facts.QuantityRefused)]:
        told.remove(fact)
        handlers.on_refused(asdict(fact))


def of(told, kind) -> list:
    return [fact for fact in told if isinstance(fact, kind)]


def test_no_dearer_seller_takes_over_and_the_freight_goes_back_too(market, told):
    here = world.square(market, prices=(1000, 900, 1100), freight_minor=490)
    order = world.paid(here, 5)
    total = order.total_minor
    (part,) = world.parts(order)
    assert part.seller_id == here.sellers[1].id
    fulfilment.refuse(market.actor(here.sellers[1]), part.id, "out of stock")
    handle(told)
    assert len(world.parts(order)) == 1
    assert of(told, facts.QuantityCancelled)[0].charges_cancelled
    assert order.status == "cancelled" and order.total_minor == total


def test_with_equal_prices_the_third_seller_takes_over_after_two_refusals(market, told):
    here = world.square(market, prices=(900, 900, 900), freight_minor=490)
    order = world.paid(here, 5)
    total = order.total_minor
    with clock.at(clock.now()):
        for hop in range(2):
            part = world.parts(order)[-1]
            seller = next(one for one in here.sellers if one.id == part.seller_id)
            fulfilment.refuse(market.actor(seller), part.id, "out of stock")
            handle(told)
            assert len(world.parts(order)) == hop + 2
    parts = world.parts(order)
    assert len({part.seller_id for part in parts}) == 3 and [part.hop for part in parts] == [0, 1, 2]
    assert [part.status for part in parts] == ["cancelled", "cancelled", "open"]
    assert parts[-1].total_minor == total == order.total_minor and order.status == "placed"
    decisions = db.session.scalars(select(RoutingDecision).filter_by(order_id=order.id).order_by(RoutingDecision.hop)).all()
    assert [decision.hop for decision in decisions] == [0, 1, 2]
    assert [world.stock_of(offer) for offer in here.offers].count((20, 0)) == 2
    assert [fact.charges_moved for fact in of(told, facts.SellerOrderRerouted)] == [True, True]


def test_refused_units_of_an_accepted_order_go_to_another_seller(market, told):
    here = world.square(market, prices=(900, 900))
    order = world.paid(here, 5)
    first = world.parts(order)[0]
    seller = market.actor(next(one for one in here.sellers if one.id == first.seller_id))
    fulfilment.accept(seller, first.id)
    fulfilment.refuse(seller, first.id, "two are damaged", {world.allocations(first)[0].id: 2})
    handle(told)
    kept, moved = world.parts(order)
    assert (world.allocations(kept)[0].cancelled, kept.status) == (2, "accepted")
    assert (world.allocations(moved)[0].quantity, moved.status) == (2, "open")
    assert world.allocations(moved)[0].unit_price_minor == world.allocations(kept)[0].unit_price_minor
    (rerouted,) = of(told, facts.SellerOrderRerouted)
    assert not rerouted.charges_moved and rerouted.moves[0]["quantity"] == 2
    assert order.status == "processing"


def test_what_nobody_else_has_is_cancelled_in_part(market, told):
    here = world.square(market, prices=(900, 900), stock=4)
    order = world.paid(here, 6)
    first = next(part for part in world.parts(order) if world.allocations(part)[0].quantity == 4)
    fulfilment.refuse(market.actor(next(one for one in here.sellers if one.id == first.seller_id)), first.id, "fire")
    handle(told)
    (cancelled,) = of(told, facts.QuantityCancelled)
    (rerouted,) = of(told, facts.SellerOrderRerouted)
    assert [item["quantity"] for item in cancelled.items] == [2] == [move["quantity"] for move in rerouted.moves]
    assert cancelled.charges_cancelled and not rerouted.charges_moved


def test_a_seller_that_stays_silent_loses_the_order_when_its_time_is_over(market, told):
    here = world.square(market, prices=(900, 900))
    order = world.paid(here, 5)
    (part,) = world.parts(order)
    with clock.at(part.accept_by + timedelta(seconds=1)):
        with pytest.raises(fulfilment.TooLate):
            fulfilment.accept(market.actor(next(one for one in here.sellers if one.id == part.seller_id)), part.id)
        handlers.on_accept_timeout({"seller_order_id": part.id})
        handle(told)
    first, second = world.parts(order)
    assert (first.status, first.cancelled_because, second.status) == ("cancelled", "not accepted in time", "open")
    handlers.on_accept_timeout({"seller_order_id": part.id})
    assert len(world.parts(order)) == 2


def test_an_accepted_order_is_not_taken_away_by_the_clock(market, told):
    here = world.square(market)
    (part,) = world.parts(world.paid(here))
    fulfilment.accept(market.actor(here.sellers[2]), part.id)
    with clock.at(part.accept_by + timedelta(hours=1)):
        handlers.on_accept_timeout({"seller_order_id": part.id})
    assert db.session.get_one(SellerOrder, part.id).status == "accepted"


def test_stock_sold_to_others_before_a_late_payment_is_routed_again(market, told):
    here = world.square(market, prices=(900, 900), stock=5)
    order = world.place(here, world.fill(here, 5))
    winner = next(offer for offer in here.offers if offer.seller_id == world.parts(order)[0].seller_id)
    with clock.at(clock.now() + service.UNPAID_FOR + timedelta(seconds=1)):
        from marketplace.offers import stock

        assert stock.release_expired() == 1
        db.session.execute(db.text("UPDATE stock_levels SET available = 0 WHERE offer_id = :id"), {"id": winner.id})
        db.session.expire_all()
        service.mark_paid(order.id, "paid")
        handle(told)
    first, second = world.parts(order)
    assert (first.status, second.status) == ("cancelled", "open") and first.seller_id != second.seller_id
    assert order.status == "placed"


def test_a_shipped_order_cannot_be_refused(market, told):
    here = world.square(market)
    (part,) = world.parts(world.paid(here))
    seller = market.actor(here.sellers[2])
    fulfilment.accept(seller, part.id)
    fulfilment.ship(seller, part.id, ("DHL", "1"), {world.allocations(part)[0].id: 5})
    with pytest.raises(WrongState):
        fulfilment.refuse(seller, part.id, "late")


def test_what_the_buyer_wished_holds_when_another_seller_takes_over(market, told):
    here = world.square(market, prices=(1000, 990, 400))
    for offer, days in zip(here.offers, (0, 0, 9), strict=True):
        offer.lead_time_days = days
    cart = world.fill(here, 5)
    carts.wish(here.actor, cart, "fastest")
    order = world.place(here, cart)
    service.mark_paid(order.id, "paid")
    (part,) = world.parts(order)
    assert part.seller_id == here.sellers[1].id
    here.offers[0].lead_time_days = 8
    market.price(market.base_list(here.sellers[0]), here.variant, 900)
    fulfilment.refuse(market.actor(here.sellers[1]), part.id, "out of stock")
    handle(told)
    assert world.parts(order)[-1].seller_id == here.sellers[0].id, "a day sooner, though more than twice as dear"
    assert list(db.session.scalars(select(RoutingDecision.wish).filter_by(order_id=order.id))) == ["fastest", "fastest"]
