"""The storefront's pages, as a person without script uses them."""

from __future__ import annotations

import csv
import io
import re

import pytest

from marketplace.channel.models import SellerAuthorization
from marketplace.core import clock
from marketplace.core.db import db
from marketplace.identity.models import Address
from marketplace.orders import service
from marketplace.orders.models import Order
from marketplace.payments.models import Payment
from tests.resellers import shops
from tests.web import PASSWORD


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
    assert "Drill hammer 800" in cart and "How it comes to you" in cart and "Go to checkout" in cart
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


def checkout_form(person, here, **values) -> dict[str, str]:
    """The checkout's form as the page shows it."""
    page = person.get("/checkout").get_data(as_text=True)
    hidden = {name: re.search(f'name="{name}" value="([^"]+)"', page)[1] for name in ("cart_id", "expected_total_minor")}
    address = db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).first()
    return {**hidden, "address_id": address, "payment_method": "card", **values}


def test_a_tip_says_what_is_missing_and_is_not_taken_for_a_price(here, person):
    db.session.execute(db.update(SellerAuthorization).filter_by(seller_id=here.other_seller.id).values(status="revoked"))
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "1"})
    assert "€39.00 more from this seller and freight is free, such as 4 more of Drill hammer 800." in text(person.get("/cart"))


def test_two_clicks_on_place_order_are_one_order(here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    form = checkout_form(person, here)
    first, second = person.post("/checkout", data=form), person.post("/checkout", data=form)
    assert first.status_code == second.status_code == 303 and first.headers["Location"] == second.headers["Location"]
    assert len(db.session.scalars(db.select(Order)).all()) == 1


def test_a_price_that_rose_meanwhile_is_shown_before_anything_is_ordered(market, here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    form = checkout_form(person, here, po_number="PO kept")
    for seller in (here.seller, here.other_seller):
        market.price(market.base_list(seller), here.variant, 5000, valid_from=clock.now())
    refused = person.post("/checkout", data=form)
    page = refused.get_data(as_text=True)
    assert refused.status_code == 409 and "the total was" in page and "PO kept" in page
    assert db.session.scalars(db.select(Order)).all() == []
    assert person.post("/checkout", data=checkout_form(person, here)).status_code == 303


def test_looking_at_another_address_orders_nothing_and_keeps_what_was_typed(market, here, person):
    far = market.address(here.buyer, label="Far", country="FR")
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    page = person.post("/checkout", data=checkout_form(person, here, address_id=far.id, po_number="PO kept", look="1"))
    assert page.status_code == 200 and "PO kept" in page.get_data(as_text=True) and "France" in page.get_data(as_text=True)
    assert db.session.scalars(db.select(Order)).all() == []


def test_a_list_that_adds_by_script_gets_a_word_and_the_new_count(here, person):
    script = {"HX-Request": "true"}
    added = person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2", "add": "1"}, headers=script)
    page = added.get_data(as_text=True)
    assert added.status_code == 200 and "In your cart." in page and 'id="cart-link"' in page and ">1</span>" in page and "<html" not in page
    refused = person.post("/cart", data={"variant_id": here.variant.id, "quantity": "-1", "add": "1"}, headers=script)
    assert refused.status_code == 422 and "<html" not in refused.get_data(as_text=True)


def test_a_guest_who_adds_comes_back_to_the_page_after_signing_in(client, here):
    guest, there = client(host=here.storefront.host), f"http://{here.storefront.host}/search?q=drill"
    answer = guest.post("/cart", data={"variant_id": here.variant.id, "quantity": "2", "add": "1"}, headers={"Referer": there})
    assert answer.headers["Location"] == "/sign-in?next=/cart/waiting?next%3D/search?q%253Ddrill"
    elsewhere = guest.post("/cart", data={"variant_id": here.variant.id}, headers={"Referer": "http://evil.example/search"})
    assert elsewhere.headers["Location"] == "/sign-in?next=/"
    assert guest.get("/suggest?q=drill", headers={"HX-Request": "true"}).status_code == 200
    assert guest.get("/cart", headers={"HX-Request": "true"}).headers["HX-Redirect"] == "/sign-in?next=/"


def test_the_lines_of_orders_come_as_a_file_that_no_spreadsheet_runs(here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    person.post("/checkout", data=checkout_form(person, here, po_number="=1+1"))
    rows = list(csv.DictReader(io.StringIO(person.get("/orders/lines.csv").get_data().decode("utf-8-sig"))))
    assert [(row["part_number"], row["quantity"], row["your_number"]) for row in rows] == [("DH-800", "2", "'=1+1")]
    assert "No order like this" in text(person.get("/orders?q=none")) and "DH-800" not in person.get("/orders/lines.csv?q=none").get_data(as_text=True)


def test_a_new_address_leads_back_to_the_checkout_and_to_no_other_host(here, person):
    values = {"label": "North", "name": "Acme", "line1": "Kai 2", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    assert person.post("/account/addresses/new?next=/checkout", data=values).headers["Location"].partition("?")[0].endswith("/checkout")
    assert person.post("/account/addresses/new?next=//evil.example", data=values).headers["Location"].endswith("/account")


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
    for country in ("QQ", "EU", "de"):
        refused = person.post("/account/addresses/new", data={**values, "country": country})
        page = refused.get_data(as_text=True)
        assert refused.status_code == 422 and "is not a country code" in page and "Kai 2" in page, country
    assert person.post("/account/cost-centers", data={"code": "77", "name": "Lab"}).status_code == 303
    assert person.post("/account/cost-centers", data={"code": "77", "name": "Lab"}).status_code == 409


def test_who_saves_an_address_that_a_colleague_changed_meanwhile_is_told_and_keeps_what_was_typed(here, person):
    page = f"/account/addresses/{db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).one()}"
    values = {"label": "North", "name": "Acme", "line1": "Kai 2", "postcode": "20457", "city": "Hamburg", "country": "DE"}
    values["mark"] = mark_of(person.get(page).get_data(as_text=True))
    assert person.post(page, data=values).status_code == 303
    late = person.post(page, data={**values, "line1": "Kai 3"})
    told = late.get_data(as_text=True)
    assert late.status_code == 409 and "Somebody else changed this" in told and 'value="Kai 3"' in told
    assert 'value="Kai 2"' in person.get(page).get_data(as_text=True)
    assert person.post(page, data={**values, "line1": "Kai 3", "mark": mark_of(told)}).status_code == 303
    assert 'value="Kai 3"' in person.get(page).get_data(as_text=True)


def mark_of(page: str) -> str:
    return re.search(r'name="mark" value="([^"]+)"', page)[1]


def test_a_removed_address_leaves_the_book_and_stays_on_its_orders(here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    person.post("/checkout", data=checkout_form(person, here))
    order, address = db.session.scalars(db.select(Order.id)).one(), db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).one()
    assert "Remove the address" in text(person.get(f"/account/addresses/{address}"))
    assert person.post(f"/account/addresses/{address}/remove").status_code == 303
    assert "Hafenstr. 1" not in text(person.get("/account")) and "Hafenstr. 1" in text(person.get(f"/orders/{order}"))
    assert "Where should it go?" in text(person.get("/checkout")) or "Your cart is empty" in text(person.get("/checkout"))
    assert person.post(f"/account/addresses/{address}/remove").status_code == 404


def test_a_checkout_that_cannot_be_delivered_names_the_lines_and_the_reason(here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "500"})
    page = text(person.get("/checkout"))
    assert "What cannot be delivered there today" in page and "Drill hammer 800 500 × DH-800" in page
    assert "380 of them cannot be delivered today: the stock of all sellers is smaller." in page
    assert "No payment method is open" not in page and "Place order" not in page


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


def test_a_price_beyond_all_sums_leaves_the_cart_open_and_its_line_to_be_removed(market, here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    shops.contract(market, here.reseller, here.variant, 10**17, organization_id=here.buyer.id)
    for path in ("/cart", "/checkout"):
        assert person.get(path).status_code == 200, path
    assert "Cannot be delivered today" in person.get("/cart").get_data(as_text=True)
    assert person.post(f"/cart/lines/{here.variant.id}/remove").status_code == 303
    assert "Drill hammer" not in person.get("/cart").get_data(as_text=True)


def test_what_a_guest_adds_is_in_the_cart_after_signing_in(client, market, here):
    guest, user = client(host=here.storefront.host), market.user(here.buyer)
    there = f"http://{here.storefront.host}/search?q=drill"
    asked = guest.post("/cart", data={"variant_id": here.variant.id, "quantity": "3", "add": "1"}, headers={"Referer": there})
    form = guest.get(asked.headers["Location"])
    assert "Sign in, and it is in your cart." in text(form)
    on = re.search(r'name="next" value="([^"]+)"', form.get_data(as_text=True))[1]
    let_in = guest.post("/sign-in", data={"email": user.email, "password": PASSWORD, "next": on})
    back = guest.get(let_in.headers["Location"])
    assert back.headers["Location"] == "/search?q=drill" and "In your cart." in text(guest.get("/search?q=drill"))
    assert 'value="3"' in guest.get("/cart").get_data(as_text=True)
    guest.get(let_in.headers["Location"])
    assert 'value="3"' in guest.get("/cart").get_data(as_text=True), "it was wanted once"


def test_an_order_that_waits_for_no_payment_leads_from_there_to_how_it_stands(here, person):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "1"})
    address = db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id)).one()
    person.post("/checkout", data={"address_id": address, "payment_method": "card"})
    order = db.session.scalars(db.select(Order)).one()
    payment = db.session.scalars(db.select(Payment).filter_by(order_id=order.id)).one()
    payment.status = "processing"
    db.session.flush()
    for path in ("payment", "leave"):
        assert person.get(f"/orders/{order.id}/{path}").headers["Location"] == f"/orders/{order.id}/return", path
    service.cancel_unpaid(order.id, "not paid in time")
    assert person.get(f"/orders/{order.id}/return").headers["Location"] == f"/orders/{order.id}"


def test_another_address_comes_back_chosen_with_what_was_filled_in(market, here, client):
    boss = client(market.user(here.buyer, "buyer_admin"), host=here.storefront.host)
    boss.post("/cart", data={"variant_id": here.variant.id, "quantity": "4", "add": "1"})
    away = boss.post("/checkout", data={"another": "1", "po_number": "PO 77", "payment_method": "card"})
    assert away.status_code == 303 and db.session.scalar(db.select(db.func.count()).select_from(Order)) == 0
    form = {"label": "Yard", "name": "Bau AG", "line1": "Yard 9", "postcode": "20095", "city": "Hamburg", "country": "DE"}
    back = boss.post(away.headers["Location"], data=form).headers["Location"]
    page = boss.get(back).get_data(as_text=True)
    made = db.session.scalars(db.select(Address.id).filter_by(organization_id=here.buyer.id, label="Yard")).one()
    assert f'<option value="{made}" selected>' in page and 'value="PO 77"' in page
