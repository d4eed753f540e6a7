"""A seller's money as JSON; the same reads as the page."""

from __future__ import annotations

from typing import Any

from marketplace.payments import statements
from marketplace.web import api, lists, moves
from marketplace.web.auth import require_actor
from sellers.finances import queries, schemas

blueprint = api.blueprint("seller-finances-api", __name__, "/api/v1/seller/finances", "What a seller is owed and was paid.")


@blueprint.get("")
@blueprint.response(200, moves.Statement)
def show_statement() -> dict[str, Any]:
    """Balances, transfers and payouts."""
    return statements.of(require_actor(), "seller")


@blueprint.get("/splits")
@blueprint.arguments(schemas.SplitQuery, location="query")
@blueprint.response(200, schemas.SellerSplitList)
def list_splits(query: dict[str, Any]) -> dict[str, Any]:
    """How each order's money was split, newest first or as asked."""
    return queries.splits(require_actor(), lists.given(query))
