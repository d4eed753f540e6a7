"""Tables as files for spreadsheets: CSV and XLSX with the same cells, none of which is taken for a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

FORMULA = ("=", "+", "-", "@", "\t", "\r")
TYPES = {"csv": "text/csv", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
MOST_ROWS = 1_000_000


def neutral(cell: Any) -> Any:
    """A cell that a spreadsheet shows as it is; numbers stay numbers."""
    if isinstance(cell, str) and cell.startswith(FORMULA):
        return f"'{cell}"
    return "" if cell is None else cell


def written(kind: str, heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """The table as a file of `kind`, one of TYPES."""
    return csv_bytes(heads, rows) if kind == "csv" else xlsx_bytes(heads, rows)


def csv_bytes(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A CSV file (UTF-8 with mark); texts that begin like a formula get an apostrophe before them."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(heads)
    for row in rows:
        writer.writerow([neutral(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def xlsx_bytes(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """An XLSX file of one sheet; texts are written as texts and evaluated as nothing. Raises: ValueError past MOST_ROWS."""
    import xlsxwriter  # only who asks for such a file pays for it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "constant_memory": True}) as book:
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True})
        for column, head in enumerate(heads):
            sheet.write_string(0, column, head, bold)
        for number, row in enumerate(rows, start=1):
            if number > MOST_ROWS:
                raise ValueError("a sheet holds a million rows")
            for column, cell in enumerate(row):
                if isinstance(cell, int | float) and not isinstance(cell, bool):
                    sheet.write_number(number, column, cell)
                elif cell not in (None, ""):
                    sheet.write_string(number, column, str(cell))
        sheet.freeze_panes(1, 0)
    return out.getvalue()
