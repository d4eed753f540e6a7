"""What messages did not tell: ask the provider how every payment stands that still waits for its buyer, and every account
whose transfers are in no payout yet.

A lost message costs time and nothing else. Each is looked at in a unit of work of its own, in the same way as
when a message names it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from marketplace.core import outbox
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.payments import gateway, hosted, payouts
from marketplace.payments.models import Payment, PaymentStatus, PayoutAccount, Transfer, TransferStatus

TOPIC = "payments.look"


def ask() -> int:
    """Ask for a look at every payment whose page is open or whose money is on its way, and at the payouts of every account that
    waits for one; gives their number. Effects: one piece of work each."""
    waiting = db.session.scalars(select(Payment.session_id).where(
        Payment.status.in_((PaymentStatus.PENDING.value, PaymentStatus.PROCESSING.value)), Payment.session_id.is_not(None)).order_by(Payment.id)).all()
    unpaid = db.session.scalars(
        select(PayoutAccount.provider_account_id).where(PayoutAccount.gateway == gateway.name(), PayoutAccount.id.in_(select(Transfer.payout_account_id).where(
            Transfer.status == TransferStatus.SENT.value, Transfer.payout_id.is_(None)))).order_by(PayoutAccount.id)).all()
    round_ = new_id("rec")
    work = [{"session_id": id_} for id_ in waiting] + [{"account_id": id_} for id_ in unpaid if id_]
    outbox.publish_all([(TOPIC, f"{TOPIC}:{round_}:{id_}", one, None) for one in work for id_ in one.values()])
    return len(work)


def on_round(payload: Mapping[str, Any]) -> None:
    """A round has come."""
    ask()


def look(payload: Mapping[str, Any]) -> None:
    """Act on how a page stands now, or on the payouts of an account."""
    if "account_id" in payload:
        payouts.catch_up(payload["account_id"])
    else:
        hosted.look(payload["session_id"])
