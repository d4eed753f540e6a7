"""Pages of the cart and the checkout. A guest is asked to sign in; a viewer may look and not order."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from marketplace.core.db import db
from marketplace.core.errors import Invalid, MarketError, NotFound, Unauthenticated
from marketplace.identity import companies
from marketplace.identity.companies import AddressGone, CostCenterClosed
from marketplace.identity.models import Address
from marketplace.web import auth, forms
from marketplace.web.i18n import money_text
from marketplace.web.refusals import said
from resellers.checkout import checkout
from resellers.checkout import numbers as by_number
from resellers.checkout.schemas import CartLine, Checked, Pasted, Placing, Wish

cart = Blueprint("cart", __name__, url_prefix="/cart", template_folder="../templates")
pages = Blueprint("checkout", __name__, url_prefix="/checkout", template_folder="../templates")
CHECKOUT, WAITING = "resellers/checkout/checkout.html", "wanted"
GONE = (AddressGone, CostCenterClosed)


@cart.get("")
def show() -> str:
    """The cart, and what will happen to it."""
    return _cart()


def _cart(errors: dict[str, list[str]] | None = None, pasted: str = "") -> str:
    actor = auth.require_actor()
    review = checkout.review(actor, auth.buying_context(), checkout.ship_to(actor, None))
    return render_template("resellers/checkout/cart.html", review=review, errors=errors or {}, pasted=pasted)


@cart.post("")
def put() -> Response | str | tuple[str, int]:
    """Put a quantity of a product into the cart, or change it; a list that asks by script gets a word in its corner only."""
    if auth.current_actor() is None:
        return _first_sign_in()
    actor, context = auth.require_actor(), auth.buying_context()
    adding = "HX-Request" in request.headers and request.form.get("add") == "1"
    try:
        data = forms.load(CartLine)
        checkout.put(actor, context, data)
    except MarketError as refusal:
        db.session.rollback()
        auth.identify()
        return (_added(refusal) if adding else _cart(forms.errors(refusal))), _status(refusal)
    if adding:
        return _added()
    stays = data["add"] and _own(request.referrer)
    flash(_("In your cart."), "cart" if stays else "message")
    return redirect(request.referrer if stays else url_for("cart.show"), 303)


def _first_sign_in() -> Response:
    """What is wanted by a guest, or by somebody whose session has ended, waits until it is known for whom; its page comes back with it."""
    try:
        session[WAITING] = forms.load(CartLine)
    except forms.Refused:
        raise Unauthenticated from None
    flash(_("Sign in, and it is in your cart."), "info")
    address = url_for("auth.sign_in_page", next=url_for(".take_waiting", next=auth.page_of()))
    if "HX-Request" in request.headers:  # a part of a page leads the whole page there
        return Response("", 401, {"HX-Redirect": address})
    return redirect(address, 303)


@cart.get("/waiting")
def take_waiting() -> Response:
    """Put in what its buyer wanted before signing in, and go back to where that was."""
    actor, context = auth.require_actor(), auth.buying_context()
    wanted = session.pop(WAITING, None)
    if wanted is not None:
        try:
            checkout.put(actor, context, wanted)
            flash(_("In your cart."), "cart")
        except MarketError as refusal:
            flash(said(refusal.message), "warning")
    return redirect(auth.own_page(request.args.get("next"), url_for("cart.show")), 303)


def _added(refusal: MarketError | None = None) -> str:
    return render_template("resellers/checkout/added.html", refusal=refusal)


@cart.post("/numbers")
def numbers() -> str | tuple[str, int]:
    """What pasted numbers are, row by row, to be confirmed."""
    actor, context = auth.require_actor(), auth.buying_context()
    try:
        rows = by_number.resolved(actor, context, by_number.read(forms.load(Pasted)["numbers"]))
    except (forms.Refused, by_number.TooManyNumbers) as refused:
        return _cart(forms.errors(refused), request.form.get("numbers", "")), refused.status
    return render_template("resellers/checkout/numbers.html", rows=rows, pasted=request.form["numbers"])


@cart.post("/lines")
def add_lines() -> Response | tuple[str, int]:
    """Add the confirmed rows; one that is refused says why, and the others are in the cart."""
    actor, context = auth.require_actor(), auth.buying_context()
    try:
        rows = zip(request.form.getlist("variant_id"), request.form.getlist("quantity"), strict=False)
        kept = [(id_, quantity) for id_, quantity in rows if id_.strip() and quantity.strip()]  # a row without a quantity is left out, with its product
        data = forms.load(Checked, MultiDict([pair for id_, quantity in kept for pair in (("variant_id", id_), ("quantity", quantity))]))
    except forms.Refused as refused:
        return _cart(refused.errors, request.form.get("numbers", "")), refused.status
    wanted = [{"variant_id": id_, "quantity": quantity} for id_, quantity in zip(data["variant_id"], data["quantity"], strict=True) if quantity]
    report = checkout.add_all(actor, context, wanted)
    flash(ngettext("%(num)s product is in your cart.", "%(num)s products are in your cart.", len(report["added"])))
    for line in report["refused"]:
        flash(_("%(name)s is left out: %(why)s", name=line["name"], why=said(line["message"])), "warning")
    return redirect(url_for("cart.show"), 303)


def _status(refusal: MarketError) -> int:
    """A form of which a choice is there no more has changed meanwhile; of a 404 a script would show nothing."""
    return 409 if refusal.status == 404 else refusal.status


def _own(address: str | None) -> bool:
    return bool(address and address.startswith(request.host_url))


@cart.post("/wish")
def wish() -> Response | tuple[str, int]:
    """Plan the cart another way."""
    actor, context = auth.require_actor(), auth.buying_context()
    try:
        checkout.wish(actor, context, forms.load(Wish)["wish"])
    except Invalid as refused:
        return _cart(forms.errors(refused)), refused.status
    return redirect(url_for("cart.show"), 303)


@cart.post("/lines/<variant_id>/remove")
def remove(variant_id: str) -> Response:
    """Take a product out of the cart."""
    actor = auth.require_actor()
    checkout.remove(actor, auth.buying_context(), variant_id)
    flash(_("Taken out of your cart."))
    return redirect(url_for("cart.show"), 303)


@pages.get("", endpoint="show")
def show_checkout() -> str:
    """Everything to check before ordering, for one address."""
    return _checkout(checkout.ship_to(auth.require_actor(), request.args.get("address_id")), values=request.args)


def _checkout(address: Address | None, refused: dict[str, list[str]] | None = None, values: Any = None) -> str:
    actor = auth.require_actor()
    book = [(one.id, f"{one.label}: {one.line1}, {one.postcode} {one.city}, {one.country}") for one in companies.addresses(actor)]
    centers = [("", _("None"))] + [(one.id, f"{one.code} {one.name}") for one in companies.cost_centers(actor) if one.is_active]
    return render_template(
        CHECKOUT, review=checkout.review(actor, auth.buying_context(), address), addresses=book,
        cost_centers=centers if len(centers) > 1 else [], errors=refused or {}, values=values or {},
        may_place="order:place" in actor.permissions, may_write="company:write" in actor.permissions,
    )


@pages.post("")
def place() -> Response | str | tuple[str, int]:
    """Place the order; a card payment leads on to the provider's page.

    With "look" it only shows what another address would mean; with "another" it leads to a new address and back to what was filled in.
    """
    actor, context = auth.require_actor(), auth.buying_context()
    if request.form.get("another"):
        kept: dict[str, Any] = {name: text for name in ("po_number", "cost_center_id", "payment_method") if (text := request.form.get(name, "")[:60])}
        return redirect(url_for("account.new_address", next=url_for("checkout.show", **kept)), 303)
    if request.form.get("look"):
        return _again({}, 200)
    try:
        placed = checkout.place(actor, context, forms.load(Placing))
    except MarketError as refusal:
        if refusal.status in {403, 404} and not isinstance(refusal, GONE):
            raise
        db.session.rollback()
        auth.identify()
        return _again(_said(refusal), _status(refusal))
    if placed["payment_needed"]:
        return redirect(url_for("buyer_orders.leave", order_id=placed["id"]), 303)
    return redirect(url_for("buyer_orders.returned", order_id=placed["id"]), 303)


def _again(refused: dict[str, list[str]], status: int) -> tuple[str, int]:
    """The checkout as it was filled in, for the first address of the book where the one chosen has gone meanwhile."""
    actor, gone = auth.require_actor(), AddressGone(field="address_id")
    try:
        return _checkout(checkout.ship_to(actor, request.form.get("address_id")), refused, request.form), status
    except NotFound:
        return _checkout(checkout.ship_to(actor, None), {**forms.errors(gone), **refused}, request.form), _status(gone)


def _said(refusal: MarketError) -> dict[str, list[str]]:
    if not isinstance(refusal, checkout.TotalChanged):
        return forms.errors(refusal)
    currency = auth.buying_context().currency
    return {"form": [_("The cart, prices, freight or stock changed: the total was %(before)s and is now %(now)s. Please check it.",
                       before=money_text(refusal.details["expected_minor"], currency), now=money_text(refusal.details["total_minor"], currency))]}
