"""Filters by attributes: what each value would leave, within one category, where attributes mean the same.

An attribute stands on the product or, when variants differ in it, on the variant. Several values of one attribute
are alternatives; several attributes all hold.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, case, column, func, literal, or_, select

from marketplace.catalog.models import Product, Variant
from marketplace.core import tenancy
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.identity.buying import BuyingContext
from resellers.storefront import queries
from resellers.storefront.queries import Filters

MOST_NAMES, MOST_VALUES = 12, 24
NUMBER = re.compile(r"[-+]?\d+(?:[.,]\d+)?")


def chosen(asked: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """What was asked for as "Name:value", by name. Raises: Invalid for anything else."""
    found: dict[str, tuple[str, ...]] = {}
    for one in asked:
        name, colon, value = one.partition(":")
        if not (name and colon and value):
            raise Invalid("An attribute is asked for as its name, a colon and its value.", field="attribute")
        found[name] = (*found.get(name, ()), value)
    return tuple(found.items())


def counts(context: BuyingContext, filters: Filters) -> list[dict[str, Any]]:
    """The attributes of what the other filters leave: [{"name", "values": [{"value", "count"}]}], each counted without itself.

    Shapes:  in name order, values in the order of their numbers; nothing outside a category.
    Effects: none; one statement.
    """
    if not filters.category:
        return []
    passes = [
        case((and_(*queries.narrowed(context, Filters(attributes=(one,)))), 1), else_=0).label(f"passes_{number}")
        for number, one in enumerate(filters.attributes)
    ]
    seen = (
        select((Product.attributes.op("||")(Variant.attributes)).label("attributes"), *passes)
        .select_from(Variant).join(Product, Product.id == Variant.product_id)
        .where(queries.visible(context), *queries.narrowed(context, replace(filters, attributes=()))).cte("seen")
    )
    each = func.jsonb_each_text(seen.c.attributes).table_valued(column("key", Text), column("value", Text), name="each")
    kept: list[ColumnElement[bool]] = [
        or_(each.c.key == name, seen.c[f"passes_{number}"] == literal(1)) for number, (name, _) in enumerate(filters.attributes)
    ]
    statement = select(each.c.key, each.c.value, func.count()).select_from(seen.join(each, literal(True))).where(*kept).group_by(
        each.c.key, each.c.value)
    with tenancy.as_market():
        return _shaped(db.session.execute(statement, queries.asked(context)).all(), dict(filters.attributes))


def _shaped(rows: Any, asked: dict[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, value, count in rows:
        found.setdefault(name, []).append({"value": value, "count": count})
    telling = sorted((name for name, values in found.items() if len(values) > 1 or name in asked), key=lambda name: (name not in asked, name))
    return [{"name": name, "values": _ordered(found[name], asked.get(name, ()))} for name in telling[:MOST_NAMES]]


def _ordered(values: list[dict[str, Any]], asked: tuple[str, ...]) -> list[dict[str, Any]]:
    kept = sorted(values, key=lambda one: (one["value"] not in asked, -one["count"]))[:MOST_VALUES]
    return sorted(kept, key=lambda one: by_number(one["value"]))


def by_number(text: str) -> tuple[float, str]:
    """A key that orders texts by the first number in them, then as texts: 4 mm before 15 mm, words last."""
    number = NUMBER.search(text)
    return (float(number[0].replace(",", ".")) if number else float("inf"), text)
