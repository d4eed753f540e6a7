"""A payout account by page and by API: from nothing to money that was sent, and nobody without the right."""

from __future__ import annotations

import re
from html import unescape

import pytest

from marketplace.payments import accounts
from marketplace.web.sandbox import store
from tests.marketplace.payments.conftest import delivered, provider, world
from tests.marketplace.web.sandbox.test_contract import choose
from tests.resellers.shops import Program

__all__ = ["delivered", "provider", "world"]

PAGE = "/seller/finances/payout-account"


def provider_page(answer) -> str:
    """Where the page leads by itself; the link for those whose browser stays says the same."""
    text = unescape(answer.get_data(as_text=True))
    (by_itself,) = re.findall(r'http-equiv="refresh" content="0;url=([^"]+)"', text)
    assert f'href="{by_itself}"' in text
    return by_itself


def test_a_seller_sets_up_its_account_by_page_and_what_waited_is_sent(world, delivered, client):
    person = world.market.user(world.seller)
    delivered(world.order())
    browser = client(person)
    for page in ("/seller/", "/seller/finances/"):
        text = browser.get(page).get_data(as_text=True)
        assert "Nothing can be sent to you yet" in text and PAGE in text
    assert "wait for it" in browser.get(PAGE).get_data(as_text=True)
    choose(provider_page(browser.post(PAGE)), "submit")
    back = browser.get(f"{PAGE}/return", follow_redirects=True).get_data(as_text=True)
    assert "can receive money now" in back and "wait for it" not in back
    world.deliver()
    assert [one.status for one in world.transfers() if one.payout_account_id] == ["sent"]
    assert "Nothing can be sent" not in browser.get("/seller/finances/").get_data(as_text=True)


def test_who_leaves_the_providers_page_is_led_back_to_it(world, client):
    browser = client(world.market.user(world.seller))
    choose(provider_page(browser.post(PAGE)), "leave")
    back = browser.get(f"{PAGE}/return", follow_redirects=True).get_data(as_text=True)
    assert "has not let your account receive money yet" in back and "Go on at the payment provider" in back
    choose(provider_page(browser.post(PAGE)), "submit")
    browser.get(f"{PAGE}/return")
    assert accounts.of(world.seller.id).status == "active" and len(store.every(world.books, "v2.core.account")) == 1


@pytest.mark.parametrize("kind", ["seller", "reseller"])
def test_a_program_opens_the_account_and_gets_the_providers_page(world, delivered, client, kind):
    mine = world.seller if kind == "seller" else world.shop.reseller
    address = f"/api/v1/{kind}/finances/payout-account"
    delivered(world.order())
    program = Program(client, world.market, mine)
    (waiting,) = program.get(address).json["waiting"]
    assert program.get(address).json["status"] is None and waiting["amount_minor"] > 0 and waiting["currency"] == "EUR"
    opened = program.send("POST", address).json
    assert opened["status"] == "pending"
    choose(opened["url"], "submit")
    world.deliver()
    assert program.get(address).json == {"status": "active", "waiting": []}


def test_a_clerk_sees_and_sets_up_nothing_and_an_outsider_finds_nothing(world, client):
    clerk = client(world.market.user(world.seller, "seller_clerk"))
    assert [clerk.get(PAGE).status_code, clerk.post(PAGE).status_code] == [403, 403]
    assert "Nothing can be sent" not in clerk.get("/seller/").get_data(as_text=True)
    maker = client(world.market.user(world.market.manufacturer()))
    assert maker.get(PAGE).status_code == 404 and accounts.of(world.seller.id) is None
