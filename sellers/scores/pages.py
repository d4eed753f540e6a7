"""The seller's pages of its score."""

from __future__ import annotations

from flask import Blueprint, Response, render_template

from marketplace.analytics import scorecards
from marketplace.web import files, lists, scores
from marketplace.web.auth import require_actor

blueprint = Blueprint("seller_scores", __name__, url_prefix="/seller/scores", template_folder="templates")


@blueprint.get("/")
def index() -> str:
    """The score, what it is made of, and what it would take."""
    return render_template("seller_scores/index.html", **scores.shown(scorecards.own(require_actor())))


@blueprint.get("/orders")
def orders() -> str:
    """The orders behind a rate."""
    rate, is_against = scores.wished()
    page = scorecards.own_orders(require_actor(), rate, lists.asked(25), is_against)
    next_url = lists.next_url(".orders", page.next_cursor, rate=rate, is_against="1" if is_against else "")
    return render_template("seller_scores/orders.html", rows=page.items, next_url=next_url, rate=rate, is_against=is_against, labels=scores.LABELS,
                           formulas=scores.FORMULAS)


@blueprint.get(f"/orders.{files.KIND}")
def orders_file(kind: str) -> Response:
    """The same as a file."""
    actor, (rate, is_against) = require_actor(), scores.wished()
    rows = files.all_pages(lambda cursor: scorecards.own_orders(actor, rate, lists.for_file(cursor), is_against))
    return files.named(kind, f"score-{rate}", scores.ORDER_COLUMNS, rows)
