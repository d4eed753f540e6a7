"""A storefront's list pages: what this buyer may see, at its own price, in a constant few statements.

A variant is listed when the assortment shows it to the buyer and at least one seller may sell it there
today. Prices come from `pricing.listing`; nothing here is cached, so a revoked authorization or a new
price holds at the next request, and no buyer ever gets another's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select, tuple_

from marketplace.catalog import search
from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.channel import assortment, authorization
from marketplace.core import paging, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.identity.buying import BuyingContext
from marketplace.identity.models import Organization
from marketplace.offers import queries as supply
from marketplace.offers.models import FreightRule, Offer, StockLevel
from marketplace.pricing import listing

SORTS = ("relevance", "name", "name_desc", "newest")


@dataclass(frozen=True)
class Filters:
    """What the visitor asked for. `brand` and `category` are slugs; `limit` is at most paging.MAX_LIMIT."""

    query: str = ""
    brand: str | None = None
    category: str | None = None
    in_stock: bool = False
    sort: str = "name"
    cursor: str | None = None
    limit: int = 24


def sellable(context: BuyingContext, *, in_stock: bool = False) -> ColumnElement[bool]:
    """Whether some approved seller may sell `Variant` to the context's country at its moment."""
    conditions = [Offer.variant_id == Variant.id, *offering(context)]
    if in_stock:
        conditions.append(exists().where(StockLevel.offer_id == Offer.id, StockLevel.available > 0))
    return exists().where(*conditions)


def offering(context: BuyingContext) -> list[ColumnElement[bool]]:
    """The conditions on `Offer` under which its seller may sell it to this buyer today."""
    seller = Organization.__table__.alias("offering")
    return [
        Offer.status == "active", Offer.currency == context.currency,
        Offer.valid_from <= context.at, or_(Offer.valid_to.is_(None), Offer.valid_to > context.at),
        exists().where(seller.c.id == Offer.seller_id, seller.c.status == "approved"),
        authorization.covered(Offer.seller_id, Offer.brand_id, context.country, context.at.date()),
    ]


def delivering(context: BuyingContext) -> list[ColumnElement[bool]]:
    """The conditions on `Offer` under which its seller ships to this buyer now: freight is known, no pause."""
    rule = FreightRule.__table__
    return [
        exists().where(rule.c.seller_id == Offer.seller_id, rule.c.currency == context.currency,
                       or_(rule.c.country == context.country, rule.c.country.is_(None))),
        ~supply.paused(Offer.seller_id, context.at),
    ]


def visible(context: BuyingContext) -> ColumnElement[bool]:
    """Whether `Variant` is there at all for this buyer: live, in its assortment, and sold by someone."""
    return and_(Variant.status == "active", assortment.visible(context), sellable(context))


def listed(context: BuyingContext, filters: Filters) -> dict[str, Any]:
    """One page of products as JSON values: {"items": [...], "next_cursor": text or None}.

    Units:   amounts in minor units of the storefront's currency, net, as this buyer pays them.
    Effects: none; a constant number of statements whatever the page's length.
    Raises:  Invalid for a cursor that was not given out.
    """
    with tenancy.as_market():
        rows = db.session.execute(_statement(context, filters)).all()
        more = len(rows) > filters.limit
        rows = rows[: filters.limit]
        prices = listing.best_prices(context, [row.id for row in rows]) if rows else {}
    return {
        "items": [item(row, prices.get(row.id), context.currency) for row in rows],
        "next_cursor": _cursor(filters, rows[-1]) if more else None,
    }


def _statement(context: BuyingContext, filters: Filters) -> Select[Any]:
    query = (
        select(
            Variant.id, Variant.name, Variant.mpn, Variant.gtin, Variant.unit, Variant.sort_key,
            Brand.name.label("brand"), Brand.slug.label("brand_slug"), Product.picture_id,
        )
        .join(Brand, Brand.id == Variant.brand_id)
        .join(Product, Product.id == Variant.product_id)
        .where(visible(context), *narrowed(context, filters))
    )
    return _ordered(query, filters).limit(filters.limit + 1)


def narrowed(context: BuyingContext, filters: Filters, *, but: str = "") -> list[ColumnElement[bool]]:
    """The conditions of the filters on `Variant`, leaving out the one called `but`."""
    conditions: list[ColumnElement[bool]] = []
    if filters.query:
        conditions.append(search.matches(filters.query))
    if filters.brand and but != "brand":
        conditions.append(Variant.brand_id.in_(select(Brand.id).where(Brand.slug == filters.brand)))
    if filters.category and but != "category":
        conditions.append(Variant.category_id.in_(below(filters.category)))
    if filters.in_stock and but != "in_stock":
        conditions.append(sellable(context, in_stock=True))
    return conditions


def below(slug: str) -> Select[Any]:
    """The ids of a category and of everything under it."""
    root, node = Category.__table__.alias("root"), Category.__table__.alias("node")
    return select(node.c.id).where(
        root.c.slug == slug,
        or_(node.c.id == root.c.id, func.starts_with(node.c.path, root.c.path + " / ")),
    )


def _ordered(query: Select[Any], filters: Filters) -> Select[Any]:
    values = paging.decode(filters.cursor) if filters.cursor else []
    if filters.sort == "newest":
        return _after(query, values, [Variant.id], descending=True)
    if filters.sort == "relevance" and filters.query:
        rank = search.rank(filters.query)
        return _after(query.add_columns(rank.label("rank")), values, [rank, Variant.sort_key, Variant.id])
    return _after(query, values, [Variant.sort_key, Variant.id], descending=filters.sort == "name_desc")


def _after(query: Select[Any], values: list[Any], keys: list[Any], *, descending: bool = False) -> Select[Any]:
    if values:
        kinds = [int] * (len(keys) - 2) + [str, str] if len(keys) > 1 else [str]
        if [type(value) for value in values] != kinds:
            raise Invalid("This cursor was not given out by us.", field="cursor")
        left, right = tuple_(*keys), tuple_(*values)
        query = query.where(left < right if descending else left > right)
    return query.order_by(*[key.desc() if descending else key for key in keys])


def _cursor(filters: Filters, last: Row[Any]) -> str:
    if filters.sort == "newest":
        return paging.encode([last.id])
    ranked = [last.rank] if filters.sort == "relevance" and filters.query else []
    return paging.encode([*ranked, last.sort_key, last.id])


def item(row: Row[Any], price: Any, currency: str) -> dict[str, Any]:
    """What every list says of a product; `price` is a `pricing.listing.ListPrice`, or None where nobody quotes one."""
    return {
        "id": row.id, "name": row.name, "mpn": row.mpn, "gtin": row.gtin, "unit": row.unit,
        "brand": row.brand, "brand_slug": row.brand_slug,
        "picture_url": f"/pictures/{row.picture_id}" if row.picture_id else None,
        "currency": currency, "unit_minor": price.unit_minor if price else None,
        "min_quantity": price.min_quantity if price else 1,
        "stock": price.stock if price else 0, "sellers": price.sellers if price else 0,
    }
