"""The trail calls things by their names and leads to the orders that they belong to."""

from __future__ import annotations

import re

from sqlalchemy import event

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.operators import named
from marketplace.pricing import service as pricing


def offers_of(market, count):
    seller, brand = market.seller(), market.brand(market.manufacturer())
    return [market.offer(seller, market.variant(brand), seller_sku=f"NK-{number}") for number in range(count)]


def test_what_was_done_something_to_is_named_and_linked(client, market):
    operator = market.operator()
    reseller = market.reseller("Nordlicht")
    [offer] = offers_of(market, 1)
    prices = pricing.create_list(market.actor(reseller), "Autumn", "EUR")
    for action, id_ in (("offer:withdraw", offer.id), ("price.set", prices.id), ("customer.grouped", reseller.id), ("seller:pause", "pau_nameless")):
        audit.record("somebody", action, id_)
    page = client(market.user(operator)).get("/operator/trail").get_data(as_text=True)
    shown = re.sub(r"<[^>]+>", " ", page)
    assert "NK-0" in shown and "Autumn" in shown and "pau_nameless" in shown
    assert not {id_ for id_ in (offer.id, prices.id, reseller.id) if id_ in shown}
    assert 'href="/operator/companies?q=Nordlicht"' in page


def test_a_longer_trail_costs_no_more_statements(session, market):
    offers = [offer.id for offer in offers_of(market, 6)]
    counts = []
    for ids in (offers[:1], offers):
        seen = []
        event.listen(db.session.connection(), "before_cursor_execute", lambda *args, seen=seen: seen.append(args[2]))
        assert set(named.named(ids)) == set(ids)
        counts.append(len(seen))
    assert counts[1] - counts[0] == 0


def test_every_kind_of_thing_can_be_read(session):
    assert named.named([f"{kind}_none" for kind in named.KINDS] + [None, "", "market"]) == {}
