"""The operator's JSON API; the same verbs and rules as the pages."""

from __future__ import annotations

from typing import Any

from marketplace.operators import checks, pulse, queries, schemas, service
from marketplace.operators.policies import service as policies
from marketplace.payments import releases, tasks
from marketplace.web import api, lists
from marketplace.web.auth import require_actor

blueprint = api.blueprint("operator-api", __name__, "/api/v1/operator", "For the operator of the market.")


@blueprint.get("/orders")
@blueprint.arguments(schemas.OrdersPaged, location="query")
@blueprint.response(200, schemas.OrderPage)
def orders(paged: dict[str, Any]) -> Any:
    """Orders of the whole market, newest first or as asked."""
    return queries.order_rows(require_actor(), lists.given(paged), status=paged["status"], number=paged["number"])


@blueprint.get("/orders/<order_id>")
@blueprint.response(200, schemas.WholeOrder)
def order(order_id: str) -> Any:
    """One order, whole: parts, who has what of the money, and what became of it. The look is kept in the trail."""
    view = queries.order(require_actor(), order_id)
    head = {**vars(view.order), "buyer": view.buyer.name, "standing_total_minor": view.standing.total_minor}
    return {**vars(view), "order": head, "parts": [part for part, _ in view.parts]}


@blueprint.get("/orders/<order_id>/decisions")
@blueprint.response(200, schemas.DecisionPage)
def decisions(order_id: str) -> Any:
    """The routing decisions of one order, first to last."""
    return lists.whole(policies.with_versions(queries.order(require_actor(), order_id).decisions))


@blueprint.get("/money/checks")
@blueprint.arguments(lists.PageQuery, location="query")
@blueprint.response(200, schemas.VerdictPage)
def money(paged: dict[str, Any]) -> Any:
    """The verdicts on the books, newest first: what was compared, and every break."""
    return checks.page(require_actor(), lists.given(paged))


@blueprint.post("/money/checks")
@blueprint.response(202)
def compare() -> None:
    """Let everything be compared again; the verdict appears in the list."""
    checks.ask(require_actor())


@blueprint.get("/tasks")
@blueprint.arguments(lists.PageQuery, location="query")
@blueprint.response(200, schemas.TaskPage)
def open_tasks(paged: dict[str, Any]) -> Any:
    """What about money a person must look at, newest first."""
    return pulse.open_tasks(require_actor(), lists.given(paged))


@blueprint.post("/tasks/<task_id>/close")
@blueprint.response(200, schemas.Task)
def close_task(task_id: str) -> Any:
    """Say that a person has looked; a second call changes nothing."""
    return tasks.close(require_actor(), task_id)


@blueprint.post("/transfers/<transfer_id>/again")
@blueprint.response(202)
def send_again(transfer_id: str) -> None:
    """Try a transfer that waits or was refused again."""
    releases.send_again(require_actor(), transfer_id)


@blueprint.get("/work/queues")
@blueprint.response(200, schemas.QueuePage)
def queues() -> Any:
    """Work by topic."""
    return lists.whole(queries.queues(require_actor()))


@blueprint.get("/work")
@blueprint.arguments(schemas.WorkPaged, location="query")
@blueprint.response(200, schemas.WorkPage)
def work(paged: dict[str, Any]) -> Any:
    """Work in one state, newest first or as asked."""
    return queries.work(require_actor(), paged["state"], lists.given(paged))


@blueprint.get("/companies")
@blueprint.arguments(schemas.CompaniesPaged, location="query")
@blueprint.response(200, schemas.CompanyPage)
def companies(paged: dict[str, Any]) -> Any:
    """Every company of the market, newest first or as asked."""
    return queries.companies(require_actor(), lists.given(paged), paged["q"])


@blueprint.get("/trail")
@blueprint.arguments(schemas.TrailPaged, location="query")
@blueprint.response(200, schemas.TrailPage)
def trail(paged: dict[str, Any]) -> Any:
    """Who did what, newest first or as asked."""
    return queries.trail(require_actor(), lists.given(paged))


@blueprint.post("/work/<row_id>/retry")
@blueprint.response(200, schemas.WorkRow)
def retry(row_id: str) -> Any:
    """Try a failed or dead piece of work again."""
    return service.retry(require_actor(), row_id)
