"""Keeping price lists: one's own, never another's, and never what has been."""

from __future__ import annotations

import pytest

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Forbidden, Invalid, NotFound
from marketplace.identity import buying
from marketplace.pricing import listing, service
from marketplace.pricing.models import Price
from tests.marketplace.orders import world


def now_listed(here) -> int:
    context = buying.context(here.storefront, here.buyer)
    return listing.best_prices(context, [here.variant.id])[here.variant.id].unit_minor


def test_new_base_prices_hold_at_once_and_the_old_row_stays(market):
    here = world.square(market, prices=(1000,))
    service.set_base_prices(market.actor(here.sellers[0]), here.sellers[0].id, here.variant.id, "EUR", [(1, 700), (10, 600)])
    assert now_listed(here) == 770
    old = db.session.scalars(db.select(Price).filter_by(amount_minor=1000), execution_options={"populate_existing": True}).one()
    assert old.valid_to is not None and old.valid_to <= clock.now()


@pytest.mark.parametrize("tiers", [[], [(0, 5)], [(1, 0)], [(1, -5)], [(1, 5), (1, 6)], [(2, 5)], [(1, 10**12 + 1)], [(1, 5), (2**31, 4)]])
def test_tiers_that_cannot_hold_are_refused(market, tiers):
    here = world.square(market, prices=(1000,))
    with pytest.raises(service.BadTiers):
        service.set_base_prices(market.actor(here.sellers[0]), here.sellers[0].id, here.variant.id, "EUR", tiers)
    assert now_listed(here) == 1100


def test_a_resellers_list_serves_its_customer_until_it_is_unassigned(market):
    here = world.square(market, prices=(1000,))
    owner = market.actor(here.reseller)
    made = service.create_list(owner, "Gold", "EUR")
    assert service.set_prices(owner, made.id, [(here.variant.id, 1, 1050)]) == 1
    assigned = service.assign(owner, made.id, organization_id=here.buyer.id)
    assert now_listed(here) == 1050
    service.unassign(owner, assigned.id)
    assert now_listed(here) == 1100
    with pytest.raises(service.PriceListTaken):
        service.create_list(owner, "Gold", "EUR")


def test_another_resellers_list_customer_and_storefront_are_not_there(market):
    here, other = world.square(market, prices=(1000,)), world.square(market, prices=(1000,))
    owner, stranger = market.actor(here.reseller), market.actor(other.reseller)
    made = service.create_list(owner, "Gold", "EUR")
    for act in (
        lambda: service.set_prices(stranger, made.id, [(here.variant.id, 1, 1)]),
        lambda: service.assign(stranger, made.id, storefront_id=other.storefront.id),
        lambda: service.assign(owner, made.id, organization_id=other.buyer.id),
        lambda: service.assign(owner, made.id, storefront_id=other.storefront.id),
        lambda: service.set_markup(stranger, here.storefront.id, 0),
        lambda: service.set_base_prices(market.actor(other.sellers[0]), here.sellers[0].id, here.variant.id, "EUR", [(1, 1)]),
    ):
        with pytest.raises(NotFound):
            act()
    assert now_listed(here) == 1100


def test_a_clerk_may_not_price(market):
    here = world.square(market, prices=(1000,))
    with pytest.raises(Forbidden):
        service.set_base_prices(market.actor(here.sellers[0], "seller_clerk"), here.sellers[0].id, here.variant.id, "EUR", [(1, 1)])


def test_a_list_serves_exactly_one_kind_of_target(market):
    here = world.square(market, prices=(1000,))
    owner = market.actor(here.reseller)
    made = service.create_list(owner, "Gold", "EUR")
    for target in ({}, {"customer_group": "gold"}, {"organization_id": here.buyer.id, "storefront_id": here.storefront.id}):
        with pytest.raises(Invalid):
            service.assign(owner, made.id, **target)


def test_a_markup_holds_for_the_storefront_or_one_brand_and_is_bounded(market):
    here = world.square(market, prices=(1000,))
    owner = market.actor(here.reseller)
    service.set_markup(owner, here.storefront.id, 2000)
    assert now_listed(here) == 1200
    service.set_markup(owner, here.storefront.id, 2500, brand_id=here.variant.brand_id)
    service.set_markup(owner, here.storefront.id, 3000, brand_id=here.variant.brand_id)
    assert now_listed(here) == 1300
    for bps in (-1, 100_001):
        with pytest.raises(Invalid):
            service.set_markup(owner, here.storefront.id, bps)
