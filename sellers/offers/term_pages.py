"""How the seller delivers: warehouses, freight, order minimum, pauses; and what it may sell."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid
from marketplace.identity import companies
from marketplace.identity.access import Actor
from marketplace.identity.models import Organization
from marketplace.offers import service as verbs
from marketplace.web import files, forms, i18n, lists
from marketplace.web.auth import require_actor
from marketplace.web.refusals import told
from sellers.offers import authorizations as granted
from sellers.offers import queries, schemas
from sellers.offers.publishing import amount

SHOWN = {"ends_at": "last_day", "surcharge_minor": "surcharge"}
"""What the page calls a field that the verb calls otherwise."""
blueprint = Blueprint("seller_terms", __name__, url_prefix="/seller", template_folder="templates")


@blueprint.get("/delivery")
def terms() -> str:
    """Warehouses, freight, minimums and pauses on one page, each with the form of the next."""
    return _page({})


def _page(errors: dict[str, list[str]], refused: str = "") -> str:
    """All forms of the page; the `refused` one with what was typed and what is wrong with it."""
    actor = require_actor()
    own = db.session.get_one(Organization, actor.organization_id)
    return render_template(
        "seller_offers/terms.html", **queries.delivery(actor), errors=errors, refused=refused, typed=request.form, currency=own.currency,
        country=own.country, currencies=[(one, one) for one in companies.currencies()], countries=i18n.country_choices())


def _done(form: str, work: Callable[[Actor], object], message: str) -> Any:
    try:
        work(require_actor())
    except Conflict as refused:
        return told(refused, url_for(".terms"))
    except Invalid as error:
        db.session.rollback()
        return _page({SHOWN.get(name, name): texts for name, texts in forms.errors(error).items()}, form), 422
    flash(message)
    return redirect(url_for(".terms"), 303)


@blueprint.post("/delivery/locations")
def save_location() -> Any:
    """Add or change a warehouse."""
    return _done("location", lambda actor: verbs.save_location(
        actor, actor.organization_id, verbs.LocationInput(**forms.load(schemas.LocationBody))), _("The location is saved."))


@blueprint.post("/delivery/locations/<location_id>/remove")
def remove_location(location_id: str) -> Any:
    """Take away a warehouse that was not used."""
    return _done("location", lambda actor: verbs.remove_location(actor, location_id), _("The location is removed."))


@blueprint.post("/delivery/freight")
def save_freight() -> Any:
    """Add or change a freight rule."""
    def work(actor: Actor) -> None:
        data = forms.load(schemas.FreightForm)
        currency, free = data["currency"], data["free_from"]
        verbs.save_freight_rule(actor, actor.organization_id, verbs.FreightInput(
            currency, amount(data["freight"], currency, "freight", 0), data["transit_days"], data["country"],
            amount(free, currency, "free_from", 0) if free else None))

    return _done("freight", work, _("The freight rule is saved."))


@blueprint.post("/delivery/freight/<rule_id>/remove")
def remove_freight(rule_id: str) -> Any:
    """No longer deliver by a rule."""
    return _done("freight", lambda actor: verbs.remove_freight_rule(actor, rule_id), _("The freight rule is removed."))


@blueprint.post("/delivery/minimums")
def save_minimum() -> Any:
    """Set the order minimum in a currency."""
    def work(actor: Actor) -> None:
        data = forms.load(schemas.MinimumForm)
        currency = data["currency"]
        verbs.save_minimum(actor, actor.organization_id, verbs.MinimumInput(
            currency, amount(data["minimum"], currency, "minimum", 0), data["rule"],
            amount(data["surcharge"], currency, "surcharge", 0)))

    return _done("minimum", work, _("The order minimum is saved."))


@blueprint.post("/delivery/minimums/<minimum_id>/remove")
def remove_minimum(minimum_id: str) -> Any:
    """No longer ask for a minimum."""
    return _done("minimum", lambda actor: verbs.remove_minimum(actor, minimum_id), _("The order minimum is removed."))


@blueprint.post("/delivery/pauses")
def pause() -> Any:
    """Take all offers out of the market for some days."""
    def work(actor: Actor) -> None:
        data = forms.load(schemas.PauseForm)
        verbs.pause(actor, actor.organization_id, _midnight(data["first_day"]),
                    _midnight(data["last_day"] + timedelta(days=1)))

    return _done("pause", work, _("The pause is saved. Your offers come back by themselves."))


def _midnight(day: Any) -> datetime:
    return datetime.combine(day, time(), UTC)


@blueprint.post("/delivery/pauses/<pause_id>/end")
def end_pause(pause_id: str) -> Any:
    """Come back from a pause."""
    return _done("pause", lambda actor: verbs.end_pause(actor, pause_id), _("The pause is over."))


@blueprint.get("/authorizations")
def authorizations() -> str:
    """What the seller may sell, where and until when."""
    words = _words()
    page = granted.of(require_actor(), words, lists.asked())
    return render_template("seller_offers/authorizations.html", rows=page.items, words=words, next_url=lists.next_url(".authorizations", page.next_cursor, q=words))


def _words() -> str:
    return request.args.get("q", "").strip()


@blueprint.get(f"/authorizations/authorizations.{files.KIND}")
def authorizations_file(kind: str) -> Response:
    """The same as a file."""
    actor, words = require_actor(), _words()
    rows = files.all_pages(lambda cursor: granted.of(actor, words, lists.for_file(cursor)))
    found = ({**row, "countries": " ".join(row["countries"])} for row in rows)
    return files.named(kind, "authorizations", ("brand", "manufacturer", "countries", "valid_from", "valid_to", "state"), found)
