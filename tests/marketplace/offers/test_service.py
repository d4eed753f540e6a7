from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from marketplace.core import clock, tenancy
from marketplace.core.errors import Forbidden, Invalid, NotFound
from marketplace.offers import queries, service
from marketplace.offers.service import FreightInput, LocationInput, MinimumInput, OfferInput


@pytest.fixture
def world(market):
    seller = market.seller()
    brand = market.brand(market.manufacturer())
    market.authorize(seller, brand, ["DE"])
    return seller, market.actor(seller), market.variant(brand)


def test_publishing_twice_by_sku_changes_the_one_offer(world):
    seller, actor, variant = world
    given = OfferInput(variant.id, "A-1", min_quantity=5, multiple=5)
    first = service.publish_offer(actor, seller.id, given)
    service.withdraw(actor, first.id)
    second = service.publish_offer(actor, seller.id, replace(given, lead_time_days=3))
    assert (second.id, second.lead_time_days, second.status, second.currency) == (first.id, 3, "active", "EUR")


def test_a_brand_that_the_seller_may_not_sell_is_refused(market, world):
    seller, actor, _ = world
    foreign = market.variant(market.brand(market.manufacturer()))
    with pytest.raises(service.OfferNotAuthorized):
        service.publish_offer(actor, seller.id, OfferInput(foreign.id, "A-2"))


def test_a_sku_stays_with_its_product(market, world):
    seller, actor, variant = world
    service.publish_offer(actor, seller.id, OfferInput(variant.id, "A-1"))
    brand = market.brand(market.manufacturer())
    market.authorize(seller, brand)
    for given in (OfferInput(variant.id, "A-2"), OfferInput(market.variant(brand).id, "A-1")):
        with pytest.raises(service.SkuTaken):
            service.publish_offer(actor, seller.id, given)


@pytest.mark.parametrize("bad", [
    {"seller_sku": " "}, {"min_quantity": 0}, {"multiple": 0}, {"max_quantity": 0}, {"lead_time_days": -1},
    {"condition": "broken"}, {"min_quantity": 10**12}, {"seller_sku": "a\0b"},
])
def test_nonsense_is_refused(world, bad):
    seller, actor, variant = world
    with pytest.raises(Invalid):
        service.publish_offer(actor, seller.id, replace(OfferInput(variant.id, "A-1"), **bad))


def test_another_sellers_offer_is_not_there_and_a_clerk_may_not_change(market, world):
    seller, actor, variant = world
    offer = service.publish_offer(actor, seller.id, OfferInput(variant.id, "A-1"))
    location = market.location(seller, "B")
    rival = market.actor(market.seller())
    with pytest.raises(NotFound):
        service.withdraw(rival, offer.id)
    with pytest.raises(NotFound):
        service.set_stock(rival, offer.id, location.id, 5)
    with pytest.raises(NotFound):
        service.set_stock(actor, offer.id, market.location(market.seller(), "B").id, 5)
    with pytest.raises(Forbidden):
        service.withdraw(market.actor(seller, "seller_clerk"), offer.id)


def test_stock_is_set_not_added(market, world):
    seller, actor, variant = world
    offer = service.publish_offer(actor, seller.id, OfferInput(variant.id, "A-1"))
    location = market.location(seller, "B")
    assert service.set_stock(actor, offer.id, location.id, 5).available == 5
    assert service.set_stock(actor, offer.id, location.id, 7).available == 7
    with pytest.raises(Invalid):
        service.set_stock(actor, offer.id, location.id, -1)


def test_supply_tells_all_that_routing_needs(market, world):
    seller, actor, variant = world
    offer = service.publish_offer(actor, seller.id, OfferInput(variant.id, "A-1", multiple=2))
    location = service.save_location(actor, seller.id, LocationInput("HAM", "Hamburg", "DE", "20095"))
    service.set_stock(actor, offer.id, location.id, 12)
    service.save_freight_rule(actor, seller.id, FreightInput("EUR", 500, 1, "DE", 10_000))
    service.save_minimum(actor, seller.id, MinimumInput("EUR", 5000, "surcharge", 900))
    with tenancy.as_market():
        (found,) = queries.supply([variant.id], "EUR", "DE")
        abroad = queries.supply([variant.id], "EUR", "FR")[0]
    assert (found.offer_id, found.seller_name, found.available, found.multiple) == (offer.id, seller.name, 12, 2)
    assert (found.freight_to("DE").freight_minor, found.freight_to("FR").freight_minor) == (500, 0)
    assert found.minimum.surcharge_minor == 900
    assert found.authorized and not abroad.authorized


def test_supply_costs_two_statements_whatever_the_number(market, session):
    from sqlalchemy import event

    brand = market.brand(market.manufacturer())
    variants = [market.variant(brand) for _ in range(6)]
    for variant in variants:
        for seller in (market.seller(), market.seller()):
            market.offer(seller, variant)
    statements = []
    event.listen(session.connection().engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    assert len(queries.supply([v.id for v in variants], "EUR", "DE")) == 12
    assert len(statements) == 2


def test_a_pause_begins_and_ends_by_itself_at_its_instants(market, world):
    seller, actor, variant = world
    service.publish_offer(actor, seller.id, OfferInput(variant.id, "A-1"))
    start, end = datetime(2030, 8, 1, tzinfo=UTC), datetime(2030, 8, 15, tzinfo=UTC)
    service.pause(actor, seller.id, start, end)
    tick = timedelta(microseconds=1)
    edges = [(start - tick, False), (start, True), (end - tick, True), (end, False)]
    assert [(at, queries.supply([variant.id], "EUR", at=at)[0].paused) for at, _ in edges] == edges


def test_a_rule_for_the_same_country_is_changed_not_doubled(world):
    seller, actor, _ = world
    first = service.save_freight_rule(actor, seller.id, FreightInput("EUR", 500, 1, "AT"))
    second = service.save_freight_rule(actor, seller.id, FreightInput("EUR", 700, 1, "AT"))
    assert (second.id, second.freight_minor) == (first.id, 700)
    with pytest.raises(Invalid):
        service.save_freight_rule(actor, seller.id, FreightInput("EUR", 500, 1, "A1"))
    assert clock.now()
