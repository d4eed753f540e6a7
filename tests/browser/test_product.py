"""A product's page while its quantity is typed: what is shown follows, or stays, and the keyboard keeps its place."""

from __future__ import annotations

from tests.browser.walk import sign_in
from tests.factories import Market
from tests.resellers.shops import square


def test_a_quantity_that_cannot_be_leaves_the_sellers_and_the_keyboard_where_they_were(port, open_window, committed):
    here = square(Market())
    email, shop = here.market.user(here.buyer).email, f"http://{here.storefront.host}:{port}"
    path = f"{shop}/products/{here.variant.id}"
    committed.commit()
    page = open_window(1280)
    sign_in(page, shop, email)
    page.goto(path)
    quantity, price = page.locator("#quantity"), page.locator("#buy .price-big")
    for wrong in ("0", "2000000", "1e2"):
        quantity.fill(wrong)
        quantity.press("Tab")
        page.wait_for_timeout(300)
        assert "Suedwerk" in page.locator("#priced").inner_text() and "€13.20" in price.inner_text(), wrong
    quantity.fill("12")
    quantity.press("Tab")
    page.get_by_text("12 for €").wait_for()
    page.wait_for_function("document.activeElement.id === 'add'")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="See the cart").wait_for()
    assert page.problems == []
