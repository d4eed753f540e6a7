"""A seller's own score as JSON; the same reads as the pages."""

from __future__ import annotations

from typing import Any

from marketplace.analytics import scorecards
from marketplace.web import api, lists, scores
from marketplace.web.auth import require_actor

blueprint = api.blueprint("seller-scores-api", __name__, "/api/v1/seller/scores", "How well a seller keeps its promises.")


@blueprint.get("")
@blueprint.response(200, scores.CardOut)
def show_score() -> dict[str, Any]:
    """The newest score, each rate in detail, and the last weeks."""
    return scores.flat(scorecards.own(require_actor()))


@blueprint.get("/orders")
@blueprint.arguments(scores.OrdersQuery, location="query")
@blueprint.response(200, scores.OrdersPage)
def list_orders(query: dict[str, Any]) -> Any:
    """The seller orders that a rate counts, the last opened first or as asked."""
    return scorecards.own_orders(require_actor(), query["rate"], lists.given(query), query["is_against"])
