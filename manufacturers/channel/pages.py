"""The channel's pages: at a glance, sell-through with chart, table and file, stock, and listings."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, render_template, request, url_for
from marshmallow import ValidationError

from manufacturers.catalog.api import csv_file
from manufacturers.channel import schemas, views
from marketplace.analytics import queries
from marketplace.analytics.queries import Wanted
from marketplace.catalog import exports
from marketplace.catalog import queries as catalog
from marketplace.core import money
from marketplace.core.errors import Invalid
from marketplace.core.paging import Page
from marketplace.web.auth import require_actor

blueprint = Blueprint("manufacturer_channel", __name__, url_prefix="/manufacturer", template_folder="../templates")
SELL_THROUGH = ("week", "product", "mpn", "seller", "country", "region", "units", "amount", "currency")
STOCK = ("product", "mpn", "seller", "country", "available", "reserved")
LISTINGS = ("product", "mpn", "seller", "country", "seller_sku", "amount", "currency", "available", "authorized")
SHOWN = 200
EXPORT_PAGES = 100


@blueprint.get("/")
def home() -> str:
    """The channel at a glance."""
    actor, wanted = require_actor(), Wanted.weeks(8)
    now, before = views.this_and_last_week(actor)
    weeks, series = views.charted(queries.by_week(actor, wanted, "seller"), wanted)
    return render_template(
        "manufacturers/home.html", now=now, before={row["currency"]: row for row in before}, weeks=weeks, series=series,
        stock=queries.stock_total(actor), imports=catalog.imports(actor, None, 5).items)


@blueprint.get("/channel")
def sell_through() -> str:
    """Product x seller x region x week, as chart and table."""
    actor, wanted, group = require_actor(), _wanted(), request.args.get("group", "seller")
    if group not in {"seller", "country", "product"}:
        group = "seller"
    weeks, series = views.charted(queries.by_week(actor, wanted, group), wanted)
    return render_template(
        "manufacturers/channel.html", rows=queries.sell_through(actor, wanted, SHOWN), weeks=weeks, series=series,
        totals=queries.totals(actor, wanted), group=group, args=request.args, shown=SHOWN,
        brands=[(brand.id, brand.name) for brand in catalog.brands(actor.organization_id)])


def _wanted() -> Wanted:
    given = {name: request.args[name] for name in schemas.SellThroughQuery().fields if request.args.get(name)}
    try:
        query = schemas.SellThroughQuery().load(given)
    except ValidationError as error:
        field = next(iter(error.normalized_messages()))
        raise Invalid(f"This is not a filter: {field}.", field=field) from None
    return Wanted.weeks(query.pop("weeks"), **query)


@blueprint.get("/channel/sell-through.csv")
def sell_through_file() -> Response:
    """The sell-through as a file."""
    rows = queries.sell_through(require_actor(), _wanted(), 100_000)
    return _file(SELL_THROUGH, rows, "sell-through.csv")


@blueprint.get("/stock")
def stock() -> str:
    """Stock in the channel."""
    page = views.stock(require_actor(), request.args.get("cursor"))
    next_url = url_for(".stock", cursor=page.next_cursor) if page.next_cursor else None
    return render_template("manufacturers/stock.html", rows=page.items, next_url=next_url)


@blueprint.get("/stock.csv")
def stock_file() -> Response:
    """Stock in the channel as a file."""
    return _file(STOCK, _all(lambda cursor: views.stock(require_actor(), cursor, 1000)), "stock.csv")


@blueprint.get("/listings")
def listings() -> str:
    """Which sellers list what at which price."""
    page = views.listings(require_actor(), request.args.get("cursor"), request.args.get("seller_id") or None)
    next_url = url_for(".listings", cursor=page.next_cursor, seller_id=request.args.get("seller_id")) if page.next_cursor else None
    return render_template("manufacturers/listings.html", rows=page.items, next_url=next_url)


@blueprint.get("/listings.csv")
def listings_file() -> Response:
    """Who lists what, as a file."""
    return _file(LISTINGS, _all(lambda cursor: views.listings(require_actor(), cursor, None, 1000)), "listings.csv")


def _all(page_of: Callable[[str | None], Page]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    cursor = None
    for _ in range(EXPORT_PAGES):
        page = page_of(cursor)
        rows += page.items
        cursor = page.next_cursor
        if cursor is None:
            break
    return rows


def _file(columns: tuple[str, ...], rows: list[dict[str, Any]], name: str) -> Response:
    for row in rows:
        minor = row.get("amount_minor")
        row["amount"] = "" if minor is None else money.decimal(minor, row["currency"])
    return csv_file(exports.csv_bytes(columns, ([row[column] for column in columns] for row in rows)), name)
