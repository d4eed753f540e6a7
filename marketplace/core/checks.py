"""One comparison of what is stored with what it should be, as `flask ops verify` prints it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import text

from marketplace.core import money
from marketplace.core.db import db


@dataclass(frozen=True)
class Check:
    """`compared` things under `name`; `breaks` says each one that differs, in words."""

    name: str
    compared: int
    breaks: list[str] = field(default_factory=list)


def compared(name: str, table: str, query: str) -> Check:
    """Compare every row of `table`; `query` finds those that differ: `id`, and the figures that should agree."""
    rows = db.session.execute(text(query)).mappings()
    return Check(name, db.session.scalar(text(f"SELECT count(*) FROM {table}")) or 0, [_line(dict(row)) for row in rows])


def _line(row: Mapping[str, Any]) -> str:
    """The id, then every other column by its name; `…_minor` in the row's `currency`."""
    figures = [f"{name.removesuffix('_minor').replace('_', ' ')} {_figure(name, value, row)}" for name, value in row.items()
               if name not in {"id", "currency"}]
    return f"{row['id']}: {', '.join(figures)}"


def _figure(name: str, value: Any, row: Mapping[str, Any]) -> str:
    if value is None:
        return "none"
    return money.said(int(value), row["currency"]) if name.endswith("_minor") else str(value)


def states(name: str, table: str, label: str, first: tuple[str, ...]) -> Check:
    """Compare every row's status with the last step that was logged; a row without steps is in one of its `first` states."""
    beginning = ", ".join(f"'{state}'" for state in first)
    return compared(name, table, f"""
        SELECT t.{label} AS id, t.status, c.to_state AS last_step FROM {table} t
          LEFT JOIN (SELECT entity_id, max(id) AS id FROM state_changes GROUP BY entity_id) l ON l.entity_id = t.id
          LEFT JOIN state_changes c ON c.id = l.id
         WHERE t.status <> c.to_state OR (c.to_state IS NULL AND t.status NOT IN ({beginning}))""")
