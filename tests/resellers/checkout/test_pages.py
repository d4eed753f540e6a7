"""The storefront's pages, as a person without script uses them."""

from __future__ import annotations

import re

import pytest

from marketplace.core.db import db
from marketplace.identity.models import Address
from marketplace.orders.models import Order
from tests.resellers.shops import square


@pytest.fixture
def here(market):
    return square(market)


@pytest.fixture
def person(client, market, here):
    return client(market.user(here.buyer), host=here.storefront.host)


def text(answer) -> str:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:1500]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def test_a_guest_finds_products_by_name_and_sees_who_sells_them(client, here):
    guest = client(host=here.storefront.host)
    assert "Drill hammer 800" in text(guest.get("/"))
    assert "€11.00" in text(guest.get("/search?q=hammer"))
    assert "Nothing matches" in text(guest.get("/search?q=banana"))
    assert "Drill hammer 800" in text(guest.get(f"/category/{here.category.slug}?view=grid&in_stock=1"))
    page = text(guest.get(f"/products/{here.variant.id}"))
    assert "Your price by quantity" in page and "Suedwerk" in page and "800 W" in page
    assert guest.get("/category/none").status_code == 404 and guest.get("/products/var_none").status_code == 404


def test_a_guest_is_sent_to_sign_in_with_the_way_back(client, here):
    answer = client(host=here.storefront.host).get("/cart")
    assert (answer.status_code == 303 and "/sign-in?next=%2Fcart" in answer.headers["Location"]) or "next=/cart" in answer.headers["Location"]


def test_a_buyer_walks_from_the_product_to_the_order(here, person):
    assert person.post("/cart", data={"variant_id": here.variant.id, "quantity": "4", "add": "1"}).status_code == 303
    cart = text(person.get("/cart"))
    assert "Drill hammer 800" in cart and "What will happen" in cart and "Go to checkout" in cart
    checkout = text(person.get("/checkout"))
    assert "Place order" in checkout and "Hafenstr. 1" in checkout
    address = db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).one()
    placed = person.post("/checkout", data={"address_id": address, "payment_method": "card", "po_number": "PO 1"})
    order = db.session.scalars(db.select(Order)).one()
    assert placed.status_code == 303 and placed.headers["Location"].endswith(f"/orders/{order.id}/leave")
    assert order.number in text(person.get(f"/orders/{order.id}/leave"))
    shown = text(person.get(f"/orders/{order.id}"))
    assert order.number in shown and "Pay now" in shown and "PO 1" in shown
    assert order.number in text(person.get("/orders"))
    assert "on its way" in text(person.get(f"/orders/{order.id}/return"))
    assert "did not go through" in text(person.get(f"/orders/{order.id}/return?outcome=declined"))
    assert "empty" in text(person.get("/cart"))
    assert person.post(f"/orders/{order.id}/reorder").status_code == 303
    assert "Drill hammer 800" in text(person.get("/cart"))


def test_what_was_typed_is_kept_and_the_error_stands_at_the_top(here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "1"})
    address = db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).one()
    refused = person.post("/checkout", data={"address_id": address, "payment_method": "on_account", "po_number": "PO kept"})
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "PO kept" in page and "not available for this order" in page
    assert db.session.scalars(db.select(Order)).all() == []


def test_a_bad_quantity_is_said_in_the_cart(here, person):
    refused = person.post("/cart", data={"variant_id": here.variant.id, "quantity": "-1"})
    assert refused.status_code == 422 and "Your cart is empty" in refused.get_data(as_text=True)


def test_a_form_without_its_token_is_refused(here, person):
    from marketplace.web.auth import COOKIE

    assert person.get_cookie(COOKIE, domain=here.storefront.host) is not None
    bare = person.application.test_client(host=here.storefront.host)
    bare.csrf = "wrong"
    assert bare.post("/cart", data={"variant_id": here.variant.id, "quantity": "1"}).status_code in {400, 403}


def test_a_buyer_keeps_addresses_and_cost_centers(here, person):
    assert "Hafenstr. 1" in text(person.get("/account"))
    values = {"label": "North", "name": "Acme", "line1": "Kai 2", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    assert person.post("/account/addresses/new", data=values).status_code == 303
    assert "Kai 2" in text(person.get("/account"))
    refused = person.post("/account/addresses/new", data={**values, "country": "Germany"})
    assert refused.status_code == 422 and "Two capital letters" in refused.get_data(as_text=True) and "Kai 2" in refused.get_data(as_text=True)
    assert person.post("/account/cost-centers", data={"code": "77", "name": "Lab"}).status_code == 303
    assert person.post("/account/cost-centers", data={"code": "77", "name": "Lab"}).status_code == 409


def test_a_viewer_may_fill_a_cart_and_not_order(client, market, here):
    viewer = client(market.user(here.buyer, "viewer"), host=here.storefront.host)
    assert viewer.post("/cart", data={"variant_id": here.variant.id, "quantity": "1"}).status_code == 303
    assert "You may look, but not order" in text(viewer.get("/checkout"))
    address = db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).one()
    assert viewer.post("/checkout", data={"address_id": address, "payment_method": "card"}).status_code == 403
    assert db.session.scalars(db.select(Order)).all() == []


def test_a_session_of_one_storefront_is_none_on_another(client, market, here, person):
    other = market.storefront(here.reseller)
    assert person.get("/orders", base_url=f"http://{other.host}").status_code == 303
