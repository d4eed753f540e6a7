"""What a reseller decides about its storefront, tried on the real catalog before it holds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from marketplace.catalog.models import Brand, Category
from marketplace.channel import assortment
from marketplace.channel.models import AssortmentRule
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.identity import buying, storefronts
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Storefront
from marketplace.pricing import listing
from marketplace.pricing.models import MarkupRule
from resellers.storefront import queries
from resellers.storefront.queries import Filters

SAMPLE = 12


def look(storefront: Storefront) -> dict[str, Any]:
    """A storefront's own settings as JSON values."""
    return {
        "id": storefront.id, "name": storefront.name, "tagline": storefront.tagline, "host": storefront.host,
        "primary_color": storefront.primary_color, "locale": storefront.locale, "guest_prices": storefront.guest_prices, "currency": storefront.currency,
        "markup_bps": storefront.markup_bps, "contrast": round(storefronts.contrast_with_white(storefront.primary_color), 1),
    }


def preview(actor: Actor, storefront_id: str, markup_bps: int | None) -> list[dict[str, Any]]:
    """A few real products at today's price for a guest, and at the storefront markup to be tried.

    Products whose brand or category has a markup or price of its own keep it: that is the point of trying.
    """
    storefront = storefronts.own(actor, storefront_id)
    context = replace(buying.context(storefront), sees_prices=True)
    found = queries.listed(context, Filters(limit=SAMPLE))["items"]
    tried = replace(context, markup_bps=storefront.markup_bps if markup_bps is None else markup_bps)
    then = listing.best_prices(tried, [item["id"] for item in found])
    return [
        {"id": item["id"], "name": item["name"], "brand": item["brand"], "currency": item["currency"],
         "now_minor": item["unit_minor"], "then_minor": then[item["id"]].unit_minor if item["id"] in then else None}
        for item in found
    ]


def rules(actor: Actor, storefront_id: str) -> list[dict[str, Any]]:
    """The storefront's assortment rules for everybody, with names."""
    found = assortment.rules(actor, storefront_id)
    return [{"id": row.id, "effect": row.effect, "brand_id": row.brand_id, "category_id": row.category_id, **_named(row)}
            for row in found]


def _named(row: AssortmentRule | MarkupRule) -> dict[str, str | None]:
    return {
        "brand": db.session.scalar(select(Brand.name).where(Brand.id == row.brand_id)) if row.brand_id else None,
        "category": db.session.scalar(select(Category.path).where(Category.id == row.category_id)) if row.category_id else None,
    }


def add_rule(actor: Actor, storefront_id: str, rule: dict[str, Any]) -> None:
    """Add one rule to those that hold for everybody. Raises: Forbidden, NotFound, Invalid."""
    storefronts.own(actor, storefront_id, lock=True)  # of two at once the later adds to what the earlier wrote
    held = [assortment.Rule(row.effect, row.brand_id, row.category_id) for row in assortment.rules(actor, storefront_id)]
    assortment.set_rules(actor, storefront_id, [*held, assortment.Rule(**rule)])


def remove_rule(actor: Actor, storefront_id: str, rule_id: str) -> None:
    """Take one rule away. Raises: Forbidden; NotFound, too, for a rule that was taken away or replaced meanwhile."""
    authorize(actor, "storefront:write", actor.organization_id)
    storefronts.own(actor, storefront_id, lock=True)
    held = assortment.rules(actor, storefront_id)
    kept = [assortment.Rule(row.effect, row.brand_id, row.category_id) for row in held if row.id != rule_id]
    if len(kept) == len(held):
        raise NotFound
    assortment.set_rules(actor, storefront_id, kept)


def markups(actor: Actor, storefront_id: str) -> list[dict[str, Any]]:
    """The storefront's markups for brands and categories."""
    storefronts.own(actor, storefront_id)
    found = db.session.scalars(select(MarkupRule).filter_by(storefront_id=storefront_id, reseller_id=actor.organization_id).order_by(MarkupRule.id))
    return [{"id": row.id, "markup_bps": row.markup_bps, "brand_id": row.brand_id, "category_id": row.category_id, **_named(row)} for row in found]


def choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """Brands and categories to choose from: (id, name), in name order. Raises: Forbidden."""
    authorize(actor, "storefront:read", actor.organization_id)
    brands = db.session.execute(select(Brand.id, Brand.name).order_by(Brand.name)).all()
    categories = db.session.execute(select(Category.id, Category.path).order_by(Category.path)).all()
    return {"brands": [(id_, name) for id_, name in brands], "categories": [(id_, path) for id_, path in categories]}
