"""Keyset pages: a list page costs the same whatever its place in the list.

A cursor is the sort key of the last row, opaque to the client; a page never shows a row twice.
"""

import base64
import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.db import db
from marketplace.core.errors import Invalid

MAX_LIMIT = 200


@dataclass(frozen=True)
class Page:
    """Rows of one page and the cursor of the next, or None at the end."""

    items: list[Any]
    next_cursor: str | None


def page(query: Select[Any], by: InstrumentedAttribute[Any], cursor: str | None = None, limit: int = 50) -> Page:
    """One page of `query`, newest first, ordered by `by` (a unique, sortable column such as an id).

    Raises: Invalid for a cursor that was not given out.
    """
    limit = max(1, min(limit, MAX_LIMIT))
    if cursor:
        query = query.where(tuple_(by) < tuple_(*decode(cursor)))
    items = list(db.session.scalars(query.order_by(by.desc()).limit(limit + 1)))
    more = len(items) > limit
    last = items[limit - 1] if more else None
    return Page(items[:limit], encode([getattr(last, by.key)]) if more else None)


def encode(values: list[Any]) -> str:
    """The cursor after a row with these sort values (JSON types)."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode(cursor: str) -> list[Any]:
    """The sort values in a cursor. Raises: Invalid."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(values, list) and all(isinstance(value, str | int) for value in values):
            return values
    except ValueError:
        pass
    raise Invalid("This cursor was not given out by us.", field="cursor")
