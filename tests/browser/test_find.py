"""The palette in a real browser, by keyboard alone; and the field that stands for it without script."""

from __future__ import annotations

from tests.browser.walk import enter, press, sign_in, sound, unfold
from tests.factories import Market


def nordkabel(committed) -> str:
    """A seller with three offers; the e-mail address of its person."""
    market = Market()
    seller, brand = market.seller("Nordkabel"), market.brand(market.manufacturer("Volta Works"), "Volta")
    for volts in (12, 24, 48):
        market.offer(seller, market.variant(brand, f"Relay {volts} V", mpn=f"V-{volts}00"), seller_sku=f"NK-{volts}")
    email = market.user(seller).email
    committed.commit()
    return email


def chosen(page) -> str:
    return page.locator("#palette [aria-selected=true] span").inner_text()


def test_the_palette_finds_by_keyboard_alone(address, window, committed):
    page = window
    sign_in(page, address, nordkabel(committed))
    page.get_by_role("heading", name="Today").wait_for()
    sound(page, "find-side")
    page.locator("main a").first.focus()
    before = page.evaluate("document.activeElement.href")

    page.keyboard.press("Control+k")
    page.locator("#palette").get_by_role("option", name="Finances").wait_for()
    assert page.locator("#palette input").evaluate("e => e === document.activeElement")
    sound(page, "find-pages")
    page.keyboard.type("relay")
    page.locator("#palette").get_by_role("option", name="Relay 24 V").wait_for()
    assert chosen(page) == "Relay 12 V"
    sound(page, "find-palette")
    page.keyboard.press("ArrowDown")
    assert chosen(page) == "Relay 24 V"
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    assert chosen(page) == "Relay 48 V"
    assert page.locator("#palette input").get_attribute("aria-activedescendant") == page.locator("#palette [aria-selected=true]").get_attribute("id")
    assert page.locator("#palette [role=status]").inner_text() == "3 things found"

    page.keyboard.press("Escape")
    assert not page.locator("#palette").is_visible()
    assert page.evaluate("document.activeElement.href") == before

    page.keyboard.press("Meta+k")
    page.keyboard.type("nk-48")
    page.wait_for_function("document.querySelectorAll('#palette [role=option]').length === 1")
    enter(page)
    assert page.get_by_role("heading", level=1).inner_text() == "Relay 48 V"
    assert page.problems == []


def test_an_enter_before_anything_is_found_leads_to_the_page_of_it(address, open_window, committed):
    page = open_window(1280)
    sign_in(page, address, nordkabel(committed))
    page.get_by_role("heading", name="Today").wait_for()
    page.route("**/seller/find?q=*", lambda route: route.abort() if "hx-request" in route.request.headers else route.continue_())
    page.keyboard.press("Control+k")
    page.keyboard.type("relay")
    enter(page)
    assert page.get_by_text("3 things found").is_visible()


def test_without_script_the_field_in_the_side_finds(address, open_window, committed):
    email = nordkabel(committed)
    for width in (1280, 390):
        page = open_window(width, java_script_enabled=False)
        sign_in(page, address, email)
        page.goto(address + "/seller/")
        assert not page.locator("#palette").is_visible() and not page.get_by_text("Ctrl K").first.is_visible()
        field = page.locator("input[aria-label=Find]:visible")
        field.focus()
        page.keyboard.type("relay 24")
        enter(page)
        page.get_by_role("link", name="Relay 24 V").focus()
        enter(page)
        assert page.url.rpartition("/")[2].startswith("off_")


def test_the_page_of_what_is_found_is_sound(address, window, committed):
    page = window
    sign_in(page, address, nordkabel(committed))
    page.goto(address + "/seller/find?q=relay")
    sound(page, "find-page")
    page.goto(address + "/seller/find?q=zzzz")
    sound(page, "find-nothing")
    page.goto(address + "/seller/find")
    unfold(page)
    press(page, "link", "Finances")
