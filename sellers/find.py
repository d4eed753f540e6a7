"""What a seller finds: its own orders, its offers, and products that it may sell; each as its lists show them."""

from __future__ import annotations

from flask import url_for
from flask_babel import lazy_gettext as _l

from marketplace.core.paging import Ask
from marketplace.identity.access import Actor
from marketplace.web import find
from marketplace.web.find import Found
from marketplace.web.states import status_text
from sellers.offers import queries as offers
from sellers.orders import queries as orders

PAGES: find.Pages = [
    (_l("Payouts"), "seller_finances.index", "finance:read"),
    (_l("Commissions and splits"), "seller_finances.index", "finance:read"),
    (_l("Publish an offer"), "seller_offers.find", "offer:write"),
    (_l("Import offers"), "seller_imports.index", "offer:write"),
    (_l("Freight and warehouses"), "seller_terms.terms", "offer:read"),
    (_l("Order minimum"), "seller_terms.terms", "offer:read"),
    (_l("Pause"), "seller_terms.terms", "offer:read"),
    (_l("Acceptance, lateness and cancellations"), "seller_scores.index", "seller_order:read"),
    (_l("Brands you may sell"), "seller_terms.authorizations", "authorization:read"),
]


def _orders(actor: Actor, words: str) -> list[Found]:
    found = orders.listed(actor, ask=Ask(limit=find.MOST), number=words)["items"]
    return [Found("order", one["id"], one["number"], f"{status_text(one['status'])} · {one['city']}, {one['country']}",
                  url_for("seller_orders.show", seller_order_id=one["id"])) for one in found]


def _offers(actor: Actor, words: str) -> list[Found]:
    """By SKU, then by what the catalog says of the product."""
    rows = {row.id: row for row in offers.by_sku(actor, words, find.MOST)}
    rows |= {row.offer_id: row for row in offers.products(actor, words, find.MOST, offered=True)}
    return [Found("offer", offer_id, row.name, f"{row.seller_sku} · {row.mpn}", url_for("seller_offers.show", offer_id=offer_id))
            for offer_id, row in rows.items()]


def _products(actor: Actor, words: str) -> list[Found]:
    return [Found("product", row.id, row.name, f"{row.brand} · {row.mpn}", url_for("seller_offers.new", variant_id=row.id))
            for row in offers.products(actor, words, find.MOST, offered=False)]


SOURCES = [find.Source("seller_order:read", _orders), find.Source("offer:read", _offers), find.Source("offer:write", _products)]
