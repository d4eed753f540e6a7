"""How good matching is, month by month."""

from __future__ import annotations

from flask import Blueprint, render_template, request
from werkzeug import Response

from marketplace.core import clock
from marketplace.operators.matching import gaps
from marketplace.web import files, lists
from marketplace.web.auth import require_actor

blueprint = Blueprint("operator_matching", __name__, url_prefix="/operator/matching", template_folder="../templates")


@blueprint.get("/")
def home() -> str:
    """A month's decisions: what they left on the table, and those it was."""
    actor, month, shown = require_actor(), gaps.month_of(request.args.get("month", "")), _shown()
    page = gaps.decisions(actor, month, shown, lists.asked())
    named = f"{month:%Y-%m}"
    return render_template(
        "operators/matching.html", month=month, named=named, shown=shown, sums=gaps.of_month(actor, month), decisions=page.items,
        before=f"{gaps.after(month, -1):%Y-%m}", after=None if month >= clock.today().replace(day=1) else f"{gaps.after(month):%Y-%m}",
        next_url=lists.next_url(".home", page.next_cursor, month=named, shown=shown))


@blueprint.get(f"/decisions.{files.KIND}")
def decisions_file(kind: str) -> Response:
    """The same decisions as a file."""
    actor, month, shown = require_actor(), gaps.month_of(request.args.get("month", "")), _shown()
    rows = files.all_pages(lambda cursor: gaps.decisions(actor, month, shown, lists.for_file(cursor)))
    columns = ("number", "decided_at", "because", "stage", "is_proven", "total", "best", "left", "money", "open", "currency")
    return files.named(kind, f"decisions-{month:%Y-%m}", columns, ({**row._mapping, "decided_at": row.created_at} for row in rows))


def _shown() -> str:
    shown = request.args.get("shown", "left")
    return shown if shown in gaps.SHOWN else "left"
