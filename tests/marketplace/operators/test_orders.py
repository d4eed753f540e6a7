"""The operator sees who has what of an order's money, by page and API, before and after something was given back."""

from __future__ import annotations

import pytest

from marketplace.core import tenancy
from marketplace.core.audit import AuditEntry
from marketplace.core.db import db
from marketplace.orders import fulfilment
from tests.journeys.test_order_to_payout import Shop, allocations, drained, parts
from tests.resellers import shops


@pytest.fixture
def order(market):
    """Five at 11.00 of which the seller gets 10.00, freight 5.00, and nobody else who could deliver."""
    seller, shop = market.seller("Nordkabel", freight_minor=500), Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(seller, variant, price_minor=1000, stock=50)
    return shop.order((variant, 5)), seller


def asked(client, market, order):
    operator = market.operator()
    headers = {"Authorization": "Bearer " + shops.key(market.actor(operator))}
    return client(host="localhost").get(f"/api/v1/operator/orders/{order.id}", headers=headers).json


def test_every_cent_of_an_order_is_somebodys(client, market, order):
    order, seller = order
    found = asked(client, market, order)
    *rows, whole = found["splits"]
    assert whole["total_minor"] == order.total_minor and whole["number"] is None
    assert [row["number"] for row in rows] == [part["number"] for part in found["parts"]]
    assert rows[0]["margin_minor"] == 500 and rows[0]["tax_minor"] == order.tax_minor
    assert rows[0]["net_minor"] + rows[0]["commission_minor"] + rows[0]["commission_tax_minor"] == 5 * 1000 + 500
    page = client(market.user(market.operator())).get(f"/operator/orders/{order.id}").get_data(as_text=True)
    assert "Who has what of it" in page and "€71.40" in page and "Nordkabel" in page
    with tenancy.as_market():
        assert db.session.scalar(db.select(db.func.count()).select_from(AuditEntry).filter_by(action="order.read", entity_id=order.id)) == 2


def test_what_was_given_back_is_nobodys_any_more(client, market, order):
    order, seller = order
    (part,) = parts(order)
    (row,) = allocations(part)
    fulfilment.refuse(market.actor(seller), part.id, "two are broken", {row.id: 2})
    drained()
    found = asked(client, market, order)
    assert found["splits"][-1]["total_minor"] == 3 * 1100 + 500 + (3 * 1100 + 500) * 19 // 100
    assert found["splits"][-1]["margin_minor"] == 300 and found["allocations"][0]["cancelled"] == 2


def test_a_timeline_says_which_part_each_step_is_of(client, market, order):
    order, seller = order
    (part,) = parts(order)
    fulfilment.accept(market.actor(seller), part.id)
    page = client(market.user(market.operator())).get(f"/operator/orders/{order.id}").get_data(as_text=True)
    assert f"<span>{part.number} · Accepted" in page


def test_a_program_finds_orders_by_number_and_status_as_the_page_does(client, market, order):
    order, _seller = order
    headers = {"Authorization": "Bearer " + shops.key(market.actor(market.operator()))}

    def found(query: str):
        answer = client(host="localhost").get(f"/api/v1/operator/orders?{query}", headers=headers)
        return [row["number"] for row in answer.json["items"]] if answer.status_code == 200 else answer.json["error"]["field"]

    assert found(f"number={order.number[:9].lower()}") == found(f"status={order.status}") == [order.number]
    assert found("number=000000") == found("status=delivered") == []
    assert found("status=lost") == "status" and found("number=" + "1" * 41) == "number"
