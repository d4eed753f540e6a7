"""Pages on which a reseller shapes its storefront: look and address, assortment, markup."""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from marshmallow import ValidationError, fields
from werkzeug.wrappers import Response

from marketplace.core.errors import Invalid, MarketError
from marketplace.identity import storefronts as shops
from marketplace.identity.models import Storefront
from marketplace.pricing import service as pricing
from marketplace.web import auth, forms
from marketplace.web.api import Line, Schema
from resellers.office import storefronts
from resellers.office.schemas import HOST, ID, NAME, AssortmentIn, Look

blueprint = Blueprint("reseller_storefronts", __name__, url_prefix="/reseller/storefronts", template_folder="../templates")
PERCENT, MOST_BPS = re.compile(r"([0-9]{1,4})(?:[.,]([0-9]{1,2}))?"), 100_000


class Percent(fields.String):
    """Percent as a person types them, with a point or a comma; in basis points."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = PERCENT.fullmatch(super()._deserialize(value, attr, data, **kwargs).strip())
        if found is None or (bps := int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))) > MOST_BPS:
            raise ValidationError("This is a rate in percent from 0 to 1,000 with at most two decimals, such as 8.5.")
        return bps


class LookForm(Look):
    """The look as the page sends it: all of it, so that a name or a host that is blank is missing."""

    name = Line(required=True, validate=NAME)
    host = fields.String(required=True, validate=HOST)


class MarkupForm(Schema):
    """A markup in percent, for all or for one brand or category."""

    percent = Percent(required=True)
    brand_id = fields.String(validate=ID)
    category_id = fields.String(validate=ID)


@blueprint.get("")
def index() -> str | Response:
    """The storefronts; the only one at once."""
    found = shops.of(auth.require_actor())
    if len(found) == 1:
        return redirect(url_for("reseller_storefronts.show", storefront_id=found[0].id), 303)
    return render_template("resellers/office/storefronts.html", storefronts=found)


@blueprint.get("/<storefront_id>")
def show(storefront_id: str) -> str:
    """One storefront with all that was decided about it."""
    return _page(storefront_id)


def _page(storefront_id: str, refused: MarketError | None = None) -> str:
    """All that was decided; of the refused form what was typed."""
    actor = auth.require_actor()
    storefront = shops.own(actor, storefront_id)
    tried, refused_try = _tried()
    return render_template(
        "resellers/office/storefront.html", shop=storefronts.look(storefront), rules=storefronts.rules(actor, storefront_id),
        markups=storefronts.markups(actor, storefront_id), preview=storefronts.preview(actor, storefront_id, tried),
        tried_bps=storefront.markup_bps if tried is None else tried, choices=storefronts.choices(actor), values=request.form,
        refused_try=refused_try, least_contrast=shops.LEAST_CONTRAST,
        may_write="storefront:write" in actor.permissions, errors=forms.errors(refused), mark=_mark(storefront),
    )


def _mark(storefront: Storefront) -> str:
    return forms.mark([getattr(storefront, name) for name in shops.FIELDS])


def _tried() -> tuple[int | None, str]:
    """The markup to try, if one is, and what is wrong with it."""
    try:
        bps: Any = Percent().deserialize(request.args["percent"]) if request.args.get("percent") else None
    except ValidationError as wrong:
        return None, str(wrong.messages[0])
    return bps, ""


def _saved(storefront_id: str, message: str) -> Response:
    flash(message)
    return redirect(url_for("reseller_storefronts.show", storefront_id=storefront_id), 303)


@blueprint.post("/<storefront_id>")
def save(storefront_id: str) -> Response | tuple[str, int]:
    """Change name, tagline, colour, language, host name."""
    actor = auth.require_actor()
    try:
        data = forms.load(LookForm)
        forms.check_mark(f"storefront:{storefront_id}", lambda: _mark(shops.own(actor, storefront_id)))
        shops.change(actor, storefront_id, {"tagline": None, **data})
    except (Invalid, shops.HostTaken, forms.ChangedMeanwhile) as refused:
        return _page(storefront_id, refused), refused.status
    return _saved(storefront_id, _("Your storefront is changed."))


@blueprint.post("/<storefront_id>/rules")
def add_rule(storefront_id: str) -> Response | tuple[str, int]:
    """Add an assortment rule."""
    try:
        storefronts.add_rule(auth.require_actor(), storefront_id, forms.load(AssortmentIn))
    except Invalid as refused:
        return _page(storefront_id, refused), 422
    return _saved(storefront_id, _("Your assortment is changed."))


@blueprint.post("/<storefront_id>/rules/<rule_id>/remove")
def remove_rule(storefront_id: str, rule_id: str) -> Response:
    """Take an assortment rule away."""
    storefronts.remove_rule(auth.require_actor(), storefront_id, rule_id)
    return _saved(storefront_id, _("Your assortment is changed."))


@blueprint.post("/<storefront_id>/markup")
def set_markup(storefront_id: str) -> Response | tuple[str, int]:
    """Set the markup for all, or for one brand or category."""
    try:
        data = forms.load(MarkupForm)
        scope = {name: data[name] for name in ("brand_id", "category_id") if data.get(name)}
        pricing.set_markup(auth.require_actor(), storefront_id, data["percent"], **scope)
    except Invalid as refused:
        refused.field = "percent" if refused.field == "markup_bps" else refused.field
        return _page(storefront_id, refused), 422
    return _saved(storefront_id, _("Your markup is changed."))


@blueprint.post("/<storefront_id>/markups/<markup_id>/remove")
def remove_markup(storefront_id: str, markup_id: str) -> Response:
    """Take the markup of a brand or category away."""
    pricing.remove_markup(auth.require_actor(), storefront_id, markup_id)
    return _saved(storefront_id, _("Your markup is changed."))
