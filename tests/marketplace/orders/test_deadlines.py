"""Deadlines that were missed are found by the round, each once; those that were kept are left alone."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock, jobs, outbox, rounds, tenancy
from marketplace.core.db import db
from marketplace.core.outbox import OutboxRow
from marketplace.offers.models import StockLevel
from marketplace.orders import deadlines, service
from marketplace.orders.models import Order, SellerOrder
from tests.marketplace.orders import world


@pytest.fixture
def here(market):
    return world.square(market)


def asked(topic: str) -> list[dict]:
    return list(db.session.scalars(db.select(OutboxRow.payload).filter_by(topic=topic)))


def test_an_order_asks_for_nothing_as_long_as_its_deadlines_are_kept(here):
    paid, unpaid = world.paid(here), world.place(here, world.fill(here))
    with clock.at(unpaid.placed_at + deadlines.UNPAID_FOR - timedelta(seconds=1)):
        deadlines.on_round({})
    service.mark_paid(unpaid.id, "paid")
    with clock.at(paid.paid_at + deadlines.ACCEPT_WITHIN - timedelta(seconds=1)):
        deadlines.on_round({})
    assert asked(deadlines.UNPAID) == asked(deadlines.TIMEOUT) == []


def test_a_missed_deadline_is_asked_for_once_however_often_it_is_found(here):
    unpaid, paid = world.place(here, world.fill(here)), world.paid(here)
    part = db.session.scalars(db.select(SellerOrder).filter_by(order_id=paid.id)).one()
    with clock.at(part.accept_by):
        deadlines.on_round({})
        deadlines.on_round({})
    assert asked(deadlines.UNPAID) == [{"order_id": unpaid.id}] and asked(deadlines.TIMEOUT) == [{"seller_order_id": part.id}]


def test_the_round_gives_back_the_stock_of_an_order_that_nobody_paid(here, monkeypatch):
    monkeypatch.setattr(rounds, "every", {deadlines.TOPIC: deadlines.EVERY})
    monkeypatch.setattr(rounds, "_asked", {})
    before = db.session.scalars(db.select(StockLevel.available).order_by(StockLevel.id)).all()
    order_id = world.place(here, world.fill(here)).id
    db.session.commit()
    with clock.at(clock.now() + deadlines.UNPAID_FOR + timedelta(seconds=1)):
        jobs.at_once(rounds.ask)
        jobs.drain_all()
    tenancy.act_for([tenancy.MARKET])
    assert db.session.get_one(Order, order_id).status == "cancelled"
    assert db.session.scalars(db.select(StockLevel.available).order_by(StockLevel.id)).all() == before


def test_the_market_looks_for_missed_deadlines_by_itself(app):
    assert rounds.every[deadlines.TOPIC] == deadlines.EVERY and {deadlines.TOPIC, deadlines.TIMEOUT, deadlines.UNPAID} <= outbox.handlers.keys()
    assert service.ACCEPT_WITHIN == deadlines.ACCEPT_WITHIN
