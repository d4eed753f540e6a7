"""A seller in a real browser: an offer published, an order accepted, shipped, delivered and paid."""

from __future__ import annotations

import dataclasses

from marketplace.core import clock, jobs, tenancy
from tests.browser.walk import enter, press, sign_in, sound
from tests.factories import Market
from tests.journeys.test_order_to_payout import Shop


def test_a_seller_offers_ships_and_sees_its_money(address, window, committed):
    page, market = window, Market()
    seller, brand = market.seller("Nordkabel", freight_minor=500), market.brand(market.manufacturer("Volta Works"), "Volta")
    variant = market.variant(brand, "Relay 24 V", mpn="V-24")
    market.authorize(seller, brand)
    email, shop = market.user(seller).email, Shop(market)
    committed.commit()
    sign_in(page, address, email)
    page.get_by_role("heading", name="Today").wait_for()
    sound(page, "seller-home-empty")

    page.goto(address + "/seller/offers/new")
    page.get_by_label("What do you sell?").fill("Relay")
    enter(page)
    page.get_by_text("V-24").first.wait_for()
    sound(page, "seller-find")
    page.locator("main table a").first.focus()
    enter(page)
    page.get_by_label("Your SKU").fill("NK-24")
    page.get_by_label("Net price of one unit").fill("10.00")
    page.locator("[name=available]").first.fill("40")
    sound(page, "seller-offer")
    press(page, "button", "Publish")
    page.get_by_text("NK-24").first.wait_for()
    page.goto(address + "/seller/offers/")
    page.get_by_label("Price of NK-24 in EUR").fill("9.50")
    enter(page)
    assert page.get_by_label("Price of NK-24 in EUR").input_value() == "9.50"
    sound(page, "seller-offers")

    shop.context = dataclasses.replace(shop.context, at=clock.now())
    order = shop.order((variant, 4))
    number = order.number
    committed.commit()
    jobs.drain_all()
    page.goto(address + "/seller/orders/?view=to_accept")
    sound(page, "seller-orders")
    press(page, "link", f"{number}-1")
    sound(page, "seller-order")
    press(page, "button", "Accept")
    page.get_by_text("Accepted. Ship it by the promised day.").wait_for()
    page.get_by_label("Carrier").fill("DHL")
    page.get_by_label("Tracking number").fill("JD-1")
    press(page, "button", "Ship")
    page.get_by_text("The parcel is on its way.").wait_for()
    sound(page, "seller-shipped")
    press(page, "button", "Mark as delivered")
    page.get_by_text("Delivered. The money is released after the hold.").wait_for()
    tenancy.act_for([tenancy.MARKET])
    jobs.drain_all()
    page.goto(address + "/seller/finances/")
    page.get_by_role("link", name=f"{number}-1").wait_for()
    sound(page, "seller-finances")
    for path in ("delivery", "authorizations", "imports/"):
        page.goto(f"{address}/seller/{path}")
        sound(page, "seller-" + path.strip("/"))
