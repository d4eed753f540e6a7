"""A buyer in a real browser: search, product, cart, checkout, the payment page, the order; wide, narrow, by keyboard, with and without script."""

from __future__ import annotations

import re

import pytest

from marketplace.core import jobs, tenancy
from marketplace.core.db import db
from marketplace.identity.models import Organization
from marketplace.offers.models import Offer
from marketplace.orders import fulfilment
from marketplace.orders.models import Allocation, SellerOrder
from tests.browser.walk import enter, press, sign_in, sound
from tests.factories import Market
from tests.resellers.shops import square

MOST_BYTES = 200_000
MOST_SHIFT = 0.05


def opened(committed, *, credit: bool = False):
    """A square, a buyer's address to sign in with, and the storefront's address without its port."""
    here = square(Market())
    if credit:
        here.market.credit(here.buyer, here.reseller, 1_000_000)
    email = here.market.user(here.buyer).email
    return here, email, f"http://{here.storefront.host}"


def test_a_buyer_finds_orders_and_pays(port, window, committed):
    here, email, shop = opened(committed)
    shop = f"{shop}:{port}"
    committed.commit()
    page = window
    sign_in(page, shop, email)
    page.get_by_role("heading", name="What do you need today?").wait_for()
    sound(page, "home")
    page.focus("#home-search")
    page.keyboard.type("hammer")
    enter(page)
    page.get_by_text("1 product", exact=True).wait_for()
    sound(page, "search")
    page.get_by_role("link", name="Drill hammer 800").focus()
    enter(page)
    page.get_by_role("heading", name="Who sells it").wait_for()
    sound(page, "product")
    page.get_by_label("Quantity of Drill hammer 800").fill("12")
    page.keyboard.press("Tab")
    page.get_by_text("12 for €118.80").wait_for()
    page.get_by_role("button", name="Add to cart").press("Enter")
    page.get_by_role("link", name="See the cart").focus()
    sound(page, "added")
    enter(page)
    page.get_by_role("heading", name="How it comes to you").wait_for()
    sound(page, "cart")
    page.get_by_role("link", name="Go to checkout").focus()
    enter(page)
    page.get_by_label("Your purchase order number").fill("PO-2026-7")
    sound(page, "checkout")
    page.get_by_role("button", name="Place order").focus()
    enter(page)
    page.get_by_role("heading", name="Pay your order").wait_for()
    sound(page, "pay")
    press(page, "button", "Decline")
    page.get_by_role("alert").wait_for()
    sound(page, "declined")
    press(page, "button", "Pay")
    page.get_by_role("heading", name="The payment is on its way").wait_for()
    jobs.drain_all()
    page.reload()
    page.get_by_role("heading", name="Thank you").wait_for()
    sound(page, "paid")
    page.get_by_role("link", name="Follow your order").click()
    page.get_by_text("PO-2026-7").wait_for()
    sound(page, "order")
    for path, name in (("/orders", "orders"), ("/account", "account"), ("/account/addresses/new", "address"), ("/", "home-again")):
        page.goto(shop + path)
        sound(page, name)


def test_a_buyer_has_the_cart_planned_another_way_without_a_mouse(port, window, committed):
    here, email, shop = opened(committed)
    shop = f"{shop}:{port}"
    db.session.execute(db.update(Offer).filter_by(variant_id=here.variant.id).values(lead_time_days=6))
    here.market.offer(here.market.seller("Soonwerk"), here.variant, price_minor=3000, lead_time_days=0)
    committed.commit()
    page = window
    sign_in(page, shop, email)
    page.goto(f"{shop}/products/{here.variant.id}")
    page.get_by_label("Quantity of Drill hammer 800").fill("2")
    page.get_by_role("button", name="Add to cart").press("Enter")
    page.get_by_role("link", name="See the cart").wait_for()
    page.goto(f"{shop}/cart")
    chosen = page.get_by_role("radio", name="Recommended")
    assert chosen.is_checked()
    chosen.focus()
    page.keyboard.press("ArrowUp")  # round to the last one
    page.get_by_text("sold and shipped by Soonwerk").wait_for()
    assert page.get_by_role("radio", name="Fastest").is_checked()
    assert page.evaluate("document.activeElement.value") == "fastest", "the focus stays with the choice"
    sound(page, "cart-choices")


def test_an_order_tells_who_took_over_what_was_sent_and_what_came_back(port, window, committed):
    here, email, shop = opened(committed, credit=True)
    shop, west = f"{shop}:{port}", here.market.seller("Westwerk")
    here.market.offer(west, here.variant, price_minor=1000, stock=20, tiers={10: 900})
    nord, west, gtin = here.seller.id, west.id, here.variant.gtin
    committed.commit()
    page = window
    sign_in(page, shop, email)
    page.fill("#numbers", f"DH-800 30\n{gtin} 20\nXX-9 1")
    page.get_by_role("button", name="Check").press("Enter")
    page.get_by_text("2 of 3 rows are clear.").wait_for()
    sound(page, "numbers")
    press(page, "button", "Add to cart")
    press(page, "link", "Go to checkout")
    page.get_by_label("On account").check()
    press(page, "button", "Place order")
    press(page, "link", "Follow your order")
    part_of(nord, lambda actor, part, rows: fulfilment.refuse(actor, part.id, "fell off the shelf"))
    jobs.drain_all()
    part_of(west, lambda actor, part, _rows: fulfilment.accept(actor, part.id))
    part_of(west, lambda actor, part, rows: fulfilment.ship(actor, part.id, ("DHL", "JD0123"), rows))
    page.reload()
    page.get_by_text("30 × Drill hammer 800 could not be delivered by anybody").wait_for()
    page.get_by_text("Westwerk took over 20 × Drill hammer 800").wait_for()
    page.get_by_text("Nordkabel could not deliver 20 × Drill hammer 800. Westwerk does instead").wait_for()
    page.get_by_role("link", name="JD0123").wait_for()
    sound(page, "order-told")
    page.goto(page.url + "?lang=pt_BR")
    assert page.evaluate("[...document.querySelectorAll('.way-of li')].map(one => one.scrollWidth - one.clientWidth).every(more => more <= 0)"), "steps run together"
    page.goto(shop + "/orders")
    assert page.evaluate("[...document.querySelectorAll('main td')].every(one => one.getBoundingClientRect().right <= innerWidth)"), "a cell is outside"
    sound(page, "orders-told")


def part_of(seller_id: str, act) -> None:
    """Let a seller act on its part of the only order: act(actor, part, {allocation: quantity})."""
    tenancy.act_for([tenancy.MARKET])
    part = db.session.scalars(db.select(SellerOrder).filter_by(seller_id=seller_id)).one()
    rows = db.session.scalars(db.select(Allocation).filter_by(seller_order_id=part.id)).all()
    act(Market().actor(db.session.get(Organization, seller_id)), part, {row.id: row.quantity for row in rows})
    db.session.commit()


def test_a_buyer_orders_without_script(port, open_window, committed):
    _here, email, shop = opened(committed, credit=True)
    shop = f"{shop}:{port}"
    committed.commit()
    page = open_window(1280, java_script_enabled=False)
    sign_in(page, shop, email)
    page.fill("#home-search", "hammer")
    enter(page)
    press(page, "link", "In stock", exact=False)
    page.get_by_label("Sort by").select_option("newest")
    press(page, "button", "Sort")
    assert "sort=newest" in page.url and "in_stock=1" in page.url and "q=hammer" in page.url
    press(page, "link", "Drill hammer 800")
    press(page, "link", "Price for 10")
    page.get_by_text("10 for €99.00").wait_for()
    press(page, "link", "Products that could serve instead")
    press(page, "link", "Back to the product")
    page.get_by_label("Quantity of Drill hammer 800").fill("3")
    enter(page)
    page.get_by_text("In your cart.").wait_for()
    press(page, "link", "See the cart")
    page.get_by_label("Quantity of Drill hammer 800", exact=True).fill("4")
    press(page, "button", "Change the quantity of Drill hammer 800")
    press(page, "link", "Go to checkout")
    page.get_by_label("Your purchase order number").fill("PO kept")
    press(page, "button", "Show freight and arrival there")
    assert page.get_by_label("Your purchase order number").input_value() == "PO kept"
    page.get_by_label("On account").check()
    press(page, "button", "Place order")
    press(page, "link", "Follow your order")
    page.get_by_role("heading", name="Order ", exact=False).wait_for()
    page.get_by_text("sold and shipped by", exact=False).first.wait_for()


def test_a_buyer_orders_by_keyboard_alone(port, open_window, committed):
    _here, email, shop = opened(committed, credit=True)
    shop = f"{shop}:{port}"
    committed.commit()
    page = open_window(1280)
    sign_in(page, shop, email)
    tab_to(page, "What are you looking for?")
    page.keyboard.type("dri")
    page.get_by_role("link", name="Drill hammer 800", exact=False).wait_for()
    page.keyboard.press("ArrowDown")
    enter(page)
    tab_to(page, "Quantity of Drill hammer 800")
    page.keyboard.type("12")
    tab_to(page, "Add to cart")
    page.keyboard.press("Enter")
    page.get_by_role("link", name="See the cart").wait_for()
    tab_to(page, "See the cart")
    enter(page)
    tab_to(page, "Go to checkout")
    enter(page)
    tab_to(page, "Your purchase order number")
    page.keyboard.type("PO-KEYS")
    tab_to(page, "Card")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Place order")
    enter(page)
    tab_to(page, "Follow your order")
    enter(page)
    page.get_by_text("PO-KEYS").wait_for()


def tab_to(page, name: str) -> None:
    """Press Tab until what is called `name` has the focus; it must show it."""
    for _ in range(120):
        page.keyboard.press("Tab")
        called = page.evaluate("""() => { const e = document.activeElement;
            const label = e.labels && e.labels[0] ? e.labels[0].innerText : '';
            return (e.getAttribute('aria-label') || label || e.innerText || '').trim().split('\\n')[0]; }""")
        if called == name:
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", f"{name} does not show its focus"
            return
    raise AssertionError(f"Tab does not lead to {name}")


def test_what_a_page_swaps_in_is_alive_at_once(port, open_window, committed):
    here, email, shop = opened(committed)
    shop = f"{shop}:{port}"
    product = here.variant.id
    committed.commit()
    page = open_window(1280)
    sign_in(page, shop, email)
    page.goto(f"{shop}/products/{product}")
    page.evaluate("""() => { window.here = 1; new MutationObserver((_, watch) => {
        if (!document.querySelector('#buy').innerText.includes('12 for')) return;
        watch.disconnect(); document.querySelector('#buy form.order-form button').click(); }).observe(document.body, {childList: true, subtree: true}); }""")
    page.get_by_label("Quantity of Drill hammer 800").fill("12")
    page.keyboard.press("Tab")
    page.locator("#toast").get_by_role("link", name="See the cart").wait_for()
    assert page.evaluate("window.here") == 1, "who presses Add the moment the price changes leaves no page"


def test_script_only_adds_live_search_a_live_plan_and_a_back_button_that_works(port, open_window, committed):
    here, email, shop = opened(committed)
    shop = f"{shop}:{port}"
    for number in range(3):
        here.market.offer(here.seller, here.market.variant(here.brand, f"Drill {number}", category=here.category, attributes={"Power": f"{number} W"}))
    committed.commit()
    page = open_window(1280)
    sign_in(page, shop, email)
    page.goto(f"{shop}/category/{here.category.slug}")
    page.evaluate("window.here = 1")
    page.get_by_role("link", name="800 W", exact=False).click()
    page.get_by_text("1 product", exact=True).wait_for(state="attached")
    page.wait_for_url("**/category/*?attribute=Power*")
    assert page.evaluate("window.here") == 1, "a filter loads no page"
    page.reload()
    assert page.get_by_role("link", name="800 W", exact=False).first.get_attribute("aria-current") == "true"
    page.go_back()
    page.get_by_role("link", name="Drill 2", exact=False).wait_for()
    page.get_by_role("button", name="Add Drill hammer 800 to the cart").click()
    page.get_by_role("link", name="See the cart").wait_for()
    assert page.locator("#cart-link .count").inner_text() == "1"
    page.goto(shop + "/cart")
    page.evaluate("window.here = 1")
    before = page.get_by_label("Totals").inner_text()
    page.get_by_label("Quantity of Drill hammer 800", exact=True).fill("40")
    page.keyboard.press("Tab")
    page.get_by_text("€396.00").first.wait_for()
    assert page.get_by_label("Totals").inner_text() != before and page.evaluate("window.here") == 1, "a quantity loads no page"
    page.get_by_role("button", name="Remove Drill hammer 800").click()
    page.get_by_text("Your cart is empty").wait_for()
    assert page.locator("#cart-link .count").count() == 0


def test_what_goes_from_a_page_takes_no_focus_with_it(port, open_window, committed):
    here, email, shop = opened(committed)
    shop = f"{shop}:{port}"
    twin = here.market.variant(here.brand, "Drill bit", category=here.category, mpn="DB-1")
    here.market.offer(here.seller, twin, price_minor=300, stock=90)
    committed.commit()
    page = open_window(1280)
    sign_in(page, shop, email)
    tab_to(page, "What are you looking for?")
    page.keyboard.type("dri")
    page.get_by_role("link", name="Drill hammer 800", exact=False).wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Escape")
    assert focused(page) == "home-search"
    for name in ("Drill hammer 800", "Drill bit"):
        page.goto(shop + "/search")
        page.get_by_role("button", name=f"Add {name} to the cart").press("Enter")
        page.get_by_role("link", name="See the cart").focus()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Add Drill bit to the cart"
    page.goto(shop + "/cart")
    first = page.get_by_label("Quantity of Drill hammer 800", exact=True)
    first.fill("0")
    page.keyboard.press("Tab")
    page.wait_for_function("document.activeElement.matches('.quantity:invalid')")  # the browser says there what is wrong
    first.fill("4")
    page.keyboard.press("Tab")
    page.locator(".wanted .sum", has_text="€44.00").wait_for()
    assert focused(page) == first.get_attribute("id").replace("quantity", "remove")
    page.keyboard.press("Enter")
    page.get_by_label("Quantity of Drill hammer 800", exact=True).wait_for(state="detached")
    page.wait_for_function("document.activeElement !== document.body")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "Remove Drill bit"
    page.keyboard.press("Enter")
    page.get_by_text("Your cart is empty").wait_for()
    page.wait_for_function("document.activeElement !== document.body")
    assert page.evaluate("document.activeElement.innerText") == "Your cart"


def focused(page) -> str:
    """The id of what has the focus."""
    return page.evaluate("document.activeElement.id")


def test_a_guest_reads_every_public_page(port, window, committed):
    here, _email, shop = opened(committed)
    shop, variant, slug = f"{shop}:{port}", here.variant.id, here.category.slug
    committed.commit()
    for path in ("/", "/search?view=grid", f"/category/{slug}", f"/products/{variant}", f"/compare?id={variant}", "/search?q=drlil", "/sign-in", "/nowhere"):
        window.goto(shop + path)
        sound(window, "guest" + path.replace("/", "-").partition("?")[0])
    window.goto(shop + "/search?q=drlil")
    press(window, "link", "drill")
    window.get_by_role("link", name="Drill hammer 800").wait_for()


@pytest.mark.parametrize("language", ["en", "es", "pt_BR"])
def test_pages_fit_the_smallest_windows_in_every_language(port, open_window, committed, language):
    here, email, shop = opened(committed)
    shop, product = f"{shop}:{port}", here.variant.id
    here.market.address(here.buyer, label="L" * 100)
    committed.commit()
    page = open_window(320)
    sign_in(page, shop, email)
    page.goto(f"{shop}/?lang={language}")
    page.fill("#numbers", "DH-800 30")
    with page.expect_navigation():
        page.locator(".numbers button").click()
    quantity = page.locator("input.quantity").bounding_box()
    assert quantity["x"] + quantity["width"] < 320, "the quantity stands in the window"
    for path in ("/", "/account", "/search?q=drill", f"/products/{product}?quantity=12"):
        page.goto(shop + path)
        assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth"), path


def test_pages_are_light_and_stand_still(port, window, committed):
    here, email, shop = opened(committed)
    shop = f"{shop}:{port}"
    committed.commit()
    sign_in(window, shop, email)
    weight: dict[str, int] = {}
    window.on("response", lambda answer: weight.update({answer.url: len(answer.body())}) if answer.status == 200 and "/pictures/" not in answer.url else None)
    window.add_init_script("new PerformanceObserver(list => list.getEntries().forEach(e => { window.shift = (window.shift || 0) + e.value }))"
                           ".observe({type: 'layout-shift', buffered: true})")
    for path in ("/", "/search", f"/category/{here.category.slug}", f"/products/{here.variant.id}", "/cart", "/orders"):
        weight.clear()
        window.goto(shop + path, wait_until="networkidle")
        shown = {url: size for url, size in weight.items() if not re.search(r"\?q=|/products/", url) or url.endswith(path)}
        assert 0 < sum(shown.values()) < MOST_BYTES, (path, shown)
        assert window.evaluate("window.shift || 0") < MOST_SHIFT, path
