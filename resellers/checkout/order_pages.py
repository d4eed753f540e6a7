"""Pages of a buyer's orders: the list, one order, its payment's way out and back, ordering again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from marketplace.orders.models import OrderStatus
from marketplace.payments.hosted import NotPayable
from marketplace.payments.models import PaymentStatus
from marketplace.web import auth, files, lists
from marketplace.web.refusals import said
from resellers.checkout import checkout, orders

blueprint = Blueprint("buyer_orders", __name__, url_prefix="/orders", template_folder="../templates")


@blueprint.get("")
def index() -> str:
    """The company's orders, newest first."""
    asked = _asked()
    found = orders.listed(auth.require_actor(), lists.asked(25), asked)
    return render_template("resellers/checkout/orders.html", found=found, asked=asked, statuses=[status.value for status in OrderStatus],
                           next_url=lists.next_url(".index", found["next_cursor"], q=asked.words, status=asked.status or ""))


def _asked() -> orders.Asked:
    status = request.args.get("status")
    return orders.Asked(request.args.get("q", "").strip()[:60], status if status in set(OrderStatus) else None)


@blueprint.get("/lines.<kind>")
def lines(kind: str) -> Response:
    """The lines of the orders asked for, as a file."""
    return files.answer(kind, "order-lines", orders.COLUMNS, orders.all_lines(auth.require_actor(), _asked()))


@blueprint.get("/<order_id>")
def show(order_id: str) -> str | Response:
    """One order: where each parcel is, and what it costs. Coming from the payment, its outcome first."""
    if request.args.get("paid"):
        return redirect(url_for("buyer_orders.returned", order_id=order_id), 303)
    return render_template("resellers/checkout/order.html", order=orders.shown(auth.require_actor(), order_id))


@blueprint.get("/<order_id>/leave")
def leave(order_id: str) -> str | Response:
    """Says that the payment provider's page comes next, and goes there by itself; who comes back to it later, or may not pay, sees how the order stands."""
    actor = auth.require_actor()
    order = orders.own(actor, order_id)
    if "order:place" not in actor.permissions or not orders.is_payable(order):
        return redirect(url_for(".returned", order_id=order_id), 303)
    return render_template("resellers/checkout/leave.html", order=order)


@blueprint.get("/<order_id>/payment")
def payment(order_id: str) -> Response:
    """On to the provider's hosted page; it is opened once however often this is asked for. Paid in another tab: to how the order stands."""
    try:
        return redirect(checkout.payment_page(auth.require_actor(), order_id), 303)
    except NotPayable:
        return redirect(url_for(".returned", order_id=order_id), 303)


@blueprint.get("/<order_id>/return")
def returned(order_id: str) -> str | Response:
    """Back from the provider. What it says in the address is a hint at most; the state is our own."""
    order = orders.own(auth.require_actor(), order_id)
    if order.status == OrderStatus.CANCELLED:  # nothing is kept for it any more, and there is nothing to pay
        return redirect(url_for(".show", order_id=order_id), 303)
    found = orders.payment_of(order.id)
    status = found.status if found else ""
    if order.paid_at is not None:
        state = "paid"
    elif status in {PaymentStatus.FAILED, PaymentStatus.CANCELLED} or (
            status != PaymentStatus.PROCESSING and request.args.get("outcome") in {"declined", "cancelled"}):
        state = "declined"
    else:
        state = "pending"
    return render_template("resellers/checkout/returned.html", order=order, state=state, arrives_on=orders.arrival_of(order))


@blueprint.post("/<order_id>/reorder")
def reorder(order_id: str) -> Response:
    """Put the order's products into the cart again, at today's prices."""
    report = checkout.reorder(auth.require_actor(), auth.buying_context(), order_id)
    added = len(report["added"])
    flash(ngettext("%(num)s product is in your cart again.", "%(num)s products are in your cart again.", added))
    for line in report["refused"]:
        flash(_("%(name)s is left out: %(why)s", name=line["name"], why=said(line["message"])), "warning")
    return redirect(url_for("cart.show"), 303)
