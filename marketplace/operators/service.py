"""What the operator does: give failed work another life."""

from __future__ import annotations

from marketplace.core import audit, jobs
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.outbox import OutboxRow
from marketplace.identity.access import Actor, authorize


def retry(actor: Actor, row_id: str) -> OutboxRow:
    """Try a failed or dead piece of work again. Effects: an audit entry. Raises: Forbidden, NotFound."""
    authorize(actor, "market:operate")
    row = db.session.get(OutboxRow, row_id)
    if row is None or row.done_at is not None:
        raise NotFound
    audit.record(actor, "work.retried", row_id, before={"attempts": row.attempts, "last_error": row.last_error})
    jobs.retry(row_id)
    return row
