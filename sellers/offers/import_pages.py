"""Offer files as pages: send one, watch it, fetch what was refused."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from marketplace.core.errors import Invalid
from marketplace.core.progress import pace
from marketplace.identity.access import authorize
from marketplace.pricing import feeds
from marketplace.web import files, forms, lists
from marketplace.web.auth import require_actor
from sellers.offers import queries

blueprint = Blueprint("seller_imports", __name__, url_prefix="/seller/imports", template_folder="templates")
SAMPLE = (
    "seller_sku,gtin,brand,mpn,price,price_10,price_100,currency,quantity,location,lead_time_days,min_quantity,multiple,valid_to\n"
    "K-1001,4006381333931,,,12.50,11.90,10.80,EUR,240,,1,1,1,\n"
    "K-1002,,Nordkabel,NK-2200/5,3.20,,,EUR,1000,,2,10,10,2030-12-31\n"
)


@blueprint.get("/")
def index() -> str:
    """The files sent, newest first, and the form for the next."""
    return _page({})


def _page(errors: dict[str, list[str]]) -> str:
    found = queries.imports(require_actor(), lists.asked())
    return render_template("seller_offers/imports.html", imports=found.items, next_url=lists.next_url(".index", found.next_cursor), errors=errors)


@blueprint.post("/")
@forms.accepts_files
def receive() -> Any:
    """Take in a file."""
    actor = require_actor()
    try:
        record = feeds.receive(actor, actor.organization_id, *(forms.sent_file() or ("offers", b"")))
    except Invalid as error:
        return _page(forms.errors(error)), error.status
    flash(_("The file is being read. You can leave this page and come back."))
    return redirect(url_for(".show", import_id=record.id), 303)


@blueprint.get("/<import_id>")
def show(import_id: str) -> str:
    """One file: how far it is, and what was refused."""
    record = feeds.own(require_actor(), import_id)
    return render_template("seller_offers/import.html", record=record, pace=pace(record.done, record.total, record.created_at))


@blueprint.get("/<import_id>/refused.csv")
def refused(import_id: str) -> Response:
    """The refused rows as a file to mend and send again."""
    return files.attachment(feeds.error_file(feeds.own(require_actor(), import_id)), "refused")


@blueprint.get("/sample.csv")
def sample() -> Response:
    """A file that shows every usual column."""
    authorize(require_actor(), "offer:read")
    return files.attachment(SAMPLE.encode(), "offers-sample")
