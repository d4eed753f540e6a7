"""What a manufacturer sees of its channel, page by page."""

from __future__ import annotations

import pytest

from marketplace.analytics import queries
from marketplace.analytics.models import DailyFact
from marketplace.core import clock
from marketplace.core.paging import Ask
from tests.factories import add


def test_two_sellers_of_one_name_are_both_seen_where_a_page_ends_between_them(market):
    maker = market.manufacturer()
    variant = market.variant(market.brand(maker))
    for stock in (3, 5):
        market.offer(market.seller("Nord Supply"), variant, stock=stock)
    actor, seen, cursor = market.actor(maker), [], None
    for _ in range(2):
        page = queries.stock_in_channel(actor, Ask(cursor, 1))
        seen += [row["available"] for row in page.items]
        cursor = page.next_cursor
    assert sorted(seen) == [3, 5] and cursor is None


def test_stock_and_listings_are_searched_by_product_number_and_seller_on_page_file_and_api(market, client):
    maker = market.manufacturer()
    brand, sellers = market.brand(maker), [market.seller("Nord Supply"), market.seller("Rhein Supply")]
    for seller, name, mpn in zip(sellers, ("Relay", "Motor_5"), ("R-1", "M-1"), strict=True):
        market.offer(seller, market.variant(brand, name, mpn=mpn))
    browser = client(market.user(maker))
    for place in ("stock", "listings"):
        for words, found in (("rela", ["R-1"]), ("m-1", ["M-1"]), ("supply", ["M-1", "R-1"]), ("rhein", ["M-1"]), ("_5", ["M-1"]), ("zebra", [])):
            rows = browser.get(f"/api/v1/manufacturer/channel/{place}", query_string={"q": words}).json["items"]
            assert sorted(row["mpn"] for row in rows) == found, (place, words)
        page = browser.get(f"/manufacturer/{place}?q=rhein").get_data(as_text=True)
        assert "Motor_5" in page and "Relay" not in page and f"/manufacturer/{place}.csv?q=rhein" in page
        assert "Relay" not in browser.get(f"/manufacturer/{place}.csv?q=rhein").get_data(as_text=True)
        assert "No product, part number or seller has these letters." in browser.get(f"/manufacturer/{place}?q=zebra").get_data(as_text=True)


@pytest.fixture
def sold(market):
    maker = market.manufacturer()
    variants, seller = [market.variant(market.brand(maker)) for _ in range(103)], market.seller()
    for units, variant in enumerate(variants, 1):
        add(DailyFact(day=clock.today(), kind="sell_through", variant_id=variant.id, seller_id=seller.id, country="DE", region="", currency="EUR",
                      manufacturer_id=maker.id, brand_id=variant.brand_id, units=units, amount_minor=9))
    return maker


def test_sell_through_is_turned_page_by_page_to_its_end(client, market, sold):
    browser, seen, cursor = client(market.user(sold)), [], ""
    while cursor is not None:
        found = browser.get("/api/v1/manufacturer/channel/sell-through", query_string={"weeks": 1, "limit": 40, **({"cursor": cursor} if cursor else {})}).json
        seen, cursor = seen + [row["units"] for row in found["items"]], found["next_cursor"]
    assert seen == list(range(103, 0, -1))
    first = browser.get("/manufacturer/channel?weeks=4&group=product").get_data(as_text=True)
    following = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0].replace("&amp;", "&")
    assert "weeks=4" in following and "group=product" in following
    page = browser.get(following)
    assert page.status_code == 200 and page.get_data(as_text=True).count('<td class="nowrap">') == 3
    rows = browser.get("/manufacturer/channel/sell-through.csv?weeks=4&sort=units").get_data(as_text=True).splitlines()
    assert len(rows) == 104 and [row.split(",")[6] for row in rows[1:3]] == ["1", "2"]
