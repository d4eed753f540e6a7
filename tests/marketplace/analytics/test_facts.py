"""The channel's numbers: counted once, replaced and never added to, its manufacturer's only, no buyer in them."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.analytics import facts, handlers, queries
from marketplace.analytics.models import ChannelEvent, DailyFact
from marketplace.analytics.queries import Wanted
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Forbidden
from marketplace.core.ids import new_id
from marketplace.orders.models import (
    Allocation,
    Cart,
    Order,
    OrderLine,
    SellerOrder,
    Shipment,
    ShipmentLine,
)

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
SHIP_TO = {"name": "Secret Buyer Ltd", "country": "AT", "region": "W", "city": "Wien"}


@pytest.fixture
def world(market):
    maker, other = market.manufacturer("Volta"), market.manufacturer("Other")
    variants = [market.variant(market.brand(maker)), market.variant(market.brand(other))]
    seller, reseller = market.seller("Nordkabel"), market.reseller()
    buyer = market.buyer(reseller, "Secret Buyer Ltd")
    offers = [market.offer(seller, variant) for variant in variants]
    return {"maker": maker, "other": other, "variants": variants, "seller": seller, "buyer": buyer,
            "reseller": reseller, "storefront": market.storefront(reseller), "offers": offers,
            "user": market.user(buyer), "actor": market.actor(maker), "rival": market.actor(other)}


def add(row):
    db.session.add(row)
    db.session.flush()
    return row


def ship(world, quantities, at=NOON):
    """An order of both makers' products, and a shipment of these quantities."""
    buyer, reseller, seller = world["buyer"].id, world["reseller"].id, world["seller"].id
    parties = {"buyer_id": buyer, "reseller_id": reseller}
    zero = dict.fromkeys(("goods_minor", "freight_minor", "surcharge_minor", "tax_minor", "total_minor"), 0)
    cart = add(Cart(id=new_id("crt"), buyer_id=buyer, user_id=world["user"].id, storefront_id=world["storefront"].id,
                    status="ordered", created_at=at))
    order = add(Order(id=new_id("ord"), number=new_id("n"), cart_id=cart.id, storefront_id=world["storefront"].id,
                      placed_by=world["user"].id, status="placed", currency="EUR", payment_method="card", ship_to=SHIP_TO,
                      placed_at=at, **parties, **zero))
    part = add(SellerOrder(id=new_id("sor"), number=new_id("n"), order_id=order.id, seller_id=seller, status="accepted",
                           hop=0, currency="EUR", ship_to=SHIP_TO, seller_goods_minor=0, charges_tax_minor=0,
                           promised_on=at.date(), created_at=at, **parties, **zero))
    parcel = add(Shipment(id=new_id("shp"), seller_order_id=part.id, seller_id=seller, carrier="DHL",
                          tracking_number="1", shipped_at=at, **parties))
    for number, (variant, offer, quantity) in enumerate(zip(world["variants"], world["offers"], quantities, strict=True)):
        line = add(OrderLine(id=new_id("oln"), order_id=order.id, number=number, variant_id=variant.id,
                             manufacturer_id=variant.manufacturer_id, brand_id=variant.brand_id, name="x", mpn="x",
                             quantity=quantity, **parties))
        level = db.session.scalar(db.text("SELECT id FROM stock_levels WHERE offer_id = :o"), {"o": offer.id})
        given = add(Allocation(id=new_id("alc"), order_line_id=line.id, seller_order_id=part.id, seller_id=seller,
                               offer_id=offer.id, stock_level_id=level, variant_id=variant.id, quantity=quantity,
                               unit_price_minor=1500, seller_unit_price_minor=1000, goods_minor=1500 * quantity,
                               seller_goods_minor=1000 * quantity, tax_bps=0, tax_minor=0, price_trace={}, **parties))
        add(ShipmentLine(shipment_id=parcel.id, allocation_id=given.id, seller_id=seller, quantity=quantity, **parties))
    handlers.shipment_sent({"shipment_id": parcel.id, "seller_order_id": part.id})
    return parcel


def all_facts():
    return [(f.day, f.variant_id, f.seller_id, f.country, f.units, f.amount_minor)
            for f in db.session.scalars(db.select(DailyFact).order_by(DailyFact.day, DailyFact.variant_id))]


def test_a_shipment_counts_once_however_often_the_message_comes(world):
    parcel = ship(world, (3, 5))
    handlers.shipment_sent({"shipment_id": parcel.id})
    day = NOON.date()
    wanted = sorted((day, variant.id, world["seller"].id, "AT", n, 1000 * n)
                    for variant, n in zip(world["variants"], (3, 5), strict=True))
    assert all_facts() == wanted
    assert db.session.scalar(db.select(db.func.count()).select_from(ChannelEvent)) == 2


def test_a_rebuild_gives_the_same_numbers(world):
    ship(world, (3, 5))
    ship(world, (2, 1), NOON + timedelta(hours=1))
    ship(world, (7, 1), NOON + timedelta(days=1))
    before = all_facts()
    facts.rebuild(NOON.date(), NOON.date() + timedelta(days=3))
    assert all_facts() == before and sum(row[4] for row in before) == 19


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(1, 9), st.integers(1, 9)), max_size=5))
def test_facts_are_always_the_sum_of_their_events(world, parcels):
    for days, one, two in parcels:
        ship(world, (one, two), NOON + timedelta(days=days))
    events = db.session.scalar(db.select(db.func.coalesce(db.func.sum(ChannelEvent.units), 0)))
    assert sum(row[4] for row in all_facts()) == events


def test_a_manufacturer_sees_its_own_brands_by_week_seller_and_region_and_no_buyer(world):
    ship(world, (3, 5))
    ship(world, (4, 5), NOON + timedelta(days=7))
    wanted = Wanted(NOON.date() - timedelta(days=2), NOON.date() + timedelta(days=30))
    rows = queries.sell_through(world["actor"], wanted).items
    assert [(str(row["week"]), row["units"], row["amount_minor"], row["seller"], row["country"], row["region"]) for row in rows] == [
        ("2026-03-09", 4, 4000, "Nordkabel", "AT", "W"), ("2026-03-02", 3, 3000, "Nordkabel", "AT", "W")]
    assert {row["variant_id"] for row in rows} == {world["variants"][0].id}
    assert "Secret" not in repr(rows) and not any("buyer" in name for name in rows[0])
    assert queries.totals(world["rival"], wanted)[0]["units"] == 10


def test_stock_and_listings_are_narrowed_to_own_products_and_say_who_is_not_authorized(world, market):
    grey = market.seller("Grey Ltd")
    market.offer(grey, world["variants"][0], price_minor=900, stock=0, authorized=False)
    stock = queries.stock_in_channel(world["actor"]).items
    assert sorted((row["seller"], row["available"]) for row in stock) == [("Grey Ltd", 0), ("Nordkabel", 100)]
    rows = queries.listings_with_price(world["actor"]).items
    assert sorted((row["seller"], row["amount_minor"], row["authorized"]) for row in rows) == [
        ("Grey Ltd", 900, False), ("Nordkabel", 1000, True)]
    total = queries.stock_total(world["actor"])
    assert (total["units"], total["sellers"], total["empty"]) == (100, 2, 1)


def test_a_seller_may_not_ask(world, market):
    with pytest.raises(Forbidden):
        queries.stock_total(market.actor(world["seller"]))


def test_the_last_weeks_begin_on_a_monday():
    with clock.at(NOON):
        wanted = Wanted.weeks(2)
    assert (str(wanted.since), str(wanted.until)) == ("2026-02-23", "2026-03-08")
