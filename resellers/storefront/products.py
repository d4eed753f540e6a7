"""One product as one buyer sees it: content, its own price by quantity and why, and who would deliver it.

What a seller charges never leaves this module: the buyer's price and the rule behind it do.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.identity.buying import BuyingContext
from marketplace.pricing import listing
from marketplace.routing import service as routing
from resellers.storefront import queries


def shown(context: BuyingContext, variant_id: str) -> dict[str, Any]:
    """A product's content and this buyer's best price, as JSON values.

    Units:   minor units of the storefront's currency, net.
    Raises:  NotFound when it is not there, or not there for this buyer: the two look the same.
    """
    with tenancy.as_market():
        row = db.session.execute(_statement(context, variant_id)).first()
        if row is None:
            raise NotFound
        price = listing.best_prices(context, [variant_id]).get(variant_id)
        tiers, why = prices(context, row)
    item = queries.item(row, price, context.currency)
    item.update(
        description=row.description, category=row.category, category_slug=row.category_slug,
        attributes={**(row.shared or {}), **(row.own or {})}, tiers=tiers, why=why,
    )
    return item


def _statement(context: BuyingContext, variant_id: str) -> Any:
    return (
        select(
            Variant.id, Variant.name, Variant.mpn, Variant.gtin, Variant.unit, Variant.brand_id, Variant.category_id,
            Variant.attributes.label("own"), Product.attributes.label("shared"), Product.description,
            Product.picture_id, Brand.name.label("brand"), Brand.slug.label("brand_slug"),
            Category.name.label("category"), Category.slug.label("category_slug"),
        )
        .join(Brand, Brand.id == Variant.brand_id)
        .join(Product, Product.id == Variant.product_id)
        .outerjoin(Category, Category.id == Variant.category_id)
        .where(Variant.id == variant_id, queries.visible(context))
    )
