"""One row of a seller's offer file, read strictly: no guess, no float, a code for each refusal.

Pure. Columns are found by name in the header; `price` is the price from the first unit on, `price_10`
the price of each unit from ten on; `valid_to` is the last day, included, in UTC. Matching to products is done later, for all rows at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from marketplace.catalog import identifiers
from marketplace.catalog.readers.rows import CONTROL, FileRefused
from marketplace.core import clock, money
from marketplace.core.errors import Invalid
from marketplace.offers.service import can_be_ordered, held

COLUMNS = ("seller_sku", "gtin", "brand", "mpn", "price", "currency", "quantity", "location", "lead_time_days",
           "min_quantity", "multiple", "max_quantity", "condition", "valid_from", "valid_to")
NAMES = {"sku": "seller_sku", "ean": "gtin", "stock": "quantity", "lead_time": "lead_time_days"}
REQUIRED = ("seller_sku", "price", "quantity")
TIER = re.compile(r"price_([1-9][0-9]{0,8})")
NUMBER = re.compile(r"[0-9]{1,9}")
CONDITIONS = frozenset({"new", "refurbished", "used"})
MAX_TIERS = 10


@dataclass(slots=True)
class FeedRow:
    """What one row says; `code` and `column` are set when it is refused."""

    row_no: int
    seller_sku: str = ""
    gtin: str = ""
    brand_key: str = ""
    mpn_key: str = ""
    currency: str = ""
    location: str = ""
    condition: str = "new"
    quantity: int = 0
    lead_time_days: int = 1
    min_quantity: int = 1
    multiple: int = 1
    max_quantity: int | None = None
    valid_from: datetime | None = None
    valid_to: datetime | None = None
    tiers: list[list[int]] = field(default_factory=list)
    code: str | None = None
    column: str | None = None


class _Refused(Exception):
    def __init__(self, code: str, column: str) -> None:
        super().__init__(code)
        self.code, self.column = code, column


def read(lines: Iterable[tuple[int, list[str]]], currency: str, traded: Container[str]) -> Iterator[FeedRow]:
    """Check every row of a table whose first line names the columns; blank rows are passed over.

    Shapes:  `currency` holds where the row names none, others than `traded` are refused; rows with one SKU say where more of its
             stock lies, so one that says anything else of the offer than the first is refused.
    Raises:  FileRefused when a needed column is missing or named twice.
    """
    numbered = iter(lines)
    header = next(numbered, (1, []))[1]
    places, tiers = _header(header)
    seen: dict[str, int] = {}
    for row_no, cells in numbered:
        if not any(cell.strip() for cell in cells):
            continue
        row = _checked(FeedRow(row_no, currency=currency), _getter(places, cells), tiers, traded)
        if any(map(str.strip, cells[len(header):])):  # of a decimal comma in a file of commas, every cell after it has moved
            row.code, row.column = "TOO_MANY_CELLS", None
        if row.code is None and seen.setdefault(row.seller_sku, terms := _terms_of(row)) != terms:
            row.code, row.column = "DUPLICATE_SKU", "seller_sku"
        yield row


def _terms_of(row: FeedRow) -> int:
    """All that a row says of its offer beside the stock at a place, as one number."""
    return hash((row.gtin, row.brand_key, row.mpn_key, row.currency, row.condition, row.lead_time_days, row.min_quantity, row.multiple,
                 row.max_quantity, row.valid_from, row.valid_to, *map(tuple, row.tiers)))


def given(header: list[str]) -> tuple[set[str], bool, list[str]]:
    """The columns that a table has, whether there are prices by quantity among them, and its headings that mean nothing here. Raises: FileRefused."""
    places, tiers = _header(header)
    known = set(places.values())
    return set(places), bool(tiers), [cell.strip() for place, cell in enumerate(header) if cell.strip() and place not in known]


def _header(cells: list[str]) -> tuple[dict[str, int], list[tuple[int, str]]]:
    names = [re.sub(r"[\s-]+", "_", cell.strip().lower()) for cell in cells]
    names = [NAMES.get(name, name) for name in names]
    places = {name: place for place, name in enumerate(names) if name in COLUMNS or TIER.fullmatch(name)}
    missing = [name for name in REQUIRED if name not in places]
    if "gtin" not in places and not {"brand", "mpn"} <= places.keys():
        missing.append("gtin")
    if missing:
        raise FileRefused(f"The header has no column {missing[0]!r}.", line=1)
    if len(set(names) - {""}) != len([name for name in names if name]):
        raise FileRefused("Two columns have the same name.", line=1)
    tiers = sorted((int(match[1]), name) for name in places if (match := TIER.fullmatch(name)))
    if len(tiers) > MAX_TIERS or any(quantity == 1 for quantity, _ in tiers):
        raise FileRefused(f"At most {MAX_TIERS} price columns beside 'price', from 2 units on.", line=1)
    return places, tiers


def _getter(places: dict[str, int], cells: list[str]) -> Callable[[str], str]:
    def value(name: str) -> str:
        place = places.get(name)
        return cells[place].strip() if place is not None and place < len(cells) else ""

    return value


def _checked(row: FeedRow, value: Callable[[str], str], tiers: list[tuple[int, str]], traded: Container[str]) -> FeedRow:
    try:
        row.seller_sku = _sku(value("seller_sku"))
        row.gtin = _gtin(value("gtin"))
        row.brand_key, row.mpn_key = _key(value("brand"), "brand"), _key(value("mpn"), "mpn")
        if not row.gtin and not row.mpn_key:
            raise _Refused("MISSING_IDENTIFIER", "gtin")
        row.currency = value("currency").upper() or row.currency
        if row.currency not in traded:
            raise _Refused("BAD_CURRENCY", "currency")
        row.tiers = _tiers(value, tiers, row.currency)
        row.quantity = _number(value("quantity"), "quantity", None, code="BAD_QUANTITY")
        row.location = value("location")[:100]
        _terms(row, value)
    except _Refused as refused:
        row.code, row.column = refused.code, refused.column
    return row


def _terms(row: FeedRow, value: Callable[[str], str]) -> None:
    row.condition = value("condition").lower() or "new"
    if row.condition not in CONDITIONS:
        raise _Refused("BAD_CONDITION", "condition")
    row.lead_time_days = _number(value("lead_time_days"), "lead_time_days", 1, most=365)
    row.min_quantity = _number(value("min_quantity"), "min_quantity", 1, least=1)
    row.multiple = _number(value("multiple"), "multiple", 1, least=1)
    if text := value("max_quantity"):
        row.max_quantity = _number(text, "max_quantity", None, least=row.min_quantity)
    if not can_be_ordered(row.min_quantity, row.multiple, row.max_quantity):
        raise _Refused("BAD_NUMBER", "multiple")
    first, last = _day(value("valid_from"), "valid_from"), _day(value("valid_to"), "valid_to")
    if first and last and last < first:
        raise _Refused("BAD_DATES", "valid_to")
    row.valid_from, row.valid_to = held(first, last)


def _day(text: str, column: str) -> date | None:
    """A day as 2031-12-31; a sheet's dates have a time behind them."""
    if not text:
        return None
    try:
        day = date.fromisoformat(re.split("[T ]", text)[0])
    except ValueError:
        raise _Refused("BAD_DATE", column) from None
    if day.year not in clock.YEARS:
        raise _Refused("BAD_DATE", column)
    return day


def _sku(text: str) -> str:
    if not text:
        raise _Refused("MISSING_SKU", "seller_sku")
    if len(text) > 100 or CONTROL.search(text):
        raise _Refused("BAD_SKU", "seller_sku")
    return text


def _gtin(text: str) -> str:
    try:
        return identifiers.gtin14(text) if text else ""
    except identifiers.BadGtin:
        raise _Refused("BAD_GTIN", "gtin") from None


def _key(text: str, column: str) -> str:
    if CONTROL.search(text):
        raise _Refused("BAD_CHARACTER", column)
    return identifiers.mpn_key(text)[:200] if text else ""


def _tiers(value: Callable[[str], str], columns: list[tuple[int, str]], currency: str) -> list[list[int]]:
    found = [[1, _price(value("price"), "price", currency)]]
    for quantity, name in columns:
        if text := value(name):
            found.append([quantity, _price(text, name, currency)])
    return found


def _price(text: str, column: str, currency: str) -> int:
    try:
        minor = money.parse(text, currency)
    except Invalid:
        raise _Refused("BAD_PRICE", column) from None
    if minor <= 0:
        raise _Refused("BAD_PRICE", column)
    return minor


def _number(
    text: str, column: str, default: int | None, *, code: str = "BAD_NUMBER", **bounds: int
) -> int:
    if not text and default is not None:
        return default
    if not NUMBER.fullmatch(text) or not bounds.get("least", 0) <= int(text) <= bounds.get("most", 10**9):
        raise _Refused(code, column)
    return int(text)
