"""The operator's JSON API; the same verbs and rules as the pages."""

from __future__ import annotations

from typing import Any

import marshmallow
from marshmallow import fields

from marketplace.operators import checks, pulse, queries, service
from marketplace.payments import releases, tasks
from marketplace.web import api, lists
from marketplace.web.api import Schema
from marketplace.web.auth import require_actor

blueprint = api.blueprint("operator-api", __name__, "/api/v1/operator", "For the operator of the market.")


class Paged(Schema):
    """Where to go on in a list."""

    cursor = fields.String()
    limit = fields.Integer(strict=False, load_default=50, validate=marshmallow.validate.Range(1, 200))


class OrdersPaged(Paged):
    """The same of the orders, in which order."""

    sort = lists.sort_field(queries.ORDER_SORTS)


class OrderRow(Schema):
    """An order in a list; amounts in minor units."""

    id = fields.String()
    number = fields.String()
    buyer_id = fields.String()
    reseller_id = fields.String()
    status = fields.String()
    currency = fields.String()
    total_minor = fields.Integer()
    placed_at = fields.AwareDateTime()


class OrderPage(Schema):
    """A page of orders."""

    items = fields.List(fields.Nested(OrderRow))
    next_cursor = fields.String(allow_none=True)


class Decision(Schema):
    """Why each line went where."""

    id = fields.String()
    order_id = fields.String()
    hop = fields.Integer()
    because = fields.String()
    lines = fields.List(fields.Dict())
    problem = fields.Dict()
    answer = fields.Dict()
    total_minor = fields.Integer()
    bound_minor = fields.Integer(allow_none=True)
    stage = fields.String()
    status = fields.String()
    micros = fields.Integer()


class CheckRow(Schema):
    """One comparison and what it found."""

    name = fields.String()
    compared = fields.Integer()
    breaks = fields.List(fields.String())


class Verdict(Schema):
    """One comparison of everything with its source; 0 breaks is balanced."""

    id = fields.String()
    at = fields.AwareDateTime()
    asked_by = fields.String(metadata={"description": "a user's id, schedule or command"})
    breaks = fields.Integer()
    comparisons = fields.List(fields.Nested(CheckRow))
    micros = fields.Integer(metadata={"description": "how long it took, in microseconds"})


class Task(Schema):
    """Something about money that a person must look at."""

    id = fields.String()
    kind = fields.String()
    message = fields.String()
    about = fields.Dict()
    created_at = fields.AwareDateTime()
    closed_at = fields.AwareDateTime(allow_none=True)


class Queue(Schema):
    """One topic of work."""

    topic = fields.String()
    due = fields.Integer(metadata={"description": "to be done now"})
    later = fields.Integer(metadata={"description": "to be done at a later time"})
    dead = fields.Integer()
    done = fields.Integer()
    age = fields.Integer()


class WorkRow(Schema):
    """One piece of work."""

    id = fields.String()
    topic = fields.String()
    attempts = fields.Integer()
    last_error = fields.String(allow_none=True)
    next_at = fields.AwareDateTime()


@blueprint.get("/orders")
@blueprint.arguments(OrdersPaged, location="query")
@blueprint.response(200, OrderPage)
def orders(paged: dict[str, Any]) -> Any:
    """Orders of the whole market, newest first or as asked."""
    return queries.orders(require_actor(), lists.given(paged))


@blueprint.get("/orders/<order_id>/decisions")
@blueprint.response(200, Decision(many=True))
def decisions(order_id: str) -> Any:
    """The routing decisions of one order, first to last."""
    return queries.order(require_actor(), order_id).decisions


@blueprint.get("/money/checks")
@blueprint.response(200, Verdict(many=True))
def money() -> Any:
    """The newest verdicts on the books, newest first: what was compared, and every break."""
    return checks.latest(require_actor())


@blueprint.post("/money/checks")
@blueprint.response(202)
def compare() -> None:
    """Let everything be compared again; the verdict appears in the list."""
    checks.ask(require_actor())


@blueprint.get("/tasks")
@blueprint.response(200, Task(many=True))
def open_tasks() -> Any:
    """What about money a person must look at, newest first."""
    return pulse.open_tasks(require_actor())


@blueprint.post("/tasks/<task_id>/close")
@blueprint.response(200, Task)
def close_task(task_id: str) -> Any:
    """Say that a person has looked; a second call changes nothing."""
    return tasks.close(require_actor(), task_id)


@blueprint.post("/transfers/<transfer_id>/again")
@blueprint.response(202)
def send_again(transfer_id: str) -> None:
    """Try a transfer that waits or was refused again."""
    releases.send_again(require_actor(), transfer_id)


@blueprint.get("/work/queues")
@blueprint.response(200, Queue(many=True))
def queues() -> Any:
    """Work by topic."""
    return queries.queues(require_actor())


@blueprint.post("/work/<row_id>/retry")
@blueprint.response(200, WorkRow)
def retry(row_id: str) -> Any:
    """Try a failed or dead piece of work again."""
    return service.retry(require_actor(), row_id)
