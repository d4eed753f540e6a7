"""Counts beside a storefront's filters, each over what this buyer may see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from sqlalchemy import case, func, literal, or_, select, union_all

from marketplace.catalog.models import Brand, Category, Variant
from marketplace.channel import assortment
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity.buying import BuyingContext
from marketplace.offers.models import Offer, StockLevel
from resellers.storefront import attributes, queries, shelf
from resellers.storefront.queries import Filters

MOST = 30


def facets(context: BuyingContext, filters: Filters) -> dict[str, Any]:
    """What each filter would leave, counted without itself.

    Shapes:  {"total", "in_stock", "brands": [{"slug", "name", "count"}], "categories": […]}, biggest first;
             "attributes" as `attributes.counts`, within a category.
    Effects: none; a constant few statements. Without words or attributes asked for, the counts are those of the shelf.
    """
    count = _searched if filters.query or filters.attributes else _on_shelf
    with tenancy.as_market():
        found = _shaped(count(context, filters))
    return {**found, "attributes": attributes.counts(context, filters)}


def _on_shelf(context: BuyingContext, filters: Filters) -> list[tuple[str, str, str, int]]:
    found: Counter[tuple[str, str, str]] = Counter()
    path = _path(filters.category) if filters.category else None
    for place in shelf.seen(context):
        in_brand = filters.brand in (None, place.brand_slug)
        in_category = not filters.category or (path is not None and place.is_below(path))
        count = place.stocked if filters.in_stock else place.sold
        if in_brand and in_category:
            found["total", "", ""] += count
            found["stock", "", ""] += place.stocked
        if in_category and count:
            found["brand", place.brand_slug, place.brand_name] += count
        if in_brand and count and place.category_id:
            found["category", place.category_slug, place.category_name] += count
    return [(*key, count) for key, count in found.items()]


def _path(slug: str) -> str | None:
    return db.session.scalar(select(Category.path).where(Category.slug == slug))


def _searched(context: BuyingContext, filters: Filters) -> Sequence[Any]:
    rows = seen(context, filters)
    stock_ok = literal(1) if not filters.in_stock else rows.c.stocked
    everything = [rows.c.brand_ok == 1, rows.c.category_ok == 1]
    kept = [stock_ok == 1]
    statement = union_all(
        select(literal("total"), literal(""), literal(""), func.count()).select_from(rows).where(*everything, *kept),
        select(literal("stock"), literal(""), literal(""), func.count()).select_from(rows)
        .where(*everything, rows.c.stocked == 1),
        select(literal("brand"), Brand.slug, Brand.name, func.count()).join(rows, rows.c.brand_id == Brand.id)
        .where(rows.c.category_ok == 1, *kept).group_by(Brand.slug, Brand.name),
        select(literal("category"), Category.slug, Category.name, func.count())
        .join(rows, rows.c.category_id == Category.id)
        .where(rows.c.brand_ok == 1, *kept).group_by(Category.slug, Category.name),
    )
    return db.session.execute(statement, queries.asked(context)).all()


def seen(context: BuyingContext, filters: Filters) -> Any:
    """What the query finds of what this buyer may see: one row a variant that is sold, with what it would pass and whether it is in stock."""
    matched = select(
        Variant.id, Variant.product_id, Variant.brand_id, Variant.category_id, _passes(context, filters, "brand").label("brand_ok"),
        _passes(context, filters, "category").label("category_ok"),
    ).where(Variant.status == "active", assortment.visible(context), *queries.narrowed(context, Filters(query=filters.query, attributes=filters.attributes))).cte("matched")
    sold = (
        select(Offer.variant_id, func.max(case((StockLevel.available > 0, 1), else_=0)).label("stocked"))
        .outerjoin(StockLevel, StockLevel.offer_id == Offer.id)
        .where(*queries.offering(), Offer.variant_id.in_(select(matched.c.id))).group_by(Offer.variant_id).subquery("sold")
    )
    columns = [column for column in matched.c if column.key != "id"]
    return select(*columns, sold.c.stocked).join(sold, sold.c.variant_id == matched.c.id).cte("seen")


def _passes(context: BuyingContext, filters: Filters, name: str) -> Any:
    chosen = Filters(**{name: getattr(filters, name)})
    conditions = queries.narrowed(context, chosen)
    return case((conditions[0], 1), else_=0) if conditions else literal(1)


def _shaped(rows: Sequence[Any]) -> dict[str, Any]:
    found: dict[str, list[dict[str, Any]]] = {"brand": [], "category": []}
    counts = {"total": 0, "stock": 0}
    for kind, slug, name, count in rows:
        if kind in counts:
            counts[kind] = count
        else:
            found[kind].append({"slug": slug, "name": name, "count": count})
    for choices in found.values():
        choices.sort(key=lambda choice: (-choice["count"], choice["name"]))
    return {"total": counts["total"], "in_stock": counts["stock"],
            "brands": found["brand"][:MOST], "categories": found["category"][:MOST]}


def category(slug: str) -> dict[str, Any] | None:
    """A category's name, the categories above it, nearest last, and the slugs below it; None when there is none."""
    path = _path(slug)
    if path is None:
        return None
    names = path.split(" / ")
    paths = [" / ".join(names[: i + 1]) for i in range(len(names))]
    around = select(Category.slug, Category.name, Category.path).where(
        or_(Category.path.in_(paths), func.starts_with(Category.path, path + " / "))).order_by(func.length(Category.path))
    found = db.session.execute(around).all()
    return {
        "name": names[-1], "crumbs": [{"slug": row.slug, "name": row.name} for row in found if row.path in paths],
        "below": {row.slug for row in found if row.path not in paths},
    }
