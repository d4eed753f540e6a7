"""Pages of a reseller's customers: the list, and one with every condition and its source."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from marketplace.core import money
from marketplace.core.errors import Invalid, MarketError
from marketplace.identity import companies
from marketplace.identity.access import Actor
from marketplace.payments import conditions as terms
from marketplace.web import auth, files, forms, lists
from marketplace.web.api import Schema
from resellers.office import customers
from resellers.office.schemas import GroupIn

blueprint = Blueprint("reseller_customers", __name__, url_prefix="/reseller/customers", template_folder="../templates")


class MethodsForm(Schema):
    """The payment methods a customer may use."""

    methods = fields.List(fields.String(validate=validate.OneOf(terms.METHODS)), load_default=list)


class CreditForm(Schema):
    """A credit limit as a person types it, and the days to pay."""

    limit = fields.String(required=True, validate=validate.Length(max=20))
    terms_days = fields.Integer(required=True, strict=True, validate=validate.Range(0, 365))


@blueprint.get("")
def index() -> str:
    """The reseller's customers."""
    words = request.args.get("q", "").strip()
    found = customers.listed(auth.require_actor(), words, lists.asked())
    return render_template("resellers/office/customers.html", found=found, words=words, next_url=lists.next_url(".index", found["next_cursor"], q=words))


@blueprint.get(f"/customers.{files.KIND}")
def listing_file(kind: str) -> Response:
    """The same as a file."""
    actor, words = auth.require_actor(), request.args.get("q", "").strip()
    rows = files.all_pages(lambda cursor: customers.listed(actor, words, lists.for_file(cursor)))
    return files.named(kind, "customers", ("name", "country", "group", "status", "tax_id", "currency"), rows)


@blueprint.get("/<buyer_id>")
def show(buyer_id: str) -> str:
    """One customer: who it is, and what holds for it."""
    return _page(buyer_id)


def _page(buyer_id: str, refused: MarketError | None = None, values: Any = None) -> str:
    actor = auth.require_actor()
    customer = customers.conditions(actor, buyer_id)
    return render_template(
        "resellers/office/customer.html", customer=customer, values=values or {}, marks=_marks(customer),
        may_write="customer:write" in actor.permissions, errors=forms.errors(refused), decimal=money.decimal,
    )


def _marks(customer: dict[str, Any]) -> dict[str, str]:
    """What each form of the page was made from."""
    methods = [rule["methods"] for rule in customer["methods"] if rule["source"] == "organization"]
    credit = [(line["currency"], line["limit_minor"], line["terms_days"]) for line in customer["credit"]]
    return {"group": forms.mark(customer["group"]), "methods": forms.mark(methods), "credit": forms.mark(credit)}


def _set(buyer_id: str, name: str, verb: Callable[[Actor], object]) -> Response | tuple[str, int]:
    """Do what the form `name` says, as long as the customer is as its page showed it."""
    actor = auth.require_actor()
    try:
        forms.check_mark(f"customer:{buyer_id}", lambda: _marks(customers.conditions(actor, buyer_id))[name])
        verb(actor)
    except (Invalid, forms.ChangedMeanwhile) as refused:
        return _page(buyer_id, refused, request.form), refused.status
    flash(_("Saved. It holds from now on."))
    return redirect(url_for("reseller_customers.show", buyer_id=buyer_id), 303)


@blueprint.post("/<buyer_id>/group")
def put_in_group(buyer_id: str) -> Response | tuple[str, int]:
    """Put a customer in a group, or in none."""
    return _set(buyer_id, "group", lambda actor: companies.put_in_group(actor, buyer_id, **forms.load(GroupIn)))


@blueprint.post("/<buyer_id>/methods")
def set_methods(buyer_id: str) -> Response | tuple[str, int]:
    """Say which payment methods a customer may use."""
    return _set(buyer_id, "methods", lambda actor: terms.set_methods(actor, buyer_id, forms.load(MethodsForm)["methods"]))


@blueprint.post("/<buyer_id>/credit")
def set_credit(buyer_id: str) -> Response | tuple[str, int]:
    """Set a customer's credit limit and terms."""
    currency = customers.own(auth.require_actor(), buyer_id).currency

    def verb(actor: Actor) -> None:
        data = forms.load(CreditForm)
        terms.set_credit(actor, buyer_id, money.parse(data["limit"], currency, "limit"), data["terms_days"])

    return _set(buyer_id, "credit", verb)
