"""How a page asks for a list: cursor and order from its address, and the links by which a column's heading sorts it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import request, url_for
from marshmallow import fields, validate

from marketplace.core import paging
from marketplace.web.api import Schema


def asked(limit: int = 50) -> paging.Ask:
    """The page that the address asks for."""
    return paging.Ask(request.args.get("cursor"), limit, request.args.get("sort", ""))


class PageQuery(Schema):
    """Which part of a list."""

    cursor = fields.String(validate=validate.Length(max=400))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, paging.MAX_LIMIT))


def page_of(row: type[Schema]) -> Any:
    """The shape of a page of such rows."""
    values = {"__module__": row.__module__, "__doc__": "A page of a list.", "items": fields.List(fields.Nested(row)),
              "next_cursor": fields.String(allow_none=True)}
    return type(f"{row.__name__}Page", (Schema,), values)


def whole(items: Iterable[Any]) -> dict[str, Any]:
    """A list that is never long, in the shape of a page: all of it."""
    return {"items": list(items), "next_cursor": None}


def given(query: Mapping[str, Any]) -> paging.Ask:
    """The page that a loaded PageQuery asks for, perhaps with a `sort` besides."""
    return paging.Ask(query.get("cursor"), query["limit"], query.get("sort", ""))


def for_file(cursor: str | None) -> paging.Ask:
    """The page after `cursor` of the same list as a file, in the order that the address asks for."""
    return paging.Ask(cursor, paging.MAX_LIMIT, request.args.get("sort", ""))


def next_url(endpoint: str, cursor: str | None, **filters: str) -> str | None:
    """The address of the next page of this list, with its filters and order; None at the end."""
    asked: dict[str, Any] = {name: value for name, value in {**filters, "sort": request.args.get("sort", "")}.items() if value}
    return url_for(endpoint, cursor=cursor, **(request.view_args or {}), **asked) if cursor else None


class Heading(NamedTuple):
    """A column's heading as a link: where it leads, and how the list is sorted by the column now (for aria-sort)."""

    url: str
    now: str


def heading(name: str) -> Heading:
    """The heading of the column `name`, which falls first when it has a minus before it; pressed again it turns round."""
    current, bare = request.args.get("sort", ""), name.removeprefix("-")
    is_mine = current.removeprefix("-") == bare
    turned = bare if current.startswith("-") else f"-{bare}"
    values = {key: value for key, value in request.args.items() if value and key not in ("cursor", "sort")}
    url = f"{request.path}?{urlencode({**values, 'sort': turned if is_mine else name})}"
    return Heading(url, ("descending" if current.startswith("-") else "ascending") if is_mine else "none")


def sort_field(sorts: paging.Sorts) -> fields.String:
    """The query parameter `sort` of a list, described with what it may be."""
    names = [sign + name for name in sorts for sign in ("", "-")]
    return fields.String(load_default="", validate=validate.OneOf(["", *names], error=f"Must be one of: {', '.join(names)}."), metadata={
        "description": "By what the list is sorted, with a minus falling; empty: as it is by itself."})
