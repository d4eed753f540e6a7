"""A price list is edited on its page, row by row."""

from __future__ import annotations

import html
import io
import re
import zipfile

from marketplace.core.db import db
from marketplace.pricing.models import Price
from marketplace.web import lists
from tests.resellers import shops


def prices(page: str) -> list[str]:
    return re.findall(r'name="price" value="([^"]+)"', page)


def test_saving_one_price_keeps_the_products_others_even_where_the_page_ends_between_them(client, market, here, monkeypatch):
    found = shops.contract(market, here.reseller, here.variant, 900, organization_id=here.buyer.id)
    for least, amount in ((10, 800), (50, 700)):
        market.price(found, here.variant, amount, least)
    monkeypatch.setattr(lists.asked, "__defaults__", (1,))
    desk, address = client(market.user(here.reseller)), f"/reseller/price-lists/{found.id}"
    first = desk.get(address).get_data(as_text=True)
    second = re.search(rf'href="({address}\?cursor=[^"]+)"', first)[1]
    assert prices(first) == ["9.00"] and prices(desk.get(second).get_data(as_text=True)) == ["8.00"]
    saved = desk.post(f"{address}/prices?{second.partition('?')[2]}", data={"variant_id": here.variant.id, "min_quantity": "10", "price": "7.50"})
    assert saved.status_code == 303 and "cursor=" in saved.headers["Location"], "one stays on the page"
    live = db.select(Price.min_quantity, Price.amount_minor).filter_by(price_list_id=found.id, valid_to=None).order_by(Price.min_quantity)
    assert [tuple(row) for row in db.session.execute(live)] == [(1, 900), (10, 750), (50, 700)]


def live(found) -> list[tuple[int, int]]:
    rows = db.select(Price.min_quantity, Price.amount_minor).filter_by(price_list_id=found.id, valid_to=None).order_by(Price.min_quantity)
    return [tuple(row) for row in db.session.execute(rows)]


def test_a_product_is_priced_by_its_number_and_taken_off_again(client, market, here):
    found = shops.contract(market, here.reseller, here.variant, 900, organization_id=here.buyer.id)
    desk, address = client(market.user(here.reseller)), f"/reseller/price-lists/{found.id}"
    assert desk.post(f"{address}/products", data={"number": "dh 800", "min_quantity": "10", "price": "8,50"}).status_code == 303
    assert live(found) == [(1, 900), (10, 850)], "its other price stays"
    for number, price, said in (("NONE-1", "5", "No product has this number."), ("DH-800", "five", "is not an amount")):
        refused = desk.post(f"{address}/products", data={"number": number, "min_quantity": "3", "price": price})
        page = refused.get_data(as_text=True)
        assert refused.status_code == 422 and said in html.unescape(page) and f'value="{number}"' in page and f'value="{price}"' in page
    assert desk.post(f"{address}/prices/remove?sort=price", data={"variant_id": here.variant.id, "min_quantity": "1"}).headers["Location"].endswith("?sort=price")
    assert live(found) == [(10, 850)]
    assert desk.post(f"{address}/prices/remove", data={"variant_id": here.variant.id, "min_quantity": "1"}).status_code == 404
    api = f"/api/v1/reseller/price-lists/{found.id}/prices/{here.variant.id}"
    assert desk.delete(api).status_code == 204 and live(found) == []
    assert desk.delete(api).status_code == 404


def test_a_list_is_saved_as_a_file_changed_and_loaded_again(client, market, here):
    found = shops.contract(market, here.reseller, here.variant, 900, organization_id=here.buyer.id)
    market.price(found, here.variant, 800, 10)
    desk, address = client(market.user(here.reseller)), f"/reseller/price-lists/{found.id}"
    saved = desk.get(f"{address}/prices.csv").get_data(as_text=True)
    assert "min_quantity,price" in saved and ",10,8.00" in saved
    changed = saved.replace("8.00", "7.25").encode()
    taken = desk.post(f"/api/v1/reseller/price-lists/{found.id}/file", data=changed, content_type="text/csv")
    assert taken.json == {"products": 1} and live(found) == [(1, 900), (10, 725)]
    assert here.variant.mpn.encode() in zipfile.ZipFile(io.BytesIO(desk.get(f"{address}/prices.xlsx").data)).read("xl/sharedStrings.xml")


def test_lists_and_their_prices_are_found_by_words(client, market, here):
    found = shops.contract(market, here.reseller, here.variant, 900, organization_id=here.buyer.id)
    desk = client(market.user(here.reseller))

    def shown(path: str) -> str:
        return desk.get(path).get_data(as_text=True)

    words = here.variant.name.split()[-1].upper()
    for query, is_there in ((words, True), ("dh-8", True), ("zebra", False), ("-", False)):
        assert ("Save the price of" in shown(f"/reseller/price-lists/{found.id}?q={query}")) == is_there, query
    assert found.name in shown(f"/reseller/price-lists?q={found.name[:3].upper()}") and "No price list found" in shown("/reseller/price-lists?q=zebra")


def test_a_group_is_of_a_storefront_and_what_was_chosen_stays_in_the_refused_form(client, market, here):
    found = shops.contract(market, here.reseller, here.variant, 900, organization_id=here.buyer.id)
    desk = client(market.user(here.reseller))
    refused = desk.post(f"/reseller/price-lists/{found.id}/targets", data={"target": f"customer:{here.buyer.id}", "customer_group": "gold"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "one group of a storefront" in page
    assert f'value="customer:{here.buyer.id}" selected' in page and 'value="gold"' in page
    group = desk.post(f"/reseller/customers/{here.buyer.id}/group", data={"group": "x" * 300})
    assert group.status_code == 422 and f'value="{"x" * 300}"' in group.get_data(as_text=True)
    assert desk.get("/api/v1/reseller/orders?status=foo").json["error"]["field"] == "status"
    assert "Must be one of: placed, -placed" in desk.get("/api/v1/reseller/orders?sort=foo").json["error"]["message"]


def test_what_stands_on_one_line_holds_nothing_that_breaks_or_turns_it(client, market, here):
    desk = client(market.user(here.reseller))
    for name in ("two\nlines", "gold\u202edlog", "bell\u0007"):
        refused = desk.post("/reseller/price-lists", data={"name": name, "currency": "EUR"})
        assert refused.status_code == 422 and "one line of text" in refused.get_data(as_text=True), name
        look = desk.patch(f"/api/v1/reseller/storefronts/{here.storefront.id}", json={"tagline": name})
        assert (look.status_code, look.json["error"]["field"]) == (422, "tagline"), name
    assert "No price lists yet" in desk.get("/reseller/price-lists").get_data(as_text=True)
