"""T3: whatever becomes of an order on account, the books follow the model after every step, in any sequence of acts.

The model: the buyer owes what its units that nobody gave up cost, and every cent of that stands with a seller, the
reseller, the operator or the tax office, first as payable and after delivery as available.
"""

from __future__ import annotations

from dataclasses import asdict
from functools import partial

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, precondition, rule, run_state_machine_as_test

from marketplace.ledger import service as ledger
from marketplace.orders import events as facts
from marketplace.payments import handlers as money
from marketplace.payments import service as payments
from marketplace.payments import verify
from marketplace.routing import allocate
from marketplace.routing import service as routing
from tests.figures import figure
from tests.marketplace.orders import world
from tests.properties.test_order_states import Orders

REACTIONS = {facts.QuantityCancelled: money.on_cancelled, facts.SellerOrderRerouted: money.on_rerouted}


class Books(Orders):
    """The same order, on account: every fact that concerns money is booked at once, or its release later."""

    def place(self):
        self.delivered: list = []
        self.released = 0
        self.here.market.credit(self.here.buyer, self.here.reseller, 10**9)
        order = world.place(self.here, world.fill(self.here, 12), payment_method="on_account")
        payments.start(self.here.actor, self.here.context, order)
        self.total = order.total_minor
        return order

    def hear(self, fact) -> None:
        super().hear(fact)
        if isinstance(fact, facts.SellerOrderDelivered):
            self.delivered.append(fact)
        if type(fact) in REACTIONS:
            REACTIONS[type(fact)](asdict(fact))

    @precondition(lambda self: self.delivered)
    @rule()
    def release(self) -> None:
        fact = self.delivered.pop(0)
        money.release(asdict(fact))
        if not ledger.posted(f"released:{fact.seller_order_id}"):
            assert self.refused, "what waits for nothing is released at once"
            self.delivered.append(fact)

    @invariant()
    def the_buyer_owes_what_nobody_gave_up(self) -> None:
        owed = -ledger.balances().get((f"buyer:receivable:{self.here.buyer.id}", "EUR"), 0)
        assert abs(owed * 12 - self.total * (12 - self.lost)) < 12 * 6, (owed, self.total, self.lost)
        assert owed == 0 or self.lost < 12
        assert owed == self.total or self.lost

    @invariant()
    def the_books_are_balanced(self) -> None:
        assert [(check.name, check.breaks) for check in verify.checks() if check.breaks] == []
        found = ledger.balances()
        assert sum(found.values()) == 0
        assert all(minor == 0 for (name, _), minor in found.items() if ":clearing:" in name)


def run(machine, examples: int, steps: int) -> None:
    run_state_machine_as_test(machine, settings=settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, report_multiple_bugs=False,
        phases=[Phase.explicit, Phase.generate, Phase.shrink], suppress_health_check=list(HealthCheck)))


@pytest.fixture
def timeless(monkeypatch):
    """A busy machine must not change an answer."""
    monkeypatch.setattr(routing, "allocate", partial(allocate.allocate, clock=lambda: 0.0))


@pytest.mark.usefixtures("session", "timeless")
def test_the_books_follow_the_model_through_any_acts():
    run(Books, figure(12, 2_000), figure(20, 50))


@pytest.mark.usefixtures("session", "timeless")
def test_a_cancellation_that_is_not_booked_is_noticed(monkeypatch):
    monkeypatch.setitem(REACTIONS, facts.QuantityCancelled, lambda payload: None)
    books = Books()
    try:
        for number in range(6):
            books.refuse(number, None)
            while books.refused:
                books.route_again()
        assert books.lost == 12
        with pytest.raises(AssertionError):
            books.the_buyer_owes_what_nobody_gave_up()
    finally:
        books.teardown()
