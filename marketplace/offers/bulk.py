"""Many offers at once: rows of a file are matched, then published in parts, each in a few statements.

Invariants: a row is published whole or not at all; rows with one SKU are one offer with stock at several places; what `service.publish_offer` refuses is refused here,
by code. Rows are staged by COPY into a table of the transaction (row-level security and COPY do not
meet), then matched into `offer_import_rows`. Prices are set apart, in `pricing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import text

from marketplace.core import clock, locks
from marketplace.core.db import db
from marketplace.offers.models import OfferImport

STAGED = ("row_no", "new_id", "seller_sku", "gtin", "brand_key", "mpn_key", "currency", "location", "condition",
          "quantity", "lead_time_days", "min_quantity", "multiple", "max_quantity", "valid_from", "valid_to", "tiers", "code", "col")
_TABLE = """
    CREATE TEMPORARY TABLE IF NOT EXISTS staged_offers (
        row_no int, new_id text, seller_sku text, gtin text, brand_key text, mpn_key text, currency text,
        location text, condition text, quantity bigint, lead_time_days int, min_quantity int, multiple int,
        max_quantity int, valid_from timestamptz, valid_to timestamptz, tiers text, code text, col text) ON COMMIT DELETE ROWS"""

TERMS = ("condition", "lead_time_days", "min_quantity", "multiple", "max_quantity", "valid_to")
_KEPT = ", ".join(f"CASE WHEN '{name}' = ANY(CAST(:given AS text[])) THEN m.{name} ELSE coalesce(by_sku.{name}, m.{name}) END AS {name}" for name in TERMS)

_MATCH = text(f"""
    WITH by_mpn AS (
        SELECT s.row_no, min(v.id) AS id, count(*) AS n
          FROM staged_offers s JOIN variants v ON v.mpn_key = s.mpn_key
          LEFT JOIN brands b ON b.name_key = s.brand_key
         WHERE s.code IS NULL AND s.mpn_key <> '' AND (s.brand_key = '' OR v.brand_id = b.id)
         GROUP BY s.row_no),
    matched AS (
        SELECT s.*, coalesce(g.id, m.id) AS variant_id,
               (g.id IS NOT NULL AND m.n = 1 AND m.id <> g.id) OR (g.id IS NULL AND m.n > 1) AS is_ambiguous
          FROM staged_offers s
          LEFT JOIN variants g ON g.gtin = s.gtin AND s.gtin <> ''
          LEFT JOIN by_mpn m ON m.row_no = s.row_no),
    granted AS (
        SELECT DISTINCT brand_id FROM seller_authorizations
         WHERE seller_id = :seller AND status = 'active' AND valid_from <= :today
           AND (valid_to IS NULL OR valid_to >= :today))
    INSERT INTO offer_import_rows (import_id, row_no, seller_id, new_id, seller_sku, variant_id, brand_id,
           location_id, currency, condition, quantity, lead_time_days, min_quantity, multiple, max_quantity,
           valid_from, valid_to, tiers, code, "column")
    SELECT :import, m.row_no, :seller, m.new_id, m.seller_sku, v.id, v.brand_id, l.id, m.currency, t.condition,
           m.quantity, t.lead_time_days, t.min_quantity, t.multiple, t.max_quantity, coalesce(m.valid_from, by_sku.valid_from), t.valid_to, CAST(m.tiers AS jsonb),
           CASE WHEN m.code IS NOT NULL THEN m.code
                WHEN m.is_ambiguous THEN 'AMBIGUOUS'
                WHEN v.id IS NULL OR v.status <> 'active' THEN 'UNMATCHED'
                WHEN granted.brand_id IS NULL THEN 'NOT_AUTHORIZED'
                WHEN l.id IS NULL THEN 'UNKNOWN_LOCATION'
                WHEN by_sku.variant_id <> v.id OR by_variant.seller_sku <> m.seller_sku THEN 'SKU_CONFLICT'
                WHEN t.max_quantity - t.max_quantity % t.multiple < t.min_quantity THEN 'TERMS_CONFLICT'
                WHEN t.valid_to <= coalesce(m.valid_from, by_sku.valid_from, :now) THEN 'BAD_DATES'
                WHEN first_value(m.seller_sku) OVER (PARTITION BY m.code, v.id ORDER BY m.row_no) <> m.seller_sku THEN 'DUPLICATE_PRODUCT'
                WHEN row_number() OVER (PARTITION BY m.code, m.seller_sku, l.id ORDER BY m.row_no) > 1 THEN 'DUPLICATE_SKU' END,
           CASE WHEN m.code IS NOT NULL THEN m.col END
      FROM matched m
      LEFT JOIN variants v ON v.id = m.variant_id
      LEFT JOIN granted ON granted.brand_id = v.brand_id
      LEFT JOIN stock_locations l ON l.seller_id = :seller AND l.code = coalesce(nullif(m.location, ''), :location)
      LEFT JOIN offers by_sku ON by_sku.seller_id = :seller AND by_sku.seller_sku = m.seller_sku
      LEFT JOIN offers by_variant ON by_variant.seller_id = :seller AND by_variant.variant_id = v.id
     CROSS JOIN LATERAL (SELECT {_KEPT}) t""")

_PUBLISH = text("""
    WITH published AS (
        INSERT INTO offers (id, seller_id, variant_id, brand_id, seller_sku, currency, condition, lead_time_days,
               min_quantity, multiple, max_quantity, valid_from, valid_to, status, created_at, updated_at)
        SELECT DISTINCT ON (seller_sku) 'off_' || new_id, seller_id, variant_id, brand_id, seller_sku, currency, condition, lead_time_days,
               min_quantity, multiple, max_quantity, coalesce(valid_from, :now), valid_to, 'active', :now, :now
          FROM offer_import_rows WHERE import_id = :import AND row_no BETWEEN :first AND :last AND code IS NULL
         ORDER BY seller_sku, row_no
        ON CONFLICT (seller_id, seller_sku) DO UPDATE SET currency = excluded.currency,
               condition = excluded.condition, lead_time_days = excluded.lead_time_days,
               min_quantity = excluded.min_quantity, multiple = excluded.multiple,
               max_quantity = excluded.max_quantity, valid_from = excluded.valid_from, valid_to = excluded.valid_to, status = 'active', updated_at = excluded.updated_at
         RETURNING xmax = 0 AS is_new)
    SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM published""")

_GONE = "NOT EXISTS (SELECT 1 FROM stock_locations l WHERE l.id = r.location_id)"
_RECHECK = text(f"""
    UPDATE offer_import_rows r SET code = CASE WHEN {_GONE} THEN 'UNKNOWN_LOCATION' ELSE 'SKU_CONFLICT' END
     WHERE r.import_id = :import AND r.row_no BETWEEN :first AND :last AND r.code IS NULL
       AND ({_GONE}
         OR EXISTS (SELECT 1 FROM offers o WHERE o.seller_id = r.seller_id AND o.seller_sku = r.seller_sku
                       AND o.variant_id <> r.variant_id)
         OR EXISTS (SELECT 1 FROM offers o WHERE o.seller_id = r.seller_id AND o.variant_id = r.variant_id
                       AND o.seller_sku <> r.seller_sku))""")

_LOCK_STOCK = text("""
    SELECT count(*) FROM (
        SELECT s.id FROM offer_import_rows r JOIN offers o ON o.seller_id = r.seller_id AND o.seller_sku = r.seller_sku
          JOIN stock_levels s ON s.offer_id = o.id AND s.location_id = r.location_id
         WHERE r.import_id = :import AND r.row_no BETWEEN :first AND :last AND r.code IS NULL
         ORDER BY s.id FOR UPDATE OF s) locked""")

_STOCK = text("""
    INSERT INTO stock_levels (id, offer_id, location_id, seller_id, available, reserved, consumed, counted)
    SELECT 'stk_' || r.new_id, o.id, r.location_id, r.seller_id, r.quantity, 0, 0, r.quantity
      FROM offer_import_rows r JOIN offers o ON o.seller_id = r.seller_id AND o.seller_sku = r.seller_sku
     WHERE r.import_id = :import AND r.row_no BETWEEN :first AND :last AND r.code IS NULL
    ON CONFLICT (offer_id, location_id) DO UPDATE SET available = excluded.available, counted = excluded.available + stock_levels.reserved + stock_levels.consumed
     WHERE stock_levels.available <> excluded.available""")


def stage(record: OfferImport, rows: Iterable[tuple[Any, ...]], location: str, given: Collection[str] = TERMS) -> None:
    """Stage the rows of a file and match each to a product, or to a refusal's code.

    Shapes:  rows have the columns of STAGED; `location` is the code of the warehouse meant by no code; of TERMS that are
             not `given` an offer keeps what it has.
    Effects: one OfferImportRow each; two statements and a COPY.
    """
    connection = db.session.connection()
    connection.exec_driver_sql(_TABLE)
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor:
        with cursor.copy(f"COPY staged_offers ({', '.join(STAGED)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        cursor.execute("ANALYZE staged_offers")
    db.session.execute(text("SET LOCAL enable_nestloop = off"))  # fresh tables have no statistics to plan by
    db.session.execute(_MATCH, {"import": record.id, "seller": record.seller_id, "today": clock.today(), "now": clock.now(),
                                "location": location, "given": list(given)})
    db.session.execute(text("SET LOCAL enable_nestloop = on"))
    connection.exec_driver_sql("DROP TABLE staged_offers")


def publish(record: OfferImport, first: int, last: int, at: datetime) -> tuple[int, int]:
    """Publish the matched rows from line `first` to `last` with their stock; (created, changed).

    Effects: offers and stock levels; rows that were overtaken since they were matched are refused.
             Existing stock is locked in id order, as orders do.
    """
    part = {"import": record.id, "first": first, "last": last}
    locks.alone(record.seller_id)
    db.session.execute(_RECHECK, part)
    created, changed = db.session.execute(_PUBLISH, {**part, "now": at}).one()
    db.session.execute(_LOCK_STOCK, part)
    db.session.execute(_STOCK, part)
    return created, changed
