"""What a person must look at: written in the unit of work that found it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, update

from marketplace.core import audit, clock, tenancy
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize
from marketplace.payments.models import OperatorTask


def task(kind: str, message: str, about: dict[str, Any]) -> None:
    """Ask the operator to look at something."""
    db.session.add(OperatorTask(id=new_id("tsk"), kind=kind, about=about, message=message, created_at=clock.now()))


def close(actor: Actor, task_id: str) -> OperatorTask:
    """A person has looked; a second call changes nothing. Effects: an audit entry. Raises: Forbidden, NotFound."""
    authorize(actor, "money:operate")
    with tenancy.as_market():
        found = db.session.get(OperatorTask, task_id, with_for_update=True)
        if found is None:
            raise NotFound
        if found.closed_at is None:
            found.closed_at = clock.now()
            audit.record(actor, "task.closed", found.id, after={"message": found.message})
        return found


def settled(transfer_id: str) -> None:
    """What a transfer waited for is over: nobody need look any more. Effects: its open tasks are closed."""
    _over(OperatorTask.about["transfer_id"].astext == transfer_id)


def outdated(kind: str) -> None:
    """What is looked at anew, as the books are, is said anew if need be. Effects: open tasks of this kind are closed."""
    _over(OperatorTask.kind == kind)


def _over(which: ColumnElement[bool]) -> None:
    db.session.execute(update(OperatorTask).where(which, OperatorTask.closed_at.is_(None)).values(closed_at=clock.now()))
