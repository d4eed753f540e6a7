"""A buyer in a real browser: search, product, cart, checkout, the payment page, the order; wide, narrow, by keyboard."""

from __future__ import annotations

from marketplace.core import jobs
from tests.browser.walk import enter, press, sign_in, sound
from tests.factories import Market
from tests.resellers.shops import square


def test_a_buyer_finds_orders_and_pays(port, window, committed):
    here = square(Market())
    user = here.market.user(here.buyer)
    email, shop = user.email, f"http://{here.storefront.host}:{port}"
    committed.commit()
    page = window
    sign_in(page, shop, email)
    page.get_by_role("heading", name="New in the catalog").wait_for()
    sound(page, "home")
    page.focus("#home-search")
    page.keyboard.type("hammer")
    enter(page)
    page.get_by_text("1 product", exact=True).wait_for()
    sound(page, "search")
    page.get_by_role("link", name="Drill hammer 800").focus()
    enter(page)
    page.get_by_role("heading", name="Offers for you").wait_for()
    sound(page, "product")
    page.get_by_label("Quantity of Drill hammer 800").fill("12")
    enter(page)
    page.get_by_text("In your cart.").wait_for()
    page.goto(shop + "/cart")
    page.get_by_text("What will happen").wait_for()
    sound(page, "cart")
    page.get_by_role("link", name="Go to checkout").focus()
    enter(page)
    page.get_by_label("Your purchase order number").fill("PO-2026-7")
    sound(page, "checkout")
    page.get_by_role("button", name="Place order").focus()
    enter(page)
    page.get_by_role("heading", name="Pay your order").wait_for()
    page.get_by_role("button", name="Pay", exact=True).focus()
    enter(page)
    page.get_by_role("heading", name="The payment is on its way").wait_for()
    jobs.drain_all()
    page.reload()
    page.get_by_role("heading", name="Thank you").wait_for()
    sound(page, "paid")
    page.get_by_role("link", name="Follow your order").click()
    page.get_by_text("PO-2026-7").wait_for()
    sound(page, "order")


def test_a_buyer_orders_without_script(port, open_window, committed):
    here = square(Market())
    here.market.credit(here.buyer, here.reseller, 1_000_000)
    user = here.market.user(here.buyer)
    email, shop = user.email, f"http://{here.storefront.host}:{port}"
    committed.commit()
    page = open_window(1280, java_script_enabled=False)
    sign_in(page, shop, email)
    page.fill("#home-search", "hammer")
    enter(page)
    press(page, "link", "Drill hammer 800")
    page.get_by_label("Quantity of Drill hammer 800").fill("3")
    enter(page)
    page.get_by_text("In your cart.").wait_for()
    page.goto(shop + "/cart")
    press(page, "link", "Go to checkout")
    page.get_by_label("On account, your company pays later").check()
    press(page, "button", "Place order")
    press(page, "link", "Follow your order")
    page.get_by_role("heading", name="Order ", exact=False).wait_for()
    page.get_by_text("sold and shipped by Nordkabel", exact=False).wait_for()


def test_a_guest_reads_every_public_page(port, window, committed):
    here = square(Market())
    shop, variant = f"http://{here.storefront.host}:{port}", here.variant.id
    slug = here.category.slug
    committed.commit()
    for path in ("/", "/search?view=grid", f"/category/{slug}", f"/products/{variant}", "/search?q=banana", "/sign-in", "/nowhere"):
        window.goto(shop + path)
        sound(window, "guest" + path.replace("/", "-").partition("?")[0])
