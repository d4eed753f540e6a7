"""A reseller in a real browser: a storefront's look, assortment and markup, a price list, an order with its margin."""

from __future__ import annotations

from marketplace.core import jobs
from tests.browser.walk import enter, press, sign_in, sound
from tests.factories import Market
from tests.journeys.test_order_to_payout import Shop


def test_a_reseller_runs_its_storefront(address, window, committed):
    page, market = window, Market()
    brand = market.brand(market.manufacturer("Volta Works"), "Volta")
    variant, seller = market.variant(brand, "Relay 24 V", mpn="V-24"), market.seller("Nordkabel")
    market.offer(seller, variant, price_minor=1000)
    shop = Shop(market)
    order = shop.order((variant, 2))
    email, number, buyer = market.user(shop.reseller).email, order.number, shop.buyer.name
    committed.commit()
    jobs.drain_all()
    sign_in(page, address, email)
    page.get_by_role("heading", name="Your business").wait_for()
    sound(page, "reseller-home")

    page.goto(f"{address}/reseller/storefronts/{shop.storefront.id}")
    page.get_by_label("Tagline").fill("Relays at noon")
    press(page, "button", "Save")
    page.get_by_role("status").first.wait_for()
    assert page.get_by_label("Tagline").input_value() == "Relays at noon"
    page.get_by_label("Try a markup, in percent").fill("25")
    enter(page)
    page.get_by_text("€12.50").first.wait_for()
    page.get_by_label("Brand", exact=True).select_option(label="Volta")
    press(page, "button", "Add rule")
    page.get_by_role("button", name="Remove the rule for Volta").wait_for()
    sound(page, "reseller-storefront")

    page.goto(address + "/reseller/price-lists")
    page.get_by_label("Name", exact=True).fill("Key accounts")
    press(page, "button", "Make the list")
    page.get_by_role("heading", name="Key accounts").wait_for()
    page.set_input_files("[name=file]", {"name": "p.csv", "mimeType": "text/csv", "buffer": b"mpn,brand,min_quantity,price\nV-24,Volta,1,8.88\n"})
    press(page, "button", "Load")
    page.get_by_text("Relay 24 V").first.wait_for()
    sound(page, "reseller-list")

    page.goto(address + "/reseller/orders")
    sound(page, "reseller-orders")
    press(page, "link", number)
    page.get_by_text("Your margin").first.wait_for()
    sound(page, "reseller-order")
    page.goto(address + "/reseller/customers")
    press(page, "link", buyer)
    sound(page, "reseller-customer")
    page.goto(address + "/reseller/finances")
    sound(page, "reseller-finances")
