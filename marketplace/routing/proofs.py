"""Proof in the background: what a request could not prove in its time is solved again until it is proven.

A round looks for decisions without proof, newest first: each gets a short try, and those that stay open a
long one, one a round, since other work waits behind it. The decision itself never changes; how much it was
away from the best is what `gaps` adds up.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from functools import partial
from time import monotonic
from typing import Any

from sqlalchemy import ColumnElement, select

from marketplace.core import clock, mishaps
from marketplace.core.db import db
from marketplace.routing import verify
from marketplace.routing.allocate import EXACT, allocate
from marketplace.routing.models import RoutingDecision, RoutingProof

TOPIC, EVERY = "routing.prove", timedelta(minutes=1)
WINDOW = timedelta(days=30)
"""Older decisions are left alone."""
SHORT, LONG, ROUND = 1.0, 20.0, 5.0
"""Seconds of a first try, of a second, and of all first tries of a round."""
BATCH = 200
MONEY = ("goods", "freight", "surcharge")


def on_round(_payload: Mapping[str, Any]) -> None:
    """Try to prove what is open. Effects: RoutingProof rows."""
    until = monotonic() + ROUND
    fresh = _open(RoutingProof.decision_id.is_(None))
    for decision in fresh:
        if monotonic() >= until:
            return
        prove(decision, SHORT)
    if not fresh:
        for decision in _open((RoutingProof.status != "optimal") & (RoutingProof.tries == 1), 1):
            prove(decision, LONG)


def _open(condition: ColumnElement[bool], most: int = BATCH) -> list[RoutingDecision]:
    return list(db.session.scalars(
        select(RoutingDecision).outerjoin(RoutingProof, RoutingProof.decision_id == RoutingDecision.id)
        .where(RoutingDecision.created_at > clock.now() - WINDOW, RoutingDecision.status == "feasible", condition)
        .order_by(RoutingDecision.created_at.desc(), RoutingDecision.id).limit(most)))


def prove(decision: RoutingDecision, seconds: float) -> RoutingProof:
    """Solve the decision's problem again, for at most `seconds`, and keep the better of the two answers with the higher bound.

    Effects: one RoutingProof row, new or changed.
    """
    answer = allocate(decision.problem, seconds, depth=EXACT, failed=partial(mishaps.report, "routing"))
    best = answer if answer["status"] != "infeasible" and answer["total_minor"] < decision.total_minor else decision.answer
    bound = min(best["total_minor"], max(bound for bound in (answer["bound_minor"], decision.bound_minor) if bound is not None))
    row = db.session.get(RoutingProof, decision.id)
    if row is None:
        row = RoutingProof(decision_id=decision.id, tries=0)
        db.session.add(row)
    row.total_minor, row.bound_minor, row.answer = best["total_minor"], bound, best
    row.status = "optimal" if bound == best["total_minor"] else "feasible"
    row.money_minor = money(decision.answer) - money(best)
    row.tries, row.micros, row.created_at = row.tries + 1, round(answer["seconds"] * 1_000_000), clock.now()
    db.session.flush()
    return row


def money(answer: Mapping[str, Any]) -> int:
    """What the buyer pays by an answer, net: policy costs left out."""
    return sum(answer["breakdown"][part] for part in MONEY if part in verify.PARTS)
