"""What a company knows of the catalog from its own orders and carts: what it buys again and again, and what is there no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import exists, func, or_, select

from marketplace.catalog.models import Brand, Category, Variant
from marketplace.core.db import AnyRow, db
from marketplace.identity.access import Actor, authorize
from marketplace.identity.buying import BuyingContext
from marketplace.orders.models import CartLine, OrderLine
from resellers.storefront import queries

MOST = 12


def often(actor: Actor, context: BuyingContext) -> list[dict[str, Any]]:
    """The products that the actor's company ordered most often, the latest first among equals; gone ones are left out.

    Raises: Forbidden without order:read.
    """
    authorize(actor, "order:read", context.buyer_id)
    ids = list(db.session.scalars(
        select(OrderLine.variant_id).where(OrderLine.buyer_id == actor.organization_id).group_by(OrderLine.variant_id)
        .order_by(func.count().desc(), func.max(OrderLine.order_id).desc()).limit(MOST)
    ))
    found = queries.some(context, lambda query: query.where(Variant.id.in_(ids)))
    return sorted(found, key=lambda item: ids.index(item["id"]))


def known(context: BuyingContext, variant_id: str) -> AnyRow | None:
    """A product that the buyer's company ordered or has in a cart, whether or not it is still sold to it: what it is called, and its category."""
    mine = [exists().where(line.variant_id == Variant.id, line.buyer_id == context.buyer_id) for line in (OrderLine, CartLine)]
    return db.session.execute(
        select(Variant.id, Variant.name, Variant.mpn, Variant.category_id, Brand.name.label("brand"),
               Category.name.label("category"), Category.slug.label("category_slug"))
        .join(Brand, Brand.id == Variant.brand_id).outerjoin(Category, Category.id == Variant.category_id)
        .where(Variant.id == variant_id, or_(*mine))
    ).first()
