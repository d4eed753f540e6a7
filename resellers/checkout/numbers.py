"""Ordering by number: pasted part numbers and GTINs become products, or an explanation, row by row.

Nothing is put into the cart here: the person sees first what each row would be.
"""

from __future__ import annotations

import re
from typing import Any, ClassVar

from sqlalchemy import or_

from marketplace.catalog import identifiers
from marketplace.catalog.models import Variant
from marketplace.core.errors import Invalid
from marketplace.identity.access import Actor, authorize
from marketplace.identity.buying import BuyingContext
from resellers.storefront import queries
from resellers.storefront.schemas import MAX_QUANTITY

MOST = 200
APART = re.compile(r"\s*[\t;,]\s*|\s+(?=\S+\s*$)")


class TooManyNumbers(Invalid):
    """More rows than are resolved at once."""

    code: ClassVar[str] = "too_many_numbers"
    message = "At most 200 numbers at once."


def read(text: str) -> list[dict[str, Any]]:
    """The rows of a pasted text: a number, then how many (1 when that is not there); blank lines are left out.

    Shapes:  [{"number", "quantity"}]; columns are kept apart by tab, semicolon, comma or the last blank.
    """
    rows = []
    for line in filter(None, map(str.strip, text.splitlines())):
        number, *rest = [part for part in APART.split(line) if part]
        if rest and not rest[-1].isdecimal():
            number, rest = " ".join([number, *rest]), []
        rows.append({"number": number[:80], "quantity": int(rest[-1][:9]) if rest else 1})
    return rows


def resolved(actor: Actor, context: BuyingContext, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each row means for this buyer: the rows with "state", "choices" and "nearest".

    Shapes:  state is "ok", "not_found", "ambiguous", "not_sold" or "bad_quantity"; choices are products as lists show them,
             one when ok; nearest is the quantity that could be ordered where the row's cannot, else None.
    Effects: none; a constant number of statements.
    Raises:  Forbidden, TooManyNumbers.
    """
    authorize(actor, "storefront:buy", context.buyer_id)
    if len(rows) > MOST:
        raise TooManyNumbers(field="rows")
    found = _found(context, [row["number"] for row in rows])
    return [{**row, **_meaning(row, found)} for row in rows]


def _found(context: BuyingContext, numbers: list[str]) -> list[dict[str, Any]]:
    keys = {identifiers.mpn_key(number)[: identifiers.MAX_KEY] for number in numbers} - {""}
    gtins = {gtin for number in numbers if (gtin := _gtin(number))}
    return queries.some(context, lambda query: query.where(
        or_(Variant.mpn_key.in_(keys), Variant.gtin.in_(gtins))).order_by(Variant.sort_key, Variant.id).limit(MOST * 5))


def _meaning(row: dict[str, Any], found: list[dict[str, Any]]) -> dict[str, Any]:
    key, gtin = identifiers.mpn_key(row["number"])[: identifiers.MAX_KEY], _gtin(row["number"])
    choices = [item for item in found if item["gtin"] == gtin] if gtin else []
    choices = choices or [item for item in found if identifiers.mpn_key(item["mpn"])[: identifiers.MAX_KEY] == key]
    nearest = None
    if len(choices) != 1:
        state = "ambiguous" if choices else "not_found"
    elif choices[0]["unit_minor"] is None:
        state = "not_sold"
    elif not choices[0]["min_quantity"] <= row["quantity"] <= MAX_QUANTITY:
        state, nearest = "bad_quantity", min(max(row["quantity"], choices[0]["min_quantity"]), MAX_QUANTITY)
    else:
        state = "ok"
    return {"state": state, "choices": choices, "nearest": nearest}


def _gtin(number: str) -> str | None:
    try:
        return identifiers.gtin14(number)
    except identifiers.BadGtin:
        return None
