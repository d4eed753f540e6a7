"""Base prices of many offers at once, from the staged rows of a seller's file.

Invariants: a price that stays keeps its row; one that changes is closed at `at` and followed by a new
row, so a trace still finds the old one. Prices that begin later are left alone.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.offers.models import OfferImport, OfferImportRow
from marketplace.pricing.models import PriceList

_WANTED = """
    WITH wanted AS (
        SELECT DISTINCT ON (r.variant_id, l.id, t.ordinality) r.variant_id, l.id AS price_list_id, r.seller_id, r.new_id, t.ordinality AS place,
               CAST(t.value ->> 0 AS int) AS min_quantity, CAST(t.value ->> 1 AS bigint) AS amount_minor
          FROM offer_import_rows r
          JOIN price_lists l ON l.owner_id = r.seller_id AND l.currency = r.currency AND l.is_base
         CROSS JOIN LATERAL jsonb_array_elements(r.tiers) WITH ORDINALITY AS t
         WHERE r.import_id = :import AND r.row_no BETWEEN :first AND :last AND r.code IS NULL
         ORDER BY r.variant_id, l.id, t.ordinality, r.row_no)"""
_HOLDS = "p.valid_from <= :now AND (p.valid_to IS NULL OR p.valid_to > :now)"
_SAME = "p.variant_id = w.variant_id AND p.price_list_id = w.price_list_id"
_CLOSE = text(f"""{_WANTED}
    UPDATE prices p SET valid_to = :now
      FROM (SELECT DISTINCT variant_id, price_list_id FROM wanted) w
     WHERE {_SAME} AND {_HOLDS} AND NOT EXISTS (
        SELECT 1 FROM wanted x WHERE x.variant_id = p.variant_id AND x.price_list_id = p.price_list_id
           AND x.min_quantity = p.min_quantity AND x.amount_minor = p.amount_minor)""")
_OPEN = text(f"""{_WANTED}
    INSERT INTO prices (id, price_list_id, owner_id, variant_id, min_quantity, amount_minor, valid_from, valid_to)
    SELECT 'pri_' || w.new_id || lpad(CAST(w.place AS text), 2, '0'), w.price_list_id, w.seller_id, w.variant_id,
           w.min_quantity, w.amount_minor, :now, NULL
      FROM wanted w WHERE NOT EXISTS (
        SELECT 1 FROM prices p WHERE {_SAME} AND p.min_quantity = w.min_quantity AND {_HOLDS})
    ON CONFLICT DO NOTHING""")

_KEEP = text("""
    UPDATE offer_import_rows r SET tiers = r.tiers || held.tiers
      FROM (SELECT p.variant_id, l.currency, jsonb_agg(jsonb_build_array(p.min_quantity, p.amount_minor) ORDER BY p.min_quantity) AS tiers
              FROM price_lists l JOIN prices p ON p.price_list_id = l.id
             WHERE l.owner_id = :seller AND l.is_base AND p.min_quantity > 1
               AND p.valid_from <= :now AND (p.valid_to IS NULL OR p.valid_to > :now)
             GROUP BY 1, 2) held
     WHERE r.import_id = :import AND r.code IS NULL AND held.variant_id = r.variant_id AND held.currency = r.currency""")


def keep_tiers(record: OfferImport, at: datetime) -> None:
    """Let the matched rows, of a file without prices by quantity, keep those that hold. One statement."""
    db.session.execute(text("SET LOCAL enable_nestloop = off"))  # the staged rows have no statistics to plan by
    db.session.execute(_KEEP, {"import": record.id, "seller": record.seller_id, "now": at})
    db.session.execute(text("SET LOCAL enable_nestloop = on"))


def set_base_prices(record: OfferImport, first: int, last: int, at: datetime) -> None:
    """Set the base prices of the matched rows from line `first` to `last`.

    Effects: the seller's base lists of their currencies are made where missing; prices closed and opened.
    """
    rows = OfferImportRow
    currencies = db.session.scalars(select(rows.currency).distinct().where(
        rows.import_id == record.id, rows.row_no.between(first, last), rows.code.is_(None)))
    for currency in sorted(filter(None, currencies)):
        db.session.execute(insert(PriceList).values(
            id=new_id("pls"), owner_id=record.seller_id, name="Base", currency=currency, is_base=True,
            created_at=clock.now()).on_conflict_do_nothing())
    part = {"import": record.id, "first": first, "last": last, "now": at}
    db.session.execute(text("SET LOCAL enable_nestloop = off"))  # the staged rows have no statistics to plan by
    db.session.execute(_CLOSE, part)
    db.session.execute(_OPEN, part)
    db.session.execute(text("SET LOCAL enable_nestloop = on"))
