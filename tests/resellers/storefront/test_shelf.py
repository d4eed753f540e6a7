"""Counts beside filters: kept for a while for all buyers alike, while each buyer's rules hold at once."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from marketplace.channel import assortment
from marketplace.channel.assortment import Rule
from marketplace.core import clock
from marketplace.identity import buying
from resellers.storefront import facets, shelf
from resellers.storefront.queries import Filters

FACETS = "/api/v1/storefront/facets"


@pytest.fixture
def kept(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "shelf", shelf.Kept(10))


def total(client, here) -> int:
    return client(host=here.storefront.host).get(FACETS).json["total"]


@pytest.fixture
def wares(market, here):
    saws = market.category("Saws")
    other = market.brand(market.manufacturer(), "Sagex")
    for brand, category, stock in ((here.brand, saws, 0), (other, saws, 4), (other, None, 4), (other, market.category("Fine saws", saws), 0)):
        market.offer(here.seller, market.variant(brand, category=category), stock=stock)
    return saws, other


@pytest.mark.parametrize("stocked", [False, True])
@pytest.mark.parametrize("branded", [False, True])
@pytest.mark.parametrize("placed", [False, True])
def test_the_shelf_counts_as_the_search_does(market, here, wares, stocked, branded, placed):
    saws, other = wares
    filters = Filters(in_stock=stocked, brand=other.slug if branded else None, category=saws.slug if placed else None)
    context = buying.context(here.storefront, here.buyer)
    assert facets._shaped(facets._on_shelf(context, filters)) == facets._shaped(facets._searched(context, filters))


def test_counts_are_kept_for_ten_seconds(client, market, here, kept):
    assert total(client, here) == 1
    market.offer(here.seller, market.variant(here.brand, category=here.category))
    assert total(client, here) == 1
    with clock.at(clock.now() + timedelta(seconds=11)):
        assert total(client, here) == 2


def test_a_rule_holds_at_once_although_counts_are_kept(client, market, here, kept):
    assert total(client, here) == 1
    assortment.set_rules(market.actor(here.reseller), here.storefront.id, [Rule("deny", brand_id=here.brand.id)])
    assert total(client, here) == 0


def test_who_comes_while_counting_goes_on_gets_the_count_before():
    kept, begun, go_on = shelf.Kept(0), threading.Event(), threading.Event()
    assert kept.get("DE", lambda: 1) == 1

    def slow() -> int:
        begun.set()
        go_on.wait(10)
        return 2

    counting = threading.Thread(target=lambda: kept.get("DE", slow))
    counting.start()
    begun.wait(10)
    assert kept.get("DE", lambda: 3) == 1
    go_on.set()
    counting.join()
    assert kept.get("DE", lambda: 4) == 4
