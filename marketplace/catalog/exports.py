"""Files out: CSV whose cells no spreadsheet takes for a formula, and the error file of an import."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from marketplace.catalog.models import CatalogImport, ImportRow
from marketplace.core.db import db

FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file (UTF-8 with mark); texts that begin like a formula get an apostrophe before them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def neutral(cell: Any) -> Any:
    """A cell that a spreadsheet shows as it is; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def error_file(record: CatalogImport) -> bytes:
    """Every error of an import: row no., column, code, message."""
    rows = db.session.execute(
        db.select(ImportRow.row_no, ImportRow.errors)
        .where(ImportRow.import_id == record.id, ImportRow.errors != []).order_by(ImportRow.row_no)
    )
    column_of = record.mapping
    return csv_bytes(
        ("Row", "Column", "Code", "Message"),
        ((no, column_of.get(e["column"], e["column"]), e["code"], e["message"]) for no, errors in rows for e in errors),
    )
