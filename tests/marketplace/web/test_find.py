"""Find in the four portals: each finds what its lists show, by number or name, and nothing of anybody else's."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from sqlalchemy import event, text

from marketplace.catalog.models import Brand
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity import buying, keys
from marketplace.identity.models import Address, Organization
from marketplace.orders import queries
from marketplace.orders.models import Order
from tests.factories import ADMIN, Market
from tests.marketplace.orders import world


@pytest.fixture
def here(market: Market) -> SimpleNamespace:
    """A paid order of Hafenwerk's on one storefront, delivered by one of two sellers, of a product of Volta's."""
    reseller, maker = market.reseller("Brightline"), market.manufacturer("Volta Works")
    storefront, buyer = market.storefront(reseller, markup_bps=1000), market.buyer(reseller, "Hafenwerk")
    variant = market.variant(market.brand(maker, "Volta"), "Relay 24 V", mpn="V-2400")
    sellers = [market.seller(name) for name in ("Nordkabel", "Altnord")]
    offers = [market.offer(seller, variant, price_minor=price, stock=20) for seller, price in zip(sellers, (800, 900), strict=True)]
    made = SimpleNamespace(
        market=market, reseller=reseller, maker=maker, storefront=storefront, buyer=buyer, variant=variant, sellers=sellers, offers=offers,
        address=db.session.scalars(db.select(Address).filter_by(organization_id=buyer.id)).one(),
        actor=market.actor(buyer), context=buying.context(storefront, buyer))
    made.order = world.paid(made)
    made.part = world.parts(made.order)[0]
    market.operator()
    return made


@pytest.fixture
def find(client, market):
    """`find(organization, words)`: the (kind, title) that its administrator finds, by the API."""
    browsers: dict[tuple[str, str], object] = {}

    def asked(organization, words, role=""):
        kind = organization.kinds[0]
        browser = browsers.setdefault((organization.id, role), client(market.user(organization, role or ADMIN[kind])))
        answer = browser.get(f"/api/v1/{kind}/find", query_string={"q": words})
        assert answer.status_code == 200, answer.get_data(as_text=True)
        page = browser.get(f"/{kind}/find", query_string={"q": words}).get_data(as_text=True)
        assert all(one["address"].replace("&", "&amp;") in page for one in answer.json["items"])
        return [(one["kind"], one["title"]) for one in answer.json["items"]]

    return asked


def test_a_seller_finds_its_order_by_the_beginning_of_the_number_and_by_its_id(here, find):
    seller, number = here.sellers[0], here.part.number
    for typed in (number, number[:9].lower(), here.part.id):
        assert find(seller, typed) == [("order", number)], typed


def test_another_sellers_order_is_not_found(here, find):
    other = here.sellers[1]
    for typed in (here.part.number, here.part.number[:6], here.part.id, here.order.id, "Hafenwerk"):
        assert find(other, typed) == [], typed


def test_a_seller_finds_its_offers_and_what_it_may_offer_and_no_other_product(here, find, market):
    seller, strange = here.sellers[0], market.brand(market.manufacturer(), "Strange")
    new = market.variant(here.market.brand(here.maker, "Volta Two"), "Relay 48 V", mpn="V-4800")
    market.authorize(seller, db.session.get_one(Brand, new.brand_id))
    market.variant(strange, "Relay 12 V", mpn="S-1200")
    offer = here.offers[0]
    assert find(seller, "relay") == [("offer", "Relay 24 V"), ("product", "Relay 48 V")]
    assert find(seller, offer.seller_sku[:-1].lower()) == find(seller, "V2400") == [("offer", "Relay 24 V")]
    assert find(seller, "S-1200") == []


def test_a_manufacturer_finds_its_products_and_sellers_and_never_a_buyer_or_an_order(here, find, market):
    market.variant(market.brand(market.manufacturer(), "Strange"), "Relay 12 V", mpn="S-1200")
    market.seller("Nordlicht")
    assert find(here.maker, "relay") == find(here.maker, here.variant.gtin) == [("product", "Relay 24 V")]
    assert find(here.maker, "nord") == [("seller", "Altnord"), ("seller", "Nordkabel")]
    for typed in ("Hafenwerk", here.buyer.id, here.order.number, here.order.id, here.part.number, here.part.id, "Brightline"):
        assert find(here.maker, typed) == [], typed


def test_a_reseller_finds_its_orders_customers_and_what_its_storefront_shows(here, find, market):
    unsold = market.variant(market.brand(market.manufacturer()), "Relay 99 V")
    for typed in (here.order.number, here.part.number, here.order.number[:8].lower()):
        assert find(here.reseller, typed) == [("order", here.order.number)]
    assert find(here.reseller, "hafen") == [("customer", "Hafenwerk")]
    assert find(here.reseller, "relay") == [("product", "Relay 24 V")], unsold.name
    other = market.reseller()
    market.storefront(other, currency="CHF")
    for typed in (here.order.number, here.order.id, "hafen", here.buyer.id, "relay"):
        assert find(other, typed) == [], typed


def test_the_operator_finds_every_order_and_company(here, find):
    operator = db.session.scalars(db.select(Organization).where(Organization.kinds == ["operator"])).first()
    assert find(operator, here.part.number) == [("order", here.order.number)]
    assert find(operator, "nord") == [("company", "Altnord"), ("company", "Nordkabel")]
    assert find(operator, here.buyer.id) == [("company", "Hafenwerk")]


def test_a_portals_own_pages_are_found_by_name_in_the_readers_language(client, market):
    browser = client(market.user(market.reseller()))

    def pages(words):
        return [(one["title"], one["address"]) for one in browser.get("/api/v1/reseller/find", query_string={"q": words}).json["items"]]

    assert pages("payouts") == [("Payouts", "/reseller/finances")]
    assert pages("PRICE li") == [("Price lists", "/reseller/price-lists")]
    browser.get("/reseller/?lang=es")
    assert pages("credito") == [("Límites de crédito y formas de pago", "/reseller/customers")]


def test_a_person_finds_no_more_than_its_role_may_open(here, find):
    seller = here.sellers[0]
    assert find(seller, "finances") == [("page", "Finances")] and find(seller, "finances", "seller_clerk") == []
    assert find(here.reseller, "price lists", "sales_rep") == []


def test_a_key_without_the_right_to_orders_finds_the_rest(here, client, market):
    _row, token = keys.make(market.actor(here.sellers[0]), "Shelf labels", ["offer:read"])
    answer = client().get("/api/v1/seller/find", query_string={"q": here.part.number}, headers={"Authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.json) == (200, {"items": []})


def test_without_script_the_field_leads_to_a_page_and_with_it_to_a_part(here, client, market):
    browser = client(market.user(here.sellers[0]))
    page = browser.get("/seller/find?q=relay").get_data(as_text=True)
    assert 'action="/seller/find"' in page and f'href="/seller/offers/{here.offers[0].id}"' in page
    part = browser.get("/seller/find?q=relay", headers={"HX-Request": "true"}).get_data(as_text=True)
    assert "<html" not in part and part.count('role="option"') == 1
    assert "Nothing found" in browser.get("/seller/find?q=zzzz").get_data(as_text=True)
    assert "Finances" in browser.get("/seller/find").get_data(as_text=True)
    assert browser.get("/api/v1/seller/find").status_code == browser.get("/api/v1/seller/find?q=" + "x" * 201).status_code == 422


def test_finding_much_costs_as_many_statements_as_finding_little(here, client, market, session):
    operator = db.session.scalars(db.select(Organization).where(Organization.kinds == ["operator"])).first()
    browsers = {kind: client(market.user(one)) for kind, one in
                (("seller", here.sellers[0]), ("manufacturer", here.maker), ("reseller", here.reseller), ("operator", operator))}
    statements: list[str] = []
    event.listen(session.connection().engine, "before_cursor_execute", lambda *a: statements.append(a[2]))

    def costs():
        found = {}
        for kind, browser in browsers.items():
            for words in ("relay", here.order.number[:6], "nord"):
                browser.get(f"/{kind}/find?q={words}")
                statements.clear()
                assert browser.get(f"/{kind}/find?q={words}").status_code == 200
                found[kind, words] = len(statements)
        return found

    few = costs()
    brand = db.session.get_one(Brand, here.variant.brand_id)
    for number in range(8):
        market.offer(here.sellers[0], market.variant(brand, f"Relay {number} V"), stock=20)
        market.authorize(market.seller(f"Nord {number}"), brand)
        world.paid(here, 1)
    assert costs() == few and max(few.values()) <= 20


def test_numbers_and_names_go_by_their_indexes(session):
    def plan(query):
        compiled = query.compile(db.engine, compile_kwargs={"literal_binds": True})
        with tenancy.as_market():
            session.execute(text("SET LOCAL enable_seqscan = off"))
            return "\n".join(session.scalars(text("EXPLAIN " + str(compiled).replace(":", "\\:"))))

    assert "uq_orders_number" in plan(db.select(Order.id).where(queries.numbered(Order, "261126-AB")))
    assert "ix_organizations_name" in plan(db.select(Organization.id).where(Organization.name.icontains("nordk")))
