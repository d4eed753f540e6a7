"""List pages show the same best price as the product page and the order."""

from __future__ import annotations

from marketplace.core.db import db
from marketplace.pricing import listing
from marketplace.routing import service as routing
from tests.marketplace.orders import world
from tests.resellers.shops import contract, count_statements


def test_the_list_shows_the_best_price_stock_and_number_of_sellers(market):
    here = world.square(market)
    found = listing.best_prices(here.context, [here.variant.id])[here.variant.id]
    assert (found.unit_minor, found.min_quantity, found.stock, found.sellers) == (880, 1, 60, 3)
    assert found.unit_minor == routing.rank_offers(here.context, here.variant.id)[0].unit_minor


def test_an_offer_in_stock_comes_before_a_cheaper_one_that_is_sold_out(market):
    here = world.square(market)
    db.session.execute(db.text("UPDATE stock_levels SET available = 0 WHERE offer_id = :id"), {"id": here.offers[2].id})
    assert listing.best_prices(here.context, [here.variant.id])[here.variant.id].unit_minor == 990


def test_a_price_below_the_sellers_own_is_not_listed(market):
    here = world.square(market, prices=(1000,))
    contract(market, here.reseller, here.variant, 999, organization_id=here.buyer.id)
    assert listing.best_prices(here.context, [here.variant.id]) == {}


def test_unauthorized_suspended_paused_and_withdrawn_offers_are_not_listed(market):
    here = world.square(market, prices=(1000, 900, 800))
    here.sellers[2].status = "suspended"
    here.offers[1].status = "withdrawn"
    db.session.flush()
    found = listing.best_prices(here.context, [here.variant.id])[here.variant.id]
    assert (found.unit_minor, found.sellers) == (1100, 1)
    db.session.execute(db.text("UPDATE seller_authorizations SET status = 'revoked' WHERE seller_id = :id"), {"id": here.sellers[0].id})
    assert listing.best_prices(here.context, [here.variant.id]) == {}


def test_a_page_of_24_costs_as_many_statements_as_one_row(market):
    here = world.square(market)
    variants = [here.variant.id]
    for _ in range(23):
        variant = market.variant(market.brand(market.manufacturer()))
        market.offer(here.sellers[0], variant)
        variants.append(variant.id)
    one = count_statements(lambda: listing.best_prices(here.context, variants[:1]))
    assert count_statements(lambda: listing.best_prices(here.context, variants)) == one <= 5
    assert len(listing.best_prices(here.context, variants)) == 24


def test_the_next_price_is_one_that_somebody_with_so_much_stock_gives(market):
    here = world.square(market, prices=())
    much = market.offer(market.seller(), here.variant, price_minor=1000, stock=20, tiers={10: 800})
    other = market.offer(market.seller(), here.variant, price_minor=1100, stock=20, tiers={10: 950})

    def shown() -> tuple[int, tuple[int, int] | None]:
        found = listing.best_prices(here.context, [here.variant.id])[here.variant.id]
        return found.unit_minor, found.step

    assert shown() == (1100, (10, 880)), "the storefront adds 10 %"
    db.session.execute(db.text("UPDATE stock_levels SET available = 8 WHERE offer_id = :id"), {"id": much.id})
    assert shown() == (1100, (10, 1045)), "the first has only 8"
    other.max_quantity = 9
    db.session.flush()
    assert shown() == (1100, None), "the other sells at most 9"


def test_the_least_that_is_listed_is_one_that_can_be_ordered(market):
    here = world.square(market, prices=(1000,))
    for least, pack, listed in ((1, 1, 1), (1, 5, 5), (6, 5, 10), (10, 5, 10)):
        here.offers[0].min_quantity, here.offers[0].multiple = least, pack
        db.session.flush()
        assert listing.best_prices(here.context, [here.variant.id])[here.variant.id].min_quantity == listed
        assert routing.rank_offers(here.context, here.variant.id, listed)[0].codes == ()
