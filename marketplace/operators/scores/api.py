"""Every seller's score as JSON; the same reads as the pages."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from marketplace.analytics import scorecards
from marketplace.web import api, lists, scores
from marketplace.web.api import Line
from marketplace.web.auth import require_actor

blueprint = api.blueprint("operator-scores-api", __name__, "/api/v1/operator/scores", "How well the sellers keep their promises.")


class ScoresQuery(lists.PageQuery):
    """Which sellers, in which order; `q` are words of the name."""

    q = Line(load_default="", validate=validate.Length(max=200))
    sort = lists.sort_field(scorecards.SORTS)


class OrderBehindOut(scores.OrderBehind):
    """The same with the whole order's id."""

    order_id = fields.String()


OrdersPage = lists.page_of(OrderBehindOut)


@blueprint.get("")
@blueprint.arguments(ScoresQuery, location="query")
@blueprint.response(200, scores.ScorePage)
def list_scores(query: dict[str, Any]) -> Any:
    """Every seller's newest score, the lowest first or as asked."""
    return scorecards.listed(require_actor(), lists.given(query), query["q"])


@blueprint.get("/<seller_id>")
@blueprint.response(200, scores.CardOut)
def show_score(seller_id: str) -> dict[str, Any]:
    """One seller's score, each rate in detail, and the last weeks."""
    return scores.flat(scorecards.one(require_actor(), seller_id))


@blueprint.get("/<seller_id>/orders")
@blueprint.arguments(scores.OrdersQuery, location="query")
@blueprint.response(200, OrdersPage)
def list_orders(query: dict[str, Any], seller_id: str) -> Any:
    """The seller orders that a rate counts, the last opened first or as asked."""
    return scorecards.orders(require_actor(), seller_id, query["rate"], lists.given(query), is_against=query["is_against"])
