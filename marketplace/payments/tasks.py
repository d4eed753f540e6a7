"""What a person must look at: written in the unit of work that found it."""

from __future__ import annotations

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.payments.models import OperatorTask


def task(kind: str, message: str, about: dict) -> None:
    """Ask the operator to look at something."""
    db.session.add(OperatorTask(id=new_id("tsk"), kind=kind, about=about, message=message, created_at=clock.now()))
