"""Whether everything balances: each room's own checks run together, each run's verdict kept.

A run happens every night, when the operator asks for it, and with `flask ops verify`; the page, the API and the
metrics show the last verdict and never compute one.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core import audit, clock, outbox, paging, progress, tenancy
from marketplace.core.checks import Check
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.core.outbox import OutboxRow
from marketplace.identity.access import Actor, authorize
from marketplace.offers import verify as offers
from marketplace.operators.models import Verification
from marketplace.orders import verify as orders
from marketplace.payments import comparison, tasks
from marketplace.payments import verify as payments

TOPIC = "operators.verify"
EVERY = timedelta(days=1)
TREND = 30
SHOWN = 100


def run_all(newest: int = comparison.LIMIT) -> list[Check]:
    """Recompute ledger, stock, orders and balances; the `newest` charges, refunds and transfers one by one with the provider's."""
    with tenancy.as_market():
        return [*orders.checks(), *offers.checks(), *payments.checks(), *comparison.checks(newest)]


def verify(asked_by: str, newest: int = comparison.LIMIT) -> list[Check]:
    """Compare everything and keep the verdict. Effects: one Verification; one open task for the operator as long as something is broken."""
    started = time.perf_counter()
    found = run_all(newest)
    breaks = sum(len(check.breaks) for check in found)
    with tenancy.as_market():
        db.session.add(Verification(
            id=new_id("ver"), at=clock.now(), asked_by=asked_by, breaks=breaks, micros=int((time.perf_counter() - started) * 1e6),
            comparisons=[{**asdict(check), "found": len(check.breaks), "breaks": check.breaks[:SHOWN]} for check in found]))
        tasks.outdated("books.broken")
        if breaks:
            names = ", ".join(check.name for check in found if check.breaks)
            tasks.task("books.broken", f"{breaks} breaks were found: {names}", {"breaks": breaks})
        db.session.flush()
    return found


def on_round(payload: Mapping[str, Any]) -> None:
    """A round has come, or the operator has asked."""
    verify(payload.get("asked_by", "schedule"))


def ask(actor: Actor) -> None:
    """Let a worker compare everything now. Effects: work, an audit entry. Raises: Forbidden."""
    authorize(actor, "money:operate")
    outbox.publish(TOPIC, f"{TOPIC}:{new_id('ask')}", {"asked_by": actor.user_id})
    audit.record(actor, "books.compared", "market")


def asked(actor: Actor) -> list[OutboxRow]:
    """Comparisons that were asked for and are not made, newest first; dead ones too. Raises: Forbidden."""
    authorize(actor, "activity:read")
    query = select(OutboxRow).where(OutboxRow.topic == TOPIC, OutboxRow.done_at.is_(None))
    return list(db.session.scalars(query.order_by(OutboxRow.id.desc()).limit(50)))


def verdicts(actor: Actor, after: str | None, limit: int) -> list[Verification]:
    """Verdicts, newest first, after the place `after` in time. Raises: Forbidden."""
    authorize(actor, "activity:read")
    return progress.newest(select(Verification), Verification.id, ("ver", after), limit)


def breaks(actor: Actor, verdict_id: str) -> list[tuple[str, str]]:
    """The breaks of one verdict: (comparison, break), the first 100 of each comparison. Raises: Forbidden, NotFound."""
    authorize(actor, "money:read")
    found = db.session.get(Verification, verdict_id)
    if found is None:
        raise NotFound
    return [(check["name"], line) for check in found.comparisons for line in check["breaks"]]


def page(actor: Actor, ask: paging.Ask) -> paging.Page:
    """One page of the verdicts, newest first. Raises: Forbidden."""
    authorize(actor, "money:read")
    return paging.sorted_page(select(Verification), Verification.id, ask, {})


def latest(actor: Actor, count: int = TREND) -> list[Verification]:
    """The newest verdicts, newest first; empty before the first. Raises: Forbidden."""
    return page(actor, paging.Ask(limit=count)).items
