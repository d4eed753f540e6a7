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

MOST, LONGEST = 200, 200
PIECES = r"(?:x|×|pcs?|pce|pieces?|ea|each|units?|stk?|stück|uds?|unidad(?:es)?|und?|unid|pzas?|piezas?|pçs?|peças?)\.?"
LIKE_A_COUNT = re.compile(rf"[x×]?\s*[-+]?(?:[0-9]{{1,3}}(?:\s[0-9]{{3}})+|[0-9][0-9.,'’]*)(?:\s*{PIECES})?", re.IGNORECASE)
COUNT = re.compile(rf"[x×]?\s*([0-9]{{1,9}})(?:[.,]00)?(?:\s*{PIECES})?", re.IGNORECASE)
COLUMNS = re.compile(r"\s*[\t;]\s*")
TAIL = re.compile(rf"(.*?\S)(?:\s*,\s+|\s+|,)({LIKE_A_COUNT.pattern})", re.IGNORECASE)


class TooManyNumbers(Invalid):
    """More rows than are resolved at once."""

    code: ClassVar[str] = "too_many_numbers"
    message = "At most 200 numbers at once."


def read(text: str) -> list[dict[str, Any]]:
    """The rows of a pasted text: a number, then how many (1 when nothing there looks like it); blank lines are left out.

    Shapes:  [{"number", "quantity", "line"}]; columns are kept apart by tab or semicolon, else by comma or blank. What may
             mean two quantities, such as 1,000 or 1,5, is never guessed: its quantity is None.
    """
    rows = []
    for line in filter(None, (line.strip("\t ,;") for line in text.splitlines())):
        number, count = _parted(line) if len(line) <= LONGEST else (line, "")
        whole = COUNT.fullmatch(count)
        rows.append({"number": number[:80], "quantity": int(whole[1]) if whole else None, "line": line[:LONGEST]})
    return rows


def _parted(line: str) -> tuple[str, str]:
    """A line's number, and what stands there for how many."""
    number, *rest = [cell for cell in COLUMNS.split(line) if cell]
    if not rest:
        tail = TAIL.fullmatch(line)
        return (tail[1], tail[2]) if tail else (line, "1")
    counts = [place for place, cell in enumerate(rest) if LIKE_A_COUNT.fullmatch(cell)]
    return number, " ".join(rest[counts[0] if len(counts) == 1 else 0:])


def resolved(actor: Actor, context: BuyingContext, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What each row means for this buyer: the rows with "state", "choices" and "nearest".

    Shapes:  state is "ok", "not_found", "ambiguous", "not_sold", "unclear" (a quantity of None) or "bad_quantity"; choices are
             products as lists show them, one when ok; nearest is the quantity that could be ordered where the row's cannot, else None.
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
    if row["quantity"] is None:
        state = "unclear"
    elif len(choices) != 1:
        state = "ambiguous" if choices else "not_found"
    elif choices[0]["unit_minor"] is None:
        state = "not_sold"
    elif not choices[0]["min_quantity"] <= row["quantity"] <= MAX_QUANTITY:
        state, nearest = "bad_quantity", _nearest(row["quantity"], choices[0])
    else:
        state = "ok"
    return {"state": state, "choices": choices, "nearest": nearest}


def _nearest(quantity: int, item: dict[str, Any]) -> int:
    least, stock = item["min_quantity"], item["stock"]
    return min(max(quantity, least), max(stock, least) if stock else MAX_QUANTITY, MAX_QUANTITY)


def _gtin(number: str) -> str | None:
    try:
        return identifiers.gtin14(number)
    except identifiers.BadGtin:
        return None
