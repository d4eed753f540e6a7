"""Transfers and payouts as lists: sorted, page by page, one's own."""

from __future__ import annotations

import pytest

from marketplace.core import clock
from marketplace.core.ids import new_id
from marketplace.payments.models import Payout
from marketplace.web.sandbox import accounts as sandbox
from tests.factories import add
from tests.marketplace.payments.conftest import delivered, provider, world
from tests.resellers.shops import Program

__all__ = ["delivered", "provider", "world"]


@pytest.mark.parametrize("kind", ["seller", "reseller"])
def test_what_was_sent_and_paid_out_is_listed_by_page_file_and_program(world, delivered, client, kind):
    mine = world.seller if kind == "seller" else world.shop.reseller
    account = world.account(mine)
    for quantity in (2, 5, 3):
        delivered(world.order(quantity))
    sandbox.pay_out(world.books, account)
    world.deliver()
    browser, program = client(world.market.user(mine)), Program(client, world.market, mine)
    api, page = f"/api/v1/{kind}/finances", f"/{kind}/finances"
    found = program.get(f"{api}/transfers?sort=amount&limit=2").json
    rest = program.get(f"{api}/transfers?sort=amount&limit=2&cursor={found['next_cursor']}").json
    amounts = [row["amount_minor"] for row in found["items"] + rest["items"]]
    assert len(amounts) == 3 and amounts == sorted(amounts) and rest["next_cursor"] is None
    (payout,) = program.get(f"{api}/payouts").json["items"]
    assert payout["amount_minor"] == sum(amounts)
    shown = browser.get(f"{page}/transfers?sort=-amount").get_data(as_text=True)
    numbers = [row["number"] for row in found["items"] + rest["items"]]
    assert sorted(numbers, key=shown.index) == numbers[::-1] and 'aria-sort="descending"' in shown
    rows = browser.get(f"{page}/transfers.csv?sort=amount").get_data(as_text=True).splitlines()
    assert [row.split(",")[1] for row in rows[1:]] == numbers
    assert f"{payout['amount_minor'] / 100:.2f}" in browser.get(f"{page}/payouts").get_data(as_text=True)
    assert numbers[0] in browser.get(f"{page}/").get_data(as_text=True) if kind == "seller" else browser.get(page).get_data(as_text=True)


def test_nobody_elses_moves_are_listed_and_a_clerk_sees_none(market, client):
    seller, other = market.seller(), market.seller()
    add(Payout(id=new_id("pyo"), organization_id=other.id, provider_id="po_1", amount_minor=777, currency="EUR", status="paid", created_at=clock.now()))
    clerk, browser = client(market.user(seller, "seller_clerk")), client(market.user(seller))
    for name in ("transfers", "payouts"):
        page = browser.get(f"/seller/finances/{name}").get_data(as_text=True)
        assert "Nothing yet" in page and "7.77" not in page
        assert clerk.get(f"/seller/finances/{name}").status_code == 403
    assert client(market.user(market.manufacturer())).get("/seller/finances/payouts").status_code == 404
