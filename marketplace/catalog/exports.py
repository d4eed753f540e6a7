"""Files out: the error file of an import."""

from marketplace.catalog.models import CatalogImport, ImportRow
from marketplace.core import tables
from marketplace.core.db import db


def error_file(record: CatalogImport) -> bytes:
    """Every error of an import: row no., column, code, message."""
    rows = db.session.execute(
        db.select(ImportRow.row_no, ImportRow.errors)
        .where(ImportRow.import_id == record.id, ImportRow.errors != []).order_by(ImportRow.row_no)
    )
    column_of = record.mapping
    return tables.csv_bytes(
        ("Row", "Column", "Code", "Message"),
        ((no, column_of.get(e["column"], e["column"]), e["code"], e["message"]) for no, errors in rows for e in errors),
    )
