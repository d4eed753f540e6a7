"""Whether the stock is exact: reserved is what reservations hold, what is free is what the seller counted less what was taken, nothing is below zero."""

from __future__ import annotations

from marketplace.core.checks import Check, compared

_RESERVED = """
    SELECT s.id, o.seller_sku AS article, s.reserved, coalesce(h.held, 0) AS held
      FROM stock_levels s JOIN offers o ON o.id = s.offer_id
      LEFT JOIN (SELECT stock_level_id, sum(quantity) AS held FROM reservations WHERE status = 'held'
                  GROUP BY stock_level_id) h ON h.stock_level_id = s.id
     WHERE s.reserved <> coalesce(h.held, 0) ORDER BY s.id"""
_AVAILABLE = """
    SELECT s.id, o.seller_sku AS article, s.available, s.counted - s.reserved - s.consumed AS left_of_counted
      FROM stock_levels s JOIN offers o ON o.id = s.offer_id WHERE s.available <> s.counted - s.reserved - s.consumed ORDER BY s.id"""
_BELOW_ZERO = "SELECT id, available, reserved FROM stock_levels WHERE available < 0 OR reserved < 0 ORDER BY id"


def checks() -> list[Check]:
    """Compare every stock level with its reservations; reads everything, as the market."""
    return [
        compared("stock reserved = reservations held", "stock_levels", _RESERVED),
        compared("stock available = counted - reserved - shipped", "stock_levels", _AVAILABLE),
        compared("stock never below zero", "stock_levels", _BELOW_ZERO),
    ]
