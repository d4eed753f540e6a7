"""A storefront's list pages: what this buyer may see, at its own price, in a constant few statements.

A variant is listed when the assortment shows it to the buyer and at least one seller may sell it there
today. Prices come from `pricing.listing`; nothing here is cached, so a revoked authorization or a new
price holds at the next request, and no buyer ever gets another's page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, exists, func, or_, select

from marketplace.catalog import search
from marketplace.catalog.models import Brand, Category, Variant
from marketplace.channel import assortment, authorization
from marketplace.core import paging, tenancy
from marketplace.core.errors import Invalid
from marketplace.identity.buying import BuyingContext
from marketplace.identity.models import Organization
from marketplace.offers import queries as supply
from marketplace.offers.models import FreightRule, Offer, StockLevel
from resellers.storefront import shelf

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
    text, values = _shelf(context, filters)
    with tenancy.as_market():
        where, more = _seen(context, filters)
        found = shelf.rows(shelf.statement(where, *text), {**shelf.parameters(context), **values, **more})
    kept = found[: filters.limit]
    return {
        "items": [_listed(row, context.currency) for row in kept],
        "next_cursor": _cursor(filters, kept[-1]) if len(found) > filters.limit else None,
    }


def _seen(context: BuyingContext, filters: Filters) -> tuple[str, dict[str, Any]]:
    """The shelf's condition, as text and parameters: assortment, filters, and what comes after the cursor."""
    parts, values = [], {}
    conditions = narrowed(context, filters)
    if shelf.has_rules(context.storefront_id):
        conditions.append(assortment.visible(context))
    for number, condition in enumerate(conditions):
        text, more = shelf.written(condition, f"c{number}_")
        parts.append(f"({text})")
        values.update(more)
    after, more = _after(filters)
    return " AND ".join([*parts, *after]) or "true", {**values, **more}


def _shelf(context: BuyingContext, filters: Filters) -> tuple[tuple[str, str], dict[str, Any]]:
    """The shelf's order and rank as text, with their parameters and the page's length."""
    rank, values = shelf.written(search.rank(filters.query), "r_") if _is_ranked(filters) else ("0", {})
    orders = {"newest": "variants.id DESC", "name_desc": "variants.sort_key DESC, variants.id DESC"}
    order = f"{rank}, variants.sort_key, variants.id" if _is_ranked(filters) else orders.get(
        filters.sort, "variants.sort_key, variants.id")
    return (order, rank), {**values, "limit": filters.limit + 1}


def _is_ranked(filters: Filters) -> bool:
    return filters.sort == "relevance" and bool(filters.query)


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


def _after(filters: Filters) -> tuple[list[str], dict[str, Any]]:
    """The condition that skips to the cursor. Raises: Invalid for a cursor that was not given out."""
    if not filters.cursor:
        return [], {}
    values = paging.decode(filters.cursor)
    kinds = [str] if filters.sort == "newest" else [int, str, str] if _is_ranked(filters) else [str, str]
    if [type(value) for value in values] != kinds or any(type(value) is int and abs(value) > 9 for value in values):
        raise Invalid("This cursor was not given out by us.", field="cursor")
    named = {f"after{number}": value for number, value in enumerate(values)}
    if filters.sort == "newest":
        return ["variants.id < %(after0)s"], named
    if _is_ranked(filters):
        rank, _same = shelf.written(search.rank(filters.query), "r_")
        return [f"({rank}, variants.sort_key, variants.id) > (%(after0)s, %(after1)s, %(after2)s)"], named
    sign = "<" if filters.sort == "name_desc" else ">"
    return [f"(variants.sort_key, variants.id) {sign} (%(after0)s, %(after1)s)"], named


def _cursor(filters: Filters, last: Row[Any]) -> str:
    if filters.sort == "newest":
        return paging.encode([last[0]])
    return paging.encode([*([last[13]] if _is_ranked(filters) else []), last[12], last[0]])


def _listed(row: Row[Any], currency: str) -> dict[str, Any]:
    id_, name, mpn, gtin, unit, brand, slug, picture, unit_minor, least, stock, sellers, _key, _rank = row
    return {
        "id": id_, "name": name, "mpn": mpn, "gtin": gtin, "unit": unit, "brand": brand, "brand_slug": slug,
        "picture_url": f"/pictures/{picture}" if picture else None, "currency": currency, "unit_minor": unit_minor,
        "min_quantity": least, "stock": stock, "sellers": sellers,
    }


def item(row: Row[Any], price: Any, currency: str) -> dict[str, Any]:
    """One product of a list as JSON values, with the price this buyer pays."""
    return {
        "id": row.id, "name": row.name, "mpn": row.mpn, "gtin": row.gtin, "unit": row.unit,
        "brand": row.brand, "brand_slug": row.brand_slug,
        "picture_url": f"/pictures/{row.picture_id}" if row.picture_id else None,
        "currency": currency, "unit_minor": price.unit_minor if price else None,
        "min_quantity": price.min_quantity if price else 1,
        "stock": price.stock if price else 0, "sellers": price.sellers if price else 0,
    }
