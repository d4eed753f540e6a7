"""The storefront's catalog as each audience sees it."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from marketplace.channel import authorization
from marketplace.channel.models import AssortmentRule, SellerAuthorization
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.models import Address, Organization
from tests.factories import add
from tests.resellers.shops import Program, contract, count_statements, square

LIST = "/api/v1/storefront/products"


@pytest.fixture
def guest(client, market, here):
    return Program(client, market, host=here.storefront.host)


def test_a_guest_sees_the_cheapest_price_with_the_markup(guest, here):
    found = guest.get(LIST).json["items"]
    assert [(one["name"], one["unit_minor"], one["stock"], one["sellers"]) for one in found] == [("Drill hammer 800", 1100, 120, 2)]
    assert found[0]["picture_url"].startswith("/pictures/pic_")


def test_a_price_of_one_company_is_shown_to_nobody_else(client, market, here, guest, buyer):
    contract(market, here.reseller, here.variant, 1050, organization_id=here.buyer.id)
    neighbour = Program(client, market, market.buyer(here.reseller), host=here.storefront.host)
    prices = [who.get(LIST).json["items"][0]["unit_minor"] for who in (buyer, guest, neighbour, buyer, guest)]
    assert prices == [1050, 1100, 1100, 1050, 1100]
    tiers = [who.get(f"{LIST}/{here.variant.id}").json["tiers"][0]["unit_minor"] for who in (buyer, guest, neighbour)]
    assert tiers == [1050, 1100, 1100]


def test_a_list_of_no_group_is_not_for_guests_without_a_group(market, here, guest):
    contract(market, here.reseller, here.variant, 1050, storefront_id=here.storefront.id, customer_group="gold")
    assert guest.get(LIST).json["items"][0]["unit_minor"] == 1100
    here.buyer.customer_group = "gold"
    db.session.flush()


def test_a_group_price_is_for_the_group(market, here, buyer):
    contract(market, here.reseller, here.variant, 1040, storefront_id=here.storefront.id, customer_group="gold")
    assert buyer.get(LIST).json["items"][0]["unit_minor"] == 1100
    db.session.get(Organization, here.buyer.id).customer_group = "gold"
    db.session.flush()
    assert buyer.get(LIST).json["items"][0]["unit_minor"] == 1040


def test_the_product_has_tiers_and_says_why(market, here, buyer):
    contract(market, here.reseller, here.variant, 950, min_quantity=20, organization_id=here.buyer.id)
    product = buyer.get(f"{LIST}/{here.variant.id}").json
    assert [(tier["min_quantity"], tier["unit_minor"]) for tier in product["tiers"]] == [(1, 1100), (10, 990), (20, 950)]
    assert [tier["why"]["level"] for tier in product["tiers"]] == ["regular", "regular", "organization"]
    assert product["attributes"] == {"Power": "800 W"} and product["category"] == "Drills"


def test_a_seller_without_stock_does_not_make_the_price_by_quantity(market, here, buyer):
    market.offer(market.seller("Empty"), here.variant, price_minor=50, stock=0)
    market.offer(market.seller("Small"), here.variant, price_minor=500, stock=4, tiers={10: 400})
    market.offer(market.seller("Big packs"), here.variant, price_minor=300, stock=90, min_quantity=30)
    product = buyer.get(f"{LIST}/{here.variant.id}").json
    assert [(tier["min_quantity"], tier["unit_minor"]) for tier in product["tiers"]] == [(1, 550), (30, 330)]


def test_a_list_says_when_it_arrives_and_what_more_of_it_costs(client, market):
    with clock.at(datetime(2026, 3, 4, 9, tzinfo=UTC)):
        here = square(market)
        market.offer(here.seller, market.variant(here.brand, "Drill away", category=here.category), stock=0)
        away, drill = Program(client, market, host=here.storefront.host).get(LIST).json["items"]
    assert drill["arrives_on"] == "2026-03-09" and drill["next_tier"] == {"min_quantity": 10, "unit_minor": 990}
    assert away["arrives_on"] is None and away["stock"] == 0


def test_an_offer_that_is_not_first_says_how_much_more_it_costs(here, buyer):
    first, second = buyer.get(f"{LIST}/{here.variant.id}/offers?quantity=2").json["items"]
    assert (first["seller"], first["landed_minor"], first["more_minor"]) == ("Suedwerk", 2640, 0)
    assert (second["seller"], second["landed_minor"], second["more_minor"], second["freight_minor"]) == ("Nordkabel", 2700, 60, 500)


def test_alternatives_are_of_the_same_category_and_called_most_alike(market, here, guest):
    near, far = (market.variant(here.brand, name, category=here.category) for name in ("Drill hammer 900", "Angle drill"))
    other = market.variant(here.brand, "Drill hammer case", category=market.category("Cases"))
    for variant in (far, near, other):
        market.offer(here.seller, variant)
    market.variant(here.brand, "Drill hammer 850", category=here.category)
    found = guest.get(f"{LIST}/{here.variant.id}/alternatives").json["items"]
    assert [one["name"] for one in found] == ["Drill hammer 900", "Angle drill"] and found[0]["unit_minor"] == 1100
    assert guest.get(f"{LIST}/var_none/alternatives").status_code == 404


def test_what_a_company_buys_often_stands_first_and_belongs_to_it_alone(client, market, here, buyer, guest):
    saw = market.variant(here.brand, "Saw", category=here.category)
    market.offer(here.seller, saw)
    address = db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).one()
    for number, variant in enumerate((here.variant, saw, here.variant)):
        buyer.send("PUT", f"/api/v1/storefront/cart/lines/{variant.id}", {"quantity": 1})
        placed = buyer.send("POST", "/api/v1/storefront/orders", {"address_id": address, "payment_method": "card"}, **{"Idempotency-Key": f"key-0000{number}"})
        assert placed.status_code == 201
    assert [one["name"] for one in buyer.get("/api/v1/storefront/bought").json["items"]] == ["Drill hammer 800", "Saw"]
    neighbour = Program(client, market, market.buyer(here.reseller), host=here.storefront.host)
    assert neighbour.get("/api/v1/storefront/bought").json["items"] == [] and guest.get("/api/v1/storefront/bought").status_code == 401


def test_a_storefront_that_hides_its_prices_tells_guests_none(client, market, here, guest, buyer):
    here.storefront.guest_prices = False
    db.session.flush()
    listed, shown = guest.get(LIST).json["items"][0], guest.get(f"{LIST}/{here.variant.id}").json
    for one in (listed, shown):
        assert one["unit_minor"] is None and one["next_tier"] is None and one["is_price_hidden"] is True and one["stock"] == 120
    assert shown["tiers"] == [] and guest.get(f"{LIST}/{here.variant.id}/offers").json["items"] == []
    for path in ("/", "/search", f"/products/{here.variant.id}", f"/compare?id={here.variant.id}", "/suggest?q=drill", f"/products/{here.variant.id}/alternatives"):
        page = client(host=here.storefront.host).get(path).get_data(as_text=True)
        assert "€" not in page and "Suedwerk" not in page, path
    assert buyer.get(LIST).json["items"][0]["unit_minor"] == 1100 and buyer.get(LIST).json["items"][0]["is_price_hidden"] is False


@pytest.mark.parametrize("path", [LIST, "/api/v1/storefront/cart", "/", "/search", "/cart", "/nothing-here"])
def test_no_cache_on_the_way_keeps_what_a_buyer_sees(here, buyer, path):
    assert buyer.get(path).headers["Cache-Control"] == "private, no-cache"


def test_pictures_and_styles_are_kept(guest):
    page = guest.get("/").get_data(as_text=True)
    style = re.search(r'href="(/static/[^"]+)"', page)[1]
    assert "private" not in guest.get(style).headers["Cache-Control"]


def test_no_answer_tells_what_a_seller_charges(here, buyer):
    for path in (LIST, f"{LIST}/{here.variant.id}", f"{LIST}/{here.variant.id}/offers?quantity=3"):
        text = buyer.get(path).get_data(as_text=True)
        assert "seller_unit" not in text and "markup" not in text and ":1000," not in text


def test_offers_are_ranked_and_the_winner_comes_first(here, buyer):
    found = buyer.get(f"{LIST}/{here.variant.id}/offers?quantity=1").json["items"]
    assert [(one["rank"], one["seller"], one["unit_minor"]) for one in found] == [(1, "Suedwerk", 1320), (2, "Nordkabel", 1100)]
    many = buyer.get(f"{LIST}/{here.variant.id}/offers?quantity=60").json["items"]
    assert many[0]["seller"] == "Nordkabel" or many[0]["rank"] == 1


@pytest.mark.parametrize("words", ["drill", "rill ham", "DH-800", "800 w"])
def test_search_finds_words_parts_and_part_numbers(guest, words):
    assert [one["mpn"] for one in guest.get("/api/v1/storefront/search", query_string={"q": words}).json["items"]] == ["DH-800"]


def test_search_finds_a_gtin(here, guest):
    found = guest.get("/api/v1/storefront/search", query_string={"q": here.variant.gtin.lstrip("0")}).json["items"]
    assert [one["id"] for one in found] == [here.variant.id]


def test_search_finds_nothing_for_other_words(guest):
    assert guest.get("/api/v1/storefront/search?q=banana").json == {"items": [], "next_cursor": None, "did_you_mean": None}


@pytest.mark.parametrize(("typed", "meant"), [("dril", None), ("drlil hammer", "drill hammer"), ("bsoko hamer", "bosko hammer"), ("DH-80O", "dh-800")])
def test_a_mistyped_search_says_what_may_have_been_meant(guest, typed, meant):
    found = guest.get("/api/v1/storefront/search", query_string={"q": typed}).json
    assert found["did_you_mean"] == meant
    if meant:
        assert [one["name"] for one in guest.get("/api/v1/storefront/search", query_string={"q": meant}).json["items"]] == ["Drill hammer 800"]


def test_filters_narrow_and_are_counted_without_themselves(market, here, guest):
    saws = market.category("Saws")
    empty = market.variant(here.brand, "Saw 1", category=saws)
    market.offer(here.seller, empty, stock=0)
    assert [one["name"] for one in guest.get(f"{LIST}?in_stock=1").json["items"]] == ["Drill hammer 800"]
    assert [one["name"] for one in guest.get(f"{LIST}?category={saws.slug}").json["items"]] == ["Saw 1"]
    assert len(guest.get(f"{LIST}?brand={here.brand.slug}").json["items"]) == 2
    facets = guest.get(f"/api/v1/storefront/facets?category={saws.slug}").json
    assert facets["total"] == 1 and facets["in_stock"] == 0
    assert {one["name"]: one["count"] for one in facets["categories"]} == {"Drills": 1, "Saws": 1}
    assert facets["brands"] == [{"slug": here.brand.slug, "name": "Bosko", "count": 1}]


def test_attributes_narrow_within_a_category_and_are_counted_without_themselves(market, here, guest):
    for name, power, colour in (("One", "90 W", "red"), ("Two", "90 W", "blue"), ("Three", "1200 W", "red")):
        market.offer(here.seller, market.variant(here.brand, name, category=here.category, attributes={"Power": power, "Colour": colour}))
    inside = {"category": here.category.slug, "attribute": ["Power:90 W", "Power:1200 W", "Colour:red"]}
    assert [one["name"] for one in guest.get(LIST, query_string=inside).json["items"]] == ["One", "Three"]
    facets = guest.get("/api/v1/storefront/facets", query_string=inside).json
    counted = {one["name"]: [(value["value"], value["count"]) for value in one["values"]] for one in facets["attributes"]}
    assert counted == {"Colour": [("blue", 1), ("red", 2)], "Power": [("90 W", 1), ("1200 W", 1)]} and facets["total"] == 2
    inside["attribute"] = ["Power:90 W"]
    counted = guest.get("/api/v1/storefront/facets", query_string=inside).json["attributes"]
    assert [(value["value"], value["count"]) for value in counted[0]["values"]] == [("90 W", 2), ("800 W", 1), ("1200 W", 1)]
    assert guest.get("/api/v1/storefront/facets").json["attributes"] == []
    assert guest.get(f"{LIST}?attribute=Power").json["error"]["field"] == "attribute"


@pytest.mark.parametrize("sort", ["name", "name_desc", "newest", "relevance"])
def test_pages_show_every_product_once(market, here, guest, sort):
    for n in range(5):
        market.offer(here.seller, market.variant(here.brand, f"Drill {n}", category=here.category))
    seen, cursor = [], ""
    while cursor is not None:
        page = guest.get("/api/v1/storefront/search", query_string={"q": "drill", "sort": sort, "limit": 2, "cursor": cursor or None}).json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
    assert len(seen) == len(set(seen)) == 6


@pytest.mark.parametrize("cursor", ["x", "WyJhIl0", "WzEsMiwzXQ", "bnVsbA"])
def test_a_foreign_cursor_is_refused(guest, cursor):
    answer = guest.get(f"{LIST}?cursor={cursor}")
    assert answer.status_code == 422 and answer.json["error"]["field"] == "cursor"


@pytest.mark.parametrize("query", ["limit=0", "limit=1000", "sort=price;drop", "limit=x", "in_stock=perhaps"])
def test_bad_filters_are_refused(guest, query):
    assert guest.get(f"{LIST}?{query}").status_code == 422


def test_a_revoked_authorization_hides_list_search_and_product_at_once(market, here, guest, buyer):
    maker = market.actor(db.session.get(Organization, here.brand.manufacturer_id))
    for row in db.session.scalars(db.select(SellerAuthorization).filter_by(brand_id=here.brand.id)):
        authorization.revoke(maker, row.id, "contract ended")
    db.session.commit()
    for who in (guest, buyer):
        assert who.get(LIST).json["items"] == []
        assert who.get("/api/v1/storefront/search?q=drill").json["items"] == []
        assert who.get(f"{LIST}/{here.variant.id}").status_code == 404
        assert who.get(f"{LIST}/{here.variant.id}/offers").status_code == 404


def test_a_denied_brand_is_hidden_from_that_customer_only(market, here, guest, buyer):
    add(AssortmentRule(id=new_id("asr"), reseller_id=here.reseller.id, storefront_id=here.storefront.id,
                       organization_id=here.buyer.id, customer_group=None, effect="deny", brand_id=here.brand.id))
    assert buyer.get(LIST).json["items"] == [] and buyer.get(f"{LIST}/{here.variant.id}").status_code == 404
    assert len(guest.get(LIST).json["items"]) == 1
    missing, hidden = buyer.get(f"{LIST}/var_none").json["error"], buyer.get(f"{LIST}/{here.variant.id}").json["error"]
    assert {**missing, "request_id": 0} == {**hidden, "request_id": 0}


def test_a_suspended_seller_and_a_closed_window_are_not_counted(market, here, guest):
    here.seller.status = "suspended"
    db.session.flush()
    assert guest.get(LIST).json["items"][0]["sellers"] == 1


def test_a_key_for_one_reseller_is_nobody_at_another(client, market, here, buyer):
    other = market.reseller("Other")
    elsewhere = market.storefront(other)
    assert buyer.client.get("/api/v1/storefront/cart", headers=buyer.headers, base_url=f"http://{elsewhere.host}").status_code in {401, 404}


def test_on_the_markets_own_host_there_is_no_storefront(client, market, here):
    assert Program(client, market).get(LIST).status_code == 404


def test_a_list_costs_the_same_number_of_statements_whatever_its_length(client, market, here, guest):
    guest.get(LIST)
    few = count_statements(lambda: guest.get(LIST))
    for n in range(10):
        market.offer(here.seller, market.variant(here.brand, f"Thing {n}", category=here.category))
    many = count_statements(lambda: guest.get(LIST))
    assert len(guest.get(LIST).json["items"]) == 11
    assert few == many <= 16


def test_search_and_product_cost_a_constant_number_of_statements(market, here, guest):
    def ask() -> list[int]:
        paths = ("/api/v1/storefront/search?q=drill", f"{LIST}/{here.variant.id}")
        return [count_statements(lambda path=path: guest.get(path)) for path in paths]

    ask()
    before = ask()
    for n in range(6):
        market.offer(market.seller(f"Seller {n}"), here.variant, price_minor=2000 + n)
    assert ask() == before and max(before) <= 16


def test_the_list_and_the_product_agree_on_the_price(market, here, buyer):
    market.offer(market.seller("Big packs"), here.variant, price_minor=100, stock=5, min_quantity=50)
    market.offer(market.seller("Empty"), here.variant, price_minor=50, stock=0)
    listed = buyer.get(LIST).json["items"][0]
    shown = buyer.get(f"{LIST}/{here.variant.id}").json
    assert {name: shown[name] for name in listed} == listed


def test_today_counts_for_a_price(market, here, guest):
    assert clock.now().tzinfo is not None and guest.get(LIST).json["items"][0]["unit_minor"] == 1100
