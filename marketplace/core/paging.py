"""Keyset pages: a list page costs the same whatever its place in the list.

A cursor is the sort key of the last row, opaque to the client; a page never shows a row twice. A list may be sorted by
the columns that it names; a cursor belongs to the order in which it was given out.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, Label, Result, tuple_
from sqlalchemy.orm import InstrumentedAttribute

from marketplace.core.db import Query, db
from marketplace.core.errors import Invalid

MAX_LIMIT = 200
Column = InstrumentedAttribute[Any] | Label[Any] | ColumnElement[Any]
Sorts = Mapping[str, Column]
"""What a list can be sorted by: a name, and a column that the list selects, by its label if it has one, and that is never null."""


class UnknownSort(Invalid):
    """The list cannot be sorted by this."""

    code: ClassVar[str] = "unknown_sort"


@dataclass(frozen=True)
class Page:
    """Rows of one page and the cursor of the next, or None at the end."""

    items: list[Any]
    next_cursor: str | None


@dataclass(frozen=True)
class Ask:
    """Which page: the cursor it comes after, how many rows, and by what the list is sorted.

    sort: one of the list's names, rising, or with a minus before it, falling; empty: newest first.
    """

    cursor: str | None = None
    limit: int = 50
    sort: str = ""

    @property
    def rows(self) -> int:
        """How many rows the page may have."""
        return max(1, min(self.limit, MAX_LIMIT))


FIRST = Ask()
"""The first page of a list, newest first."""


def sorted_page(query: Query, by: Column, ask: Ask, sorts: Sorts) -> Page:
    """One page of the entities of `query` as asked; equal ones stand in the order of `by`. Raises: UnknownSort, Invalid for the cursor."""
    return _cut(list(db.session.scalars(_narrowed(query, by, ask, sorts))), by, ask, sorts)


def sorted_rows(query: Query, by: Column, ask: Ask, sorts: Sorts) -> Page:
    """The same of a query of columns, which has the sorted ones by their names."""
    return _cut(db.session.execute(_narrowed(query, by, ask, sorts)).all(), by, ask, sorts)


def sorted_all(query: Query, by: Column, sort: str, sorts: Sorts) -> Result[Any]:
    """Every row of the same query of columns, in the same order, for a file. Raises: UnknownSort."""
    return db.session.execute(query.order_by(None).order_by(*_order(by, sort, sorts)))


def _order(by: Column, sort: str, sorts: Sorts) -> list[Any]:
    falling = not sort or sort.startswith("-")
    return [key.desc() if falling else key.asc() for key in _keys(by, sort, sorts)]


def _narrowed(query: Query, by: Column, ask: Ask, sorts: Sorts) -> Query:
    """The query of one page and one row more, which tells whether there is a next one."""
    keys = _keys(by, ask.sort, sorts)
    falling = not ask.sort or ask.sort.startswith("-")
    if ask.cursor:
        values = tuple_(*_after(ask, keys))
        query = query.where(tuple_(*keys) < values if falling else tuple_(*keys) > values)
    return query.order_by(None).order_by(*_order(by, ask.sort, sorts)).limit(ask.rows + 1)


def _cut(rows: Sequence[Any], by: Column, ask: Ask, sorts: Sorts) -> Page:
    if len(rows) <= ask.rows:
        return Page(list(rows), None)
    last = rows[ask.rows - 1]
    values = [_plain(getattr(last, str(key.key))) for key in _keys(by, ask.sort, sorts)]
    return Page(list(rows[:ask.rows]), encode([ask.sort, *values] if ask.sort else values))


def _keys(by: Column, sort: str, sorts: Sorts) -> list[Column]:
    name = sort.removeprefix("-")
    if sort and name not in sorts:
        raise UnknownSort(f"This list can be sorted by {', '.join(sorts) or 'nothing'}.", field="sort")
    return [by] if not sort or sorts[name] is by else [sorts[name], by]


def _after(ask: Ask, keys: list[Column]) -> list[Any]:
    values, order = decode(ask.cursor or ""), [ask.sort] if ask.sort else []
    if values[:len(order)] != order or len(values) != len(order) + len(keys):
        raise Invalid("This cursor belongs to another order of the list.", field="cursor")
    return [_typed(key, value) for key, value in zip(keys, values[len(order):], strict=True)]


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _typed(key: Column, value: str | int) -> Any:
    """A cursor's value as its column has it. Raises: Invalid."""
    kind = key.type.python_type
    try:
        if kind in (date, datetime):
            return kind.fromisoformat(str(value))
        if isinstance(value, kind):
            return value
    except ValueError:
        pass
    raise Invalid("This cursor was not given out by us.", field="cursor")


def _storable(value: Any) -> bool:
    """Whether the database can compare with it: a text without NUL, or a whole number of 64 bits. Raises: ValueError for half a letter."""
    return b"\0" not in value.encode() if isinstance(value, str) else isinstance(value, int) and abs(value) < 2**63


def encode(values: list[Any]) -> str:
    """The cursor after a row with these sort values (JSON types)."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode(cursor: str) -> list[Any]:
    """The sort values in a cursor. Raises: Invalid."""
    try:
        values = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if isinstance(values, list) and values and all(_storable(value) for value in values):
            return values
    except ValueError:
        pass
    raise Invalid("This cursor was not given out by us.", field="cursor")
