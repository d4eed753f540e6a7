"""A storefront's list pages: what this buyer may see, at its own price, in a constant few statements.

A variant is listed when the assortment shows it to the buyer and at least one seller may sell it there
today. Prices come from `pricing.listing`; nothing here is cached, so a revoked authorization or a new
price holds at the next request, and no buyer ever gets another's page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Date, DateTime, Row, String, and_, bindparam, exists, func, or_, select, tuple_
from sqlalchemy.orm import aliased

from marketplace.catalog import search
from marketplace.catalog.models import Brand, Category, Product, Variant
from marketplace.channel import assortment, authorization
from marketplace.core import paging, tenancy
from marketplace.core.db import Query, db
from marketplace.core.errors import Invalid
from marketplace.identity.buying import BuyingContext
from marketplace.identity.models import Organization
from marketplace.offers.models import Offer, StockLevel
from marketplace.pricing import listing
from marketplace.routing import dates

CURRENCY, COUNTRY = bindparam("for_currency", type_=String), bindparam("for_country", type_=String)
AT, DAY = bindparam("for_at", type_=DateTime(timezone=True)), bindparam("for_day", type_=Date)


@dataclass(frozen=True)
class Filters:
    """What the visitor asked for. `brand` and `category` are slugs; `limit` is at most paging.MAX_LIMIT.

    `attributes` are (name, (value, …)): one of the values of each name.
    """

    query: str = ""
    brand: str | None = None
    category: str | None = None
    attributes: tuple[tuple[str, tuple[str, ...]], ...] = ()
    in_stock: bool = False
    sort: str = "name"
    cursor: str | None = None
    limit: int = 24


@cache
def sellable(*, in_stock: bool = False) -> ColumnElement[bool]:
    """Whether some approved seller may sell `Variant` to the country, in the currency and at the moment `asked` for.

    Built once, since building it costs more than running it: whoever executes it hands `asked(context)` along.
    """
    seller = Organization.__table__.alias("offering")
    conditions = [
        Offer.variant_id == Variant.id, *_on_offer(), exists().where(seller.c.id == Offer.seller_id, seller.c.status == "approved"),
        authorization.covered(Offer.seller_id, Offer.brand_id, COUNTRY, DAY),
    ]
    if in_stock:
        conditions.append(exists().where(StockLevel.offer_id == Offer.id, StockLevel.available > 0))
    return exists().where(*conditions)


def _on_offer() -> list[ColumnElement[bool]]:
    return [Offer.status == "active", Offer.currency == CURRENCY, Offer.valid_from <= AT, or_(Offer.valid_to.is_(None), Offer.valid_to > AT)]


@cache
def offering() -> list[ColumnElement[bool]]:
    """The same conditions on `Offer`, for statements about thousands of offers: the sellers are gathered once, not asked for each.

    "IS TRUE" keeps the sets from being joined, which the planner would do badly: it takes them for small.
    """
    approved = select(Organization.id).where(Organization.status == "approved")
    return [
        *_on_offer(), Offer.seller_id.in_(approved).is_(True),
        tuple_(Offer.seller_id, Offer.brand_id).in_(authorization.pairs(COUNTRY, DAY)).is_(True),
    ]


def asked(context: BuyingContext) -> dict[str, Any]:
    """The values that `sellable` and `visible` leave open."""
    return {"for_currency": context.currency, "for_country": context.country, "for_at": context.at, "for_day": context.at.date()}


def visible(context: BuyingContext) -> ColumnElement[bool]:
    """Whether `Variant` is there at all for this buyer: live, in its assortment, and sold by someone. Needs `asked`."""
    return and_(Variant.status == "active", assortment.visible(context), sellable())


def listed(context: BuyingContext, filters: Filters) -> dict[str, Any]:
    """One page of products as JSON values: {"items": [...], "next_cursor": text or None}.

    Units:   amounts in minor units of the storefront's currency, net, as this buyer pays them.
    Effects: none; a constant number of statements whatever the page's length.
    Raises:  Invalid for a cursor that was not given out.
    """
    with tenancy.as_market():
        rows = db.session.execute(_statement(context, filters), asked(context)).all()
        more = len(rows) > filters.limit
        rows = rows[: filters.limit]
        prices = listing.best_prices(context, [row.id for row in rows])
    return {
        "items": [item(row, prices.get(row.id), context) for row in rows],
        "next_cursor": _cursor(filters, rows[-1]) if more else None,
    }


def some(context: BuyingContext, choose: Callable[[Query], Query]) -> list[dict[str, Any]]:
    """The products that `choose` narrows and orders a query of this buyer's products to, as JSON values. Effects: none."""
    with tenancy.as_market():
        rows = db.session.execute(choose(_joined(_columns()).where(visible(context))), asked(context)).all()
        prices = listing.best_prices(context, [row.id for row in rows])
    return [item(row, prices.get(row.id), context) for row in rows]


def _columns() -> Query:
    return select(
        Variant.id, Variant.name, Variant.mpn, Variant.gtin, Variant.unit, Variant.sort_key,
        Brand.name.label("brand"), Brand.slug.label("brand_slug"), Product.picture_id,
    )


def _statement(context: BuyingContext, filters: Filters) -> Query:
    query = _columns()
    if filters.sort == "relevance" and filters.query:
        return _ranked(query, context, filters)
    query = _joined(query).where(visible(context), *narrowed(context, filters))
    return _ordered(query, filters).limit(filters.limit + 1)


def _joined(query: Query) -> Query:
    return query.join(Brand, Brand.id == Variant.brand_id).join(Product, Product.id == Variant.product_id)


def _ranked(query: Query, context: BuyingContext, filters: Filters) -> Query:
    """The best matches first, and only as many asked whether they are sold as the page needs: OFFSET 0 keeps the two apart."""
    rank = search.rank(filters.query)
    found = select(Variant.id, Variant.sort_key, rank.label("rank")).where(
        Variant.status == "active", assortment.visible(context), *narrowed(context, filters))
    values = paging.decode(filters.cursor) if filters.cursor else []
    best = _after(found, values, [rank, Variant.sort_key, Variant.id]).offset(0).subquery("best")
    query = _joined(query.add_columns(best.c.rank).select_from(best).join(Variant, Variant.id == best.c.id))
    return query.where(sellable()).order_by(best.c.rank, best.c.sort_key, best.c.id).limit(filters.limit + 1)


def narrowed(context: BuyingContext, filters: Filters, *, but: str = "") -> list[ColumnElement[bool]]:
    """The conditions of the filters on `Variant`, leaving out the one called `but`."""
    conditions: list[ColumnElement[bool]] = []
    if filters.query:
        conditions.append(search.matches(filters.query))
    if filters.brand and but != "brand":
        conditions.append(Variant.brand_id == select(Brand.id).where(Brand.slug == filters.brand).scalar_subquery())
    if filters.category and but != "category":
        conditions.append(Variant.category_id.in_(below(filters.category)))
    conditions += [_attribute(name).in_(values) for name, values in filters.attributes]
    if filters.in_stock and but != "in_stock":
        conditions.append(sellable(in_stock=True))
    return conditions


def _attribute(name: str) -> ColumnElement[str]:
    """The variant's own value of an attribute, else its product's, as text."""
    product = aliased(Product)
    shared = select(product.attributes[name].astext).where(product.id == Variant.product_id).scalar_subquery()
    return func.coalesce(Variant.attributes[name].astext, shared)


def below(slug: str) -> Query:
    """The ids of a category and of everything under it."""
    root, node = Category.__table__.alias("root"), Category.__table__.alias("node")
    return select(node.c.id).where(
        root.c.slug == slug,
        or_(node.c.id == root.c.id, func.starts_with(node.c.path, root.c.path + " / ")),
    )


def _ordered(query: Query, filters: Filters) -> Query:
    values = paging.decode(filters.cursor) if filters.cursor else []
    if filters.sort == "newest":
        return _after(query, values, [Variant.id], descending=True)
    return _after(query, values, [Variant.sort_key, Variant.id], descending=filters.sort == "name_desc")


def _after(query: Query, values: list[Any], keys: list[Any], *, descending: bool = False) -> Query:
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


def item(row: Row[Any], price: listing.ListPrice | None, context: BuyingContext) -> dict[str, Any]:
    """What every list says of a product; without a price nobody can sell it today, or this guest must sign in to see it."""
    shown = price if context.sees_prices else None
    return {
        "id": row.id, "name": row.name, "mpn": row.mpn, "gtin": row.gtin, "unit": row.unit,
        "brand": row.brand, "brand_slug": row.brand_slug,
        "picture_url": f"/pictures/{row.picture_id}" if row.picture_id else None,
        "currency": context.currency, "unit_minor": shown.unit_minor if shown else None,
        "next_tier": {"min_quantity": shown.step[0], "unit_minor": shown.step[1]} if shown and shown.step else None,
        "is_price_hidden": not context.sees_prices,
        "min_quantity": price.min_quantity if price else 1,
        "stock": price.stock if price else 0, "sellers": price.sellers if price else 0,
        "arrives_on": arrival(context, price),
    }


def arrival(context: BuyingContext, price: listing.ListPrice | None) -> str | None:
    """When it is there if ordered now; None while the seller of the price has not enough."""
    return dates.after_working_days(context.at.date(), price.days).isoformat() if price and price.days is not None else None
