"""What a reseller finds: orders on its storefronts, its customers, and what its storefronts show."""

from __future__ import annotations

from flask import request, url_for
from flask_babel import lazy_gettext as _l

from marketplace.core import paging
from marketplace.identity import buying, storefronts
from marketplace.identity.access import Actor
from marketplace.identity.models import Storefront
from marketplace.web import find
from marketplace.web.find import Found
from marketplace.web.states import status_text
from resellers.office import customers
from resellers.office import queries as office
from resellers.storefront import queries as shelves
from resellers.storefront.queries import Filters

SHOPS = 3
"""Products are looked for on so many storefronts, the oldest first, so that the cost has a bound."""
PAGES: find.Pages = [
    (_l("Payouts"), "reseller.finances", "finance:read"),
    (_l("Margin"), "reseller.home", "order:read"),
    (_l("Assortment and markup"), "reseller_storefronts.index", "storefront:read"),
    (_l("Credit limits and payment methods"), "reseller_customers.index", "customer:read"),
]


def _orders(actor: Actor, words: str) -> list[Found]:
    found = office.orders(actor, paging.Ask(limit=find.MOST), number=words)["items"]
    return [Found("order", one["id"], one["number"], f"{one['buyer']} · {status_text(one['status'])}", url_for("reseller.order", order_id=one["id"]))
            for one in found]


def _customers(actor: Actor, words: str) -> list[Found]:
    found = customers.listed(actor, words, paging.Ask(limit=find.MOST))["items"]
    return [Found("customer", one["id"], one["name"], " · ".join(filter(None, (one["country"], one["group"]))),
                  url_for("reseller_customers.show", buyer_id=one["id"])) for one in found]


def _products(actor: Actor, words: str) -> list[Found]:
    found: dict[str, Found] = {}
    for storefront in storefronts.of(actor)[:SHOPS]:
        for row in shelves.listed(buying.context(storefront), Filters(query=words, sort="relevance", limit=find.MOST))["items"]:
            found.setdefault(row["id"], Found("product", row["id"], row["name"], f"{row['brand']} · {row['mpn']} · {storefront.name}",
                                              _address(storefront, f"/products/{row['id']}")))
    return list(found.values())


def _address(storefront: Storefront, path: str) -> str:
    """On the storefront's own host, by the port and scheme that this portal is reached by."""
    _, colon, port = request.host.partition(":")
    return f"{request.scheme}://{storefront.host}{colon}{port}{path}"


SOURCES = [find.Source("order:read", _orders), find.Source("customer:read", _customers), find.Source("storefront:read", _products)]
