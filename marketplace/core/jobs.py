"""Later: drain the outbox. Jobs take no arguments but a topic and are harmless when lost or repeated.

A drain claims due rows with SKIP LOCKED and a lease, commits, then handles each row in a transaction
of its own, as the market, with the row locked: work that takes longer than its lease is not begun twice,
and the work of a worker that died is free as soon as its lease ends. A failure is retried with backoff; after `MAX_ATTEMPTS` the row is dead and
waits for a person. One of the two places that commit.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

from sqlalchemy import text

from marketplace.core import clock, outbox, tenancy
from marketplace.core.db import db
from marketplace.core.outbox import OutboxRow

MAX_ATTEMPTS = 12
LEASE = timedelta(seconds=5)
BATCH = 20
Result = TypeVar("Result")
log = logging.getLogger(__name__)

_CLAIM = text("""
    UPDATE outbox SET lease_until = :lease, attempts = attempts + 1 WHERE id IN (
        SELECT id FROM outbox WHERE topic = :topic AND next_at <= :now AND done_at IS NULL AND dead_at IS NULL
           AND (lease_until IS NULL OR lease_until <= :now)
         ORDER BY next_at, id LIMIT :batch FOR UPDATE SKIP LOCKED) RETURNING id""")
_DUE = text("""
    SELECT DISTINCT topic FROM outbox WHERE next_at <= :now AND done_at IS NULL AND dead_at IS NULL
       AND (lease_until IS NULL OR lease_until <= :now)""")


def drain(topic: str) -> int:
    """Do all work that is due on `topic`; returns how many rows were done or failed."""
    count = 0
    while claimed := _claim(topic):
        for row_id in claimed:
            _handle(row_id)
            count += 1
    return count


def drain_all() -> int:
    """Do all work that is due on any topic, including what that work asks for."""
    count = 0
    while done := sum(drain(topic) for topic in due_topics()):
        count += done
    return count


def settle() -> int:
    """Commit what a command has done so far, and do all the work that this asks for; for the demo and the replay."""
    db.session.commit()
    db.session.expunge_all()
    return drain_all()


def due_topics() -> list[str]:
    """The topics with due work, in name order."""
    try:
        return sorted(topic for topic in db.session.scalars(_DUE, {"now": clock.now()}) if topic in outbox.handlers)
    finally:
        db.session.rollback()


def _claim(topic: str) -> list[str]:
    now = clock.now()
    values = {"topic": topic, "now": now, "lease": now + LEASE, "batch": BATCH}
    claimed = sorted(db.session.scalars(_CLAIM, values))
    db.session.commit()
    return claimed


def _handle(row_id: str) -> None:
    tenancy.act_for([tenancy.MARKET])
    try:
        row = db.session.get(OutboxRow, row_id, with_for_update={"skip_locked": True})
        if row is None or row.done_at or row.dead_at:
            return
        outbox.handlers[row.topic](row.payload)
        row.done_at = clock.now()
        db.session.commit()
    except Exception as error:
        db.session.rollback()
        log.exception("outbox row %s failed", row_id)
        _failed(row_id, error)
    finally:
        tenancy.forget()
        db.session.remove()


def _failed(row_id: str, error: Exception) -> None:
    row = db.session.get(OutboxRow, row_id)
    if row is None:
        return
    row.last_error = f"{type(error).__name__}: {error}"[:2000]
    row.lease_until = None
    row.next_at = clock.now() + timedelta(seconds=min(2**row.attempts, 3600))
    if row.attempts >= MAX_ATTEMPTS:
        row.dead_at = clock.now()
    db.session.commit()


def retry(row_id: str) -> None:
    """Give a failed or dead row another life. Effects: flushes; the sweep finds it."""
    row = db.session.get_one(OutboxRow, row_id)
    row.dead_at, row.lease_until, row.attempts, row.next_at = None, None, 0, clock.now()
    db.session.info.setdefault("topics", set()).add(row.topic)


def outside(call: Callable[[], Result]) -> Result:
    """Commit what this unit of work has written, then make a network call while no transaction is open.

    The intent is safe and no row is locked when the call is made. What follows is a unit of work of its own:
    lock and read again what it decides on, since others may have moved it; a crash in between leaves the intent,
    and the repeated job or request makes the same call with the same key.

    Shapes:  `call` does not touch the session. Effects: one commit. Raises: what `call` raises.
    """
    db.session.commit()
    return call()


def at_once(work: Callable[[], Result]) -> Result:
    """Do `work` now as one job of its own, as the market: for the command line."""
    tenancy.act_for([tenancy.MARKET])
    try:
        result = work()
        db.session.commit()
        return result
    except BaseException:
        db.session.rollback()
        raise
    finally:
        tenancy.forget()
