"""A price list is edited on its page, row by row."""

from __future__ import annotations

import re

from marketplace.core.db import db
from marketplace.pricing.models import Price
from resellers.office import price_lists
from tests.resellers import shops


def prices(page: str) -> list[str]:
    return re.findall(r'name="price" value="([^"]+)"', page)


def test_saving_one_price_keeps_the_products_others_even_where_the_page_ends_between_them(client, market, here, monkeypatch):
    found = shops.contract(market, here.reseller, here.variant, 900, organization_id=here.buyer.id)
    for least, amount in ((10, 800), (50, 700)):
        market.price(found, here.variant, amount, least)
    monkeypatch.setattr(price_lists.rows, "__defaults__", (None, 1))
    desk, address = client(market.user(here.reseller)), f"/reseller/price-lists/{found.id}"
    first = desk.get(address).get_data(as_text=True)
    second = re.search(rf'href="({address}\?cursor=[^"]+)"', first)[1]
    assert prices(first) == ["9.00"] and prices(desk.get(second).get_data(as_text=True)) == ["8.00"]
    saved = desk.post(f"{address}/prices?{second.partition('?')[2]}", data={"variant_id": here.variant.id, "min_quantity": "10", "price": "7.50"})
    assert saved.status_code == 303 and "cursor=" in saved.headers["Location"], "one stays on the page"
    live = db.select(Price.min_quantity, Price.amount_minor).filter_by(price_list_id=found.id, valid_to=None).order_by(Price.min_quantity)
    assert [tuple(row) for row in db.session.execute(live)] == [(1, 900), (10, 750), (50, 700)]
