"""Whose price holds: the nearest list, the last assigned of two, within its window, at the line's quantity."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketplace.core import clock, tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity import buying
from marketplace.pricing import listing, resolve, tax
from marketplace.pricing.models import MarkupRule, PriceListAssignment
from tests.factories import add
from tests.marketplace.orders import world
from tests.resellers.shops import contract, count_statements


@pytest.fixture
def here(market) -> SimpleNamespace:
    found = world.square(market, prices=(1000,))
    parent = market.buyer(found.reseller)
    found.buyer = market.buyer(found.reseller, parent=parent, customer_group="gold")
    found.parent, found.seller, found.offer = parent, found.sellers[0], found.offers[0]
    found.context = buying.context(found.storefront, found.buyer)
    return found


def price(here, quantity: int = 1, context=None):
    item = (here.offer.id, here.seller.id, here.variant.id, here.variant.brand_id, here.variant.category_id)
    steps = resolve.tiers(context or here.context, [item]).get(here.offer.id, [])
    return resolve.at_quantity(steps, quantity)


def targets(here) -> list[tuple[str, dict]]:
    """What a list may serve, from far to near."""
    return [
        ("reseller", {"organization_id": here.reseller.id}),
        ("storefront", {"storefront_id": here.storefront.id}),
        ("group", {"storefront_id": here.storefront.id, "customer_group": "gold"}),
        ("ancestor", {"organization_id": here.parent.id}),
        ("organization", {"organization_id": here.buyer.id}),
    ]


def test_without_lists_the_markup_over_the_base_price_holds_and_says_so(here):
    tier = price(here)
    assert (tier.unit_minor, tier.seller_unit_minor) == (1100, 1000)
    assert tier.trace["level"] == "markup" and tier.trace["markup_bps"] == 1000 and tier.trace["seller"]["level"] == "base"


@pytest.mark.parametrize("whose", ["seller", "reseller"])
def test_each_nearer_list_beats_the_farther_ones_and_the_trace_names_it(here, market, whose):
    for step, (level, target) in enumerate(targets(here)):
        found = contract(market, getattr(here, whose), here.variant, 2000 + step, **target)
        tier = price(here)
        got, trace = (tier.unit_minor, tier.trace) if whose == "reseller" else (tier.seller_unit_minor, tier.trace["seller"])
        assert (got, trace["level"], trace["list"]) == (2000 + step, level, found.id)


@pytest.mark.parametrize("level", range(5))
def test_of_two_lists_on_one_level_the_last_assigned_wins(here, market, level):
    _, target = targets(here)[level]
    contract(market, here.reseller, here.variant, 3000, **target)
    with clock.at(clock.now() + timedelta(minutes=1)):
        contract(market, here.reseller, here.variant, 3100, **target)
    assert price(here).unit_minor == 3100


def test_another_buyers_list_is_never_used_nor_named(here, market):
    other = market.buyer(here.reseller)
    secret = contract(market, here.reseller, here.variant, 10, organization_id=other.id)
    silver = contract(market, here.reseller, here.variant, 11, storefront_id=here.storefront.id, customer_group="silver")
    tier = price(here)
    assert tier.unit_minor == 1100 and secret.id not in str(tier.trace) and silver.id not in str(tier.trace)


def test_a_guest_pays_the_storefronts_price(here, market):
    contract(market, here.reseller, here.variant, 1500, storefront_id=here.storefront.id)
    contract(market, here.reseller, here.variant, 1400, organization_id=here.buyer.id)
    guest = buying.context(here.storefront)
    assert (price(here).unit_minor, price(here, context=guest).unit_minor) == (1400, 1500)


def test_a_list_without_this_product_is_passed_over_and_the_trace_says_so(here, market):
    empty = contract(market, here.reseller, market.variant(market.brand(market.manufacturer())), 1, organization_id=here.buyer.id)
    contract(market, here.reseller, here.variant, 1500, storefront_id=here.storefront.id)
    tier = price(here)
    assert tier.unit_minor == 1500 and [row["list"] for row in tier.trace["rejected"]] == [empty.id]


@pytest.mark.parametrize(("quantity", "unit"), [(9, 1000), (10, 900), (11, 900), (99, 900), (100, 850)])
def test_tiers_hold_for_all_units_from_their_quantity_on(here, market, quantity, unit):
    base = market.base_list(here.seller)
    market.price(base, here.variant, 900, 10)
    market.price(base, here.variant, 850, 100)
    assert price(here, quantity).seller_unit_minor == unit


def test_a_price_holds_from_its_first_moment_until_before_its_last(here, market):
    start = clock.now() + timedelta(days=1)
    end = start + timedelta(days=1)
    market.price(market.base_list(here.seller), here.variant, 500, 1, valid_from=start, valid_to=end)

    def at(moment) -> int:
        with clock.at(moment):
            context = buying.context(here.storefront, here.buyer)
        return price(here, context=context).seller_unit_minor

    assert at(start - timedelta(seconds=1)) == 1000
    assert at(start + timedelta(seconds=1)) == 500
    assert at(end - timedelta(seconds=1)) == 500
    assert at(end + timedelta(seconds=1)) == 1000


def test_a_brands_markup_beats_a_categorys_and_that_the_storefronts(market):
    here = world.square(market, prices=(1000,))
    category = market.category()
    here.variant.category_id = category.id
    here.offer, here.seller = here.offers[0], here.sellers[0]
    for scope, bps, unit in (({"category_id": category.id}, 2000, 1200), ({"brand_id": here.variant.brand_id}, 3000, 1300)):
        add(MarkupRule(id=new_id("mkr"), reseller_id=here.reseller.id, storefront_id=here.storefront.id, markup_bps=bps,
                       **{"brand_id": None, "category_id": None, **scope}))
        assert price(here).unit_minor == unit


def test_markup_rounds_half_up(here, market):
    here.storefront.markup_bps = 500
    market.price(market.base_list(here.seller), here.variant, 1010, 2)
    here.context = buying.context(here.storefront, here.buyer)
    assert price(here, 2).unit_minor == 1061


def test_nothing_of_the_lists_is_visible_to_the_buyer_itself(here, market):
    contract(market, here.reseller, here.variant, 1500, organization_id=here.buyer.id)
    db.session.flush()
    with tenancy.acting([here.buyer.id]):
        assert db.session.scalars(db.select(PriceListAssignment)).all() == []
        assert price(here).unit_minor == 1500


def test_prices_cost_three_statements_for_one_offer_or_for_thirty(here, market):
    offers = [here.offer] + [market.offer(market.seller(), here.variant, price_minor=900 + n) for n in range(29)]
    items = [(o.id, o.seller_id, o.variant_id, o.brand_id, None) for o in offers]
    assert count_statements(lambda: resolve.tiers(here.context, items[:1])) == 3
    assert count_statements(lambda: resolve.tiers(here.context, items)) == 3
    assert len(resolve.tiers(here.context, items)) == 30


amounts = st.integers(1, 5000)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(base=amounts, lists=st.lists(st.tuples(st.integers(0, 4), st.sampled_from([1, 5]), amounts), max_size=6),
       quantity=st.sampled_from([1, 4, 5, 6]))
def test_the_nearest_list_with_a_price_at_the_quantity_wins_whatever_the_lists(here, market, base, lists, quantity):
    with db.session.begin_nested() as attempt:
        for place, (level, minimum, amount) in enumerate(lists):
            with clock.at(clock.now() + timedelta(minutes=place)):
                contract(market, here.reseller, here.variant, amount, min_quantity=minimum, **targets(here)[level][1])
        expected = 1100
        for _level, _place, amount in sorted(((level, place, amount) for place, (level, minimum, amount) in enumerate(lists)
                                        if minimum <= quantity)):
            expected = amount
        assert price(here, quantity).unit_minor == expected
        listed = listing.best_prices(here.context, [here.variant.id])
        at_one = price(here, 1)
        sold = at_one is not None and at_one.unit_minor >= at_one.seller_unit_minor
        assert (listed[here.variant.id].unit_minor if sold else listed) == (at_one.unit_minor if sold else {})
        attempt.rollback()


@pytest.mark.parametrize(("seller", "ship", "bps"), [
    ("DE", "DE", 1900), ("DE", "FR", 0), ("FI", "FI", 2550), ("DE", "US", 0), ("CH", "CH", 810)])
def test_tax_is_the_sellers_standard_rate_at_home_and_nothing_across_a_border(seller, ship, bps):
    assert tax.has_rule(seller, ship) and tax.rate_bps(seller, ship) == bps


def test_at_home_in_a_country_without_a_rate_there_is_no_rule():
    assert not tax.has_rule("US", "US")
