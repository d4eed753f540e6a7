"""The best price of each variant of a list page for one buyer: same rules as the product page and the order.

Four statements for a page, whatever its length. A variant that nobody can sell to this buyer has no price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity.buying import BuyingContext
from marketplace.pricing import resolve

# "IS TRUE" keeps each set of sellers a hashed one, made once: joined instead, it is searched anew for every seller.
_OFFERS = text("""
    SELECT o.id, o.seller_id, o.variant_id, o.brand_id, v.category_id, o.min_quantity,
           (SELECT coalesce(sum(s.available), 0) FROM stock_levels s WHERE s.offer_id = o.id) AS stock
      FROM unnest(CAST(:variants AS text[])) w (id) JOIN variants v ON v.id = w.id JOIN offers o ON o.variant_id = w.id
     WHERE o.status = 'active' AND o.currency = :currency AND o.valid_from <= :at AND (o.valid_to IS NULL OR o.valid_to > :at)
       AND ((o.seller_id, o.brand_id) IN (
            SELECT a.seller_id, a.brand_id FROM seller_authorizations a
             WHERE a.brand_id IN (SELECT brand_id FROM variants WHERE id = ANY(:variants)) AND a.status = 'active'
               AND a.valid_from <= :day AND (a.valid_to IS NULL OR a.valid_to >= :day)
               AND (cardinality(a.countries) = 0 OR :country = ANY(a.countries)))) IS TRUE
       AND (o.seller_id IN (
            SELECT z.id FROM organizations z JOIN freight_rules f ON f.seller_id = z.id
             WHERE z.status = 'approved' AND f.currency = :currency AND (f.country = :country OR f.country IS NULL))) IS TRUE
       AND (o.seller_id IN (
            SELECT p.seller_id FROM seller_pauses p WHERE p.starts_at <= :at AND p.ends_at > :at)) IS NOT TRUE""")


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What a list shows: the unit price at the least quantity, stock of all sellers together, and how many sell it."""

    unit_minor: int
    min_quantity: int
    stock: int
    sellers: int


def offered(context: BuyingContext, variant_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The offers that their sellers may sell and ship to this buyer now: as `resolve.Wanted`, then min_quantity and stock."""
    return db.session.execute(_OFFERS, {
        "variants": list(variant_ids), "currency": context.currency, "at": context.at, "day": context.at.date(),
        "country": context.country,
    }).all()


def best_prices(context: BuyingContext, variant_ids: Sequence[str]) -> dict[str, ListPrice]:
    """The best offer's price of each variant: one in stock before one that is not, then the lower price."""
    if not variant_ids:
        return {}
    with tenancy.as_market():
        offers = offered(context, variant_ids)
        steps = resolve.tiers(context, [row[:5] for row in offers])
    best: dict[str, tuple[bool, int, int]] = {}
    stock: dict[str, int] = {}
    sellers: dict[str, int] = {}
    for row in offers:
        step = resolve.at_quantity(steps.get(row.id, ()), row.min_quantity)
        if step is None or step.unit_minor < step.seller_unit_minor:
            continue
        stock[row.variant_id] = stock.get(row.variant_id, 0) + int(row.stock)
        sellers[row.variant_id] = sellers.get(row.variant_id, 0) + 1
        choice = (row.stock < row.min_quantity, step.unit_minor, row.min_quantity)
        best[row.variant_id] = min(best.get(row.variant_id, choice), choice)
    return {id_: ListPrice(unit, least, stock[id_], sellers[id_]) for id_, (_, unit, least) in best.items()}
