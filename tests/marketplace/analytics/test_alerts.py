"""What a manufacturer should look at: sold out everywhere, and offered by who may not."""

from __future__ import annotations

from marketplace.analytics import alerts
from marketplace.analytics.queries import Wanted
from marketplace.channel import authorization
from marketplace.channel.models import SellerAuthorization
from marketplace.core.db import db


def names(rows):
    return [row["product"] for row in rows]


def test_a_product_that_no_seller_has_is_an_alert_and_one_that_some_seller_has_is_none(market, client):
    maker = market.manufacturer("Volta")
    brand, near, far = market.brand(maker), market.seller("Near"), market.seller("Far")
    gone, half, nobody = (market.variant(brand, name) for name in ("Gone", "Half", "Never offered"))
    for seller in (near, far):
        market.offer(seller, gone, stock=0)
    market.offer(near, half, stock=0)
    market.offer(far, half, stock=5)
    other = market.variant(market.brand(market.manufacturer("Other")), "Theirs")
    market.offer(near, other, stock=0)
    found = alerts.found(market.actor(maker), Wanted.weeks(8))
    assert names(found["stock_outs"]) == ["Gone"] and found["unauthorized"] == []
    page = client(market.user(maker)).get("/manufacturer/").get_data(as_text=True)
    assert "Gone" in page and "Half" not in page and nobody.name not in page and "Theirs" not in page


def test_an_offer_without_an_authorization_is_an_alert(market, client):
    maker = market.manufacturer("Volta")
    variant, seller = market.variant(market.brand(maker), "Relay"), market.seller("Nordkabel")
    market.offer(seller, variant, stock=5)
    granted = db.session.scalars(db.select(SellerAuthorization).filter_by(seller_id=seller.id)).one()
    authorization.revoke(market.actor(maker), granted.id, "sold below")
    (row,) = alerts.found(market.actor(maker), Wanted.weeks(8))["unauthorized"]
    assert (row["product"], row["seller"], row["count"]) == ("Relay", "Nordkabel", 1)
    assert "Nobody can buy these" in client(market.user(maker)).get("/manufacturer/").get_data(as_text=True)
