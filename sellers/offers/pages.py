"""The seller's offers as pages: list with prices and stock in place, find a product, publish."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

import marshmallow
from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.catalog.models import Brand, Variant
from marketplace.core import clock, money
from marketplace.core.db import db
from marketplace.core.errors import Invalid, MarketError, NotFound
from marketplace.identity import companies
from marketplace.identity.access import authorize
from marketplace.offers import service as verbs
from marketplace.offers.models import StockLocation
from marketplace.web import files, forms, lists
from marketplace.web.auth import require_actor
from sellers.offers import publishing, queries, schemas

blueprint = Blueprint("seller_offers", __name__, url_prefix="/seller/offers", template_folder="templates")
COLUMNS = ("seller_sku", "gtin", "brand", "mpn", "name", "price", "currency", "quantity", "location", "lead_time_days",
           "min_quantity", "multiple", "max_quantity", "condition", "valid_from", "valid_to", "inactive_reasons")
SHOWN = ("seller_sku", "currency", "tiers", "lead_time_days", "min_quantity", "multiple", "max_quantity", "condition", "valid_from", "valid_to", "status")
SAID_IN_FORM = {"offer_not_authorized", "product_retired", "sku_taken", forms.ChangedMeanwhile.code}


def filters() -> dict[str, Any]:
    """The list's filters from the address. Raises: Invalid."""
    try:
        return schemas.OfferQuery().load({name: value for name, value in request.args.items() if value})
    except marshmallow.ValidationError as error:
        raise Invalid(field=next(iter(forms.by_field(error)))) from None


@blueprint.get("/")
def index() -> str:
    """The offers."""
    return _list()


def _list(errors: dict[str, list[str]] | None = None, refused: str = "") -> str:
    """The list that the address asks for; of the `refused` offer with what was typed."""
    chosen = filters()
    page = queries.offers(require_actor(), chosen["q"], chosen["state"], lists.given(chosen))
    following = url_for(".index", **_kept(), cursor=page.next_cursor) if page.next_cursor else None
    return render_template("seller_offers/index.html", rows=page.items, next_url=following, errors=errors or {}, refused=refused,
                           typed=request.form, decimal=money.decimal, q=chosen["q"], state=chosen["state"], place=_place())


def _kept() -> dict[str, Any]:
    """The filters and the order of the list that the address asks for."""
    return {name: value for name, value in request.args.items() if value and name in ("q", "state", "sort")}


def _place() -> dict[str, Any]:
    """The same with the page."""
    return {**_kept(), **({"cursor": request.args["cursor"]} if request.args.get("cursor") else {})}


def _back(offer_id: str) -> Any:
    """To the offer in the list in which it was changed."""
    return redirect(url_for(".index", **_place(), _anchor=offer_id), 303)


@blueprint.get(f"/offers.{files.KIND}")
def export(kind: str) -> Response:
    """The offers as a file that can be changed and imported again."""
    chosen = filters()
    return files.answer(kind, "offers", COLUMNS, _cells(queries.every(require_actor(), chosen["q"], chosen["state"], chosen["sort"])))


def _cells(rows: Iterable[Any]) -> Iterator[tuple[Any, ...]]:
    """One row a stock location of each offer, as an import reads them."""
    for row in rows:
        price = money.decimal(row.tiers[0][1], row.currency) if row.tiers else ""
        for _id, code, available, _reserved in row.stock or [("", "", 0, 0)]:
            yield (row.seller_sku, row.gtin, row.brand, row.mpn, row.name, price, row.currency, available, code, row.lead_time_days,
                   row.min_quantity, row.multiple, row.max_quantity, row.condition,
                   row.valid_from.date(), verbs.last_day(row.valid_to) or "", " ".join(row.inactive_reasons))


@blueprint.get("/new")
def find() -> str:
    """Find the product to offer."""
    query = request.args.get("q", "")[:200]
    found = queries.products(require_actor(), query) if query.strip() else []
    return render_template("seller_offers/find.html", q=query, products=found, most=queries.FITTING)


@blueprint.get("/new/<variant_id>")
def new(variant_id: str) -> str:
    """The form of a new offer."""
    authorize(require_actor(), "offer:write")
    return _form(variant_id, None, {})


@blueprint.get("/<offer_id>")
def show(offer_id: str) -> str:
    """One offer, to change."""
    offer = queries.offer(require_actor(), offer_id)
    if offer is None:
        raise NotFound
    return _form(offer.variant_id, offer, {})


def _form(variant_id: str, offer: queries.OfferRow | None, errors: dict[str, list[str]]) -> str:
    """The form of one offer: as it stands, or as it was typed when that is refused."""
    actor, given = require_actor(), request.form
    product = db.session.execute(select(Variant.id, Variant.name, Variant.mpn, Variant.gtin, Brand.name.label("brand"))
                                 .join(Brand, Brand.id == Variant.brand_id).where(Variant.id == variant_id)).first()
    if product is None:
        raise NotFound
    locations = db.session.scalars(
        select(StockLocation).filter_by(seller_id=actor.organization_id).order_by(StockLocation.id)).all()
    stock: dict[str, Any] = {location_id: available for location_id, _code, available, _reserved in (offer.stock if offer else [])}
    seen = {**stock, **dict(zip(given.getlist("location_id"), given.getlist("seen"), strict=False))}
    tiers = [(quantity, money.decimal(minor, offer.currency)) for quantity, minor in offer.tiers] if offer else []
    further = list(zip(given.getlist("tier_from"), given.getlist("tier_price"), strict=False)) if given else tiers[1:]
    stock |= dict(zip(given.getlist("location_id"), given.getlist("available"), strict=False))
    return render_template("seller_offers/form.html", product=product, offer=offer, given=given, errors=errors, currencies=[(one, one) for one in companies.currencies()],
                           locations=locations, stock=stock, seen=seen, price=tiers[0][1] if tiers else "", further=further,
                           mark=_mark(offer), first_day=offer.valid_from.date() if offer and offer.valid_from > clock.now() else "", last_day=(offer and verbs.last_day(offer.valid_to)) or "")


def _mark(offer: queries.OfferRow | None) -> str:
    """Of what the form shows of an offer, without the stock, of which orders take while the page is open."""
    return forms.mark(offer and {name: value for name, value in asdict(offer).items() if name in SHOWN})


@blueprint.post("/publish")
def publish() -> Any:
    """Publish or change one offer."""
    actor = require_actor()
    try:
        data = publishing.from_form(actor, forms.load(schemas.OfferForm, forms.rows("tier_from", "tier_price")))
        key, variant_id = f"offer:{actor.organization_id}:{data['variant_id']}", data["variant_id"]
        forms.check_mark(key, lambda: _mark(queries.offer_for(actor, variant_id)))
        offer = publishing.publish(actor, data)
    except MarketError as error:
        if error.status != 422 and error.code not in SAID_IN_FORM:
            raise
        db.session.rollback()
        variant_id = request.form.get("variant_id", "")
        return _form(variant_id, queries.offer_for(actor, variant_id), forms.errors(error)), error.status
    flash(_("The offer is published."))
    return redirect(url_for(".show", offer_id=offer.id), 303)


@blueprint.post("/<offer_id>/price")
def set_price(offer_id: str) -> Any:
    """Change the first price of an offer in the list; its further tiers stay."""
    actor = require_actor()
    offer = verbs.own(actor, offer_id, "offer:write")
    try:
        minor = publishing.amount(forms.load(schemas.PriceForm)["price"], offer.currency, "price")
    except Invalid as error:
        return _list(forms.errors(error), offer_id), 422
    row = queries.offer(actor, offer_id)
    further = [tier for tier in (row.tiers if row else []) if tier[0] > 1]
    publishing.set_prices(actor, offer, [(1, minor), *further])
    flash(_("The price of %(sku)s is changed.", sku=offer.seller_sku))
    return _back(offer_id)


@blueprint.post("/<offer_id>/stock")
def set_stock(offer_id: str) -> Any:
    """Change the stock of an offer at one location in the list."""
    actor = require_actor()
    offer = verbs.own(actor, offer_id, "offer:write")
    try:
        level = forms.load(schemas.StockBody)
        verbs.set_stock(actor, offer_id, level["location_id"], level["available"])
    except Invalid as error:
        return _list(forms.errors(error), offer_id), 422
    flash(_("The stock of %(sku)s is changed.", sku=offer.seller_sku))
    return _back(offer_id)


@blueprint.post("/<offer_id>/withdraw")
def withdraw(offer_id: str) -> Any:
    """Take an offer out of the market."""
    offer = verbs.withdraw(require_actor(), offer_id)
    flash(_("%(sku)s is withdrawn. Open orders go on.", sku=offer.seller_sku))
    return redirect(url_for(".index"), 303)
