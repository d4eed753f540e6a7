"""Rows of a CSV file: any usual separator and encoding, a header line first.

Invariants: the file is decoded and split as a stream; `row_no` is the line of the file a person sees in
an editor. UTF-8 with or without mark, UTF-16 with a mark, else Windows-1252.
"""

import csv
import io
from collections.abc import Iterator, Mapping

from marketplace.catalog.readers.mapping import Columns, applied, only_columns
from marketplace.catalog.readers.rows import FileRefused, Row, checked

SEPARATORS = ",;\t|"
MAX_COLUMNS = 500
NO_TEXT = bytes({*range(32), 127} - set(b"\t\n\v\f\r"))
"""Bytes that stand in no text; a few of them are a slip in one, many are a picture or a program."""


def refuse_binary(content: bytes) -> None:
    """Refuse what is no text at all, before a byte of it is decoded. Raises: FileRefused."""
    head = content[:4096]
    odd = len(head) - len(head.translate(None, NO_TEXT))
    if not head.startswith((b"\xff\xfe", b"\xfe\xff")) and odd * 20 > len(head):
        raise FileRefused("This is not a text file. Send CSV, XLSX or BMEcat.", line=1)


def columns(content: bytes) -> list[str]:
    """The header line's names."""
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
    return from_lines(_lines(content), mapping)


def from_lines(lines: Iterator[tuple[int, list[str]]], mapping: Mapping[str, str]) -> Iterator[Row]:
    """Numbered lines of cells, the header first, as checked rows."""
    _, header = next(lines)
    places = Columns.of(header, mapping)
    for row_no, cells in lines:
        if not any(cell.strip() for cell in cells) or not places.wants(cells):
            continue
        row = checked(row_no, *applied(places, cells))
        if len(cells) > len(header):
            row.refuse("", "TOO_MANY_CELLS", f"The row has {len(cells)} cells, the header {len(header)}.")
        yield row


def _lines(content: bytes) -> Iterator[tuple[int, list[str]]]:
    refuse_binary(content)
    text = io.TextIOWrapper(io.BytesIO(content), encoding=_encoding(content), errors="strict", newline="")
    separator = _separator(text)
    reader = csv.reader(text, delimiter=separator, strict=True)
    begun = 1
    try:
        for cells in reader:
            begun = reader.line_num + 1
            yield reader.line_num, [cell.strip() for cell in cells] if reader.line_num == 1 else cells
    except (csv.Error, UnicodeError) as error:
        raise FileRefused(f"The file cannot be read as CSV: {error}.", line=begun) from None


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1" if any(byte in content for byte in b"\x81\x8d\x8f\x90\x9d") else "cp1252"
    return "utf-8-sig"


def _separator(text: io.TextIOWrapper) -> str:
    try:
        header = text.readline()
        text.seek(0)
    except UnicodeError as error:
        raise FileRefused(f"The file is not in the encoding it says: {error}.", line=1) from None
    if not header.strip():
        raise FileRefused("The first line must name the columns.", line=1)
    separator = max(SEPARATORS, key=header.count)
    if header.count(separator) >= MAX_COLUMNS:
        raise FileRefused(f"At most {MAX_COLUMNS} columns are read.", line=1)
    return separator
