"""Orders follow their model through any sequence of acts: no unit is lost, doubled or shipped twice.

The same steps lead to the same order each time, or a failure could not be replayed: ids sort as they are made,
and the search for sellers here counts no time.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from marketplace.core import events
from marketplace.core.db import db
from marketplace.core.errors import MarketError
from marketplace.orders import events as facts
from marketplace.orders import fulfilment, handlers, service, verify
from marketplace.orders.models import Shipment
from marketplace.routing import allocate
from marketplace.routing import service as routing
from tests.factories import Market
from tests.figures import figure
from tests.marketplace.orders import world


class Orders(RuleBasedStateMachine):
    """One order of twelve units among three equal sellers; the model is what each unit's fate must be."""

    def __init__(self) -> None:
        super().__init__()
        self.savepoint = db.session.begin_nested()
        self.refused: list = []
        self.lost = 0
        self.here = world.square(Market(), prices=(900, 900, 900), stock=8)
        self.sellers = {one.id: self.here.market.actor(one) for one in self.here.sellers}
        self.real, events.publish = events.publish, self.hear
        self.order = self.place()

    def place(self):
        return world.place(self.here, world.fill(self.here, 12))

    def hear(self, fact) -> None:
        if isinstance(fact, facts.QuantityRefused):
            self.refused.append(fact)
        if isinstance(fact, facts.QuantityCancelled):
            self.lost += sum(item["quantity"] for item in fact.items)

    def teardown(self) -> None:
        events.publish = self.real
        self.savepoint.rollback()
        db.session.expire_all()

    def attempt(self, act, number: int) -> None:
        """Do something to one of the parts; a refusal must leave all as it was, which the invariants see."""
        parts = world.parts(self.order)
        part = parts[number % len(parts)]
        try:
            with db.session.begin_nested():
                act(self.sellers[part.seller_id], part)
        except MarketError:
            db.session.expire_all()

    @rule()
    def pay(self) -> None:
        service.mark_paid(self.order.id, "paid")

    @rule()
    def give_up(self) -> None:
        service.cancel_unpaid(self.order.id, "not paid in time")

    @rule(number=st.integers(0, 5))
    def accept(self, number) -> None:
        self.attempt(lambda seller, part: fulfilment.accept(seller, part.id), number)

    @rule(number=st.integers(0, 5), units=st.one_of(st.none(), st.integers(0, 9)))
    def refuse(self, number, units) -> None:
        def act(seller, part):
            some = None if units is None else {row.id: units for row in world.allocations(part)}
            fulfilment.refuse(seller, part.id, "no", some)
        self.attempt(act, number)

    @rule(number=st.integers(0, 5), units=st.integers(0, 9))
    def ship(self, number, units) -> None:
        def act(seller, part):
            fulfilment.ship(seller, part.id, ("DHL", "1"), {row.id: units for row in world.allocations(part)})
        self.attempt(act, number)

    @rule(number=st.integers(0, 5))
    def deliver(self, number) -> None:
        def act(seller, part):
            for sent in db.session.scalars(db.select(Shipment).filter_by(seller_order_id=part.id)).all():
                fulfilment.deliver(seller, sent.id)
        self.attempt(act, number)

    @precondition(lambda self: self.refused)
    @rule()
    def route_again(self) -> None:
        handlers.on_refused(asdict(self.refused.pop(0)))

    @invariant()
    def no_unit_is_lost_or_doubled(self) -> None:
        rows = [row for part in world.parts(self.order) for row in world.allocations(part)]
        waiting = sum(item["quantity"] for fact in self.refused for item in fact.items)
        assert sum(row.quantity - row.cancelled for row in rows) + waiting + self.lost == 12
        assert all(0 <= row.shipped <= row.quantity - row.cancelled for row in rows)

    @invariant()
    def stock_is_where_the_allocations_say(self) -> None:
        unpaid = self.order.status == "cancelled" and self.order.paid_at is None
        rows = [row for part in world.parts(self.order) for row in world.allocations(part)]
        for offer in self.here.offers:
            mine = [row for row in rows if row.offer_id == offer.id]
            held = 0 if unpaid else sum(fulfilment.left(row) for row in mine)
            assert world.stock_of(offer) == (8 - held - sum(row.shipped for row in mine), held)

    @invariant()
    def what_is_stored_is_what_it_sums_up_to(self) -> None:
        db.session.flush()
        assert [check for check in verify.checks() if check.breaks] == []
        states = {part.status for part in world.parts(self.order)}
        assert self.order.status == service.derive_status(self.order.paid_at is not None, states).value


@pytest.fixture
def timeless(monkeypatch):
    """A busy machine must not change an answer: the search for sellers runs to its end."""
    monkeypatch.setattr(routing, "allocate", partial(allocate.allocate, clock=lambda: 0.0))


def story(numbers: list[int]) -> list[tuple]:
    """What becomes of an order: each part, by the number of its seller, after some acts."""
    orders = Orders()
    try:
        orders.pay()
        for number in numbers:
            orders.refuse(number, 1)
            orders.accept(number)
            while orders.refused:
                orders.route_again()
        sellers = [one.id for one in orders.here.sellers]
        return [(part.hop, sellers.index(part.seller_id), part.status, sum(row.quantity for row in world.allocations(part)))
                for part in world.parts(orders.order)]
    finally:
        orders.teardown()


@pytest.mark.usefixtures("session", "timeless")
def test_the_same_acts_lead_to_the_same_order():
    assert len({tuple(story([0, 1, 1, 2])) for _ in range(12)}) == 1


@pytest.mark.usefixtures("session", "timeless")
def test_orders_follow_their_model():
    run_state_machine_as_test(Orders, settings=settings(
        max_examples=figure(20, 2_000), stateful_step_count=figure(20, 50), deadline=None, suppress_health_check=list(HealthCheck)))
