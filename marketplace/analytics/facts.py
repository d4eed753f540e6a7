"""Channel events into daily facts, in SQL: touched cells are replaced, never added to.

Invariants: one event a message key; a cell (day, variant, seller) is always the sum of its events, so a
rebuild of any span gives the same numbers. Needs the market's sight (jobs have it).
"""

from datetime import date
from typing import Any

from sqlalchemy import text

from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id

# Amounts follow the quantity that left: unit price x quantity, so parts add up to the allocation's goods.
_SHIPPED = text("""
    SELECT sl.shipment_id || ':' || sl.allocation_id AS key, (sh.shipped_at AT TIME ZONE 'UTC')::date AS day,
           sh.shipped_at AS at, l.manufacturer_id, l.brand_id, a.variant_id, a.seller_id,
           coalesce(so.ship_to->>'country', '') AS country, coalesce(so.ship_to->>'region', '') AS region,
           sl.quantity AS units, a.seller_unit_price_minor * sl.quantity AS amount_minor, so.currency
      FROM shipment_lines sl JOIN shipments sh ON sh.id = sl.shipment_id
      JOIN allocations a ON a.id = sl.allocation_id JOIN order_lines l ON l.id = a.order_line_id
      JOIN seller_orders so ON so.id = a.seller_order_id
     WHERE sl.shipment_id = :shipment ORDER BY sl.allocation_id""")

_EVENT = text("""
    INSERT INTO channel_events (id, key, kind, day, at, manufacturer_id, brand_id, variant_id, seller_id,
                                country, region, units, amount_minor, currency)
    VALUES (:id, :key, 'sell_through', :day, :at, :manufacturer_id, :brand_id, :variant_id, :seller_id,
            :country, :region, :units, :amount_minor, :currency) ON CONFLICT (key) DO NOTHING""")

# One writer a day at a time: a second one waits, and then sees the first one's events.
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext('daily_facts'), cast(:day AS date) - date '2000-01-01')")

_SUM = """
    INSERT INTO daily_facts (day, kind, variant_id, seller_id, country, region, currency, manufacturer_id,
                             brand_id, units, amount_minor)
    SELECT day, kind, variant_id, seller_id, country, region, currency, min(manufacturer_id), min(brand_id),
           sum(units), sum(amount_minor)
      FROM channel_events WHERE {where} GROUP BY day, kind, variant_id, seller_id, country, region, currency"""
_CELL = "day = :day AND variant_id = :variant_id AND seller_id = :seller_id"
_SPAN = "day BETWEEN :since AND :until"
_CLEAR_CELL, _SUM_CELL = text(f"DELETE FROM daily_facts WHERE {_CELL}"), text(_SUM.format(where=_CELL))
_CLEAR_SPAN, _SUM_SPAN = text(f"DELETE FROM daily_facts WHERE {_SPAN}"), text(_SUM.format(where=_SPAN))


def record_shipment(shipment_id: str) -> None:
    """Record a shipment's lines as sell-through and bring the touched facts up to date.

    Effects: one ChannelEvent a line, once; the cells of its day replaced.
    """
    with tenancy.as_market():
        lines = [dict(row) for row in db.session.execute(_SHIPPED, {"shipment": shipment_id}).mappings()]
        if not lines:
            return
        db.session.execute(_LOCK, {"day": lines[0]["day"]})
        db.session.execute(_EVENT, [{**line, "id": new_id("cev")} for line in lines])
        cells = {(line["day"], line["variant_id"], line["seller_id"]) for line in lines}
        replace([dict(zip(("day", "variant_id", "seller_id"), cell, strict=True)) for cell in sorted(cells)])


def replace(cells: list[dict[str, Any]]) -> None:
    """Replace the facts of these cells (day, variant_id, seller_id) by the sums of their events."""
    db.session.execute(_CLEAR_CELL, cells)
    db.session.execute(_SUM_CELL, cells)


def rebuild(since: date, until: date) -> None:
    """Make the facts of all days from `since` to `until` anew from their events."""
    with tenancy.as_market():
        db.session.execute(text("LOCK TABLE daily_facts IN SHARE ROW EXCLUSIVE MODE"))
        db.session.execute(_CLEAR_SPAN, {"since": since, "until": until})
        db.session.execute(_SUM_SPAN, {"since": since, "until": until})
