"""A small world for routing: a storefront without markup, one brand, one variant."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from marketplace.identity import buying


@pytest.fixture
def world(market):
    """A buyer in Germany on a storefront that adds nothing to the sellers' prices."""
    reseller = market.reseller()
    storefront = market.storefront(reseller, markup_bps=0)
    brand = market.brand(market.manufacturer())
    buyer = market.buyer(reseller)
    return SimpleNamespace(
        market=market, reseller=reseller, storefront=storefront, brand=brand, buyer=buyer, variant=market.variant(brand),
        context=buying.context(storefront, buyer), guest=buying.context(storefront), operator=market.actor(market.operator()),
    )
