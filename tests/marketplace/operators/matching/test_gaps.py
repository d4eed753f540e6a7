"""What a month's decisions left on the table: the operator reads it, page and API; nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.orders.models import Order
from marketplace.routing import proofs
from marketplace.routing.models import RoutingDecision
from tests.journeys.test_order_to_payout import Shop
from tests.marketplace.routing.test_proofs import CHEAP, DEAR, decided


@pytest.fixture
def order(market):
    """An order; its own decision is taken away, so that only those of the test count."""
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(market.seller(), variant, price_minor=1000, stock=50)
    order = Shop(market).order((variant, 1))
    db.session.execute(db.delete(RoutingDecision))
    return order


@pytest.fixture
def operator(client, market):
    return client(market.user(market.operator()))


def test_what_was_left_and_what_may_still_be_found_adds_up_by_month(order, operator):
    decided(DEAR, 100, order_id=order.id)
    proofs.on_round({})
    decided(DEAR, 213_200, order_id=order.id)
    walled = decided(CHEAP, 15_320, order_id=order.id)
    walled.answer = {**walled.answer, "breakdown": {**walled.answer["breakdown"], "unfilled": 10**10}}
    walled.total_minor = walled.bound_minor = 15_320 + 10**10
    decided(DEAR, 1, order_id=order.id, created_at=clock.now() - timedelta(days=70))
    [row] = operator.get("/api/v1/operator/matching/gaps").json["items"]
    assert row == {"currency": "EUR", "decisions": 3, "proven_at_once": 1, "proven_later": 1, "total_minor": 14_000 * 2 + 15_320,
                   "left_minor": 198_680, "money_minor": -490, "open_minor": 800}
    page = operator.get("/operator/matching/").get_data(as_text=True)
    assert "€1,986.80" in page and "€8.00" in page and order.number in page and "66.66%" in page
    file = operator.get("/operator/matching/decisions.csv?shown=all").get_data(as_text=True)
    assert len(file.strip().splitlines()) == 4 and "1986.80" in file


def test_decisions_are_shown_by_what_they_left(order, operator):
    better, open_ = decided(DEAR, 100, order_id=order.id), None
    proofs.on_round({})
    open_ = decided(CHEAP, 15_000, order_id=order.id)
    shown = {shown: [row["id"] for row in operator.get(f"/api/v1/operator/matching/decisions?shown={shown}").json["items"]]
             for shown in ("left", "open", "all")}
    assert shown == {"left": [better.id], "open": [open_.id], "all": [open_.id, better.id]}
    rows = operator.get("/api/v1/operator/matching/decisions").json["items"]
    assert [row["is_proven"] for row in rows] == [False, True]
    assert "No decisions in this month" in operator.get("/operator/matching/?month=2020-02").get_data(as_text=True)


def test_a_month_that_is_none_is_refused_by_name(operator):
    for month in ("2026-13", "soon", "1890-01"):
        answer = operator.get(f"/api/v1/operator/matching/gaps?month={month}")
        assert (answer.status_code, answer.json["error"]["field"]) == (422, "month")
    assert operator.get("/operator/matching/?month=soon").status_code == 422


def test_a_decision_is_explained_and_solved_again_by_api(order, operator):
    dear = decided(DEAR, 100, order_id=order.id)
    told = operator.get(f"/api/v1/operator/matching/decisions/{dear.id}").json
    assert told["faults"] == [] and told["proof"] is None and told["policy_scope"] == "market" and told["total_minor"] == 214_000
    again = operator.post(f"/api/v1/operator/matching/decisions/{dear.id}/replay").json
    assert (again["is_same"], again["is_better"], again["is_proven"], again["answer"]["total_minor"]) == (False, True, True, 15_320)
    assert db.session.get(RoutingDecision, dear.id).total_minor == 214_000
    page = operator.get(f"/operator/decisions/{dear.id}?replay=1").get_data(as_text=True)
    assert "€153.20 is possible, less than was decided" in page


def test_others_find_nothing_and_a_look_costs_the_same_whatever_the_month_holds(order, operator, market, client, session):
    from tests.marketplace.routing.test_service import statements

    for organization in (market.seller(), market.reseller(), market.manufacturer()):
        other = client(market.user(organization))
        for path in ("/operator/matching/", "/api/v1/operator/matching/gaps", "/api/v1/operator/matching/decisions"):
            assert other.get(path).status_code == 404
    decided(DEAR, 100, order_id=order.id)
    few = statements(session, lambda: operator.get("/operator/matching/?shown=all"))
    for _ in range(5):
        decided(DEAR, 100, order_id=order.id)
    assert statements(session, lambda: operator.get("/operator/matching/?shown=all")) == few
    assert db.session.scalar(db.select(Order.number)) == order.number
