"""How the cart is to be planned: the buyer chooses, by page and by program, and the order keeps to it."""

from __future__ import annotations

import pytest

from marketplace.core.db import db
from marketplace.offers.models import Offer
from marketplace.routing.models import RoutingDecision
from tests.resellers.checkout.test_api import API, address_of, fill, order


@pytest.fixture
def two_ways(market, here):
    """A seller that is there tomorrow, at a price, beside the cheap ones."""
    db.session.execute(db.update(Offer).filter_by(variant_id=here.variant.id).values(lead_time_days=6))
    market.offer(market.seller("Soon Ltd"), here.variant, price_minor=3000, lead_time_days=0)


def chosen(review):
    return [one["wish"] for one in review["choices"] if one["is_chosen"]]


def test_the_choices_say_what_each_comes_to_beside_the_one_chosen(here, buyer, two_ways):
    review = fill(buyer, here, 2).json
    assert [one["wish"] for one in review["choices"]] == ["recommended", "cheapest", "fewest_parcels", "fastest"]
    assert review["wish"] == "recommended" and chosen(review) == ["recommended"]
    fastest = review["choices"][3]
    assert fastest["more_minor"] == fastest["total_minor"] - review["total_minor"] > 0
    assert fastest["arrives_on"] < review["choices"][1]["arrives_on"]
    changed = buyer.send("PUT", f"{API}/cart/wish", {"wish": "fastest"}).json
    assert chosen(changed) == ["fastest"] and changed["parts"][0]["seller"] == "Soon Ltd" and changed["total_minor"] == fastest["total_minor"]


def test_what_was_wished_is_what_is_ordered_and_stays_on_record(here, buyer, two_ways):
    fill(buyer, here, 2)
    wanted = buyer.send("PUT", f"{API}/cart/wish", {"wish": "fastest"}).json
    placed = order(buyer, here, expected_total_minor=wanted["total_minor"])
    assert placed.status_code == 201 and placed.json["total_minor"] == wanted["total_minor"]
    assert db.session.scalars(db.select(RoutingDecision.wish).filter_by(order_id=placed.json["id"])).all() == ["fastest"]
    assert fill(buyer, here, 2).json["wish"] == "recommended", "the next cart begins as recommended"


def test_where_all_ways_are_one_there_is_nothing_to_choose(market, here, buyer):
    assert fill(buyer, here, 2).json["choices"] == []


def test_a_wish_that_nobody_proposed_is_refused_by_name(here, buyer):
    refused = buyer.send("PUT", f"{API}/cart/wish", {"wish": "for_free"})
    assert refused.status_code == 422 and refused.json["error"]["field"] == "wish"
    assert address_of(here.buyer)


def test_a_page_plans_the_cart_as_wished_and_says_what_fewer_parcels_cost(client, market, here, buyer, two_ways):
    person = client(market.user(here.buyer), host=here.storefront.host)
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    page = person.get("/cart").get_data(as_text=True)
    assert "Lowest price" in page and 'value="recommended" checked' in page
    assert person.post("/cart/wish", data={"wish": "fastest"}).status_code == 303
    page = person.get("/cart").get_data(as_text=True)
    assert 'value="fastest" checked' in page and "sold and shipped by Soon Ltd" in page
    assert person.post("/cart/wish", data={"wish": "for_free"}).status_code == 422


def test_a_guest_cannot_wish(here, client):
    assert client(host=here.storefront.host).put(f"{API}/cart/wish", json={"wish": "fastest"}).status_code == 401
