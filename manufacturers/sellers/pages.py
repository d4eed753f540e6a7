"""Pages about sellers: who is authorized, grant, and revoke with its consequences in words."""

import re
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from manufacturers.sellers import queries, schemas
from marketplace.channel import authorization
from marketplace.core import clock
from marketplace.core.errors import MarketError
from marketplace.core.transitions import WrongState
from marketplace.web import files, forms, lists
from marketplace.web.auth import require_actor
from marketplace.web.i18n import day
from marketplace.web.refusals import told

blueprint = Blueprint("manufacturer_sellers", __name__, url_prefix="/manufacturer/sellers", template_folder="../templates")


@blueprint.get("/")
def listing() -> str:
    """Who may sell what, where and until when."""
    seller = request.args.get("q", "").strip()
    page = queries.authorizations(require_actor(), lists.asked(), seller)
    return render_template("manufacturers/sellers.html", rows=page.items, next_url=lists.next_url(".listing", page.next_cursor, q=seller), q=seller)


@blueprint.get(f"/sellers.{files.KIND}")
def listing_file(kind: str) -> Response:
    """The same as a file."""
    seller = request.args.get("q", "").strip()
    rows = files.all_pages(lambda cursor: queries.authorizations(require_actor(), lists.for_file(cursor), seller))
    rows = ({**row, "countries": " ".join(row["countries"])} for row in rows)
    return files.named(kind, "authorizations", ("seller", "brand", "countries", "valid_from", "valid_to", "state"), rows)


@blueprint.get("/new")
def new() -> str:
    """The form to authorize a seller."""
    return _form({"valid_from": clock.today().isoformat()}, {})


def _form(values: dict[str, Any], errors: dict[str, list[str]]) -> str:
    choices = queries.choices(require_actor())
    sellers = [("", _("Choose a seller")), *((row["id"], f"{row['name']} ({row['country']})") for row in choices["sellers"])]
    brands = [(row["id"], row["name"]) for row in choices["brands"]]
    return render_template("manufacturers/grant.html", sellers=sellers, brands=brands, values=values, errors=errors)


@blueprint.post("/")
def grant() -> Any:
    """Let a seller sell a brand."""
    actor = require_actor()
    try:
        data = forms.load(schemas.AuthorizationGrantForm)
        data["countries"] = re.findall(r"[A-Za-z]{2}", data["countries"])
        granted = authorization.grant(actor, actor.organization_id, **data)
    except MarketError as refused:
        if refused.status != 422:
            raise
        return _form(request.form.to_dict(), forms.errors(refused)), 422
    flash(_("The seller may sell the brand now.") if granted.valid_from <= clock.today() else _("The seller may sell the brand from %(day)s on.", day=day(granted.valid_from)))
    return redirect(url_for(".listing"), 303)


@blueprint.get("/<authorization_id>/revoke")
def confirm_revoke(authorization_id: str) -> Any:
    """What revoking would do, in words, before it is done; for one that is revoked the list."""
    row = queries.authorization(require_actor(), authorization_id)
    return redirect(url_for(".listing")) if row["state"] == "revoked" else _revoke_page(row, {})


def _revoke_page(row: dict[str, Any], errors: dict[str, list[str]]) -> str:
    count = queries.offers_of(row["seller_id"], row["brand_id"])
    said = ngettext("%(num)d offer of this brand", "%(num)d offers of this brand", count)
    return render_template("manufacturers/revoke.html", row=row, offers=said, errors=errors)


@blueprint.post("/<authorization_id>/revoke")
def revoke(authorization_id: str) -> Any:
    """Take an authorization back."""
    try:
        data = forms.load(schemas.AuthorizationRevocation)
    except forms.Refused as refused:
        return _revoke_page(queries.authorization(require_actor(), authorization_id), refused.errors), 422
    try:
        authorization.revoke(require_actor(), authorization_id, data["because"])
    except WrongState as refused:
        return told(refused, url_for(".listing"))
    flash(_("The authorization is revoked. Open orders stay as they are."))
    return redirect(url_for(".listing"), 303)
