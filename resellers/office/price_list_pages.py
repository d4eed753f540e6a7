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
from marketplace.web import auth, forms, lists
from marketplace.web.api import Schema
from resellers.checkout.pages import errors
from resellers.office import customers, price_lists
from resellers.office.schemas import ID, NAME, QUANTITY, ListIn

blueprint = Blueprint("reseller_lists", __name__, url_prefix="/reseller/price-lists", template_folder="../templates")


class PriceForm(Schema):
    """One product's price as a person types it."""

    variant_id = fields.String(required=True, validate=ID)
    min_quantity = fields.List(fields.Integer(strict=True, validate=QUANTITY), required=True, validate=validate.Length(1, 20))
    price = fields.List(fields.String(validate=validate.Length(1, 20)), required=True, validate=validate.Length(1, 20))


class TargetForm(Schema):
    """For whom a list holds: "customer:<id>", "storefront:<id>", with a group in the second case if wanted."""

    target = fields.String(required=True, validate=validate.Regexp("^(customer|storefront):[a-z0-9_]{1,40}$"))
    customer_group = fields.String(validate=NAME)


@blueprint.get("")
def index() -> str:
    """The reseller's price lists."""
    return _index()


def _index(refused: MarketError | None = None) -> str:
    actor = auth.require_actor()
    shops = storefronts.of(actor)
    return render_template(
        "resellers/office/price_lists.html", lists=price_lists.overview(actor), values=request.form,
        currencies=sorted({one.currency for one in shops}), errors=errors(refused) if refused else {},
        may_write="price_list:write" in actor.permissions,
    )


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
    found = price_lists.rows(actor, price_list_id, request.args.get("cursor"))
    return render_template(
        "resellers/office/price_list.html", found=found, next_url=lists.next_url(".show", found["next_cursor"]),
        targets=price_lists.targets(actor, price_list_id), storefronts=storefronts.of(actor),
        customers=customers.listed(actor, ask=paging.Ask(limit=paging.MAX_LIMIT))["items"], values=request.form,
        may_write="price_list:write" in actor.permissions, errors=errors(refused) if refused else {},
        rows=refused.details.get("rows", []) if refused else [],
    )


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
        count = price_lists.upload(auth.require_actor(), price_list_id, file[1])
    except Invalid as refused:
        return _page(price_list_id, refused), 422
    return _saved(price_list_id, ngettext("%(num)s product is priced.", "%(num)s products are priced.", count))


@blueprint.post("/<price_list_id>/targets")
def assign(price_list_id: str) -> Response | tuple[str, int]:
    """Let the list hold for somebody."""
    try:
        data = forms.load(TargetForm)
        kind, _colon, id_ = data["target"].partition(":")
        target: dict[str, Any] = {"organization_id": id_} if kind == "customer" else {
            "storefront_id": id_, "customer_group": data.get("customer_group")}
        pricing.assign(auth.require_actor(), price_list_id, **target)
    except forms.Refused as refused:
        return _page(price_list_id, refused), 422
    return _saved(price_list_id, _("The list holds for them from now on."))


@blueprint.post("/<price_list_id>/targets/<assignment_id>/remove")
def unassign(price_list_id: str, assignment_id: str) -> Response:
    """The list holds for them no more."""
    pricing.unassign(auth.require_actor(), assignment_id)
    return _saved(price_list_id, _("The list does not hold for them any more."))


def _saved(price_list_id: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("reseller_lists.show", price_list_id=price_list_id, cursor=request.args.get("cursor")), 303)
