"""The operator's pages of sellers' scores."""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from marketplace.analytics import scorecards
from marketplace.web import files, lists, scores
from marketplace.web.auth import require_actor

blueprint = Blueprint("operator_scores", __name__, url_prefix="/operator", template_folder="templates")
COLUMNS = ("seller", "score_bps", "acceptance_bps", "late_bps", "cancellation_bps", "answered", "accepted", "silent", "due", "late", "cut", "day", "computed_at")


@blueprint.get("/scores")
def index() -> str:
    """Every seller's score, the lowest first."""
    words = request.args.get("q", "").strip()
    page = scorecards.listed(require_actor(), lists.asked(), words)
    return render_template("operator_scores/index.html", rows=page.items, q=words, rules=scores.RULES, next_url=lists.next_url(".index", page.next_cursor, q=words))


@blueprint.get(f"/scores.{files.KIND}")
def scores_file(kind: str) -> Response:
    """The same as a file."""
    actor, words = require_actor(), request.args.get("q", "").strip()
    return files.named(kind, "scores", COLUMNS, files.all_pages(lambda cursor: scorecards.listed(actor, lists.for_file(cursor), words)))


@blueprint.get("/scores/<seller_id>")
def show(seller_id: str) -> str:
    """One seller's score: what it is made of, and how it goes."""
    return render_template("operator_scores/seller.html", **scores.shown(scorecards.one(require_actor(), seller_id)))


@blueprint.get("/scores/<seller_id>/orders")
def orders(seller_id: str) -> str:
    """The orders behind one seller's rate."""
    actor, (rate, is_against) = require_actor(), scores.wished()
    page = scorecards.orders(actor, seller_id, rate, lists.asked(25), is_against=is_against)
    next_url = lists.next_url(".orders", page.next_cursor, rate=rate, is_against="1" if is_against else "")
    return render_template("operator_scores/orders.html", rows=page.items, next_url=next_url, rate=rate, is_against=is_against, labels=scores.LABELS,
                           formulas=scores.FORMULAS, seller_id=seller_id, seller=scorecards.one(actor, seller_id)["seller"])


@blueprint.get(f"/scores/<seller_id>/orders.{files.KIND}")
def orders_file(seller_id: str, kind: str) -> Response:
    """The same as a file."""
    actor, (rate, is_against) = require_actor(), scores.wished()
    rows = files.all_pages(lambda cursor: scorecards.orders(actor, seller_id, rate, lists.for_file(cursor), is_against=is_against))
    return files.named(kind, f"score-{rate}", scores.ORDER_COLUMNS, rows)
