"""The seller's first page: what to accept with its clock, what to ship, what runs out, and the money."""

from __future__ import annotations

from tests.journeys.test_order_to_payout import Shop


def page_of(client, market, seller, role=""):
    return client(market.user(seller, role)).get("/seller/").get_data(as_text=True)


def test_the_first_page_says_what_to_do_what_runs_out_and_what_is_owed(client, market):
    seller = market.seller("Nordkabel")
    variant = market.variant(market.brand(market.manufacturer()), "Relay 24 V")
    offer = market.offer(seller, variant, price_minor=1000, stock=12, seller_sku="Relay-24")
    market.offer(seller, market.variant(market.brand(market.manufacturer()), "Spare fuse"), stock=0, seller_sku="Fuse-1")
    market.offer(seller, market.variant(market.brand(market.manufacturer()), "Full shelf"), stock=500, seller_sku="Shelf-1")
    order = Shop(market).order((variant, 5))
    page = page_of(client, market, seller)
    assert order.number in page and "47 h 59 min" in page
    assert page.index("Relay-24") < page.index("Fuse-1"), "what sells goes before what only runs out"
    assert f"/seller/offers/{offer.id}" in page and "Shelf-1" not in page
    assert "Balance" in page and "held until delivery" in page


def test_a_clerk_sees_the_work_and_not_the_money(client, market):
    seller = market.seller()
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(seller, variant, price_minor=1000, stock=12)
    order = Shop(market).order((variant, 5))
    page = page_of(client, market, seller, "seller_clerk")
    assert order.number in page and "Balance" not in page
