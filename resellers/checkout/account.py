"""The buyer's company on the storefront: its address book and cost centers, as pages and as API."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields
from werkzeug.wrappers import Response

from marketplace.core.db import db
from marketplace.core.errors import Forbidden, Invalid, MarketError
from marketplace.identity import companies
from marketplace.payments import service as payments
from marketplace.web import auth, forms, lists
from marketplace.web.api import Schema, answer
from marketplace.web.api import blueprint as api_blueprint
from marketplace.web.i18n import country_choices
from resellers.checkout import checkout
from resellers.checkout.schemas import AddressIn, AddressOut, CostCenterIn, CostCenterOut

pages = Blueprint("account", __name__, url_prefix="/account", template_folder="../templates")
api = api_blueprint("storefront-account", __name__, "/api/v1/storefront", description="The buyer's own company.")


class Switch(Schema):
    """Open or closed for new orders."""

    is_active = fields.Boolean(required=True)


def _account(refused: MarketError | None = None, values: Any = None) -> str:
    actor = auth.require_actor()
    return render_template(
        "resellers/checkout/account.html", addresses=companies.addresses(actor), values=values or {},
        cost_centers=companies.cost_centers(actor), may_write="company:write" in actor.permissions, errors=forms.errors(refused),
        credit_left_minor=next((way.most_minor for way in payments.methods(auth.buying_context(), 0) if way.name == payments.ON_ACCOUNT), None),
    )


@pages.get("")
def show() -> str:
    """The company's address book and cost centers."""
    return _account()


@pages.get("/addresses/new")
def new_address() -> str:
    """A blank address."""
    return _form({"country": auth.buying_context().country}, None)


@pages.get("/addresses/<address_id>")
def address(address_id: str) -> str:
    """One address, to change."""
    return _form(checkout.place_of(companies.address(auth.require_actor(), address_id)) or {}, address_id)


def _form(values: Any, address_id: str | None, errors: dict[str, list[str]] | None = None) -> str:
    if "company:write" not in auth.require_actor().permissions:
        raise Forbidden
    return render_template("resellers/checkout/address.html", values=values, address_id=address_id, errors=errors or {}, countries=country_choices(),
                           mark=_mark(address_id) if address_id else "",
                           back=auth.own_page(request.args.get("next"), url_for("account.show")))


def _mark(address_id: str) -> str:
    return forms.mark(checkout.place_of(companies.address(auth.require_actor(), address_id)))


@pages.post("/addresses/new", endpoint="add_address")
@pages.post("/addresses/<address_id>", endpoint="save_address")
def save_address(address_id: str | None = None) -> Response | tuple[str, int]:
    """Add or change an address."""
    actor = auth.require_actor()
    try:
        data = forms.load(AddressIn)
        if address_id:
            forms.check_mark(f"address:{address_id}", lambda: _mark(address_id))
        saved = companies.save_address(actor, data, address_id)
    except (Invalid, forms.ChangedMeanwhile) as refused:
        db.session.rollback()
        auth.identify()
        return _form(request.form, address_id, forms.errors(refused)), refused.status
    flash(_("Address saved."))
    back = auth.own_page(request.args.get("next"), url_for("account.show"))
    if urlsplit(back).path == url_for("checkout.show"):
        back += f"{'&' if '?' in back else '?'}address_id={saved.id}"
    return redirect(back, 303)


@pages.post("/addresses/<address_id>/remove")
def remove_address(address_id: str) -> Response:
    """Take an address out of the book."""
    companies.remove_address(auth.require_actor(), address_id)
    flash(_("Address removed."))
    return redirect(url_for("account.show"), 303)


@pages.post("/cost-centers")
def open_cost_center() -> Response | tuple[str, int]:
    """Add a cost center."""
    try:
        companies.open_cost_center(auth.require_actor(), **forms.load(CostCenterIn))
    except (forms.Refused, companies.CostCenterTaken) as refused:
        return _account(refused, request.form), refused.status
    flash(_("Cost center added."))
    return redirect(url_for("account.show"), 303)


@pages.post("/cost-centers/<cost_center_id>")
def switch_cost_center(cost_center_id: str) -> Response:
    """Close a cost center for new orders, or open it again."""
    companies.switch_cost_center(auth.require_actor(), cost_center_id, **forms.load(Switch))
    return redirect(url_for("account.show"), 303)


@api.get("/addresses")
@api.arguments(lists.PageQuery, location="query")
@api.response(200, lists.page_of(AddressOut))
def addresses_list(query: dict[str, Any]) -> Any:
    """The company's address book."""
    page = companies.address_page(auth.require_actor(), lists.given(query))
    return answer({"items": [checkout.place_of(one) for one in page.items], "next_cursor": page.next_cursor})


@api.post("/addresses")
@api.arguments(AddressIn)
@api.response(201, AddressOut)
def addresses_add(data: dict[str, Any]) -> Any:
    """Add an address."""
    return answer(checkout.place_of(companies.save_address(auth.require_actor(), data)), 201)


@api.put("/addresses/<address_id>")
@api.arguments(AddressIn)
@api.response(200, AddressOut)
def addresses_change(data: dict[str, Any], address_id: str) -> Any:
    """Change an address; orders keep the one they were placed with."""
    return answer(checkout.place_of(companies.save_address(auth.require_actor(), data, address_id)))


@api.delete("/addresses/<address_id>")
@api.response(204)
@api.alt_response(404, description="Not there, or another company's.")
def addresses_remove(address_id: str) -> None:
    """Take an address out of the book; orders keep the one they were placed with."""
    companies.remove_address(auth.require_actor(), address_id)


@api.get("/cost-centers")
@api.arguments(lists.PageQuery, location="query")
@api.response(200, lists.page_of(CostCenterOut))
def cost_centers_list(query: dict[str, Any]) -> Any:
    """The company's cost centers, closed ones too."""
    page = companies.cost_center_page(auth.require_actor(), lists.given(query))
    return answer({"items": [_center(one) for one in page.items], "next_cursor": page.next_cursor})


@api.post("/cost-centers")
@api.arguments(CostCenterIn)
@api.response(201, CostCenterOut)
def cost_centers_add(data: dict[str, Any]) -> Any:
    """Add a cost center."""
    return answer(_center(companies.open_cost_center(auth.require_actor(), **data)), 201)


@api.put("/cost-centers/<cost_center_id>")
@api.arguments(Switch)
@api.response(200, CostCenterOut)
def cost_centers_switch(data: dict[str, Any], cost_center_id: str) -> Any:
    """Close a cost center for new orders, or open it again."""
    return answer(_center(companies.switch_cost_center(auth.require_actor(), cost_center_id, **data)))


def _center(center: Any) -> dict[str, Any]:
    return {"id": center.id, "code": center.code, "name": center.name, "is_active": center.is_active}
