"""The shelf: one page of a storefront with each product's best price for one buyer, in one statement.

The rules are those of `pricing.resolve` and `pricing.listing`, written for the database, because a shelf
is what people look at most; a test compares the two on worlds made by chance. Nothing is cached. Run it
as the market: it gives back the buyer's own prices only.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Row, literal_column, select, true

from marketplace.catalog.models import Variant
from marketplace.core.db import db
from marketplace.identity.buying import BuyingContext

SOLD = """
       o.status = 'active' AND o.currency = %(currency)s
       AND o.valid_from <= %(at)s AND (o.valid_to IS NULL OR o.valid_to > %(at)s)
       AND EXISTS (SELECT FROM organizations z WHERE z.id = o.seller_id AND z.status = 'approved')
       AND EXISTS (SELECT FROM seller_authorizations a WHERE a.brand_id = o.brand_id AND a.seller_id = o.seller_id
                    AND a.status = 'active' AND a.valid_from <= %(day)s AND (a.valid_to IS NULL OR a.valid_to >= %(day)s)
                    AND (cardinality(a.countries) = 0 OR %(country)s = ANY(a.countries)))"""

_PAGE = """
WITH page AS MATERIALIZED (
    SELECT variants.id, variants.name, variants.mpn, variants.gtin, variants.unit, variants.sort_key, variants.brand_id,
           variants.category_id, {rank} AS rank, row_number() OVER (ORDER BY {order}) AS place
      FROM variants
     WHERE variants.status = 'active' AND {where}
       AND EXISTS (SELECT FROM offers o WHERE o.variant_id = variants.id AND {sold})
     ORDER BY {order} LIMIT %(limit)s),
lists AS MATERIALIZED (
    SELECT l.id, l.owner_id, a.created_at, a.id AS assignment_id,
           CASE WHEN a.organization_id = ANY(%(lineage)s) THEN array_position(%(lineage)s, a.organization_id::text) - 1
                WHEN a.storefront_id = %(storefront)s AND a.customer_group = %(group)s THEN 100
                WHEN a.storefront_id = %(storefront)s AND a.customer_group IS NULL AND a.organization_id IS NULL THEN 200
                WHEN a.organization_id = ANY(%(resellers)s) THEN 299 + array_position(%(resellers)s, a.organization_id::text)
                ELSE 1000 END AS nearness
      FROM price_lists l LEFT JOIN price_list_assignments a ON a.price_list_id = l.id
     WHERE l.currency = %(currency)s
       AND (l.is_base OR a.organization_id = ANY(%(lineage)s) OR a.organization_id = ANY(%(resellers)s)
            OR (a.storefront_id = %(storefront)s AND (a.customer_group IS NULL OR a.customer_group = %(group)s)))),
offered AS MATERIALIZED (
    SELECT o.id, o.seller_id, o.variant_id, o.brand_id, page.category_id, o.min_quantity,
           (SELECT coalesce(sum(s.available), 0)::bigint FROM stock_levels s WHERE s.offer_id = o.id) AS stock
      FROM page JOIN offers o ON o.variant_id = page.id
     WHERE {sold}
       AND EXISTS (SELECT FROM freight_rules f WHERE f.seller_id = o.seller_id AND f.currency = %(currency)s
                    AND (f.country = %(country)s OR f.country IS NULL))
       AND NOT EXISTS (SELECT FROM seller_pauses u WHERE u.seller_id = o.seller_id AND u.starts_at <= %(at)s AND u.ends_at > %(at)s)),
reached AS MATERIALIZED (
    SELECT DISTINCT ON (p.variant_id, l.owner_id, q.min_quantity) p.variant_id, l.owner_id, q.min_quantity, p.amount_minor
      FROM (SELECT DISTINCT variant_id, min_quantity FROM offered) q
      JOIN prices p ON p.variant_id = q.variant_id AND p.min_quantity <= q.min_quantity
                   AND p.valid_from <= %(at)s AND (p.valid_to IS NULL OR p.valid_to > %(at)s)
      JOIN lists l ON l.id = p.price_list_id
       AND NOT (l.nearness = 1000 AND l.owner_id = %(reseller)s AND NOT EXISTS (SELECT FROM offered x WHERE x.seller_id = l.owner_id))
     ORDER BY p.variant_id, l.owner_id, q.min_quantity, l.nearness, l.created_at DESC, l.assignment_id,
              p.min_quantity DESC, p.valid_from DESC, p.id DESC),
markups AS MATERIALIZED (SELECT id, brand_id, category_id, markup_bps FROM markup_rules WHERE storefront_id = %(storefront)s),
priced AS (
    SELECT o.variant_id, o.min_quantity, o.stock, cost.amount_minor AS cost,
           coalesce(own.amount_minor, (2 * cost.amount_minor * (10000 + coalesce(
               (SELECT m.markup_bps FROM markups m WHERE m.brand_id = o.brand_id ORDER BY m.id DESC LIMIT 1),
               (SELECT m.markup_bps FROM markups m WHERE m.brand_id IS NULL AND m.category_id = o.category_id
                 ORDER BY m.id DESC LIMIT 1), %(markup)s)) + 10000) / 20000) AS unit
      FROM offered o
      JOIN reached cost ON cost.variant_id = o.variant_id AND cost.owner_id = o.seller_id AND cost.min_quantity = o.min_quantity
      LEFT JOIN reached own ON own.variant_id = o.variant_id AND own.owner_id = %(reseller)s AND own.min_quantity = o.min_quantity),
best AS (
    SELECT DISTINCT ON (variant_id) variant_id, unit, min_quantity, sum(stock) OVER whole AS stock, count(*) OVER whole AS sellers
      FROM priced WHERE unit >= cost WINDOW whole AS (PARTITION BY variant_id)
     ORDER BY variant_id, (priced.stock < min_quantity), unit, min_quantity)
SELECT page.id, page.name, page.mpn, page.gtin, page.unit, b.name, b.slug, t.picture_id, best.unit,
       coalesce(best.min_quantity, 1), coalesce(best.stock, 0)::bigint, coalesce(best.sellers, 0), page.sort_key, page.rank
  FROM page JOIN variants v ON v.id = page.id JOIN products t ON t.id = v.product_id JOIN brands b ON b.id = page.brand_id
  LEFT JOIN best ON best.variant_id = page.id
 ORDER BY page.place"""


@cache
def statement(where: str, order: str, rank: str) -> str:
    """The statement for these conditions, made once."""
    return _PAGE.format(where=where, order=order, rank=rank, sold=SOLD)


def written(condition: ColumnElement[Any], prefix: str) -> tuple[str, dict[str, Any]]:
    """A condition over `Variant` as text and parameters, the latter named from `prefix` on."""
    if condition is true():
        return "true", {}
    asked = select(literal_column("1")).select_from(Variant).where(condition)
    made = asked.compile(dialect=db.engine.dialect, compile_kwargs={"render_postcompile": True})
    text = re.sub(r"%\((\w+)\)s", rf"%({prefix}\1)s", str(made).partition("WHERE ")[2])
    return text, {prefix + name: value for name, value in made.params.items()}


def parameters(context: BuyingContext) -> dict[str, Any]:
    """What every shelf of this buyer is asked with."""
    return {
        "currency": context.currency, "at": context.at, "day": context.at.date(), "country": context.country,
        "lineage": list(context.lineage), "resellers": list(context.reseller_lineage), "reseller": context.reseller_id,
        "storefront": context.storefront_id, "group": context.customer_group, "markup": context.markup_bps,
    }


def has_rules(storefront_id: str) -> bool:
    """Whether the storefront has any assortment rule at all; most have none."""
    found = db.session.connection().exec_driver_sql(
        "SELECT EXISTS (SELECT FROM assortment_rules WHERE storefront_id = %(storefront)s)", {"storefront": storefront_id})
    return bool(found.scalar())


def rows(text: str, values: dict[str, Any]) -> list[Row[Any]]:
    """Run a shelf's statement."""
    return list(db.session.connection().exec_driver_sql(text, values))
