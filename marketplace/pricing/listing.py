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
from marketplace.pricing.resolve import Tier

# "IS TRUE" keeps each set of sellers a hashed one, made once: joined instead, it is searched anew for every seller.
_OFFERS = text("""
    SELECT o.id, o.seller_id, o.variant_id, o.brand_id, v.category_id, o.min_quantity,
           (SELECT coalesce(sum(s.available), 0) FROM stock_levels s WHERE s.offer_id = o.id) AS stock,
           o.lead_time_days + (
            SELECT f.transit_days FROM freight_rules f WHERE f.seller_id = o.seller_id AND f.currency = :currency
               AND (f.country = :country OR f.country IS NULL) ORDER BY f.country NULLS LAST LIMIT 1) AS days
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
    """What a list shows: the unit price at the least quantity, stock of all sellers together, and how many sell it.

    `days` are working days until it is there, with that price's seller; None while that seller has not enough of it.
    `step` is that seller's next price: (from quantity, unit price), or None.
    """

    unit_minor: int
    min_quantity: int
    stock: int
    sellers: int
    days: int | None = None
    step: tuple[int, int] | None = None


def offered(context: BuyingContext, variant_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The offers that their sellers may sell and ship to this buyer now: as `resolve.Wanted`, then min_quantity, stock and days."""
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
    return best_of(offers, steps)


def best_of(offers: Sequence[Row[Any]], steps: dict[str, list[Tier]]) -> dict[str, ListPrice]:
    """The same from what was read: rows of `offered`, and each offer's tiers."""
    best: dict[str, tuple[bool, int, int, int, str]] = {}
    stock: dict[str, int] = {}
    sellers: dict[str, int] = {}
    for id_, _, variant_id, _, _, least, units, days in offers:
        reached = resolve.at_quantity(steps.get(id_, ()), least)
        if reached is None or reached.unit_minor < reached.seller_unit_minor:
            continue
        stock[variant_id] = stock.get(variant_id, 0) + int(units)
        sellers[variant_id] = sellers.get(variant_id, 0) + 1
        choice = (units < least, reached.unit_minor, least, days, id_)
        best[variant_id] = min(best.get(variant_id, choice), choice)
    return {
        id_: ListPrice(unit, least, stock[id_], sellers[id_], None if short else days, _next(steps[offer_id], least, unit))
        for id_, (short, unit, least, days, offer_id) in best.items()
    }


def _next(steps: Sequence[Tier], quantity: int, unit_minor: int) -> tuple[int, int] | None:
    """The next price below this one."""
    return next(((step.min_quantity, step.unit_minor) for step in steps
                 if step.min_quantity > quantity and step.seller_unit_minor <= step.unit_minor < unit_minor), None)
