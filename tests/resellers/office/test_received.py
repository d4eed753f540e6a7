"""A reseller records what a customer paid on the bank: by page and API, once, its own orders only; then everybody is paid."""

from __future__ import annotations

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.ledger import service as ledger
from marketplace.orders.models import Order
from marketplace.payments.models import ReceivedPayment
from tests.house.matrix import World
from tests.journeys.test_order_to_payout import broken
from tests.resellers.shops import Program


@pytest.fixture
def world(market):
    return World(market)


@pytest.fixture
def desk(world, client, market):
    return client(market.user(world.reseller))


@pytest.fixture
def order(world):
    return db.session.get_one(Order, world.neighbour["order"])


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
                                             ({"received_on": "2199-01-01"}, "recorded when it has come"), ({"received_on": "2001-01-01"}, "after its order was placed"),
                                             ({"reference": " "}, "reference")])
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


def pays(desk, order, amount: str, reference: str, **more: str):
    return desk.post(f"/reseller/orders/{order.id}/payments",
                     data={"amount": amount, "reference": reference, "received_on": clock.today().isoformat(), **more})


def debt(order) -> int:
    return -ledger.balance(f"buyer:receivable:{order.buyer_id}", "EUR")


def test_more_than_is_open_is_recorded_only_when_it_is_meant_and_then_seen(desk, order, client, world):
    refused = pays(desk, order, "999.00", "EB-4")
    page = refused.get_data(as_text=True)
    assert refused.status_code == 422 and "more than is open" in page and 'name="keep_excess"' in page and "999.00" in page
    assert debt(order) == order.total_minor
    assert pays(desk, order, "999.00", "EB-4", keep_excess="1").status_code == 303
    assert (debt(order), ledger.balance(f"buyer:credit:{order.buyer_id}", "EUR")) == (0, 99_900 - order.total_minor)
    assert "too much" in desk.get(f"/reseller/orders/{order.id}").get_data(as_text=True)
    shown = Program(client, world.market, world.buyers[1], world.front.host).get(f"/api/v1/storefront/orders/{order.id}").json
    assert shown["payment"]["excess_minor"] == 99_900 - order.total_minor


def test_a_payment_recorded_by_mistake_is_taken_back_once_and_its_reference_serves_again(desk, order):
    pays(desk, order, "1.00", "EB-5")
    row = db.session.scalars(db.select(ReceivedPayment).filter_by(order_id=order.id)).one()
    back = f"/reseller/orders/{order.id}/payments/{row.id}/take-back"
    assert "Take back" in desk.get(f"/reseller/orders/{order.id}").get_data(as_text=True)
    assert [desk.post(back).status_code for _ in range(2)] == [303, 303]
    assert debt(order) == order.total_minor and "taken back" in desk.get(f"/reseller/orders/{order.id}").get_data(as_text=True)
    assert pays(desk, order, "2.00", "EB-5").status_code == 303 and debt(order) == order.total_minor - 200
    assert broken() == []


def test_what_settled_an_order_cannot_be_taken_back_but_what_was_all_too_much_can(client, order, world, desk):
    browser, headers, address = client(), world.people()["reseller"].headers, f"/api/v1/reseller/orders/{order.id}/payments"
    body = {"amount_minor": order.total_minor, "reference": "EB-6", "received_on": clock.today().isoformat()}
    (first,) = browser.post(address, json=body, headers=headers).json["received"]
    refused = browser.post(f"{address}/{first['id']}/take-back", headers=headers)
    assert (refused.status_code, refused.json["error"]["code"], debt(order)) == (409, "already_settled", 0)
    again = {**body, "reference": "EB-7", "amount_minor": 500}
    assert browser.post(address, json=again, headers=headers).json["error"]["field"] == "amount_minor"
    kept = browser.post(address, json={**again, "keep_excess": True}, headers=headers).json["received"][-1]
    assert kept["excess_minor"] == 500 == ledger.balance(f"buyer:credit:{order.buyer_id}", "EUR")
    assert browser.post(f"{address}/{kept['id']}/take-back", headers=headers).status_code == 200
    assert ledger.balance(f"buyer:credit:{order.buyer_id}", "EUR") == 0 and broken() == []


def test_another_reseller_and_a_sales_rep_take_nothing_back(client, market, desk, order, world):
    rep, other = client(market.user(world.reseller, "sales_rep")), client(market.user(market.reseller()))
    pays(desk, order, "1.00", "EB-8")
    back = f"/reseller/orders/{order.id}/payments/{db.session.scalars(db.select(ReceivedPayment).filter_by(order_id=order.id)).one().id}/take-back"
    assert [rep.post(back).status_code, other.post(back).status_code] == [403, 404]
    assert debt(order) == order.total_minor - 100
