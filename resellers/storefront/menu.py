"""The ways into a storefront's catalog: its categories as a tree, and its brands, each with how much is in it.

What a guest of this storefront finds is kept for a minute: it leads to lists, and the lists themselves are never
kept. No price, stock or buyer is in here.
"""

from __future__ import annotations

import time
from typing import Any

from flask import Flask, current_app
from sqlalchemy import func, select

from marketplace.catalog.models import Brand, Category, Product
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity import buying
from marketplace.identity.buying import BuyingContext
from marketplace.orders import carts
from marketplace.web import auth
from resellers.storefront import facets, queries
from resellers.storefront.queries import Filters

SECONDS = 60
MOST = 12
NOTHING: dict[str, list[dict[str, Any]]] = {"categories": [], "brands": []}


def register(app: Flask) -> None:
    """Let the storefront's layout ask for the ways in, and for how much is in the cart."""
    app.extensions["storefront_menu"] = {}
    app.jinja_env.globals["storefront_menu"] = shown
    app.jinja_env.globals["storefront_cart_count"] = cart_count


def shown() -> dict[str, list[dict[str, Any]]]:
    """`tree` of this host's storefront for a guest; nothing on the market's own host."""
    storefront = auth.current_storefront()
    if storefront is None:
        return NOTHING
    kept: dict[str, tuple[float, dict[str, Any]]] = current_app.extensions["storefront_menu"]
    until, found = kept.get(storefront.id, (0.0, NOTHING))
    if time.monotonic() > until:
        found = tree(buying.of(storefront, None))
        kept[storefront.id] = (time.monotonic() + SECONDS, found)
    return found


def tree(context: BuyingContext) -> dict[str, list[dict[str, Any]]]:
    """What this buyer finds something in.

    Shapes:  {"categories": [{"slug", "name", "count", "picture_url", "below": [{"slug", "name", "count"}]}],
             "brands": [{"slug", "name", "count"}]}, in name order; "below" are the nodes in which products stand, fullest first.
    Effects: none; three statements.
    """
    seen = facets.seen(context, Filters())
    leaves = (
        select(Category.path, Category.slug, Category.name, func.count(), func.min(Product.picture_id))
        .join(seen, seen.c.category_id == Category.id).join(Product, Product.id == seen.c.product_id).group_by(Category.id)
    )
    brands = select(Brand.slug, Brand.name, func.count()).join(seen, seen.c.brand_id == Brand.id).group_by(Brand.id).order_by(Brand.name)
    with tenancy.as_market():
        asked = queries.asked(context)
        found = db.session.execute(leaves, asked).all()
        tops = db.session.execute(select(Category.name, Category.slug).where(Category.parent_id.is_(None))).all()
        return {"categories": _roots([tuple(row) for row in found], dict(tops)),
                "brands": [{"slug": slug, "name": name, "count": count} for slug, name, count in db.session.execute(brands, asked)]}


def _roots(leaves: list[tuple[Any, ...]], slugs: dict[str, str]) -> list[dict[str, Any]]:
    roots: dict[str, dict[str, Any]] = {}
    for path, slug, name, count, picture in sorted(leaves):
        top = path.split(" / ")[0]
        root = roots.setdefault(top, {"slug": slugs.get(top, slug), "name": top, "count": 0, "picture_url": None, "below": []})
        root["count"] += count
        root["picture_url"] = root["picture_url"] or (f"/pictures/{picture}" if picture else None)
        if slug != root["slug"]:
            root["below"].append({"slug": slug, "name": name, "count": count})
    for root in roots.values():
        root["below"].sort(key=lambda one: (-one["count"], one["name"]))
    return list(roots.values())


def cart_count() -> int:
    """How many lines the visitor's cart has; 0 for a guest."""
    actor = auth.current_actor()
    return carts.count(actor, auth.buying_context()) if actor and "storefront:buy" in actor.permissions else 0
