"""Shipping in parts, never more than is open; delivered when the last parcel is."""

from __future__ import annotations

import pytest

from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.transitions import WrongState
from marketplace.orders import fulfilment, verify
from tests.marketplace.orders import world


@pytest.fixture
def here(market):
    found = world.square(market)
    found.order = world.paid(found, 5)
    (found.part,) = world.parts(found.order)
    (found.line,) = world.allocations(found.part)
    found.seller = market.actor(found.sellers[2])
    return found


def test_an_order_is_shipped_in_two_parcels_and_delivered(here):
    fulfilment.accept(here.seller, here.part.id)
    first = fulfilment.ship(here.seller, here.part.id, ("DHL", "1"), {here.line.id: 2})
    assert (here.part.status, here.order.status) == ("partly_shipped", "processing")
    second = fulfilment.ship(here.seller, here.part.id, ("DHL", "2"), {here.line.id: 3})
    assert (here.part.status, here.order.status) == ("shipped", "shipped")
    assert world.stock_of(here.offers[2]) == (15, 0)
    fulfilment.deliver(here.seller, first.id)
    assert here.part.status == "shipped"
    fulfilment.deliver(here.seller, second.id)
    fulfilment.deliver(here.seller, second.id)
    assert (here.part.status, here.order.status) == ("delivered", "delivered")
    assert not any(check.breaks for check in verify.checks())


@pytest.mark.parametrize("quantity", [0, -1, 6])
def test_a_parcel_of_nothing_or_too_much_is_refused_and_nothing_changes(here, quantity):
    fulfilment.accept(here.seller, here.part.id)
    with pytest.raises(fulfilment.BadShipment):
        fulfilment.ship(here.seller, here.part.id, ("DHL", "1"), {here.line.id: quantity})
    assert world.allocations(here.part)[0].shipped == 0 and world.stock_of(here.offers[2]) == (15, 5)


def test_another_orders_line_is_no_line_of_this_parcel(here, market):
    other = world.square(market)
    (line,) = world.allocations(world.parts(world.paid(other))[0])
    fulfilment.accept(here.seller, here.part.id)
    with pytest.raises(fulfilment.BadShipment):
        fulfilment.ship(here.seller, here.part.id, ("DHL", "1"), {line.id: 1})


def test_nothing_ships_before_it_is_accepted(here):
    with pytest.raises(WrongState):
        fulfilment.ship(here.seller, here.part.id, ("DHL", "1"), {here.line.id: 1})


def test_when_the_rest_is_refused_after_the_parcel_arrived_the_part_is_delivered(here):
    fulfilment.accept(here.seller, here.part.id)
    sent = fulfilment.ship(here.seller, here.part.id, ("DHL", "1"), {here.line.id: 2})
    fulfilment.deliver(here.seller, sent.id)
    assert here.part.status == "partly_shipped"
    fulfilment.refuse(here.seller, here.part.id, "the rest is broken")
    assert here.part.status == "delivered"


def test_another_seller_finds_nothing_and_an_unpaid_part_is_not_there(here, market):
    stranger = market.actor(here.sellers[0])
    for act in (lambda: fulfilment.accept(stranger, here.part.id), lambda: fulfilment.refuse(stranger, here.part.id, "x"),
                lambda: fulfilment.own(stranger, here.part.id)):
        with pytest.raises(NotFound):
            act()
    (waiting,) = world.parts(world.place(here, world.fill(here)))
    with pytest.raises(NotFound):
        fulfilment.own(here.seller, waiting.id)


def test_a_buyer_may_not_fulfil(here):
    with pytest.raises(Forbidden):
        fulfilment.accept(here.actor, here.part.id)
