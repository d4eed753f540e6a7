"""The best price of each variant of a list page for one buyer: same rules as the product page and the order.

Four statements for a page, whatever its length. A variant that nobody can sell to this buyer has no price.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import text

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.identity.buying import BuyingContext
from marketplace.pricing import resolve

_OFFERS = text("""
    SELECT o.id, o.seller_id, o.variant_id, o.brand_id, v.category_id, o.min_quantity,
           (SELECT coalesce(sum(s.available), 0) FROM stock_levels s WHERE s.offer_id = o.id) AS stock
      FROM offers o JOIN variants v ON v.id = o.variant_id
      JOIN organizations z ON z.id = o.seller_id AND z.status = 'approved'
     WHERE o.variant_id = ANY(:variants) AND o.status = 'active' AND o.currency = :currency
       AND o.valid_from <= :at AND (o.valid_to IS NULL OR o.valid_to > :at)
       AND EXISTS (SELECT FROM seller_authorizations a WHERE a.brand_id = o.brand_id AND a.seller_id = o.seller_id
                     AND a.status = 'active' AND a.valid_from <= :day AND (a.valid_to IS NULL OR a.valid_to >= :day)
                     AND (cardinality(a.countries) = 0 OR :country = ANY(a.countries)))
       AND EXISTS (SELECT FROM freight_rules f WHERE f.seller_id = o.seller_id AND f.currency = :currency
                     AND (f.country = :country OR f.country IS NULL))
       AND NOT EXISTS (SELECT FROM seller_pauses p WHERE p.seller_id = o.seller_id AND p.starts_at <= :at AND p.ends_at > :at)""")


@dataclass(frozen=True, slots=True)
class ListPrice:
    """What a list shows: the unit price at the least quantity, stock of all sellers together, and how many sell it."""

    unit_minor: int
    min_quantity: int
    stock: int
    sellers: int


def best_prices(context: BuyingContext, variant_ids: Sequence[str]) -> dict[str, ListPrice]:
    """The best offer's price of each variant: one in stock before one that is not, then the lower price."""
    if not variant_ids:
        return {}
    with tenancy.as_market():
        offers = db.session.execute(_OFFERS, {
            "variants": list(variant_ids), "currency": context.currency, "at": context.at, "day": context.at.date(),
            "country": context.country,
        }).all()
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
