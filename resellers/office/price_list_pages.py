"""Pages of a reseller's price lists: make one, edit its rows in place, load a file, say for whom it holds."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from marketplace.core import paging
from marketplace.core.errors import Invalid, MarketError
from marketplace.identity import storefronts
from marketplace.pricing import service as pricing
from marketplace.web import auth, files, forms, lists
from marketplace.web.api import Schema
from resellers.office import customers, price_files, price_lists
from resellers.office.schemas import ID, NAME, QUANTITY, ListIn

blueprint = Blueprint("reseller_lists", __name__, url_prefix="/reseller/price-lists", template_folder="../templates")


class PriceForm(Schema):
    """One product's price as a person types it."""

    variant_id = fields.String(required=True, validate=ID)
    min_quantity = fields.List(fields.Integer(strict=True, validate=QUANTITY), required=True, validate=validate.Length(1, 20))
    price = fields.List(fields.String(validate=validate.Length(1, 20)), required=True, validate=validate.Length(1, 20))


class RemoveForm(Schema):
    """One price of one product."""

    variant_id = fields.String(required=True, validate=ID)
    min_quantity = fields.Integer(required=True, strict=True, validate=QUANTITY)


class NewPriceForm(Schema):
    """A price for a product that is named by a number, as a person types it."""

    number = fields.String(required=True, validate=validate.Length(1, 120))
    brand = fields.String(load_default="", validate=validate.Length(max=120))
    min_quantity = fields.Integer(load_default=1, strict=True, validate=QUANTITY)
    price = fields.String(required=True, validate=validate.Length(1, 20))


class TargetForm(Schema):
    """For whom a list holds: "customer:<id>", "storefront:<id>", with a group in the second case if wanted."""

    target = fields.String(required=True, validate=validate.Regexp("^(customer|storefront):[a-z0-9_]{1,40}$"))
    customer_group = fields.String(validate=NAME)


@blueprint.get("")
def index() -> str:
    """The reseller's price lists."""
    return _index()


def _index(refused: MarketError | None = None) -> str:
    actor, words = auth.require_actor(), _words()
    shops, found = storefronts.of(actor), price_lists.overview(actor, words, lists.asked())
    return render_template(
        "resellers/office/price_lists.html", found=found, words=words, next_url=lists.next_url(".index", found["next_cursor"], q=words), values=request.form,
        currencies=sorted({one.currency for one in shops}), errors=forms.errors(refused),
        may_write="price_list:write" in actor.permissions,
    )


def _words() -> str:
    return request.args.get("q", "").strip()


@blueprint.get(f"/price-lists.{files.KIND}")
def listing_file(kind: str) -> Response:
    """The same as a file."""
    actor, words = auth.require_actor(), _words()
    rows = files.all_pages(lambda cursor: price_lists.overview(actor, words, lists.for_file(cursor)))
    return files.named(kind, "price-lists", ("name", "currency", "prices", "targets"), rows)


@blueprint.post("")
def create() -> Response | tuple[str, int]:
    """Make an empty list."""
    try:
        made = pricing.create_list(auth.require_actor(), **forms.load(ListIn))
    except (forms.Refused, pricing.PriceListTaken) as refused:
        return _index(refused), refused.status
    return redirect(url_for("reseller_lists.show", price_list_id=made.id), 303)


@blueprint.get("/<price_list_id>")
def show(price_list_id: str) -> str:
    """One list: its prices, and for whom it holds."""
    return _page(price_list_id)


def _page(price_list_id: str, refused: MarketError | None = None) -> str:
    actor = auth.require_actor()
    words = _words()
    found = price_lists.rows(actor, price_list_id, words, lists.asked())
    return render_template(
        "resellers/office/price_list.html", found=found, words=words, next_url=lists.next_url(".show", found["next_cursor"], q=words),
        targets=price_lists.targets(actor, price_list_id), storefronts=storefronts.of(actor),
        customers=customers.listed(actor, ask=paging.Ask(limit=paging.MAX_LIMIT))["items"], values=request.form,
        may_write="price_list:write" in actor.permissions, errors=forms.errors(refused),
        rows=refused.details.get("rows", []) if refused else [], kept=_kept(),
    )


@blueprint.get(f"/<price_list_id>/prices.{files.KIND}")
def prices_file(price_list_id: str, kind: str) -> Response:
    """The prices as a file that can be changed and loaded again."""
    actor, words = auth.require_actor(), _words()
    rows = files.all_pages(lambda cursor: price_lists.rows(actor, price_list_id, words, lists.for_file(cursor)))
    return files.named(kind, "prices", ("gtin", "mpn", "brand", "name", "min_quantity", "price"), rows)


@blueprint.post("/<price_list_id>/products")
def add(price_list_id: str) -> Response | tuple[str, int]:
    """Price a product that is named by its GTIN or part number."""
    try:
        price_files.price(auth.require_actor(), price_list_id, forms.load(NewPriceForm))
    except Invalid as refused:
        return _page(price_list_id, refused), 422
    return _saved(price_list_id, _("Price saved. It holds from now on."))


@blueprint.post("/<price_list_id>/prices/remove")
def remove(price_list_id: str) -> Response:
    """Take one price off the list."""
    data = forms.load(RemoveForm)
    pricing.end_prices(auth.require_actor(), price_list_id, data["variant_id"], data["min_quantity"])
    return _saved(price_list_id, _("Taken off the list. It holds from now on."))


@blueprint.post("/<price_list_id>/prices")
def edit(price_list_id: str) -> Response | tuple[str, int]:
    """Set some of one product's tiers."""
    try:
        data = forms.load(PriceForm, forms.rows("min_quantity", "price"))
        tiers = list(zip(data["min_quantity"], data["price"], strict=True))
        price_lists.edit(auth.require_actor(), price_list_id, data["variant_id"], tiers)
    except Invalid as refused:
        return _page(price_list_id, refused), 422
    return _saved(price_list_id, _("Price saved. It holds from now on."))


@blueprint.post("/<price_list_id>/file")
@forms.accepts_files
def upload(price_list_id: str) -> Response | tuple[str, int]:
    """Set the prices of a CSV file, all of them or none."""
    file = forms.sent_file()
    try:
        if file is None:
            raise Invalid(_("Choose a file."), field="file")
        count = price_files.load(auth.require_actor(), price_list_id, file[1])
    except Invalid as refused:
        return _page(price_list_id, refused), 422
    return _saved(price_list_id, ngettext("%(num)s product is priced.", "%(num)s products are priced.", count))


@blueprint.post("/<price_list_id>/targets")
def assign(price_list_id: str) -> Response | tuple[str, int]:
    """Let the list hold for somebody."""
    try:
        data = forms.load(TargetForm)
        kind, _colon, id_ = data["target"].partition(":")
        whom = {"organization_id" if kind == "customer" else "storefront_id": id_}
        pricing.assign(auth.require_actor(), price_list_id, **whom, customer_group=data.get("customer_group"))
    except Invalid as refused:
        return _page(price_list_id, refused), 422
    return _saved(price_list_id, _("The list holds for them from now on."))


@blueprint.post("/<price_list_id>/targets/<assignment_id>/remove")
def unassign(price_list_id: str, assignment_id: str) -> Response:
    """The list holds for them no more."""
    pricing.unassign(auth.require_actor(), assignment_id)
    return _saved(price_list_id, _("The list does not hold for them any more."))


def _saved(price_list_id: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("reseller_lists.show", price_list_id=price_list_id, **_kept()), 303)


def _kept() -> dict[str, Any]:
    """Where in the list the reader is."""
    return {name: given for name in ("cursor", "sort", "q") if (given := request.args.get(name))}
