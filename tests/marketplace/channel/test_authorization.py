from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace.channel import authorization
from marketplace.core import clock
from marketplace.core.errors import Forbidden, Invalid, NotFound
from marketplace.offers.models import Offer


@pytest.fixture
def world(market):
    maker, seller = market.manufacturer(), market.seller()
    brand = market.brand(maker)
    return maker, seller, brand, market.actor(maker)


def holds(seller, brand, country="DE", day=None):
    return authorization.authorized_pairs([(seller.id, brand.id)], country, day or clock.today()) != set()


def test_a_grant_covers_its_brand_countries_and_days_and_nothing_else(market, world):
    maker, seller, brand, actor = world
    today = clock.today()
    authorization.grant(actor, maker.id, seller.id, brand.id, countries=["de", "AT"], valid_from=today,
                        valid_to=today + timedelta(days=1))
    assert holds(seller, brand, "DE") and holds(seller, brand, "AT", today + timedelta(days=1))
    assert not holds(seller, brand, "FR")
    assert not holds(seller, brand, "DE", today - timedelta(days=1))
    assert not holds(seller, brand, "DE", today + timedelta(days=2))
    assert not holds(seller, market.brand(maker), "DE")
    assert not holds(market.seller(), brand, "DE")


def test_of_two_overlapping_grants_one_that_holds_is_enough(world):
    maker, seller, brand, actor = world
    first = authorization.grant(actor, maker.id, seller.id, brand.id)
    authorization.grant(actor, maker.id, seller.id, brand.id, countries=["DE"])
    authorization.revoke(actor, first.id, "contract ended")
    assert holds(seller, brand, "DE") and not holds(seller, brand, "FR")


def test_revoking_hides_the_sellers_offers_from_a_listing_at_once(market, world, session):
    maker, seller, brand, actor = world
    granted = authorization.grant(actor, maker.id, seller.id, brand.id)
    offer = market.offer(seller, market.variant(brand))
    listed = select(Offer.id).where(authorization.covered(Offer.seller_id, Offer.brand_id, "DE", clock.today()))
    assert session.scalars(listed).all() == [offer.id]
    authorization.revoke(actor, granted.id, "contract ended")
    assert session.scalars(listed).all() == []


def test_a_manufacturer_grants_only_its_own_brands_to_sellers_in_countries_that_exist(market, world):
    maker, seller, brand, actor = world
    with pytest.raises(NotFound):
        authorization.grant(actor, maker.id, seller.id, market.brand(market.manufacturer()).id)
    with pytest.raises(NotFound):
        authorization.grant(actor, maker.id, market.reseller().id, brand.id)
    with pytest.raises(Invalid):
        authorization.grant(actor, maker.id, seller.id, brand.id, countries=["XX1"])
    with pytest.raises(NotFound):
        authorization.revoke(market.actor(market.manufacturer()), market.authorize(seller, brand).id, "not mine")
    with pytest.raises(Forbidden):
        authorization.grant(market.actor(seller), seller.id, seller.id, brand.id)


def test_an_equal_grant_that_holds_is_found_again_so_that_revoking_it_takes_the_right_away(world):
    maker, seller, brand, actor = world
    first = authorization.grant(actor, maker.id, seller.id, brand.id, countries=["DE", "AT"])
    assert authorization.grant(actor, maker.id, seller.id, brand.id, countries=["at", "de"]).id == first.id
    assert authorization.grant(actor, maker.id, seller.id, brand.id, countries=["DE"]).id != first.id
    authorization.revoke(actor, first.id, "contract ended")
    assert not holds(seller, brand, "AT")
    assert authorization.grant(actor, maker.id, seller.id, brand.id, countries=["DE", "AT"]).id != first.id
