"""What a buyer's order costs after cancellations, and what it says while a slow payment is under way."""

from __future__ import annotations

import re

from marketplace.core.db import db
from marketplace.orders.models import Order
from tests.marketplace.payments.conftest import provider, world
from tests.marketplace.web.sandbox.test_contract import choose
from tests.resellers.office.test_api import buy, open_parts, refuse
from tests.resellers.shops import Program

__all__ = ["provider", "world"]


def text(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_a_part_that_nobody_delivers_leaves_what_the_buyer_pays_everywhere_the_same(client, market, here):
    order_id, host = buy(client, market, here), here.storefront.host
    people = market.user(here.buyer), market.user(market.operator())
    buyer = Program(client, market, here.buyer, host)
    refuse(market, here, open_parts(order_id)[0], 1)
    refuse(market, here, open_parts(order_id)[-1])
    shown = buyer.get(f"/api/v1/storefront/orders/{order_id}").json
    order = db.session.get_one(Order, order_id)
    assert 0 < shown["standing_total_minor"] < shown["total_minor"] == order.total_minor
    assert (shown["payment"]["open_minor"], shown["paid_at"]) == (shown["standing_total_minor"], None)
    assert "paid" not in {step["state"] for step in shown["timeline"]}, "it is on account: nobody paid yet"
    assert buyer.get("/api/v1/storefront/orders").json["items"][0]["standing_total_minor"] == shown["standing_total_minor"]
    said = f"€{shown['standing_total_minor'] // 100}.{shown['standing_total_minor'] % 100:02}"
    person, desk = client(people[0], host=host), client(people[1])
    page = text(person.get(f"/orders/{order_id}").get_data(as_text=True))
    assert f"You pay {said}" in page and f"Still to pay: {said}" in page
    assert f"left: {said}" in text(person.get("/orders").get_data(as_text=True))
    assert f"left: {said}" in text(desk.get("/operator/orders").get_data(as_text=True))
    assert f"Total {said}" in text(desk.get(f"/operator/orders/{order_id}").get_data(as_text=True))
    (row,) = desk.get("/api/v1/operator/orders").json["items"]
    assert row["standing_total_minor"] == desk.get(f"/api/v1/operator/orders/{order_id}").json["order"]["standing_total_minor"] == shown["standing_total_minor"]


def test_while_a_slow_payment_is_under_way_nobody_is_asked_to_pay_again(client, world):
    order = world.order()
    person = client(world.market.user(world.shop.buyer), host=world.shop.storefront.host)
    assert "Pay now" in person.get("/").get_data(as_text=True)
    choose(world.page(order), "later")
    world.deliver()
    for path in ("/", f"/orders/{order.id}"):
        assert "Pay now" not in person.get(path).get_data(as_text=True), path
    assert "Your payment is on its way" in person.get(f"/orders/{order.id}").get_data(as_text=True)
    assert person.get(f"/api/v1/storefront/orders/{order.id}").json["is_payable"] is False
    back = text(person.get(f"/orders/{order.id}/return?outcome=cancelled").get_data(as_text=True))
    assert "Nothing was charged" not in back and "payment is on its way" in back, "an old tab of the provider's page led back"


def test_who_may_not_order_is_led_to_no_payment(client, world):
    """A viewer sees that an order is not paid, and no way to a page that is closed to it."""
    order, host = world.order(), world.shop.storefront.host
    looking, paying = (client(world.market.user(world.shop.buyer, role), host=host) for role in ("viewer", "buyer"))
    way = f"/orders/{order.id}/payment"
    for path in ("/", f"/orders/{order.id}", f"/orders/{order.id}/return?outcome=declined"):
        assert way in paying.get(path).get_data(as_text=True), path
        page = looking.get(path)
        assert page.status_code == 200 and way not in page.get_data(as_text=True), path
    assert f"{order.number} waits for its payment" in text(looking.get("/").get_data(as_text=True))
    assert looking.get(f"/orders/{order.id}/leave").headers["Location"] == f"/orders/{order.id}/return"
