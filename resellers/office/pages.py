"""Pages of the reseller's own business: home, orders, finances."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import fields, validate
from werkzeug.wrappers import Response

from marketplace.core import clock, paging
from marketplace.core import money as money_of
from marketplace.core.errors import MarketError
from marketplace.identity import storefronts
from marketplace.payments import accounts, received, statements
from marketplace.web import auth, files, forms, lists
from marketplace.web.api import Day, Line, Schema
from resellers.office import queries

blueprint = Blueprint("reseller", __name__, url_prefix="/reseller", template_folder="../templates")


@blueprint.get("/")
def home() -> str:
    """How the business goes: sales, margin, open matters."""
    actor = auth.require_actor()
    before = {one["currency"]: one for one in queries.pulse(actor, before=30)}
    return render_template(
        "resellers/office/home.html", pulse=queries.pulse(actor), before=before, tasks=queries.tasks(actor), storefronts=storefronts.of(actor),
        last=queries.orders(actor, paging.Ask(limit=5))["items"], payout_account=accounts.status_of(actor.organization_id),
    )


@blueprint.get("/orders")
def orders() -> str:
    """Orders on the reseller's storefronts."""
    args = _filters()
    found = queries.orders(auth.require_actor(), lists.asked(), **args)
    return render_template("resellers/office/orders.html", found=found, args=args, next_url=lists.next_url(".orders", found["next_cursor"], **args))


def _filters() -> dict[str, str]:
    return {name: request.args.get(name, "").strip() for name in ("status", "buyer_id", "number")}


@blueprint.get(f"/orders.{files.KIND}")
def orders_file(kind: str) -> Response:
    """The same as a file."""
    actor, args = auth.require_actor(), _filters()
    rows = files.all_pages(lambda cursor: queries.orders(actor, lists.for_file(cursor), **args))
    columns = ("number", "placed_at", "buyer", "status", "payment_method", "goods", "total", "standing_goods", "standing_total", "margin", "currency")
    return files.named(kind, "orders", columns, rows)


@blueprint.get("/orders/<order_id>")
def order(order_id: str) -> str:
    """One order: what the customer pays, what the reseller keeps."""
    return _order(order_id, {}, {})


def _order(order_id: str, errors: dict[str, list[str]], values: Any) -> str:
    actor = auth.require_actor()
    return render_template("resellers/office/order.html", order=queries.order(actor, order_id), errors=errors, values=values,
                           may_record="payment:record" in actor.permissions, today=clock.today(), decimal=money_of.decimal)


class ReceivedForm(Schema):
    """The same payment as a person types it."""

    amount = fields.String(required=True, validate=validate.Length(max=20))
    reference = Line(required=True, validate=validate.Length(max=100))
    received_on = Day(required=True)
    keep_excess = fields.Boolean(load_default=False)


@blueprint.post("/orders/<order_id>/payments")
def record_payment(order_id: str) -> Response | tuple[str, int]:
    """Record what the customer paid for an order on account."""
    actor = auth.require_actor()
    currency = queries.order(actor, order_id)["currency"]
    try:
        data = forms.load(ReceivedForm)
        minor = money_of.parse(data["amount"], currency, "amount")
        received.record(actor, order_id, received.Receipt(minor, data["reference"], data["received_on"], data["keep_excess"]))
    except MarketError as refused:
        if refused.status not in {409, 422}:
            raise
        return _order(order_id, forms.errors(refused), request.form), refused.status
    flash(_("The payment is recorded."))
    return redirect(url_for(".order", order_id=order_id), 303)


@blueprint.post("/orders/<order_id>/payments/<received_id>/take-back")
def take_payment_back(order_id: str, received_id: str) -> Response:
    """A payment was recorded by mistake."""
    received.take_back(auth.require_actor(), order_id, received_id)
    flash(_("The payment is taken back: it is owed again."))
    return redirect(url_for(".order", order_id=order_id), 303)


@blueprint.get("/finances")
def finances() -> str:
    """What the market owes the reseller, and what was sent to it."""
    return render_template("resellers/office/finances.html", statement=statements.of(auth.require_actor(), "reseller"))
