"""The best price of each variant of a list page for one buyer: same rules as the product page and the order.

Four statements for a page, whatever its length. A variant that nobody can sell to this buyer has no price.
"""

from __future__ import annotations

from bisect import bisect_right
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
    SELECT o.id, o.seller_id, o.variant_id, o.brand_id, v.category_id,
           (o.min_quantity + o.multiple - 1) / o.multiple * o.multiple AS min_quantity,
           (SELECT coalesce(sum(s.available), 0) FROM stock_levels s WHERE s.offer_id = o.id) AS stock,
           o.lead_time_days + (
            SELECT f.transit_days FROM freight_rules f WHERE f.seller_id = o.seller_id AND f.currency = :currency
               AND (f.country = :country OR f.country IS NULL) ORDER BY f.country NULLS LAST LIMIT 1) AS days,
           o.max_quantity AS most
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
    `step` is the next price that a seller with so much stock asks: (from quantity, unit price), or None.
    """

    unit_minor: int
    min_quantity: int
    stock: int
    sellers: int
    days: int | None = None
    step: tuple[int, int] | None = None


def offered(context: BuyingContext, variant_ids: Sequence[str]) -> Sequence[Row[Any]]:
    """The offers that their sellers may sell and ship to this buyer now.

    Shapes:  as `resolve.Wanted`, then min_quantity (the least that can be bought, in full packs), stock, days and most.
    """
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
    sellers: dict[str, list[Row[Any]]] = {}
    for offer in offers:
        id_, least = offer.id, offer.min_quantity
        reached = resolve.at_quantity(steps.get(id_, ()), least)
        if reached is None or reached.unit_minor < reached.seller_unit_minor:
            continue
        sellers.setdefault(offer.variant_id, []).append(offer)
        choice = (offer.stock < least, reached.unit_minor, least, offer.days, id_)
        best[offer.variant_id] = min(best.get(offer.variant_id, choice), choice)
    return {
        id_: ListPrice(unit, least, sum(int(one.stock) for one in sellers[id_]), len(sellers[id_]), None if short else days,
                       _next(envelope(sellers[id_], steps), least, unit))
        for id_, (short, unit, least, days, _) in best.items()
    }


def _next(prices: Sequence[tuple[int, Tier]], quantity: int, unit_minor: int) -> tuple[int, int] | None:
    """The next price below this one."""
    return next(((start, tier.unit_minor) for start, tier in prices if start > quantity and tier.unit_minor < unit_minor), None)


def envelope(offers: Sequence[Row[Any]], steps: dict[str, list[Tier]]) -> list[tuple[int, Tier]]:
    """One variant's cheapest tier at each quantity where it changes, over all offers; one that has so much before one that has not.

    Shapes:  offers as `offered` has them; [(from quantity, tier)], unit prices strictly falling.
    """
    ladders = [(_ladder(steps.get(one.id, ()), one.min_quantity), min(one.stock, one.most or one.stock)) for one in offers]
    found: list[tuple[int, Tier]] = []
    for start in sorted({begin for ladder, _ in ladders for begin, _ in ladder}):
        reached = [(most < start, ladder[at - 1][1]) for ladder, most in ladders
                   if (at := bisect_right(ladder, start, key=lambda step: step[0]))]
        short, cheapest = min(reached, key=lambda one: (one[0], one[1].unit_minor))
        if not found or (cheapest.unit_minor < found[-1][1].unit_minor and not short):
            found.append((start, cheapest))
    return found


def _ladder(tiers: Sequence[Tier], least: int) -> list[tuple[int, Tier]]:
    """An offer's prices from its least quantity on, without those below what the seller charges."""
    sound = {max(tier.min_quantity, least): tier for tier in tiers if tier.unit_minor >= tier.seller_unit_minor}
    return sorted(sound.items())
