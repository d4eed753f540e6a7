"""What a buyer has before it while its session ends or somebody changes what it chose from."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.web.auth import COOKIE
from tests.resellers.checkout.test_pages import text
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
