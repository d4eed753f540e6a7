"""What every page has: times in the reader's own zone, and light or dark by choice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.identity import keys
from tests.browser.walk import sign_in
from tests.factories import Market
from tests.resellers.shops import square


def keeper(committed):
    """Somebody with a key that was made in the night of a month's end."""
    market = Market()
    seller = market.seller()
    user = market.user(seller)
    keys.make(market.actor(seller), "ERP")[0].created_at = datetime(2026, 7, 31, 23, 30, tzinfo=UTC)
    committed.commit()
    return user.email


def test_a_time_is_told_in_the_readers_own_zone_and_without_script_in_utc(address, open_window, committed):
    email = keeper(committed)
    told = []
    for options in ({"timezone_id": "America/Sao_Paulo"}, {"timezone_id": "Asia/Tokyo"}, {"java_script_enabled": False}):
        page = open_window(1280, **options)
        sign_in(page, address, email)
        page.goto(address + "/seller/keys")
        told.append(page.locator("main time").first.inner_text().replace("\N{NARROW NO-BREAK SPACE}", " "))
        assert page.problems == []
    assert told == ["Jul 31, 2026, 8:30 PM", "Aug 1, 2026, 8:30 AM", "Jul 31, 2026, 11:30 PM UTC"]


def test_the_button_for_colours_says_what_it_does(address, open_window):
    page = open_window(390, color_scheme="light")
    page.goto(address + "/sign-in")
    button = page.locator("#theme")
    assert button.inner_text() == "Use dark colours"
    button.click()
    assert button.inner_text() == "Use light colours"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark" and button.inner_text() == "Use light colours"


def test_a_name_without_blanks_pushes_no_price_out_of_its_row(address, open_window, committed):
    market = Market()
    seller, maker = market.seller(), market.manufacturer()
    market.offer(seller, market.variant(market.brand(maker), "Unbreakable" * 15))
    emails = [market.user(one).email for one in (seller, maker)]
    committed.commit()
    for email, path in zip(emails, ("/seller/offers/", "/manufacturer/catalog/"), strict=True):
        page = open_window(1280)
        sign_in(page, address, email)
        page.goto(address + path)
        assert page.locator("td", has_text="Unbreakable").count()
        assert page.evaluate("[...document.querySelectorAll('main td')].every(one => one.getBoundingClientRect().right <= innerWidth)"), path


@pytest.mark.parametrize("width", [390, 1280])
def test_products_side_by_side_keep_to_their_columns(port, open_window, committed, width):
    here = square(Market())
    names = ("Terminal block Alto 1, 1.5 mm², grey, with a spring", "Unbreakable" * 8)
    both = [here.market.variant(here.brand, name, category=here.category) for name in names]
    for one in both:
        here.market.offer(here.seller, one)
    address = f"http://{here.storefront.host}:{port}/compare?" + "&".join(f"id={one.id}" for one in (here.variant, *both))
    committed.commit()
    page = open_window(width)
    page.goto(address)
    cells = page.locator(".side-by-side :is(th, td)")
    assert cells.count() > 12
    wide = cells.evaluate_all("cells => cells.filter(cell => cell.scrollWidth > cell.clientWidth + 1).map(cell => cell.innerText)")
    assert wide == []
