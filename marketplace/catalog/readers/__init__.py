"""The catalog reader seam: a file of any known format becomes rows of the same shape.

Invariants: a reader holds one row at a time, never opens an address or a path, and refuses a file it
cannot read with the line and the reason. Rows are checked one by one: a bad row never stops the file.
A reader is loaded when the first file of its format comes: few processes ever see one, and their parsers are heavy.
"""

import zlib
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import ModuleType

from marketplace.catalog.readers import tables
from marketplace.catalog.readers.rows import FIELDS, FileRefused, Row

__all__ = ["FIELDS", "FORMATS", "FileRefused", "Row", "columns", "detect", "lines", "mode", "opened", "preview", "read", "unmapped"]

FORMATS = {"csv": "tables", "xlsx": "sheets", "bmecat": "bmecat"}
MAX_BYTES = 200_000_000


def opened(content: bytes) -> bytes:
    """The file's own bytes: a gzip wrapper is taken off, up to 200 MB. Raises: FileRefused."""
    if not content.strip():
        raise FileRefused("The file is empty.", line=1)
    if not content.startswith(b"\x1f\x8b"):
        return content
    stream = zlib.decompressobj(wbits=31)
    try:
        plain = stream.decompress(content, MAX_BYTES)
    except zlib.error as error:
        raise FileRefused(f"The gzip wrapper is broken: {error}.", line=1) from None
    if stream.unconsumed_tail or not stream.eof:
        raise FileRefused("The gzip wrapper holds more than 200 MB, or is cut off.", line=1)
    return opened(plain) if not plain.startswith(b"\x1f\x8b") else _refuse_nested()


def _refuse_nested() -> bytes:
    raise FileRefused("A compressed file inside a compressed file is not read.", line=1)


def detect(content: bytes) -> str:
    """Name the format of an opened file by its first bytes: 'xlsx', 'bmecat' or 'csv'. Raises: FileRefused."""
    if content.startswith(b"PK\x03\x04"):
        return "xlsx"
    head = content[:400].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if head.startswith(b"<"):
        return "bmecat"
    tables.refuse_binary(content)
    return "csv"


def columns(content: bytes, format: str) -> list[str]:
    """The file's columns, to map; empty where the format says itself what is what."""
    return [] if format == "bmecat" else _reader(format).columns(content)


def preview(content: bytes, format: str, count: int = 5) -> list[list[str]]:
    """The first rows as they stand in the file, beside `columns`."""
    return [] if format == "bmecat" else _reader(format).preview(content, count)


def read(content: bytes, format: str, mapping: Mapping[str, str]) -> Iterator[Row]:
    """Read an opened file row by row.

    Shapes:  mapping is our field name (see FIELDS; 'attribute:NAME' for others) to the file's column.
    Raises:  FileRefused, while iterating, with line and reason.
    """
    return _reader(format).read(content, mapping)


def lines(content: bytes, format: str) -> Iterator[tuple[int, list[str]]]:
    """Numbered lines of cells of an opened table ('csv' or 'xlsx'), the header first; for other kinds of files.

    Raises: FileRefused, while iterating.
    """
    return _reader(format)._lines(content)


def unmapped(content: bytes, format: str, mapping: Mapping[str, str]) -> list[str]:
    """Columns or elements of the file that no field takes, in name order for BMEcat."""
    return _reader(format).unmapped(content, mapping)


def mode(content: bytes) -> str:
    """Of an opened BMEcat file: 'full' when it is the whole catalog, 'update' when it holds changes only. Raises: FileRefused."""
    return _reader("bmecat").mode(content)


def _reader(format: str) -> ModuleType:
    return import_module(f"{__name__}.{FORMATS[format]}")
