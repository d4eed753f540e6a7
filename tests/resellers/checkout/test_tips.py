"""What a cart proposes to spare a charge is what spares it."""

from __future__ import annotations

import pytest

from marketplace.channel.models import SellerAuthorization
from marketplace.core.db import db
from tests.resellers.checkout.test_api import API, fill
from tests.resellers.shops import Program


@pytest.fixture
def alone(here):
    """The square with one seller, whose freight is free from 50.00 on: a drill at 11.00, from ten on at 9.90, of which it has 50."""
    db.session.execute(db.update(SellerAuthorization).filter_by(seller_id=here.other_seller.id).values(status="revoked"))
    return here


def proposed(buyer, variant) -> int | None:
    """How many more pieces the cart proposes, after they were put in as proposed and freight became free."""
    (part,) = buyer.get(f"{API}/cart").json["parts"]
    if not part["tips"]:
        return None
    (tip,) = part["tips"]
    quantity = next(line["quantity"] for line in part["lines"] if line["variant_id"] == tip["variant_id"])
    assert tip["variant_id"] == variant.id
    changed = buyer.send("PUT", f"{API}/cart/lines/{variant.id}", {"quantity": quantity + tip["pieces"]}).json
    assert changed["freight_minor"] == 0 and changed["complete"], "as it was said"
    return tip["pieces"]


def test_more_pieces_are_counted_at_the_price_that_they_then_have(market, alone, buyer):
    brittle = market.variant(alone.brand, "Drill bit")
    market.offer(alone.seller, brittle, price_minor=500, stock=50, tiers={8: 400})
    buyer.send("PUT", f"{API}/cart/lines/{brittle.id}", {"quantity": 2})
    assert proposed(buyer, brittle) == 10, "12 at 4.40 are more than 50.00; 10 at 5.50 there are none of"


def test_nothing_is_proposed_that_cannot_be_had(market, alone, buyer: Program):
    rare = market.variant(alone.brand, "Drill chuck")
    market.offer(alone.seller, rare, price_minor=2000, stock=1)
    buyer.send("PUT", f"{API}/cart/lines/{rare.id}", {"quantity": 1})
    assert proposed(buyer, rare) is None
    fill(buyer, alone, 1)
    assert proposed(buyer, alone.variant) == 2, "of the next largest line there are more"


def test_packs_and_most_quantities_hold(market, alone, buyer):
    packed = market.variant(alone.brand, "Drill bits")
    offer = market.offer(alone.seller, packed, price_minor=500, stock=50, multiple=4)
    buyer.send("PUT", f"{API}/cart/lines/{packed.id}", {"quantity": 4})
    offer.max_quantity = 8
    db.session.flush()
    assert proposed(buyer, packed) is None
    offer.max_quantity = 12
    db.session.flush()
    assert proposed(buyer, packed) == 8
