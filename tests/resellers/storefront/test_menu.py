"""The strip of categories below a storefront's header, and what the header says about the payments."""

from __future__ import annotations


def test_every_page_leads_to_the_categories_in_which_something_is_sold(client, market, here):
    empty = market.category("Empty shelf")
    guest = client(host=here.storefront.host)
    for path in ("/", "/search", f"/products/{here.variant.id}"):
        page = guest.get(path).get_data(as_text=True)
        assert f'<a href="/category/{here.category.slug}"' in page, path
        assert empty.name not in page


def test_a_storefront_says_that_its_payments_are_simulated(client, here):
    assert "no money moves" in client(host=here.storefront.host).get("/").get_data(as_text=True)


def test_the_operator_finds_an_order_by_the_beginning_of_its_number_and_sees_states_in_words(client, market, here):
    page = client(market.user(market.operator())).get("/operator/orders?number=none&status=placed").get_data(as_text=True)
    assert "No order has this number and this status." in page and ">In work<" in page
