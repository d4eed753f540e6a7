"""Pages of a seller's orders: the list with its clocks, the order, refusing, shipping, the packing slip."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from marketplace.core.errors import MarketError, NotFound
from marketplace.core.transitions import DoneAlready, WrongState
from marketplace.orders import fulfilment
from marketplace.orders.models import SellerOrderStatus
from marketplace.web import files, forms, lists
from marketplace.web.auth import require_actor
from marketplace.web.refusals import told
from sellers.orders import queries, schemas

blueprint = Blueprint("seller_orders", __name__, url_prefix="/seller/orders", template_folder="templates")


@blueprint.get("/")
def index() -> str:
    """The seller's orders, by what is to be done with them."""
    view = request.args.get("view")
    found = queries.listed(require_actor(), view, lists.asked(25))
    next_url = lists.next_url(".index", found["next_cursor"], view=view or "")
    return render_template("seller_orders/list.html", orders=found["items"], view=view, views=_views(), next_url=next_url)


@blueprint.get(f"/orders.{files.KIND}")
def listing_file(kind: str) -> Response:
    """The same as a file."""
    actor, view = require_actor(), request.args.get("view")
    rows = files.all_pages(lambda cursor: queries.listed(actor, view, lists.for_file(cursor)))
    return files.named(kind, "orders", ("number", "status", "created_at", "accept_by", "promised_on", "lines", "goods", "standing_goods", "freight", "currency"), rows)


def _views() -> list[tuple[str | None, str]]:
    return [(None, _("All")), ("to_accept", _("To accept")), ("to_ship", _("To ship")), ("shipped", _("Shipped")),
            ("delivered", _("Delivered")), ("cancelled", _("Cancelled"))]


@blueprint.get("/<seller_order_id>")
def show(seller_order_id: str) -> str:
    """One order: what, to where, by when, and what has happened."""
    return _page("order", seller_order_id, {})


def _page(name: str, seller_order_id: str, errors: dict[str, list[str]], order: dict[str, Any] | None = None) -> str:
    order = order or queries.shown(require_actor(), seller_order_id)
    typed = {} if "form" in errors else dict(zip(request.form.getlist("allocation_id"), request.form.getlist("quantity"), strict=False))
    return render_template(f"seller_orders/{name}.html", order=order, errors=errors, values=request.form, typed=typed)


def _again(name: str, seller_order_id: str, refused: MarketError) -> Any:
    if refused.status not in {409, 422}:
        raise refused
    return _page(name, seller_order_id, forms.errors(refused)), refused.status


def _done(seller_order_id: str, said: str) -> Any:
    flash(said)
    return redirect(url_for(".show", seller_order_id=seller_order_id), 303)


@blueprint.post("/<seller_order_id>/accept")
def accept(seller_order_id: str) -> Any:
    """Take the order."""
    try:
        fulfilment.accept(require_actor(), seller_order_id)
    except DoneAlready as done:
        return told(done, url_for(".show", seller_order_id=seller_order_id))
    except MarketError as refused:
        return _again("order", seller_order_id, refused)
    return _done(seller_order_id, _("Accepted. Ship it by the promised day."))


@blueprint.get("/<seller_order_id>/refuse")
def confirm_refuse(seller_order_id: str) -> Any:
    """What refusing would do, in words, before it is done; the order itself when nothing is left to refuse."""
    order = queries.shown(require_actor(), seller_order_id)
    if order["status"] not in fulfilment.REFUSABLE:
        return redirect(url_for(".show", seller_order_id=seller_order_id))
    return _page("refuse", seller_order_id, {}, order)


@blueprint.post("/<seller_order_id>/refuse")
def refuse(seller_order_id: str) -> Any:
    """Refuse some or all units."""
    try:
        data = forms.load(schemas.RefusalForm)
        if data["seen"] is not None:
            fulfilment.check_seen(require_actor(), seller_order_id, dict(zip(data["allocation_id"], data["seen"], strict=False)))
        fulfilment.refuse(require_actor(), seller_order_id, data["because"], _quantities(data))
    except WrongState as refused:
        return told(refused, url_for(".show", seller_order_id=seller_order_id))
    except MarketError as refused:
        return _again("refuse", seller_order_id, refused)
    return _done(seller_order_id, _("Refused. The units are offered to another seller now."))


@blueprint.post("/<seller_order_id>/shipments")
def ship(seller_order_id: str) -> Any:
    """Send a parcel."""
    try:
        data = forms.load(schemas.ParcelForm)
        fulfilment.ship(require_actor(), seller_order_id, (data["carrier"], data["tracking_number"]), _quantities(data))
    except fulfilment.ParcelSent as sent:
        return told(sent, url_for(".show", seller_order_id=seller_order_id))
    except MarketError as refused:
        return _again("order", seller_order_id, refused)
    return _done(seller_order_id, _("The parcel is on its way."))


def _quantities(data: dict[str, Any]) -> dict[str, int]:
    return {id_: units for id_, units in zip(data["allocation_id"], data["quantity"], strict=True) if units}


@blueprint.post("/shipments/<shipment_id>/deliver")
def deliver(shipment_id: str) -> Any:
    """Say that a parcel has arrived."""
    actor = require_actor()
    sent = fulfilment.deliver(actor, shipment_id)
    if fulfilment.own(actor, sent.seller_order_id).status == SellerOrderStatus.DELIVERED:
        return _done(sent.seller_order_id, _("Delivered. The money is released after the hold."))
    return _done(sent.seller_order_id, _("The parcel is delivered. The money waits for the rest of the order."))


@blueprint.get("/<seller_order_id>/slips/<shipment_id>")
def slip(seller_order_id: str, shipment_id: str) -> str:
    """The packing slip of a parcel, to print; it names no price."""
    order = queries.shown(require_actor(), seller_order_id)
    parcel = queries.parcel(order, shipment_id)
    if parcel is None:
        raise NotFound
    return render_template("seller_orders/slip.html", order=order, parcel=parcel)
