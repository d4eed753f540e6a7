"""One product at one price is one line to a buyer, from however many of a seller's warehouses its units come. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def summed(rows: Iterable[dict[str, Any]], counted: tuple[str, ...]) -> list[dict[str, Any]]:
    """The rows that differ in nothing but what is `counted` made into one each, with the sums of it, in the order of their firsts."""
    found: dict[Any, dict[str, Any]] = {}
    for row in rows:
        key = frozenset((name, value) for name, value in row.items() if name not in counted)
        kept = found.setdefault(key, {**row, **dict.fromkeys(counted, 0)})
        for name in counted:
            kept[name] += row[name]
    return list(found.values())
