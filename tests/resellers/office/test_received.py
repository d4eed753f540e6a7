"""A reseller records what a customer paid on the bank: by page and API, once, its own orders only; then everybody is paid."""

from __future__ import annotations

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.orders.models import Order
from tests.house.matrix import World


@pytest.fixture
def world(market):
    return World(market)


@pytest.fixture
def desk(world, client, market):
    return client(market.user(world.reseller))


@pytest.fixture
def order(world):
    return db.session.get_one(Order, world.own["order"])


def test_a_payment_is_recorded_on_the_page_and_the_rest_stays_open(desk, order, world):
    page = f"/reseller/orders/{order.id}"
    assert "Still open" in desk.get(page).get_data(as_text=True)
    sent = desk.post(f"{page}/payments", data={"amount": "1.00", "reference": "EB-1", "received_on": clock.today().isoformat()})
    assert sent.status_code == 303
    shown = desk.get(page).get_data(as_text=True)
    assert "EB-1" in shown and "Still open" in shown
    assert ledger.balance(f"buyer:receivable:{order.buyer_id}", "EUR") == -(order.total_minor - 100)


def test_paid_in_full_by_the_api_and_the_same_again_changes_nothing(client, order, world):
    browser, headers = client(), world.people()["reseller"].headers
    body = {"amount_minor": order.total_minor, "reference": "EB-2", "received_on": clock.today().isoformat()}
    for _ in range(2):
        answer = browser.post(f"/api/v1/reseller/orders/{order.id}/payments", json=body, headers=headers)
        assert (answer.status_code, answer.json["open_minor"], len(answer.json["received"])) == (201, 0, 1)
    other = browser.post(f"/api/v1/reseller/orders/{order.id}/payments", json={**body, "amount_minor": 5}, headers=headers)
    assert (other.status_code, other.json["error"]["code"]) == (409, "reference_used")


@pytest.mark.parametrize(("wrong", "said"), [({"amount": "1.001"}, "more decimals"), ({"amount": "0"}, "above zero"),
                                             ({"received_on": "2199-01-01"}, "recorded when it has come"), ({"reference": " "}, "reference")])
def test_what_cannot_be_is_refused_and_what_was_typed_stays(desk, order, wrong, said):
    typed = {"amount": "1.00", "reference": "EB-3", "received_on": clock.today().isoformat(), **wrong}
    answer = desk.post(f"/reseller/orders/{order.id}/payments", data=typed)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True) or said in answer.get_data(as_text=True).lower()
    assert ledger.balance(f"buyer:receivable:{order.buyer_id}", "EUR") == -order.total_minor


def test_a_sales_rep_may_not_record(client, market, world, order):
    rep = client(market.user(world.reseller, "sales_rep"))
    data = {"amount": "1.00", "reference": "x", "received_on": clock.today().isoformat()}
    assert rep.post(f"/reseller/orders/{order.id}/payments", data=data).status_code == 403
