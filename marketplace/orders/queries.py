"""How an order is found by what stands on paper: its number or the beginning of it, or its public id.

Both conditions are leakproof, so the database may go by its indexes even behind row-level security; with the
collation C, which our own database has, the beginning of a number does.
"""

from __future__ import annotations

import re

from sqlalchemy import ColumnElement, func, or_

from marketplace.orders.models import Order, SellerOrder

PART = re.compile(r"(.+-.+)-\d+")


def numbered(model: type[Order] | type[SellerOrder], typed: str) -> ColumnElement[bool]:
    """Orders, or sellers' parts of them, that `typed` names; the number of a part also names its order."""
    number = typed.strip().upper()
    part = PART.fullmatch(number)
    if model is Order and part:
        number = part[1]
    return or_(func.starts_with(model.number, number), model.id == typed.strip())
