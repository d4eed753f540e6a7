"""The storefront's pages of products, as links from elsewhere and people without script ask for them."""

from __future__ import annotations

import html
import re
from urllib.parse import parse_qs, urlsplit

import pytest

from marketplace.core.db import db
from marketplace.offers.models import Offer

MARKS = "utm_source=mail&gclid=1&fbclid=x&endpoint=x&_method=POST&_external=1"


@pytest.fixture
def guest(client, here):
    return client(host=here.storefront.host)


def test_a_link_from_a_mail_with_marks_of_its_own_leads_to_the_page(guest, here):
    for path in (f"/search?q=hammer&{MARKS}", f"/category/{here.category.slug}?{MARKS}", f"/products/{here.variant.id}?quantity=2&{MARKS}",
                 f"/compare?id={here.variant.id}&{MARKS}", f"/suggest?q=hammer&{MARKS}"):
        answer = guest.get(path)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200 and "Drill hammer 800" in page, path
        main = re.sub(r'href="/sign-in[^"]*"', "", page[page.find('id="main"'):page.find("</main>")])
        assert "utm_source" not in main and "gclid" not in main, "what the page leads to does not carry them on"


def test_a_product_that_is_sold_no_more_leads_who_knows_it_to_alternatives(client, market, here, guest):
    twin = market.variant(here.brand, "Drill hammer 900", category=here.category, mpn="DH-900")
    market.offer(here.seller, twin, price_minor=1500)
    person, other = (client(market.user(one), host=here.storefront.host) for one in (here.buyer, market.buyer(here.reseller)))
    person.post("/cart", data={"variant_id": here.variant.id, "quantity": "2"})
    db.session.execute(db.update(Offer).filter_by(variant_id=here.variant.id).values(status="withdrawn"))
    cart = person.get("/cart").get_data(as_text=True)
    assert "Cannot be delivered today: nobody offers it to you any more." in cart and f"/products/{here.variant.id}/alternatives" in cart
    page = person.get(f"/products/{here.variant.id}")
    assert page.status_code == 200 and "no longer offered to you" in page.get_data(as_text=True) and "Drill hammer 900" in page.get_data(as_text=True)
    assert "Drill hammer 900" in person.get(f"/products/{here.variant.id}/alternatives").get_data(as_text=True)
    for stranger in (other, guest):
        assert stranger.get(f"/products/{here.variant.id}").status_code == 404, "who does not know it hears nothing of it"
        assert stranger.get(f"/products/{here.variant.id}/alternatives").status_code == 404


def test_a_guest_who_signs_in_comes_back_to_what_was_searched_for(guest, here):
    for path in ("/search?q=drill&in_stock=1", f"/products/{here.variant.id}?quantity=12"):
        links = re.findall(r'href="(/sign-in[^"]*)"', guest.get(path).get_data(as_text=True))
        assert links and {parse_qs(urlsplit(html.unescape(link)).query)["next"][0] for link in links} == {path}


def test_what_a_page_knows_and_cannot_be_is_still_refused(guest, here):
    assert guest.get(f"/products/{here.variant.id}?quantity=-1").status_code == 422
    refused = guest.get("/search?attribute=a")
    assert refused.status_code == 422 and "Attribute: This has 3 to 240 characters." in refused.get_data(as_text=True)


def test_what_is_sold_in_packs_is_shown_and_added_by_the_pack(client, market, here, guest):
    packed = market.variant(here.brand, "Drill bits in packs", category=here.category, mpn="DB-5")
    market.offer(here.seller, packed, price_minor=1000, stock=50, min_quantity=6, multiple=5, tiers={20: 900})
    in_list = re.search(r'<li>(?:(?!</li>).)*Drill bits in packs.*?</li>', guest.get("/search?q=bits").get_data(as_text=True), re.DOTALL)[0]
    assert "each, from 10" in in_list and 'value="10"' in in_list
    page = guest.get(f"/products/{packed.id}").get_data(as_text=True)
    assert "Sold and shipped by Nordkabel" in page and 'id="quantity" type="number" name="quantity" min="1" max="1000000" step="1" required value="10"' in page
    assert "10 for €110.00" in page and re.findall(r'Price for (\d+)"', page) == ["10", "20"]
    for few in (1, 7):
        page = guest.get(f"/products/{packed.id}?quantity={few}").get_data(as_text=True)
        assert "each, from 10" in page and "Not as many at once" not in page, "it is too few, not too many"
    assert "Not as many at once" in guest.get(f"/products/{packed.id}?quantity=60").get_data(as_text=True)
