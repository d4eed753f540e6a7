import pytest
from sqlalchemy import select

from marketplace.core import jobs
from marketplace.offers.models import StockLevel
from marketplace.offers.stock import reserve
from marketplace.pricing import feeds

TERMS = {"lead_time_days": 2, "min_quantity": 5, "multiple": 5}


@pytest.fixture
def world(market, client):
    seller, brand = market.seller(), market.brand(market.manufacturer())
    market.authorize(seller, brand)
    return seller, market.variant(brand), client(market.user(seller))


def body(market, seller, variant, **more):
    location = market._main(seller)
    return {"variant_id": variant.id, "seller_sku": "A-1", "tiers": [{"min_quantity": 1, "amount_minor": 1250}],
            "stock": [{"location_id": location.id, "available": 40}], **TERMS, **more}


def test_an_offer_is_published_shown_repriced_restocked_and_withdrawn(market, world):
    seller, variant, browser = world
    sent = body(market, seller, variant)
    made = browser.post("/api/v1/seller/offers", json=sent)
    assert made.status_code == 201, made.get_data(as_text=True)
    offer = made.json
    assert (offer["active"], offer["inactive_reasons"], offer["tiers"]) == (True, [], sent["tiers"])
    address = f"/api/v1/seller/offers/{offer['id']}"
    tiers = [{"min_quantity": 1, "amount_minor": 1300}, {"min_quantity": 10, "amount_minor": 1200}]
    assert browser.put(f"{address}/prices", json={"tiers": tiers}).json["tiers"] == tiers
    empty = browser.put(f"{address}/stock", json={**sent["stock"][0], "available": 0}).json
    assert empty["inactive_reasons"] == ["ZERO_QUANTITY"]
    assert browser.post(f"{address}/withdraw").json["inactive_reasons"] == ["OFFER_WITHDRAWN", "ZERO_QUANTITY"]


def test_the_list_searches_filters_and_pages(market, world):
    seller, variant, browser = world
    brand = market.brand(market.manufacturer())
    for number in range(3):
        market.offer(seller, market.variant(brand, f"Cable {number}"), stock=number, seller_sku=f"C-{number}")
    skus = lambda query: [row["seller_sku"] for row in browser.get(f"/api/v1/seller/offers?{query}").json["items"]]  # noqa: E731
    assert skus("q=cable") == ["C-2", "C-1", "C-0"]
    assert skus("state=inactive") == ["C-0"]
    assert skus("q=C-1") == ["C-1"]
    first = browser.get("/api/v1/seller/offers?limit=2").json
    assert skus(f"limit=2&cursor={first['next_cursor']}") == ["C-0"]


def test_another_sellers_offer_is_not_there_and_a_clerk_may_look_only(market, client, world):
    seller, variant, browser = world
    foreign = market.offer(market.seller(), variant)
    for address in (f"/api/v1/seller/offers/{foreign.id}", f"/seller/offers/{foreign.id}"):
        assert browser.get(address).status_code == 404
    assert browser.post(f"/api/v1/seller/offers/{foreign.id}/withdraw").status_code == 404
    mine = market.offer(seller, variant)
    clerk = client(market.user(seller, "seller_clerk"))
    assert clerk.get(f"/api/v1/seller/offers/{mine.id}").status_code == 200
    assert clerk.post(f"/api/v1/seller/offers/{mine.id}/withdraw").status_code == 403
    assert clerk.post("/api/v1/seller/offers", json=body(market, seller, variant)).status_code == 403


@pytest.mark.parametrize("extra", [{"seller_id": "org_x"}, {"status": "active"}, {"id": "off_x"}, {"brand_id": "brd_x"}])
def test_what_is_not_the_sellers_to_say_is_refused(market, world, extra):
    seller, variant, browser = world
    answer = browser.post("/api/v1/seller/offers", json=body(market, seller, variant, **extra))
    assert answer.status_code == 422


@pytest.mark.parametrize("bad", [
    {"min_quantity": 0}, {"multiple": 1.5}, {"lead_time_days": "1"}, {"currency": "XXQ"}, {"tiers": []},
    {"tiers": [{"min_quantity": 1, "amount_minor": -5}]}, {"seller_sku": "a\0"}, {"max_quantity": 10**15},
])
def test_values_that_cannot_be_are_refused(market, world, bad):
    seller, variant, browser = world
    assert browser.post("/api/v1/seller/offers", json=body(market, seller, variant, **bad)).status_code == 422


def test_a_retired_product_is_told_at_its_offer_and_not_published_again(market, session, world):
    seller, variant, browser = world
    offer = market.offer(seller, variant, seller_sku="A-1")
    variant.status = "retired"
    session.flush()
    shown = browser.get(f"/api/v1/seller/offers/{offer.id}").json
    assert (shown["active"], shown["inactive_reasons"]) == (False, ["PRODUCT_RETIRED"])
    assert browser.get("/api/v1/seller/offers?state=active").json["items"] == []
    assert "Product retired by its manufacturer" in browser.get("/seller/offers/").get_data(as_text=True)
    refused = browser.post("/api/v1/seller/offers", json=body(market, seller, variant))
    assert (refused.status_code, refused.json["error"]["code"]) == (409, "product_retired")
    page = browser.post("/seller/offers/publish", data={"variant_id": variant.id, "seller_sku": "A-1", "price": "9.50"})
    assert page.status_code == 409 and 'value="9.50"' in page.get_data(as_text=True)


def test_an_id_that_is_not_there_is_named_by_its_field(market, world):
    seller, variant, browser = world
    sent = body(market, seller, variant)
    for wrong, field in (({"variant_id": "var_x"}, "variant_id"), ({"stock": [{"location_id": "loc_x", "available": 1}]}, "location_id")):
        refused = browser.post("/api/v1/seller/offers", json={**sent, **wrong})
        assert (refused.status_code, refused.json["error"]["field"]) == (404, field)


def test_a_brand_without_authorization_is_refused_with_its_code(market, world):
    seller, _, browser = world
    foreign = market.variant(market.brand(market.manufacturer()))
    answer = browser.post("/api/v1/seller/offers", json=body(market, seller, foreign))
    assert (answer.status_code, answer.json["error"]["code"]) == (403, "offer_not_authorized")


def test_terms_are_saved_by_api(market, world):
    _, _, browser = world
    sent = [
        ("locations", {"code": "HAM", "name": "Hamburg", "country": "DE", "postcode": "20095"}),
        ("freight-rules", {"currency": "EUR", "country": "AT", "freight_minor": 900, "transit_days": 2}),
        ("minimums", {"currency": "EUR", "minimum_minor": 5000, "rule": "surcharge", "surcharge_minor": 500}),
        ("pauses", {"starts_at": "2030-08-01T00:00:00+00:00", "ends_at": "2030-08-15T00:00:00+00:00"}),
    ]
    assert [browser.post(f"/api/v1/seller/{name}", json=data).status_code for name, data in sent] == [201] * 4


def test_a_file_is_sent_and_followed_by_api(market, world):
    _, variant, browser = world
    sent = browser.post("/api/v1/seller/offer-imports", data=f"sku,gtin,price,quantity\nA,{variant.gtin},1,1\n".encode())
    assert sent.status_code == 202, sent.get_data(as_text=True)
    shown = browser.get(f"/api/v1/seller/offer-imports/{sent.json['id']}").json
    assert (shown["status"], shown["total"]) == ("received", 0)


def test_every_refused_row_of_a_file_is_fetched_by_api(market, session, world):
    seller, variant, browser = world
    market._main(seller)
    gtin = variant.gtin
    content = "sku,gtin,price,quantity\n" + "".join(f"A-{n},{gtin},free,1\n" for n in range(120))
    sent = browser.post("/api/v1/seller/offer-imports", data=content.encode(), content_type="application/octet-stream").json
    assert sent["created_at"]
    session.commit()
    jobs.drain(feeds.TOPIC)
    address = f"/api/v1/seller/offer-imports/{sent['id']}"
    assert len(browser.get(address).json["errors"]) == feeds.SHOWN == 100
    lines = browser.get(f"{address}/refused.csv").get_data(as_text=True).splitlines()
    assert len(lines) == 121 and lines[120] == f"121,BAD_PRICE,price,A-119,{gtin},free,1"


def test_how_a_seller_delivers_is_read_and_taken_back_by_api(market, world):
    _, _, browser = world
    browser.post("/api/v1/seller/freight-rules", json={"currency": "EUR", "country": "AT", "freight_minor": 900, "transit_days": 2})
    browser.post("/api/v1/seller/minimums", json={"currency": "EUR", "minimum_minor": 5000})
    pause = {"starts_at": "2030-08-01T00:00:00+00:00", "ends_at": "2030-08-15T00:00:00+00:00"}
    assert len({browser.post("/api/v1/seller/pauses", json=pause).json["id"] for _ in range(2)}) == 1
    shown = browser.get("/api/v1/seller/delivery").json
    assert [row["code"] for row in shown["locations"]] == ["MAIN"] and shown["pauses"][0]["ends_at"] == pause["ends_at"]
    assert [(row["country"], row["freight_minor"]) for row in shown["freight_rules"]] == [(None, 0), ("AT", 900)]
    rule = shown["freight_rules"][1]["id"]
    for path in (f"freight-rules/{rule}", f"minimums/{shown['minimums'][0]['id']}", f"pauses/{shown['pauses'][0]['id']}"):
        assert browser.delete(f"/api/v1/seller/{path}").status_code == 204
        assert browser.delete(f"/api/v1/seller/{path}").status_code == 404
    shown = browser.get("/api/v1/seller/delivery").json
    assert (len(shown["freight_rules"]), shown["minimums"], shown["pauses"]) == (1, [], [])


def test_a_location_is_removed_until_something_lies_there_or_went_out_from_it(market, session, world):
    seller, variant, browser = world
    typo, offer = market.location(seller, "HAAM"), market.offer(seller, variant, 1000, 20, seller_sku="K-1")
    stock = f"/api/v1/seller/offers/{offer.id}/stock"
    own = f"/api/v1/seller/locations/{typo.id}"
    assert browser.put(stock, json={"location_id": typo.id, "available": 3}).status_code == 200
    assert refusal(browser.delete(own)) == (409, "location_stocked")
    assert browser.put(stock, json={"location_id": typo.id, "available": 0}).status_code == 200
    assert browser.delete(own).status_code == 204 and browser.delete(own).status_code == 404
    assert [row["code"] for row in browser.get("/api/v1/seller/delivery").json["locations"]] == ["MAIN"]
    level = session.scalars(select(StockLevel)).one()
    reserve([(level.id, 20, "ord_1", "alc_1", seller.id)], None)
    session.flush()
    assert refusal(browser.delete(f"/api/v1/seller/locations/{level.location_id}")) == (409, "location_used")
    page = browser.post(f"/seller/delivery/locations/{level.location_id}/remove", follow_redirects=True).get_data(as_text=True)
    assert "Orders went out from this location, so it stays on record." in page and "Main" in page


def refusal(answer):
    return answer.status_code, answer.json["error"]["code"]


@pytest.mark.parametrize(("starts_at", "ends_at", "why"), [
    ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "between 2000 and 2199"),
    ("0001-01-01T00:00:00+14:00", "2030-01-01T00:00:00Z", "between 2000 and 2199"),
    ("2020-01-01T00:00:00Z", "2020-02-01T00:00:00Z", "over already"),
    ("2030-02-01T00:00:00Z", "2030-01-01T00:00:00Z", "not after the beginning"),
])
def test_a_pause_that_is_none_is_refused_and_the_page_of_delivery_still_opens(world, starts_at, ends_at, why):
    _, _, browser = world
    answer = browser.post("/api/v1/seller/pauses", json={"starts_at": starts_at, "ends_at": ends_at})
    assert answer.status_code == 422 and why in answer.get_data(as_text=True)
    assert browser.get("/seller/delivery").status_code == 200


@pytest.mark.parametrize(("path", "more"), [
    ("offers", {"variant_id": "own", "seller_sku": "A-1", "tiers": [{"min_quantity": 1, "amount_minor": 5}]}),
    ("freight-rules", {"freight_minor": 900, "transit_days": 2}), ("minimums", {"minimum_minor": 5000}),
])
def test_a_currency_that_nobody_trades_in_is_refused_with_those_that_are(market, world, path, more):
    _, variant, browser = world
    market.reseller(currency="SEK")
    body = {**more, "variant_id": variant.id} if "variant_id" in more else more
    refused = browser.post(f"/api/v1/seller/{path}", json={**body, "currency": "XYZ"}).json["error"]
    assert (refused["code"], refused["field"]) == ("currency_not_traded", "currency") and "EUR, SEK" in refused["message"]
    assert browser.post(f"/api/v1/seller/{path}", json={**body, "currency": "SEK"}).status_code == 201


def test_prices_begin_at_one_unit_and_some_quantity_can_be_ordered(market, world):
    seller, variant, browser = world
    late = browser.post("/api/v1/seller/offers", json=body(market, seller, variant, tiers=[{"min_quantity": 2, "amount_minor": 5}]))
    assert (late.status_code, late.json["error"]["code"]) == (422, "bad_tiers")
    never = browser.post("/api/v1/seller/offers", json=body(market, seller, variant, min_quantity=5, multiple=7, max_quantity=6))
    assert never.status_code == 422 and never.json["error"]["field"] == "multiple"
    assert browser.post("/api/v1/seller/offers", json=body(market, seller, variant, min_quantity=5, multiple=7, max_quantity=7)).status_code == 201


def test_an_offer_ends_after_it_begins_also_where_its_beginning_is_not_said_again(market, world):
    seller, variant, browser = world
    sent = body(market, seller, variant)
    over = browser.post("/api/v1/seller/offers", json={**sent, "valid_to": "2020-01-01"})
    assert (over.status_code, over.json["error"]["field"]) == (422, "valid_to")
    assert browser.post("/api/v1/seller/offers", json={**sent, "valid_from": "2031-03-01", "valid_to": "2031-03-31"}).status_code == 201
    assert browser.post("/api/v1/seller/offers", json={**sent, "valid_to": "2031-02-28"}).json["error"]["field"] == "valid_to"
    kept = browser.post("/api/v1/seller/offers", json={**sent, "valid_to": "2031-04-30"}).json
    assert (kept["valid_from"][:10], kept["valid_to"][:10], kept["inactive_reasons"]) == ("2031-03-01", "2031-05-01", ["OUT_OF_WINDOW"])
