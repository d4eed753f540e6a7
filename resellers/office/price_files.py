"""Prices by product number, as files and one by one.

A product is named by GTIN or by part number (with the brand where two makers share it). A file is read as sellers' and
makers' files are, whatever its separator and encoding, and applied whole or not at all: each row that cannot be read
comes back with its number and a code. A list saved as a file has these columns, too, and can be sent back.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, ClassVar

from sqlalchemy import or_, select

from marketplace.catalog import identifiers, readers
from marketplace.catalog.models import Brand, Variant
from marketplace.core import money
from marketplace.core.db import db
from marketplace.core.errors import Invalid, MarketError
from marketplace.identity.access import Actor
from marketplace.pricing import service as pricing
from resellers.office import price_lists

MOST_ROWS = 20_000
COLUMNS = ("gtin", "mpn", "brand", "min_quantity", "price")


class FileRefused(Invalid):
    """Rows of the file that cannot be read; nothing was changed."""

    code: ClassVar[str] = "price_file_refused"
    message = "Some rows of the file cannot be read. Nothing was changed."


def load(actor: Actor, price_list_id: str, content: bytes) -> int:
    """Set the prices of a file (CSV or XLSX) with the columns of COLUMNS; returns how many products were set.

    Raises: FileRefused with the rows and their codes, NotFound for another's list.
    """
    price_list = pricing.own_list(actor, price_list_id, write=True)
    given = _read(content)
    known = _known(given)
    prices: dict[tuple[str, int], tuple[int, int]] = {}
    refused = []
    for row in given:
        try:
            variant_id, start, amount = _priced(row, known, price_list.currency)
            first = prices.setdefault((variant_id, start), (amount, row["row"]))[1]
            if first != row["row"]:
                raise Invalid(f"Row {first} prices this product from this quantity, too.")
        except MarketError as error:
            refused.append({"row": row["row"], "code": error.code, "message": error.message})
    if refused:
        raise FileRefused(field="file", rows=refused[:100], refused=len(refused))
    return pricing.set_prices(actor, price_list_id, [(*key, amount) for key, (amount, _row) in prices.items()])


def price(actor: Actor, price_list_id: str, given: dict[str, Any]) -> None:
    """Set one product's `price` (decimal) from `min_quantity` on; its others stay. `number` is its GTIN or its part number, of `brand`.

    Raises: Invalid that names the number or the price, NotFound for another's list.
    """
    price_list = pricing.own_list(actor, price_list_id, write=True)
    is_gtin = _gtin(given["number"]) is not None
    named = {"gtin": given["number"] if is_gtin else "", "mpn": "" if is_gtin else given["number"], "brand": given["brand"]}
    tier = {given["min_quantity"]: _amount(given["price"], price_list.currency)}
    price_lists.merge(actor, price_list, _variant(named, _known([named])), tier)


def _read(content: bytes) -> list[dict[str, Any]]:
    """The file's rows by column, each with its number and whether it has cells beyond the header's. Raises: FileRefused."""
    try:
        plain = readers.opened(content)
        format_ = readers.detect(plain)
        if format_ == "bmecat":
            raise FileRefused("Send prices as CSV or XLSX.", field="file")
        lines = list(islice(readers.lines(plain, format_), MOST_ROWS + 2))
    except readers.FileRefused as refused:
        raise FileRefused(refused.message, field="file") from None
    names = [name.strip().lower() for name in lines[0][1]]
    if "price" not in names or not {"gtin", "mpn"} & set(names):
        raise FileRefused("The file needs the column price, and gtin or mpn.", field="file")
    if any(names.count(name) > 1 for name in COLUMNS):  # one of them would be taken, and nobody could say which
        raise FileRefused("Two columns have the same name.", field="file")
    filled = [(number, cells) for number, cells in lines[1:] if any(map(str.strip, cells))]
    if not 0 < len(filled) <= MOST_ROWS:
        raise FileRefused(f"A file has 1 to {MOST_ROWS} rows.", field="file")
    return [dict.fromkeys(COLUMNS, "") | {name: cell.strip() for name, cell in zip(names, cells, strict=False)}
            | {"row": number, "beyond": len(cells) > len(names)} for number, cells in filled]


def _known(given: list[dict[str, Any]]) -> dict[tuple[str, str], set[str]]:
    """Variant ids by ("gtin", number), ("mpn", key) and ("brand key", key); one statement."""
    numbers = {found for row in given if (found := _gtin(row["gtin"]))}
    keys = {identifiers.mpn_key(row["mpn"]) for row in given if row["mpn"]}
    query = select(Variant.id, Variant.gtin, Variant.mpn_key, Brand.name_key).join(Brand, Brand.id == Variant.brand_id)
    query = query.where(or_(Variant.gtin.in_(numbers), Variant.mpn_key.in_(keys)), Variant.status == "active")
    known: dict[tuple[str, str], set[str]] = {}
    for id_, gtin, key, brand in db.session.execute(query):
        for name in (("gtin", gtin or ""), ("mpn", key), (brand, key)):
            known.setdefault(name, set()).add(id_)
    return known


def _gtin(text: str) -> str | None:
    try:
        return identifiers.gtin14(text) if text else None
    except identifiers.BadGtin:
        return None


def _priced(row: dict[str, Any], known: dict[tuple[str, str], set[str]], currency: str) -> tuple[str, int, int]:
    if row["beyond"]:  # a decimal comma in a file of commas, most often: half of the price stands in the next cell
        raise Invalid("The row has more cells than the header.")
    variant_id = _variant(row, known)
    start = row["min_quantity"] or "1"
    if not (start.isascii() and start.isdigit()) or not 1 <= int(start) <= 1_000_000:
        raise Invalid("min_quantity is a whole number from 1 on.")
    return variant_id, int(start), _amount(row["price"], currency)


def _variant(row: dict[str, Any], known: dict[tuple[str, str], set[str]]) -> str:
    brand = identifiers.brand_key(row["brand"]) if row["brand"] else "mpn"
    name = ("gtin", identifiers.gtin14(row["gtin"])) if row["gtin"] else (brand, identifiers.mpn_key(row["mpn"]))
    found = known.get(name, set())
    if len(found) != 1:
        raise Invalid("More than one product has this number: name the brand." if found else "No product has this number.", field="number")
    return next(iter(found))


def _amount(text: str, currency: str) -> int:
    amount = money.parse(text, currency, "price")
    if amount < 1:
        raise Invalid("The price must be above zero.", field="price")
    return amount
