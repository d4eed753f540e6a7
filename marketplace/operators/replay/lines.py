"""A sales file as it really is: read line by line, each row taken or refused with a reason, rows joined to invoices.

Pure. A row is refused for the first reason of REASONS that holds; an invoice without any row left is refused for
the reason of most of its rows. Rows of one product in one invoice are one line.
"""

from __future__ import annotations

import csv
import gzip
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import groupby, islice
from pathlib import Path

from babel import Locale

from marketplace.core.errors import Invalid

COLUMNS = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
PRODUCT = re.compile(r"\d{5}[A-Z]{0,2}|DCGS\d{4}[A-Z]?")
COUNTRIES = {name: code for code, name in Locale("en").territories.items() if len(code) == 2} | {
    "EIRE": "IE", "USA": "US", "RSA": "ZA", "Channel Islands": "JE", "Czech Republic": "CZ", "Hong Kong": "HK"}
REASONS = {
    "credit_note": "a credit note (its number begins with C)",
    "adjustment": "a booking, not a sale (the invoice number is no number)",
    "no_customer": "the row names no customer",
    "not_a_product": "the code is no product's (POST, DOT, M, BANK CHARGES, vouchers)",
    "no_description": "the description is empty",
    "no_quantity": "the quantity is zero, negative or no whole number",
    "no_price": "the price is zero, negative or no amount",
    "no_country": "the country is no country",
}


class NotASalesFile(Invalid):
    """The file has other columns."""

    code = "not_a_sales_file"
    message = "The file does not have the columns " + ", ".join(COLUMNS) + "."


@dataclass(slots=True)
class Invoice:
    """One invoice: its lines by product code, with what was refused beside them."""

    number: str
    at: datetime
    customer: str
    country: str
    lines: dict[str, int] = field(default_factory=dict)
    """Product code to quantity, at least 1."""
    prices: dict[str, int] = field(default_factory=dict)
    """Product code to the first price in the invoice, in minor units."""
    names: dict[str, str] = field(default_factory=dict)
    refused: Counter[str] = field(default_factory=Counter)
    """Rows refused, by reason."""

    @property
    def refusal(self) -> str | None:
        """Why nothing of the invoice can be ordered; None when something can."""
        return None if self.lines else self.refused.most_common(1)[0][0]


def read(path: Path, limit: int | None = None) -> list[Invoice]:
    """The first `limit` invoices of a sales file (gzip too), in the file's order. Raises: NotASalesFile."""
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        if set(COLUMNS) - set(rows.fieldnames or ()):
            raise NotASalesFile
        return list(islice(invoices(rows), limit))


def invoices(rows: Iterable[dict[str, str]]) -> Iterator[Invoice]:
    """Rows that follow each other with one number are an invoice; so are the days in which they were written."""
    for number, group in groupby(rows, key=lambda row: row["InvoiceNo"]):
        found = None
        for row in group:
            found = found or _begun(number, row)
            _add(found, row)
        if found is not None:
            yield found


def _begun(number: str, row: dict[str, str]) -> Invoice:
    at = datetime.strptime(row["InvoiceDate"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    return Invoice(number, at, row["CustomerID"].removesuffix(".0"), COUNTRIES.get(row["Country"], ""))


def _add(invoice: Invoice, row: dict[str, str]) -> None:
    code, quantity, price = row["StockCode"].strip().upper(), _whole(row["Quantity"]), _minor(row["UnitPrice"])
    reason = _reason(invoice, row["Description"], (code, quantity, price))
    if reason:
        invoice.refused[reason] += 1
        return
    invoice.lines[code] = invoice.lines.get(code, 0) + quantity
    invoice.prices.setdefault(code, price)
    invoice.names.setdefault(code, " ".join(row["Description"].split()))


def _reason(invoice: Invoice, description: str, what: tuple[str, int, int]) -> str | None:
    code, quantity, price = what
    found = {
        "credit_note": invoice.number.startswith("C"), "adjustment": not invoice.number.isdigit(),
        "no_customer": not invoice.customer, "not_a_product": not PRODUCT.fullmatch(code),
        "no_description": not description.strip(), "no_quantity": quantity < 1, "no_price": price < 1,
        "no_country": not invoice.country,
    }
    return next((reason for reason in REASONS if found[reason]), None)


def _whole(text: str) -> int:
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else 0


def _minor(text: str) -> int:
    try:
        return int((Decimal(text) * 100).to_integral_value())
    except InvalidOperation:
        return 0
