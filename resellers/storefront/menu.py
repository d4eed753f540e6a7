"""The ways into a storefront's catalog: its categories as a tree, and its brands, each with how much is in it.

What a guest of this storefront finds is kept for a minute: it leads to lists, and the lists themselves are never
kept. No price, stock or buyer is in here.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

from flask import Flask, current_app
from sqlalchemy import select

from marketplace.catalog.models import Category
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity import buying
from marketplace.identity.buying import BuyingContext
from marketplace.orders import carts
from marketplace.web import auth
from resellers.storefront import shelf

SECONDS = 60
MOST = 12
NOTHING: dict[str, list[dict[str, Any]]] = {"categories": [], "brands": []}


def register(app: Flask) -> None:
    """Let the storefront's layout ask for the ways in, and for how much is in the cart."""
    app.extensions["storefront_menu"] = shelf.Kept(SECONDS)
    app.jinja_env.globals["storefront_menu"] = shown
    app.jinja_env.globals["storefront_cart_count"] = cart_count


def shown() -> dict[str, list[dict[str, Any]]]:
    """`tree` of this host's storefront for a guest; nothing on the market's own host."""
    storefront = auth.current_storefront()
    if storefront is None:
        return NOTHING
    kept: shelf.Kept = current_app.extensions["storefront_menu"]
    return kept.get(storefront.id, lambda: tree(buying.of(storefront, None)))


def tree(context: BuyingContext) -> dict[str, list[dict[str, Any]]]:
    """What this buyer finds something in.

    Shapes:  {"categories": [{"slug", "name", "count", "picture_url", "below": [{"slug", "name", "count"}]}],
             "brands": [{"slug", "name", "count"}]}, in name order; "below" are the nodes in which products stand, fullest first.
    Effects: none; a constant few statements.
    """
    with tenancy.as_market():
        places = shelf.seen(context)
        tops = db.session.execute(select(Category.name, Category.slug).where(Category.parent_id.is_(None))).all()
    leaves: dict[tuple[str, str, str], list[shelf.Place]] = defaultdict(list)
    brands: Counter[tuple[str, str]] = Counter()
    for place in places:
        brands[place.brand_name, place.brand_slug] += place.sold
        if place.category_id:
            leaves[place.path, place.category_slug, place.category_name].append(place)
    return {"categories": _roots([(*key, *_contents(leaves[key])) for key in sorted(leaves)], {row.name: row.slug for row in tops}),
            "brands": [{"slug": slug, "name": name, "count": count} for (name, slug), count in sorted(brands.items())]}


def _contents(places: list[shelf.Place]) -> tuple[int, str | None]:
    """How many products, and one's picture."""
    return sum(place.sold for place in places), min((place.picture_id for place in places if place.picture_id), default=None)


def _roots(leaves: list[tuple[Any, ...]], slugs: dict[str, str]) -> list[dict[str, Any]]:
    roots: dict[str, dict[str, Any]] = {}
    for path, slug, name, count, picture in leaves:
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
