"""How good matching is, for programs; the same verbs and rules as the pages."""

from __future__ import annotations

from typing import Any

from marketplace.operators import queries
from marketplace.operators.matching import gaps, schemas
from marketplace.operators.policies import service as policies
from marketplace.routing import explain, verify
from marketplace.web import api, lists
from marketplace.web.auth import require_actor

blueprint = api.blueprint("operator-matching-api", __name__, "/api/v1/operator/matching", "How good matching is.")


@blueprint.get("/gaps")
@blueprint.arguments(schemas.MonthQuery, location="query")
@blueprint.response(200, schemas.GapPage)
def month(asked: dict[str, Any]) -> Any:
    """What the decisions of a month left on the table, by currency."""
    return lists.whole(gaps.of_month(require_actor(), gaps.month_of(asked["month"])))


@blueprint.get("/decisions")
@blueprint.arguments(schemas.DecisionsPaged, location="query")
@blueprint.response(200, schemas.MatchedPage)
def decisions(paged: dict[str, Any]) -> Any:
    """The decisions of a month with what each left, newest first or as asked."""
    return gaps.decisions(require_actor(), gaps.month_of(paged["month"]), paged["shown"], lists.given(paged))


@blueprint.get("/decisions/<decision_id>")
@blueprint.response(200, schemas.Explained)
def decision(decision_id: str) -> Any:
    """One decision: lines x offers with winners, regret and exclusions, and what was found about it afterwards."""
    found = queries.decision(require_actor(), decision_id)
    [row] = policies.with_versions([found])
    return {**row, "lines": explain.matrix(found), "faults": verify.check(found.problem, found.answer),
            "proof": queries.proof(decision_id)}


@blueprint.post("/decisions/<decision_id>/replay")
@blueprint.response(200, schemas.Replayed)
def replay(decision_id: str) -> Any:
    """Solve the stored problem again and compare; nothing is changed."""
    return explain.replay(queries.decision(require_actor(), decision_id))
