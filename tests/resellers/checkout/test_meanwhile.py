"""What a buyer has before it while its session ends or somebody changes what it chose from."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.channel.models import AssortmentRule
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.models import Address, CostCenter
from marketplace.orders.models import Order
from marketplace.web.auth import COOKIE
from tests.factories import add
from tests.resellers.checkout.test_pages import checkout_form, text
from tests.web import PASSWORD


@pytest.fixture
def user(market, here):
    return market.user(here.buyer)


@pytest.fixture
def person(client, here, user):
    return client(user, host=here.storefront.host)


def quantities(person) -> list[str]:
    """How many of each line the cart holds."""
    return re.findall(r'id="quantity-[^>]*value="(\d+)"', person.get("/cart").get_data(as_text=True))


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}], ids=["page", "script"])
def test_a_quantity_changed_after_the_session_ended_is_the_quantity_after_signing_in(here, user, person, headers):
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "5"})
    for values, left in (({"quantity": "3"}, "3"), ({"quantity": "2", "add": "1"}, "5")):
        person.delete_cookie(COOKIE, domain=here.storefront.host)
        sent = {"Referer": f"http://{here.storefront.host}/cart", **headers}
        asked = person.post("/cart", data={"variant_id": here.variant.id, **values}, headers=sent)
        address = asked.headers["HX-Redirect" if headers else "Location"]
        on = parse_qs(urlsplit(address).query)["next"][0]
        let_in = person.post("/sign-in", data={"email": user.email, "password": PASSWORD, "next": on})
        assert person.get(let_in.headers["Location"]).headers["Location"] == "/cart"
        assert "In your cart." in text(person.get("/cart"))
        assert quantities(person) == [left]


def test_a_product_taken_from_the_assortment_is_not_called_sold_out(market, here, person):
    gone = market.variant(here.brand, "Drill gone", category=here.category)
    market.offer(here.seller, gone, price_minor=1000, stock=5)
    person.post("/cart", data={"variant_id": gone.id, "quantity": "2"})
    market.offer(here.other_seller, gone, price_minor=1000, stock=0)
    add(AssortmentRule(id=new_id("asr"), reseller_id=here.reseller.id, storefront_id=here.storefront.id,
                       organization_id=None, customer_group=None, effect="deny", brand_id=here.brand.id, category_id=None))
    page = text(person.get("/cart"))
    assert "Cannot be delivered today: nobody offers it to you any more." in page and "in stock" not in page
    refused = person.post("/cart", data={"variant_id": gone.id, "quantity": "3"})
    assert refused.status_code == 409 and "This product is not there, or not sold to you." in refused.get_data(as_text=True)


@pytest.fixture
def filled(market, here, person):
    """A checkout filled in by somebody: its form, whose second address and cost center a colleague may take away."""
    far, center = market.address(here.buyer, label="Far"), market.cost_center(here.buyer, "4711")
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    return checkout_form(person, here, address_id=far.id, cost_center_id=center.id, po_number="PO kept")


def test_a_cost_center_closed_meanwhile_is_said_at_its_field_and_the_rest_is_kept(here, person, filled):
    center = db.session.get_one(CostCenter, filled["cost_center_id"])
    center.is_active = False
    db.session.flush()
    answer = person.post("/checkout", data=filled)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "This cost center is closed, or not there any more." in page
    assert 'value="PO kept"' in page and f'<option value="{filled["address_id"]}" selected>' in page
    assert db.session.scalars(db.select(Order)).all() == []
    assert person.post("/checkout", data={**filled, "cost_center_id": ""}).status_code == 303


@pytest.mark.parametrize("more", [{}, {"look": "1"}, {"po_number": "PO kept" + "x" * 60}], ids=["placed", "looked at", "refused besides"])
def test_an_address_removed_meanwhile_is_said_at_its_field_and_the_rest_is_kept(here, person, filled, more):
    db.session.delete(db.session.get_one(Address, filled["address_id"]))
    db.session.flush()
    answer = person.post("/checkout", data={**filled, **more})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409 and "This address is not in the address book any more." in page and 'href="#address_id"' in page
    assert "PO kept" in page and f'<option value="{filled["cost_center_id"]}" selected>' in page and "Hafenstr. 1" in page
    assert db.session.scalars(db.select(Order)).all() == []


@pytest.mark.parametrize(("terms", "wanted", "missing", "why"), [
    ({"multiple": 10}, 12, 2, "a seller sells full packs only"),
    ({"max_quantity": 8}, 12, 4, "a seller does not sell as many at once"),
    ({"multiple": 10}, 52, 2, "the stock of all sellers is smaller"),
])
def test_a_quantity_that_does_not_fit_is_not_called_short_of_stock(market, here, person, terms, wanted, missing, why):
    packed = market.variant(here.brand, "Drill bits", category=here.category)
    market.offer(here.seller, packed, price_minor=1000, stock=50, **terms)
    person.post("/cart", data={"variant_id": packed.id, "quantity": str(wanted)})
    assert f"{missing} of them cannot be delivered today: {why}. " in text(person.get("/cart"))
