"""A reseller's price lists: what stands on them, and files of prices.

A file names products by GTIN or by part number (with the brand where two makers share it). It is read
as sellers' and makers' files are, whatever its separator and encoding, and applied whole or not at all:
each row that cannot be read comes back with its number and a code.
"""

from __future__ import annotations

from itertools import islice
from typing import Any, ClassVar

from sqlalchemy import Row, and_, func, or_, select, tuple_

from marketplace.catalog import identifiers, readers
from marketplace.catalog.models import Brand, Variant
from marketplace.core import clock, money, paging
from marketplace.core.db import db
from marketplace.core.errors import Invalid, MarketError
from marketplace.identity.access import Actor
from marketplace.identity.models import Organization, Storefront
from marketplace.pricing import service as pricing
from marketplace.pricing.models import Price, PriceList, PriceListAssignment

MOST_ROWS = 20_000
COLUMNS = ("gtin", "mpn", "brand", "min_quantity", "price")


class FileRefused(Invalid):
    """Rows of the file that cannot be read; nothing was changed."""

    code: ClassVar[str] = "price_file_refused"
    message = "Some rows of the file cannot be read. Nothing was changed."


class UnknownProduct(Invalid):
    """A price for a product that the catalog does not have."""

    code: ClassVar[str] = "unknown_product"
    message = "The catalog has no such product."


def overview(actor: Actor) -> list[dict[str, Any]]:
    """The reseller's lists with how many prices and targets each has. Two statements."""
    found = pricing.lists(actor)
    ids = [one.id for one in found]
    prices = _count(Price, ids, _live())
    targets = _count(PriceListAssignment, ids)
    return [{**head(one), "prices": prices.get(one.id, 0), "targets": targets.get(one.id, 0)} for one in found]


def head(price_list: PriceList) -> dict[str, Any]:
    """What a list of lists says of one."""
    return {"id": price_list.id, "name": price_list.name, "currency": price_list.currency}


def _live() -> Any:
    now = clock.now()
    return and_(Price.valid_from <= now, or_(Price.valid_to.is_(None), Price.valid_to > now))


def _count(model: Any, ids: list[str], *conditions: Any) -> dict[str, int]:
    query = select(model.price_list_id, func.count()).where(model.price_list_id.in_(ids), *conditions)
    return dict(list(db.session.execute(query.group_by(model.price_list_id))))


def rows(actor: Actor, price_list_id: str, cursor: str | None = None, limit: int = 50) -> dict[str, Any]:
    """One page of a list's prices of today, by product name. Raises: NotFound for another's list."""
    price_list = pricing.own_list(actor, price_list_id)
    query = (
        select(Variant.sort_key, Variant.id.label("variant_id"), Variant.name, Variant.mpn, Brand.name.label("brand"),
               Price.min_quantity, Price.amount_minor)
        .join(Variant, Variant.id == Price.variant_id).join(Brand, Brand.id == Variant.brand_id)
        .where(Price.price_list_id == price_list.id, _live())
    )
    keys = (Variant.sort_key, Variant.id, Price.min_quantity)
    if cursor:
        query = query.where(tuple_(*keys) > tuple_(*_after(cursor)))
    found = db.session.execute(query.order_by(*keys).limit(limit + 1)).all()
    more, found = len(found) > limit, found[:limit]
    last = found[-1] if more else None
    return {
        **head(price_list), "items": [_row(row, price_list.currency) for row in found],
        "next_cursor": paging.encode([last.sort_key, last.variant_id, last.min_quantity]) if last else None,
    }


def _after(cursor: str) -> list[Any]:
    values = paging.decode(cursor)
    if [type(value) for value in values] != [str, str, int]:
        raise Invalid("This cursor was not given out by us.", field="cursor")
    return values


def _row(row: Row[Any], currency: str) -> dict[str, Any]:
    said = {name: value for name, value in row._mapping.items() if name != "sort_key"}
    return {**said, "price": money.decimal(row.amount_minor, currency)}


def targets(actor: Actor, price_list_id: str) -> list[dict[str, Any]]:
    """For whom a list holds. Raises: NotFound for another's list."""
    price_list = pricing.own_list(actor, price_list_id)
    found = db.session.execute(
        select(PriceListAssignment, Organization.name, Storefront.name)
        .outerjoin(Organization, Organization.id == PriceListAssignment.organization_id)
        .outerjoin(Storefront, Storefront.id == PriceListAssignment.storefront_id)
        .where(PriceListAssignment.price_list_id == price_list.id).order_by(PriceListAssignment.id)
    )
    return [{"id": row.id, "organization": company, "storefront": shop, "group": row.customer_group}
            for row, company, shop in found]


def edit(actor: Actor, price_list_id: str, variant_id: str, tiers: list[tuple[int, str]]) -> None:
    """Set some of one product's tiers (from quantity, decimal price) as a person typed them; its others stay. Raises: Invalid, NotFound."""
    price_list = pricing.own_list(actor, price_list_id, write=True)
    held = select(Price.min_quantity, Price.amount_minor).where(Price.price_list_id == price_list.id, Price.variant_id == variant_id, _live())
    merged = {**dict(db.session.execute(held).all()), **{start: money.parse(text, price_list.currency) for start, text in tiers}}
    set_rows(actor, price_list_id, [(variant_id, start, amount) for start, amount in merged.items()])


def set_rows(actor: Actor, price_list_id: str, given: list[tuple[str, int, int]]) -> None:
    """Set prices (variant id, from quantity, minor units). Raises: UnknownProduct, and what pricing refuses."""
    pricing.own_list(actor, price_list_id, write=True)
    ids = {variant_id for variant_id, _start, _amount in given}
    if len(set(db.session.scalars(select(Variant.id).where(Variant.id.in_(ids))))) != len(ids):
        raise UnknownProduct(field="variant_id")
    pricing.set_prices(actor, price_list_id, given)


def upload(actor: Actor, price_list_id: str, content: bytes) -> int:
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
        for name in (("gtin", gtin), ("mpn", key), (brand, key)):
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
    brand = identifiers.brand_key(row["brand"]) if row["brand"] else "mpn"
    name = ("gtin", identifiers.gtin14(row["gtin"])) if row["gtin"] else (brand, identifiers.mpn_key(row["mpn"]))
    found = known.get(name, set())
    if len(found) != 1:
        raise Invalid("More than one product has this number: name the brand." if found else "No product has this number.")
    start = row["min_quantity"] or "1"
    if not (start.isascii() and start.isdigit()) or not 1 <= int(start) <= 1_000_000:
        raise Invalid("min_quantity is a whole number from 1 on.")
    amount = money.parse(row["price"], currency)
    if amount < 1:
        raise Invalid("The price must be above zero.")
    return next(iter(found)), int(start), amount
