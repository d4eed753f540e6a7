"""What `flask ops verify` compares about orders: totals with their parts, allocations with lines and reservations, states with their steps."""

from __future__ import annotations

from sqlalchemy import text

from marketplace.core.checks import Check, compared, states
from marketplace.core.db import db
from marketplace.orders import service

_TOTALS = """
    SELECT * FROM (
        SELECT o.number AS id, o.currency, o.total_minor, o.goods_minor + o.freight_minor + o.surcharge_minor + o.tax_minor AS sum_minor,
               (SELECT sum(s.total_minor) FROM seller_orders s WHERE s.order_id = o.id AND s.hop = 0) AS seller_orders_minor FROM orders o) t
     WHERE total_minor <> sum_minor OR total_minor <> seller_orders_minor"""
_PARTS = """
    SELECT s.number AS id, s.currency, s.total_minor, s.goods_minor + s.freight_minor + s.surcharge_minor + s.tax_minor AS sum_minor,
           s.goods_minor, a.goods AS allocated_goods_minor, s.seller_goods_minor, a.theirs AS allocated_seller_goods_minor,
           s.tax_minor, a.tax + s.charges_tax_minor AS allocated_tax_minor FROM seller_orders s
      JOIN (SELECT seller_order_id, sum(goods_minor) AS goods, sum(seller_goods_minor) AS theirs, sum(tax_minor) AS tax
              FROM allocations GROUP BY seller_order_id) a ON a.seller_order_id = s.id
     WHERE s.goods_minor <> a.goods OR s.seller_goods_minor <> a.theirs OR s.tax_minor <> a.tax + s.charges_tax_minor
        OR s.total_minor <> s.goods_minor + s.freight_minor + s.surcharge_minor + s.tax_minor"""
_LINES = """
    SELECT o.number || ' line ' || l.number AS id, l.quantity, a.quantity AS allocated FROM order_lines l JOIN orders o ON o.id = l.order_id JOIN (
        SELECT a.order_line_id, sum(a.quantity) AS quantity FROM allocations a
          JOIN seller_orders s ON s.id = a.seller_order_id AND s.hop = 0 GROUP BY a.order_line_id) a ON a.order_line_id = l.id
     WHERE l.quantity <> a.quantity"""
_HELD = """
    SELECT * FROM (
        SELECT s.number || ' ' || a.id AS id, s.status, CASE WHEN s.status = 'cancelled' THEN 0 ELSE a.quantity - a.shipped - a.cancelled END AS open,
               coalesce(r.held, 0) AS held FROM allocations a JOIN seller_orders s ON s.id = a.seller_order_id
          LEFT JOIN (SELECT allocation_id, sum(quantity) AS held FROM reservations WHERE status = 'held' GROUP BY allocation_id) r
            ON r.allocation_id = a.id WHERE s.status <> 'waiting') t
     WHERE held <> open"""
_HELD_FOR = """
    SELECT r.id, r.allocation_id AS allocation, r.stock_level_id AS stock, a.stock_level_id AS allocated_from, s.number AS part FROM reservations r
      LEFT JOIN allocations a ON a.id = r.allocation_id LEFT JOIN seller_orders s ON s.id = a.seller_order_id
     WHERE a.id IS NULL OR (r.stock_level_id, r.seller_id, r.order_id) IS DISTINCT FROM (a.stock_level_id, a.seller_id, s.order_id)"""
_PRICES = """
    SELECT s.number || ' ' || a.id AS id, s.currency, a.quantity, a.unit_price_minor, a.goods_minor, a.seller_unit_price_minor, a.seller_goods_minor
      FROM allocations a JOIN seller_orders s ON s.id = a.seller_order_id
     WHERE a.goods_minor <> a.quantity * a.unit_price_minor OR a.seller_goods_minor <> a.quantity * a.seller_unit_price_minor"""
_SHIPPED = """
    SELECT s.number || ' ' || a.id AS id, a.shipped, coalesce(l.sent, 0) AS in_parcels FROM allocations a JOIN seller_orders s ON s.id = a.seller_order_id
      LEFT JOIN (SELECT allocation_id, sum(quantity) AS sent FROM shipment_lines GROUP BY allocation_id) l ON l.allocation_id = a.id
     WHERE a.shipped <> coalesce(l.sent, 0)"""
_CONSUMED = """
    SELECT l.id, l.consumed AS left_the_stock, coalesce(a.shipped, 0) AS shipped FROM stock_levels l
      LEFT JOIN (SELECT stock_level_id, sum(shipped) AS shipped FROM allocations GROUP BY stock_level_id) a ON a.stock_level_id = l.id
     WHERE l.consumed <> coalesce(a.shipped, 0)"""
_DERIVED = text("""
    SELECT status, is_paid, states, array_agg(number ORDER BY number) AS numbers FROM (
        SELECT o.number, o.status, o.paid_at IS NOT NULL AS is_paid, array_agg(DISTINCT s.status::text) AS states
          FROM orders o JOIN seller_orders s ON s.order_id = o.id GROUP BY o.id) t GROUP BY 1, 2, 3""")

COMPARISONS = (
    ("order totals with their seller orders", "orders", _TOTALS),
    ("seller order totals with their allocations", "seller_orders", _PARTS),
    ("order lines with what was allocated", "order_lines", _LINES),
    ("open allocations with held reservations", "allocations", _HELD),
    ("reservations with the allocations they are for", "reservations", _HELD_FOR),
    ("allocations with quantity times unit price", "allocations", _PRICES),
    ("shipped units with parcels", "allocations", _SHIPPED),
    ("shipped units with what left the stock", "stock_levels", _CONSUMED),
)


def checks() -> list[Check]:
    """Compare; runs as the market."""
    return [*(compared(*comparison) for comparison in COMPARISONS), _derived(),
            states("states of seller orders with their last steps", "seller_orders", "number", ("waiting", "open"))]


def _derived() -> Check:
    found = db.session.execute(_DERIVED).all()
    breaks = [f"{number}: status {row.status}, by its seller orders {derived}" for row in found
              if row.status != (derived := service.derive_status(row.is_paid, set(row.states)).value) for number in row.numbers]
    return Check("states of orders with their seller orders", sum(len(row.numbers) for row in found), breaks)
