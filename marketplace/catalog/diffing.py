"""Staged rows against the live catalog, in set-based statements: what is new, changed, same, gone or bad.

Invariants: a GTIN and a brand + MPN name one variant, whoever keeps it, so no row makes a second one.
Blank cells say nothing: they leave the live value alone.
"""

import json

from sqlalchemy import text

from marketplace.catalog.models import CatalogImport
from marketplace.core.db import db

_R = "UPDATE import_rows r SET kind = :kind, errors = r.errors || cast(:error AS jsonb)"
_MINE = "r.import_id = cast(:import AS text) AND r.kind = 'new'"


def compare(record: CatalogImport) -> None:
    """Give every staged row of an import its kind. Effects: writes kind, errors, variant_id; adds gone rows."""
    # Rows staged in this transaction have no statistics yet, and a planner that expects one row loops over all.
    db.session.execute(text("SET LOCAL enable_nestloop = off"))
    for column, code, message, rest in _BEFORE:
        _refuse(record, (column, code, message), rest)
    _run(record, _MATCH)
    for column, code, message, rest in _AFTER:
        _refuse(record, (column, code, message), rest)
    _run(record, _DELETED)
    _run(record, _CHANGED)
    if record.mode == "full":
        _run(record, _GONE)
    db.session.execute(text("SET LOCAL enable_nestloop = on"))


def counts(import_id: str) -> dict[str, int]:
    """Rows by kind."""
    rows = db.session.execute(
        text("SELECT kind, count(*) FROM import_rows WHERE import_id = cast(:import AS text) GROUP BY kind"), {"import": import_id}
    )
    return {"new": 0, "changed": 0, "same": 0, "gone": 0, "bad": 0, **dict(rows.all())}


def _refuse(record: CatalogImport, error: tuple[str, str, str], rest: str) -> None:
    column, code, message = error
    note = json.dumps([{"column": column, "code": code, "message": message}])
    kind = "same" if code == "KEPT_BY_OTHER" else "bad"
    db.session.execute(text(f"{_R} {rest} {_MINE}"), _values(record) | {"error": note, "kind": kind})


def _run(record: CatalogImport, statements: tuple[str, ...] | str) -> None:
    for statement in (statements,) if isinstance(statements, str) else statements:
        db.session.execute(text(statement), _values(record))


def _values(record: CatalogImport) -> dict[str, str]:
    return {"import": record.id, "manufacturer": record.manufacturer_id}


def _second(partition: str, condition: str) -> str:
    return f"""FROM (SELECT row_no, row_number() OVER (PARTITION BY {partition} ORDER BY row_no) AS nth
        FROM import_rows WHERE import_id = cast(:import AS text) AND kind = 'new' AND {condition}) d
        WHERE d.row_no = r.row_no AND d.nth > 1 AND"""


_BEFORE = (
    ("mpn", "DUPLICATE_IN_FILE", "The file has this brand and part number already, further up.",
     _second("data->>'brand_key', data->>'mpn_key'", "true")),
    ("gtin", "DUPLICATE_IN_FILE", "The file has this GTIN already, further up.",
     _second("data->>'gtin'", "data->>'gtin' <> ''")),
)

_MATCH = (
    """UPDATE import_rows r SET variant_id = v.id FROM brands b JOIN variants v ON v.brand_id = b.id
        WHERE r.import_id = cast(:import AS text) AND b.name_key = r.data->>'brand_key' AND v.mpn_key = r.data->>'mpn_key'""",
    """UPDATE import_rows r SET variant_id = v.id FROM variants v
        WHERE r.import_id = cast(:import AS text) AND r.variant_id IS NULL AND r.data->>'gtin' <> '' AND v.gtin = r.data->>'gtin'""",
)

_AFTER = (
    ("gtin", "AMBIGUOUS", "The GTIN is one product's, the brand and part number another's.",
     "FROM variants v WHERE v.gtin = r.data->>'gtin' AND v.id <> r.variant_id AND"),
    ("mpn", "DUPLICATE_IN_FILE", "Another row of the file is about the same product.",
     _second("variant_id", "variant_id IS NOT NULL")),
    ("", "KEPT_BY_OTHER", "This product is in the catalog already and kept by another company; it stays as it is.",
     "FROM variants v WHERE v.id = r.variant_id AND v.manufacturer_id <> cast(:manufacturer AS text) AND"),
    ("brand", "FOREIGN_BRAND", "This brand belongs to another company.",
     "FROM brands b WHERE r.variant_id IS NULL AND b.name_key = r.data->>'brand_key'"
     " AND b.manufacturer_id <> cast(:manufacturer AS text) AND"),
    ("brand", "BRAND_DIFFERS", "The catalog has this product under another brand of yours.",
     "FROM variants v JOIN brands b ON b.id = v.brand_id"
     " WHERE v.id = r.variant_id AND b.name_key <> r.data->>'brand_key' AND"),
    ("mpn", "NOT_THERE", "The file removes a product that the catalog does not have.",
     "WHERE r.data ? 'delete' AND r.variant_id IS NULL AND"),
)

_DELETED = f"UPDATE import_rows r SET kind = 'gone' WHERE r.data ? 'delete' AND {_MINE}"


def _same(column: str, name: str) -> str:
    return f"(r.data->>'{name}' = '' OR coalesce({column}, '') = r.data->>'{name}')"


_SAME = " AND ".join((
    "v.status = 'active'", _same("v.name", "name"), _same("v.mpn", "mpn"), _same("v.gtin", "gtin"),
    _same("p.description", "description"), _same("c.path", "category"), _same("v.unit", "unit"),
    "v.attributes @> (r.data->'attributes')",
))
_CHANGED = f"""UPDATE import_rows r SET kind = CASE WHEN {_SAME} THEN 'same' ELSE 'changed' END
    FROM variants v JOIN products p ON p.id = v.product_id LEFT JOIN categories c ON c.id = v.category_id
    WHERE v.id = r.variant_id AND {_MINE}"""

_GONE = """INSERT INTO import_rows (import_id, row_no, manufacturer_id, kind, data, errors, variant_id)
    SELECT cast(:import AS text), (SELECT max(row_no) FROM import_rows WHERE import_id = cast(:import AS text))
             + row_number() OVER (ORDER BY v.sort_key, v.id), cast(:manufacturer AS text), 'gone',
           jsonb_build_object('name', v.name, 'mpn', v.mpn, 'gtin', coalesce(v.gtin, ''), 'brand', b.name),
           '[]'::jsonb, v.id
      FROM variants v JOIN brands b ON b.id = v.brand_id
     WHERE v.manufacturer_id = cast(:manufacturer AS text) AND v.status = 'active'
       AND b.name_key IN (SELECT data->>'brand_key' FROM import_rows WHERE import_id = cast(:import AS text))
       AND NOT EXISTS (SELECT FROM import_rows r WHERE r.import_id = cast(:import AS text) AND r.variant_id = v.id)"""
