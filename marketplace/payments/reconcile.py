"""What messages did not tell: ask the provider how every payment stands that still waits for its buyer.

A lost message costs time and nothing else. Each payment is looked at in a unit of work of its own, in the same way as
when a message names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from marketplace.core import outbox
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.payments import hosted
from marketplace.payments.models import Payment, PaymentStatus

TOPIC = "payments.look"


def ask() -> int:
    """Ask for a look at every payment whose page is open or whose money is on its way; gives their number. Effects: one piece of work each."""
    waiting = db.session.scalars(select(Payment.session_id).where(
        Payment.status.in_((PaymentStatus.PENDING.value, PaymentStatus.PROCESSING.value)), Payment.session_id.is_not(None)).order_by(Payment.id)).all()
    round_ = new_id("rec")
    outbox.publish_all([(TOPIC, f"{TOPIC}:{round_}:{session_id}", {"session_id": session_id}, None) for session_id in waiting])
    return len(waiting)


def on_round(payload: Mapping[str, Any]) -> None:
    """A round has come."""
    ask()


def look(payload: Mapping[str, Any]) -> None:
    """Act on how a page stands now."""
    hosted.look(payload["session_id"])
