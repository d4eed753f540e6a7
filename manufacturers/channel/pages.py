"""The channel's pages: at a glance, sell-through with chart, table and file, stock, and listings."""

from dataclasses import replace

from flask import Blueprint, Response, render_template, request
from werkzeug.datastructures import MultiDict

from manufacturers.channel import schemas, views
from marketplace.analytics import alerts, queries
from marketplace.analytics.queries import Wanted
from marketplace.catalog import queries as catalog
from marketplace.core import paging
from marketplace.web import files, forms, lists
from marketplace.web.auth import require_actor
from marketplace.web.i18n import country

blueprint = Blueprint("manufacturer_channel", __name__, url_prefix="/manufacturer", template_folder="../templates")
SELL_THROUGH = ("week", "product", "mpn", "seller", "country", "region", "units", "amount", "currency")
STOCK = ("product", "mpn", "seller", "country", "available", "reserved")
LISTINGS = ("product", "mpn", "seller", "country", "seller_sku", "amount", "currency", "available", "authorized")
SIDE_BY_SIDE = 8


@blueprint.get("/")
def home() -> str:
    """The channel at a glance."""
    actor, wanted = require_actor(), Wanted.weeks(8)
    now, before = views.this_and_last_week(actor)
    sellers, countries = (queries.by_week(actor, wanted, group) for group in ("seller", "country"))
    weeks, series = views.charted(sellers, wanted)
    return render_template(
        "manufacturers/home.html", now=now, before={row["currency"]: row for row in before}, weeks=weeks, series=series,
        by_seller=views.against_last_week(sellers, wanted)[:SIDE_BY_SIDE], by_country=views.against_last_week(countries, wanted)[:SIDE_BY_SIDE],
        stock=queries.stock_total(actor), alerts=alerts.found(actor, wanted), imports=catalog.imports(actor, paging.Ask(limit=5)).items)


@blueprint.get("/channel")
def sell_through() -> tuple[str, int]:
    """Product x seller x region x week, as chart and table; what cannot be asked for is said at its field."""
    try:
        return _sell_through(_wanted(), {}), 200
    except forms.Refused as refused:
        return _sell_through(Wanted.weeks(8), refused.errors), refused.status


def _sell_through(wanted: Wanted, errors: dict[str, list[str]]) -> str:
    actor, group = require_actor(), request.args.get("group", "seller")
    if group not in {"seller", "country", "product"}:
        group = "seller"
    weeks, series = views.charted(queries.by_week(actor, wanted, group), wanted)
    if group == "country":
        series = [{**one, "name": country(one["name"])} for one in series]
    page = queries.sell_through(actor, wanted, lists.asked(100))
    chosen = {name: value for name, value in request.args.items() if name not in ("cursor", "sort")}
    return render_template(
        "manufacturers/channel.html", rows=page.items, next_url=lists.next_url(".sell_through", page.next_cursor, **chosen), weeks=weeks, series=series,
        totals=queries.totals(actor, wanted), group=group, args=request.args, errors=errors, countries=_countries(wanted),
        brands=[(brand.id, brand.name) for brand in catalog.brands(actor.organization_id)])


def _countries(wanted: Wanted) -> list[tuple[str, str]]:
    """Where anything was sold in these weeks, and the country asked for."""
    sold = {row["label"] for row in queries.by_week(require_actor(), replace(wanted, country=None), "country")}
    return sorted(((code, country(code)) for code in sold | {wanted.country} if code), key=lambda pair: pair[1])


def _wanted() -> Wanted:
    fields = schemas.SellThroughSpan().fields
    query = forms.load(schemas.SellThroughSpan, MultiDict({name: value for name, value in request.args.items() if name in fields}))
    return Wanted.weeks(query.pop("weeks"), **query)


@blueprint.get(f"/channel/sell-through.{files.KIND}")
def sell_through_file(kind: str) -> Response:
    """The sell-through as a file."""
    rows = queries.all_sold(require_actor(), _wanted(), request.args.get("sort", ""))
    return files.named(kind, "sell-through", SELL_THROUGH, rows)


def _words() -> str:
    return request.args.get("q", "").strip()


@blueprint.get("/stock")
def stock() -> str:
    """Stock in the channel."""
    words = _words()
    page = queries.stock_in_channel(require_actor(), lists.asked(100), words)
    next_url = lists.next_url(".stock", page.next_cursor, q=words)
    return render_template("manufacturers/stock.html", rows=page.items, next_url=next_url, q=words)


@blueprint.get(f"/stock.{files.KIND}")
def stock_file(kind: str) -> Response:
    """Stock in the channel as a file."""
    return files.named(kind, "stock", STOCK, queries.all_stock(require_actor(), request.args.get("sort", ""), _words()))


@blueprint.get("/listings")
def listings() -> str:
    """Which sellers list what at which price."""
    seller_id, words = request.args.get("seller_id", ""), _words()
    page = queries.listings_with_price(require_actor(), lists.asked(100), seller_id or None, words)
    next_url = lists.next_url(".listings", page.next_cursor, seller_id=seller_id, q=words)
    return render_template("manufacturers/listings.html", rows=page.items, next_url=next_url, q=words)


@blueprint.get(f"/listings.{files.KIND}")
def listings_file(kind: str) -> Response:
    """Who lists what, as a file."""
    rows = queries.all_listings(require_actor(), request.args.get("sort", ""), request.args.get("seller_id") or None, _words())
    return files.named(kind, "listings", LISTINGS, rows)
