"""Many rows of one table in one statement.

Columns travel as arrays, so the statement's text does not depend on the number of rows: it is planned once, and
costs one round trip instead of one a row.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, Boolean, Date, DateTime, Integer, String, Table

from marketplace.core.db import Base, db

TYPES = ((JSON, "text"), (String, "text"), (BigInteger, "bigint"), (Integer, "bigint"), (DateTime, "timestamptz"), (Date, "date"), (Boolean, "boolean"))


def insert(model: type[Base], rows: Sequence[dict[str, Any]], *, or_nothing_on: tuple[str, ...] = ()) -> int:
    """Insert `rows`, which all have the same names, and say how many were new; defaults of the model are not applied.

    Shapes:  with `or_nothing_on`, unique columns, rows that are there already stay as they are.
    Effects: flushes first, so that what the rows refer to is there. Raises: TypeError for columns of arrays.
    """
    if not rows:
        return 0
    db.session.flush()
    table, names = model.__table__, tuple(rows[0])
    columns = tuple([_plain(table.c[name].type, row[name]) for row in rows] for name in names)
    return db.session.connection().exec_driver_sql(_statement(table, names, or_nothing_on), columns).rowcount


def _plain(kind: Any, value: Any) -> Any:
    return orjson.dumps(value).decode() if isinstance(kind, JSON) and value is not None else value


@cache
def _statement(table: Table, names: tuple[str, ...], unique: tuple[str, ...]) -> str:
    shown = ", ".join(f"u.{_quoted(name)}::jsonb" if isinstance(table.c[name].type, JSON) else f"u.{_quoted(name)}" for name in names)
    arrays = ", ".join(f"%s::{_type(table, name)}[]" for name in names)
    listed = ", ".join(map(_quoted, names))
    ending = f" ON CONFLICT ({', '.join(unique)}) DO NOTHING" if unique else ""
    return f"INSERT INTO {table.name} ({listed}) SELECT {shown} FROM unnest({arrays}) AS u ({listed}){ending}"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _type(table: Table, name: str) -> str:
    found = next((text for kind, text in TYPES if isinstance(table.c[name].type, kind)), None)
    if found is None:
        raise TypeError(f"{table.name}.{name} cannot travel in an array")
    return found
