"""The operator's first page and queues: orders this week against the last, books, work by its time, matching."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from marketplace.core import clock, outbox
from marketplace.operators import checks, pulse
from tests.journeys.test_order_to_payout import Shop


@pytest.fixture
def operator(market):
    return market.operator()


@pytest.fixture
def desk(client, market, operator):
    return client(market.user(operator))


def test_orders_are_counted_by_week_and_day_without_those_never_paid_for(market, operator):
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(market.seller(), variant, price_minor=1000, stock=50)
    shop = Shop(market)
    with clock.at(clock.now() - timedelta(days=9)):
        earlier = shop.order((variant, 1))
    order = shop.order((variant, 5))
    shop.order((variant, 1), method="card")
    found = pulse.of(market.actor(operator))
    assert found["weeks"] == [{"currency": "EUR", "now": (1, order.total_minor), "before": (1, earlier.total_minor)}]
    assert [row["orders"] for row in found["days"]][-1] == 1 and sum(row["orders"] for row in found["days"]) == 2
    assert list(found["orders"]) == ["pending_payment", "placed"]
    assert found["decisions"] == 3 and 0 <= found["gap_bps"] < 10_000


def test_the_first_page_says_whether_the_books_balance(desk, session):
    assert "not compared yet" in desk.get("/operator/").get_data(as_text=True)
    checks.verify("command")
    assert ">balanced<" in desk.get("/operator/").get_data(as_text=True)


def test_work_for_later_is_not_called_due(desk, session):
    outbox.publish("payments.release", "k-later", {}, clock.now() + timedelta(days=3))
    outbox.publish("payments.transfer", "k-now", {})
    session.flush()
    home = desk.get("/operator/").get_data(as_text=True)
    assert "1 for later" in home
    later, due = (desk.get(f"/operator/work?state={state}").get_data(as_text=True) for state in ("later", "due"))
    assert later.count("Release money after the hold") == 2 and later.count("Send transfers") == 1
    assert due.count("Send transfers") == 2 and due.count("Release money after the hold") == 1
    queues = {row["topic"]: row for row in desk.get("/api/v1/operator/work/queues").json["items"]}
    assert (queues["payments.release"]["due"], queues["payments.release"]["later"]) == (0, 1)


def test_how_long_the_oldest_work_waits_is_said_as_people_say_it(desk, session):
    outbox.publish("payments.transfer", "k-old", {}, clock.now() - timedelta(hours=3))
    session.flush()
    assert '<td class="num">3 hours</td>' in desk.get("/operator/work").get_data(as_text=True)


def test_a_long_error_is_folded_and_whole_when_it_is_asked_for(desk, session):
    outbox.publish("payments.transfer", "k-dead", {})
    session.flush()
    session.execute(sa.text("UPDATE outbox SET dead_at = now(), last_error = :said"), {"said": "ValueError: " + "x" * 2000})
    page = desk.get("/operator/work").get_data(as_text=True)
    assert "<summary>ValueError: " + "x" * 185 + "...</summary>" in page and "x" * 2000 in page
