"""The seller's page of money, and its file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request, url_for

from marketplace.web import files
from marketplace.web.auth import require_actor
from sellers.finances import queries

blueprint = Blueprint("seller_finances", __name__, url_prefix="/seller/finances", template_folder="templates")


@blueprint.get("/")
def index() -> str:
    """Balances, each order's split, transfers and payouts."""
    actor = require_actor()
    found = queries.splits(actor, request.args.get("cursor"))
    next_url = url_for(".index", cursor=found["next_cursor"]) if found["next_cursor"] else None
    return render_template("seller_finances/index.html", statement=queries.statement(actor), splits=found["items"], next_url=next_url)


@blueprint.get(f"/splits.{files.KIND}")
def splits_file(kind: str) -> Response:
    """Every order's split, as a file."""
    return files.answer(kind, "splits", queries.COLUMNS, queries.rows(require_actor()))
