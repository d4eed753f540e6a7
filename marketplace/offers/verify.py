"""Whether the stock is exact: what is reserved equals what reservations hold, and nothing is below zero."""

from __future__ import annotations

from sqlalchemy import text

from marketplace.core.checks import Check
from marketplace.core.db import db

_RESERVED = text("""
    SELECT s.id, s.reserved, coalesce(h.held, 0) AS held
      FROM stock_levels s
      LEFT JOIN (SELECT stock_level_id, sum(quantity) AS held FROM reservations WHERE status = 'held'
                  GROUP BY stock_level_id) h ON h.stock_level_id = s.id
     WHERE s.reserved <> coalesce(h.held, 0) ORDER BY s.id""")
_BELOW_ZERO = text("SELECT id, available FROM stock_levels WHERE available < 0 OR reserved < 0 ORDER BY id")
_LEVELS = text("SELECT count(*) FROM stock_levels")


def checks() -> list[Check]:
    """Compare every stock level with its reservations; reads everything, as the market."""
    levels = db.session.scalar(_LEVELS)
    reserved = [f"{row.id}: {row.reserved} reserved, {row.held} held" for row in db.session.execute(_RESERVED)]
    below = [f"{row.id}: {row.available} available" for row in db.session.execute(_BELOW_ZERO)]
    return [
        Check("stock reserved = reservations held", levels, reserved),
        Check("stock never below zero", levels, below),
    ]
