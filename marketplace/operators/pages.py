"""The operator's pages: pulse, orders and decisions, money, work queues, companies, the trail."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug import Response

from marketplace.operators import checks, named, pulse, queries, service
from marketplace.operators.policies import service as policies
from marketplace.orders.models import OrderStatus
from marketplace.payments import releases, tasks
from marketplace.routing import explain, verify
from marketplace.web import files, lists
from marketplace.web.auth import require_actor
from marketplace.web.states import status_text

blueprint = Blueprint("operator", __name__, url_prefix="/operator", template_folder="templates")


@blueprint.get("/")
def home() -> str:
    """The market's pulse."""
    actor = require_actor()
    return render_template("operators/home.html", pulse=pulse.of(actor), verdict=next(iter(checks.latest(actor, 1)), None))


@blueprint.post("/tasks/<task_id>/close")
def close_task(task_id: str) -> Response:
    """A person has looked at it."""
    tasks.close(require_actor(), task_id)
    flash(_("Done. It stays in the trail."))
    return _back()


@blueprint.post("/transfers/<transfer_id>/again")
def send_again(transfer_id: str) -> Response:
    """Try a transfer that waits or was refused again."""
    releases.send_again(require_actor(), transfer_id)
    flash(_("The transfer is tried again now; once it is sent, it leaves this list by itself."))
    return _back()


def _back() -> Response:
    return redirect(url_for("operator.money_tasks" if request.args.get("back") == "tasks" else "operator.home"), 303)


@blueprint.get("/orders")
def orders() -> str:
    """Orders of the whole market."""
    args = {name: request.args.get(name, "").strip() for name in ("number", "status")}
    found = queries.order_rows(require_actor(), lists.asked(), **args)
    return render_template("operators/orders.html", orders=found["items"], args=args, statuses=[("", _("All")), *((one.value, status_text(one.value).capitalize()) for one in OrderStatus)],
                           next_url=lists.next_url(".orders", found["next_cursor"], **args))


@blueprint.get(f"/orders.{files.KIND}")
def orders_file(kind: str) -> Response:
    """The same as a file."""
    actor, args = require_actor(), {name: request.args.get(name, "").strip() for name in ("number", "status")}
    rows = files.all_pages(lambda cursor: queries.order_rows(actor, lists.for_file(cursor), **args))
    columns = ("number", "placed_at", "buyer", "reseller", "status", "goods", "freight", "surcharge", "tax", "total", "standing_total", "currency")
    return files.named(kind, "orders", columns, rows)


@blueprint.get("/orders/<order_id>")
def order(order_id: str) -> str:
    """One order: parts, states, and why each line went where."""
    return render_template("operators/order.html", view=queries.order(require_actor(), order_id))


@blueprint.get("/decisions/<decision_id>")
def decision(decision_id: str) -> str:
    """One routing decision: candidates, exclusions, winners; solved again when asked for."""
    found = queries.decision(require_actor(), decision_id)
    lines = explain.matrix(found)
    return render_template(
        "operators/decision.html", decision=found, lines=lines, names=queries.variant_names(lines), number=queries.order_number(found.order_id),
        currency=found.problem["currency"], faults=verify.check(found.problem, found.answer), proof=queries.proof(decision_id),
        replay=explain.replay(found) if "replay" in request.args else None, policy=policies.of_decision(found.policy_id))


@blueprint.get("/money")
def money() -> str:
    """Whether the books balanced when they were last compared, what was compared, and the verdicts before."""
    return render_template("operators/money.html", verdicts=checks.latest(require_actor()))


@blueprint.get("/money/tasks")
def money_tasks() -> str:
    """What about money a person must look at: all of it."""
    page = pulse.open_tasks(require_actor(), lists.asked())
    return render_template("operators/tasks.html", tasks=page.items, next_url=lists.next_url(".money_tasks", page.next_cursor))


@blueprint.post("/money/compare")
def compare() -> Response:
    """Compare everything again."""
    checks.ask(require_actor())
    flash(_("Everything is being compared; the verdict stands here in a moment."))
    return redirect(url_for("operator.money"), 303)


@blueprint.get(f"/money/breaks/<verdict_id>.{files.KIND}")
def breaks_file(verdict_id: str, kind: str) -> Response:
    """The breaks of one comparison of the books, as a file."""
    return files.answer(kind, f"breaks-{verdict_id}", ("comparison", "break"), checks.breaks(require_actor(), verdict_id))


@blueprint.get("/work")
def work() -> str:
    """Work queues, and the rows that are due, dead or done."""
    actor, state = require_actor(), request.args.get("state", "dead")
    page = queries.work(actor, state, lists.asked())
    return render_template("operators/work.html", queues=queries.queues(actor), rows=page.items, state=state,
                           next_url=lists.next_url(".work", page.next_cursor, state=state))


@blueprint.post("/work/<row_id>/retry")
def retry(row_id: str) -> Response:
    """Try one row again."""
    service.retry(require_actor(), row_id)
    flash(_("It will be tried again now."))
    return redirect(url_for("operator.work"), 303)


@blueprint.get("/companies")
def companies() -> str:
    """Every organization."""
    name = request.args.get("q", "").strip()
    page = queries.companies(require_actor(), lists.asked(), name)
    return render_template("operators/companies.html", companies=page.items, q=name,
                           next_url=lists.next_url(".companies", page.next_cursor, q=name))


@blueprint.get(f"/companies.{files.KIND}")
def companies_file(kind: str) -> Response:
    """The same as a file."""
    actor, name = require_actor(), request.args.get("q", "").strip()
    found = files.all_pages(lambda cursor: queries.companies(actor, lists.for_file(cursor), name))
    rows = (vars(one) | {"kinds": " ".join(one.kinds)} for one in found)
    return files.named(kind, "companies", ("name", "kinds", "country", "status", "created_at"), rows)


@blueprint.get(f"/trail.{files.KIND}")
def trail_file(kind: str) -> Response:
    """The same as a file."""
    actor = require_actor()
    rows = (vars(one) for one in files.all_pages(lambda cursor: queries.trail(actor, lists.for_file(cursor))))
    return files.named(kind, "trail", ("at", "actor", "on_behalf_of", "organization_id", "action", "entity_id", "request_id"), rows)


@blueprint.get("/trail")
def trail() -> str:
    """Who did what."""
    page = queries.trail(require_actor(), lists.asked())
    return render_template("operators/trail.html", entries=page.items, names=queries.user_names({entry.actor for entry in page.items}),
                           things=named.named(entry.entity_id for entry in page.items),
                           next_url=lists.next_url(".trail", page.next_cursor))
