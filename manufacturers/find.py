"""What a manufacturer finds: its own products and the sellers it has authorized; never an order, never a buyer."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from manufacturers.sellers import queries as sellers
from marketplace.catalog import queries as catalog
from marketplace.identity.access import Actor
from marketplace.web import find
from marketplace.web.find import Found

PAGES: find.Pages = [
    (_l("Changes"), "manufacturer_catalog.changes", "catalog:read"),
    (_l("Upload a catalog"), "manufacturer_catalog.import_list", "catalog:read"),
    (_l("Authorize a seller"), "manufacturer_sellers.new", "authorization:write"),
    (_l("Authorizations"), "manufacturer_sellers.listing", "authorization:read"),
    (_l("Stock in the channel"), "manufacturer_channel.stock", "channel:read"),
    (_l("Who lists what at which price"), "manufacturer_channel.listings", "channel:read"),
    (_l("Sales by week, seller and region"), "manufacturer_channel.sell_through", "channel:read"),
]


def _products(actor: Actor, words: str) -> list[Found]:
    return [Found("product", row.id, row.name, f"{row.brand} · {row.mpn}", url_for("manufacturer_catalog.product", variant_id=row.id))
            for row in catalog.nearest(actor, words, find.MOST)]


def _sellers(actor: Actor, words: str) -> list[Found]:
    return [Found("seller", row.id, row.name, row.country, url_for("manufacturer_sellers.listing", q=row.name))
            for row in sellers.known(actor, words, find.MOST)]


SOURCES = [find.Source("catalog:read", _products), find.Source("authorization:read", _sellers)]
