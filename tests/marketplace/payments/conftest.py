"""The sandbox on a port of its own, and a paid order whose seller has an account there."""

from __future__ import annotations

from datetime import timedelta

import pytest

from marketplace.core import clock
from marketplace.orders import fulfilment
from tests.journeys.test_order_to_payout import Shop, allocations, drained, parts
from tests.marketplace.payments.world import World
from tests.marketplace.web.sandbox.test_contract import provider

__all__ = ["provider"]


@pytest.fixture
def books(provider):
    return provider.config["BOOKS"]


@pytest.fixture
def world(market, provider) -> World:
    """A seller without an account, and a shop that sells for it: 20.00 of goods and 5.00 of freight, with tax and margin."""
    seller, shop = market.seller(freight_minor=500), Shop(market)
    variant = market.variant(market.brand(market.manufacturer()))
    market.offer(seller, variant, price_minor=1000)
    return World(market, provider, seller, shop, variant)


@pytest.fixture
def delivered(world):
    """Brings an order to released money: paid by card, accepted, shipped, delivered, past the hold."""

    def make(order) -> None:
        world.pay(order)
        for part in parts(order):
            clerk = world.market.actor(world.seller)
            fulfilment.accept(clerk, part.id)
            parcel = fulfilment.ship(clerk, part.id, ("DHL", "1Z"), {row.id: row.quantity for row in allocations(part)})
            fulfilment.deliver(clerk, parcel.id)
        drained()
        with clock.at(clock.now() + timedelta(days=8)):
            drained()

    return make

