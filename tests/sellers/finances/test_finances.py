"""A seller's money by page, file and API: every cent explained, and nobody else's shown."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.ledger import service as ledger
from marketplace.payments.models import CommissionRule
from tests.journeys.test_order_to_payout import Shop
from tests.resellers.shops import Program

API = "/api/v1/seller/finances"


@pytest.fixture
def sold(market):
    """An order of five at 10.00 with 5.00 freight; the operator takes 10 % and 21 % tax on it."""
    db.session.add(CommissionRule(
        id=new_id("com"), rate_bps=1000, fixed_minor=0, floor_minor=0, cap_minor=None, currency="EUR", base="seller", tax_bps=2100,
        on_freight=False, valid_from=datetime(2020, 1, 1, tzinfo=UTC), valid_to=None))
    db.session.flush()
    seller, shop = market.seller(freight_minor=500), Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(seller, variant, price_minor=1000, stock=50)
    return seller, shop, shop.order((variant, 5))


def test_a_split_explains_every_cent_and_agrees_with_the_ledger(client, market, sold):
    seller, _, order = sold
    program = Program(client, market, seller)
    (split,) = program.get(f"{API}/splits").json["items"]
    assert (split["goods_minor"], split["freight_minor"], split["commission_minor"], split["commission_tax_minor"]) == (5000, 500, 500, 105)
    assert split["state"] == "held" and split["given_back_minor"] == 0
    assert split["net_minor"] == 5000 + 500 + split["tax_minor"] - 500 - 105
    (balance,) = program.get(API).json["balances"]
    assert balance == {"currency": "EUR", "held_minor": split["net_minor"], "free_minor": 0}
    tenancy.act_for([tenancy.MARKET])
    assert ledger.balance(f"seller:payable:{seller.id}", "EUR") == split["net_minor"]
    assert order.total_minor == split["net_minor"] + 605 + 500


def test_the_page_and_the_file_say_the_same_and_not_the_margin(client, market, sold):
    browser = client(market.user(sold[0]))
    page = browser.get("/seller/finances/").get_data(as_text=True)
    assert "€50.00" in page and "€6.05" in page and "€55.00" not in page
    rows = browser.get("/seller/finances/splits.csv").get_data(as_text=True).splitlines()
    assert rows[0].lstrip("\ufeff").startswith("order,state,currency,goods") and ",held,EUR,50.00,5.00," in rows[1]


def test_another_seller_sees_none_of_it_and_a_clerk_is_refused(client, market, sold):
    other = Program(client, market, market.seller())
    assert other.get(f"{API}/splits").json["items"] == [] and other.get(API).json["balances"] == []
    assert Program(client, market, sold[0], role="seller_clerk").get(API).status_code == 403
