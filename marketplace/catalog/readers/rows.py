"""One row of a catalog file, cleaned and checked, whatever the format it came in.

Invariants: `data` holds only texts that the database and a page can take; every error names its column,
a code and a message a person understands.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from marketplace.catalog import identifiers
from marketplace.core.errors import Invalid

FIELDS = ("mpn", "gtin", "brand", "name", "description", "category", "unit")
LIMITS = {"mpn": 100, "brand": 120, "name": 300, "description": 20_000, "category": 300, "unit": 12, "gtin": 40}
MAX_ATTRIBUTES = 300
MAX_VALUE = 2_000
PIECES = frozenset({"PCE", "PC", "PCS", "PIECE", "EA", "STK"})
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
SEPARATORS = re.compile(r"\s*(?:>|\s/\s|\||,(?=\S))\s*")


class FileRefused(Invalid):
    """The whole file cannot be read; `details` says at which line."""

    code, message = "file_refused", "This file cannot be read."

    def __init__(self, message: str, *, line: int | None = None, field: str = "file") -> None:
        super().__init__(message, field=field, line=line)
        self.line = line


@dataclass(slots=True)
class Row:
    """What one row says, and what is wrong with it."""

    row_no: int
    data: dict[str, Any]
    errors: list[dict[str, str]] = field(default_factory=list)

    def refuse(self, column: str, code: str, message: str) -> None:
        """Note one thing that is wrong."""
        self.errors.append({"column": column, "code": code, "message": message})


def checked(row_no: int, fields: Mapping[str, str], attributes: Mapping[str, str]) -> Row:
    """Clean and check one row: texts trimmed and bounded, identifiers folded, the rest refused by code."""
    row = Row(row_no, {})
    for name in FIELDS:
        row.data[name] = _text(row, name, fields.get(name) or "", LIMITS[name])
    row.data["attributes"] = _attributes(row, attributes)
    data = row.data
    data["category"] = " / ".join(part for part in SEPARATORS.split(data["category"]) if part)
    data["unit"] = _unit(row, data["unit"])
    data["gtin"] = _gtin(row, data["gtin"])
    data["mpn_key"] = _key(row, data["mpn"])
    data["brand_key"] = identifiers.brand_key(data["brand"])
    if not data["name"]:
        data["name"] = " ".join(filter(None, (data["mpn"], data["description"])))[:120].strip()
    if not data["name"]:
        row.refuse("name", "MISSING_NAME", "The product has no name.")
    return row


def _text(row: Row, column: str, value: str, limit: int) -> str:
    clean = CONTROL.sub("", value).strip()
    if len(clean) != len(value.strip()):
        row.refuse(column, "BAD_CHARACTER", "The text holds control characters.")
    if len(clean) > limit:
        row.refuse(column, "TOO_LONG", f"At most {limit} characters fit here.")
    return clean[:limit]


def _attributes(row: Row, attributes: Mapping[str, str]) -> dict[str, str]:
    kept = {}
    for name, value in list(attributes.items())[:MAX_ATTRIBUTES]:
        label = CONTROL.sub("", name).strip()[:120]
        text = _text(row, label, value, MAX_VALUE)
        if label and text:
            kept[label] = text
    return kept


def _unit(row: Row, text: str) -> str:
    unit = text.upper()
    if not unit:
        return ""
    if unit in PIECES:
        return "C62"
    if not re.fullmatch(r"[A-Z0-9]{2,3}", unit):
        row.refuse("unit", "BAD_UNIT", "A unit is a code of two or three letters, such as C62 for a piece.")
    return unit


def _gtin(row: Row, text: str) -> str:
    if not text:
        return ""
    try:
        return identifiers.gtin14(text)
    except identifiers.BadGtin as bad:
        row.refuse("gtin", "BAD_GTIN", bad.message)
        return ""


def _key(row: Row, mpn: str) -> str:
    key = identifiers.mpn_key(mpn)
    if not key:
        row.refuse("mpn", "MISSING_MPN", "The product has no manufacturer's part number.")
    if len(key) > identifiers.MAX_KEY:
        row.refuse("mpn", "TOO_LONG", f"At most {identifiers.MAX_KEY} letters and digits fit here.")
    return key[: identifiers.MAX_KEY]
