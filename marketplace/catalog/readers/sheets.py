"""Rows of the first sheet of an XLSX file. Formulas are never computed: the stored value counts.

Numbers arrive as floats: a whole one is written without decimals, so that a GTIN typed as a number is
read again (its lost zeros are put back).
"""

import io
import zipfile
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from marketplace.catalog.readers import tables
from marketplace.catalog.readers.mapping import only_columns
from marketplace.catalog.readers.rows import FileRefused, Row

MAX_UNPACKED = 200_000_000


def columns(content: bytes) -> list[str]:
    """The header row's names."""
    return next(_lines(content))[1]


def preview(content: bytes, count: int) -> list[list[str]]:
    """The first `count` rows as they stand."""
    lines = _lines(content)
    next(lines)
    return [cells for _, (_, cells) in zip(range(count), lines, strict=False)]


def unmapped(content: bytes, mapping: Mapping[str, str]) -> list[str]:
    """Columns that no field takes, in the file's order."""
    taken = set(only_columns(mapping).values())
    return [column for column in columns(content) if column and column not in taken]


def read(content: bytes, mapping: Mapping[str, str]) -> Iterator[Row]:
    """See `readers.read`."""
    header = columns(content)
    gtin = header.index(mapping["gtin"]) if mapping.get("gtin") in header else -1
    return tables.from_lines(_padded(_lines(content), gtin), mapping)


def _padded(lines: Iterator[tuple[int, list[str]]], gtin: int) -> Iterator[tuple[int, list[str]]]:
    for number, cells in lines:
        if 0 <= gtin < len(cells) and cells[gtin].isdecimal() and len(cells[gtin]) < 14:
            cells[gtin] = cells[gtin].zfill(8 if len(cells[gtin]) <= 8 else 14)
        yield number, cells


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _refuse_bomb(content)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(content))
        sheet = book.get_sheet_by_index(0)
    except (CalamineError, IndexError, ValueError, OSError) as error:
        raise FileRefused(f"The file cannot be read as XLSX: {error}.", line=1) from None
    if sheet.width == 0 or sheet.height == 0:
        raise FileRefused("The first sheet is empty.", line=1)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        yield number, [_plain(cell) for cell in cells]


def _refuse_bomb(content: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as parts:
            unpacked = sum(part.file_size for part in parts.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise FileRefused(f"The file cannot be read as XLSX: {error}.", line=1) from None
    if unpacked > MAX_UNPACKED or unpacked > 200 * len(content) + 1_000_000:
        raise FileRefused("The sheet unpacks to far more than it should.", line=1)


def _plain(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        number = Decimal(str(cell))
        return str(int(number)) if number.is_finite() and number == number.to_integral_value() else str(number)
    return str(cell).strip()
