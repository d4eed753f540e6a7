"""How the seller delivers: warehouses, freight, order minimum, pauses; and what it may sell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.offers import service as verbs
from marketplace.offers.models import FreightRule, OrderMinimum, SellerPause, StockLocation
from marketplace.web import forms
from marketplace.web.auth import require_actor
from sellers.offers import queries, schemas
from sellers.offers.pages import said
from sellers.offers.publishing import amount

blueprint = Blueprint("seller_terms", __name__, url_prefix="/seller", template_folder="templates")


@blueprint.get("/delivery")
def terms() -> str:
    """Warehouses, freight, minimums and pauses on one page."""
    return _page({})


def _page(errors: dict[str, list[str]]) -> str:
    actor = authorize(require_actor(), "offer:read")

    def mine(model: Any) -> Any:
        return db.session.scalars(select(model).where(model.seller_id == actor.organization_id).order_by(model.id)).all()

    coming = [pause for pause in mine(SellerPause) if pause.ends_at > clock.now()]
    return render_template(
        "seller_offers/terms.html", locations=mine(StockLocation), freight=mine(FreightRule), pauses=coming,
        minimums=mine(OrderMinimum), errors=errors, now=clock.now(),
        currency=db.session.get_one(Organization, actor.organization_id).currency,
    )


def _done(work: Callable[[Actor], object], message: str) -> Any:
    try:
        work(require_actor())
    except Invalid as error:
        db.session.rollback()
        return _page(said(error)), 422
    flash(message)
    return redirect(url_for(".terms"), 303)


@blueprint.post("/delivery/locations")
def save_location() -> Any:
    """Add or change a warehouse."""
    return _done(lambda actor: verbs.save_location(
        actor, actor.organization_id, verbs.LocationInput(**forms.load(schemas.LocationBody))), _("The location is saved."))


@blueprint.post("/delivery/freight")
def save_freight() -> Any:
    """Add or change a freight rule."""
    def work(actor: Actor) -> None:
        data = forms.load(schemas.FreightForm)
        currency, free = data["currency"], data["free_from"]
        verbs.save_freight_rule(actor, actor.organization_id, verbs.FreightInput(
            currency, amount(data["freight"], currency, "freight", 0), data["transit_days"], data["country"],
            amount(free, currency, "free_from", 0) if free else None))

    return _done(work, _("The freight rule is saved."))


@blueprint.post("/delivery/freight/<rule_id>/remove")
def remove_freight(rule_id: str) -> Any:
    """No longer deliver by a rule."""
    return _done(lambda actor: verbs.remove_freight_rule(actor, rule_id), _("The freight rule is removed."))


@blueprint.post("/delivery/minimums")
def save_minimum() -> Any:
    """Set the order minimum in a currency."""
    def work(actor: Actor) -> None:
        data = forms.load(schemas.MinimumForm)
        currency = data["currency"]
        verbs.save_minimum(actor, actor.organization_id, verbs.MinimumInput(
            currency, amount(data["minimum"], currency, "minimum", 0), data["rule"],
            amount(data["surcharge"], currency, "surcharge", 0)))

    return _done(work, _("The order minimum is saved."))


@blueprint.post("/delivery/minimums/<minimum_id>/remove")
def remove_minimum(minimum_id: str) -> Any:
    """No longer ask for a minimum."""
    return _done(lambda actor: verbs.remove_minimum(actor, minimum_id), _("The order minimum is removed."))


@blueprint.post("/delivery/pauses")
def pause() -> Any:
    """Take all offers out of the market for some days."""
    def work(actor: Actor) -> None:
        data = forms.load(schemas.PauseForm)
        verbs.pause(actor, actor.organization_id, _midnight(data["first_day"]),
                    _midnight(data["last_day"] + timedelta(days=1)))

    return _done(work, _("The pause is saved. Your offers come back by themselves."))


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), UTC)


@blueprint.post("/delivery/pauses/<pause_id>/end")
def end_pause(pause_id: str) -> Any:
    """Come back from a pause."""
    return _done(lambda actor: verbs.end_pause(actor, pause_id), _("The pause is over."))


@blueprint.get("/authorizations")
def authorizations() -> str:
    """What the seller may sell, where and until when."""
    return render_template("seller_offers/authorizations.html", rows=queries.authorizations(require_actor()),
                           today=clock.today())
