"""The small square that these tests share, and the buyer's program on it."""

from __future__ import annotations

import pytest

from tests.resellers.shops import Program, square


@pytest.fixture
def here(market):
    return square(market)


@pytest.fixture
def buyer(client, market, here):
    return Program(client, market, here.buyer, host=here.storefront.host)
