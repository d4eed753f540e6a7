"""The seller's page of money, and its file."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from marketplace.payments import statements
from marketplace.web import files, lists
from marketplace.web.auth import require_actor
from sellers.finances import queries

blueprint = Blueprint("seller_finances", __name__, url_prefix="/seller/finances", template_folder="templates")


@blueprint.get("/")
def index() -> str:
    """Balances, each order's split, transfers and payouts."""
    actor = require_actor()
    found = queries.splits(actor, lists.asked(25))
    return render_template("seller_finances/index.html", statement=statements.of(actor, "seller"), splits=found["items"],
                           next_url=lists.next_url(".index", found["next_cursor"]))


@blueprint.get(f"/splits.{files.KIND}")
def splits_file(kind: str) -> Response:
    """Every order's split, as a file."""
    return files.answer(kind, "splits", queries.COLUMNS, queries.rows(require_actor(), request.args.get("sort", "")))
