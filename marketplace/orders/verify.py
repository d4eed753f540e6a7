"""What `flask ops verify` compares about orders: totals with their parts, allocations with lines and reservations."""

from __future__ import annotations

from sqlalchemy import text

from marketplace.core.checks import Check
from marketplace.core.db import db

_TOTALS = """
    SELECT o.number AS id FROM orders o WHERE o.total_minor <> o.goods_minor + o.freight_minor + o.surcharge_minor + o.tax_minor
        OR o.total_minor <> (SELECT sum(s.total_minor) FROM seller_orders s WHERE s.order_id = o.id AND s.hop = 0)"""
_PARTS = """
    SELECT s.number AS id FROM seller_orders s
      JOIN (SELECT seller_order_id, sum(goods_minor) AS goods, sum(seller_goods_minor) AS theirs, sum(tax_minor) AS tax
              FROM allocations GROUP BY seller_order_id) a ON a.seller_order_id = s.id
     WHERE s.goods_minor <> a.goods OR s.seller_goods_minor <> a.theirs OR s.tax_minor <> a.tax + s.charges_tax_minor
        OR s.total_minor <> s.goods_minor + s.freight_minor + s.surcharge_minor + s.tax_minor"""
_LINES = """
    SELECT l.id FROM order_lines l JOIN (
        SELECT a.order_line_id, sum(a.quantity) AS quantity FROM allocations a
          JOIN seller_orders s ON s.id = a.seller_order_id AND s.hop = 0 GROUP BY a.order_line_id) a ON a.order_line_id = l.id
     WHERE l.quantity <> a.quantity"""
_HELD = """
    SELECT a.id FROM allocations a JOIN seller_orders s ON s.id = a.seller_order_id
      LEFT JOIN (SELECT allocation_id, sum(quantity) AS held FROM reservations WHERE status = 'held' GROUP BY allocation_id) r
        ON r.allocation_id = a.id
     WHERE s.status <> 'waiting'
       AND coalesce(r.held, 0) <> CASE WHEN s.status = 'cancelled' THEN 0 ELSE a.quantity - a.shipped - a.cancelled END"""
_HELD_FOR = """
    SELECT r.id FROM reservations r LEFT JOIN allocations a ON a.id = r.allocation_id LEFT JOIN seller_orders s ON s.id = a.seller_order_id
     WHERE a.id IS NULL OR (r.stock_level_id, r.seller_id, r.order_id) IS DISTINCT FROM (a.stock_level_id, a.seller_id, s.order_id)"""
_PRICES = """
    SELECT id FROM allocations WHERE goods_minor <> quantity * unit_price_minor OR seller_goods_minor <> quantity * seller_unit_price_minor"""
_SHIPPED = """
    SELECT a.id FROM allocations a LEFT JOIN (
        SELECT allocation_id, sum(quantity) AS sent FROM shipment_lines GROUP BY allocation_id) l ON l.allocation_id = a.id
     WHERE a.shipped <> coalesce(l.sent, 0)"""

COMPARISONS = (
    ("order totals with their seller orders", "orders", _TOTALS),
    ("seller order totals with their allocations", "seller_orders", _PARTS),
    ("order lines with what was allocated", "order_lines", _LINES),
    ("open allocations with held reservations", "allocations", _HELD),
    ("reservations with the allocations they are for", "reservations", _HELD_FOR),
    ("allocations with quantity times unit price", "allocations", _PRICES),
    ("shipped units with parcels", "allocations", _SHIPPED),
)


def checks() -> list[Check]:
    """Compare; runs as the market."""
    return [
        Check(name, db.session.scalar(text(f"SELECT count(*) FROM {table}")), list(db.session.scalars(text(query))))
        for name, table, query in COMPARISONS
    ]
