"""Payouts of connected accounts to their banks, as the provider reports them. They move nothing in our books."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock, jobs, money, tenancy
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize
from marketplace.payments import gateway
from marketplace.payments.models import Payout, PayoutAccount, Transfer
from marketplace.payments.provider import PayoutSaid
from marketplace.payments.tasks import task

RETURNED = {"failed", "canceled"}


def look(payout_id: str, provider_account_id: str) -> str:
    """Ask the provider how a payout stands now, and record it with the transfers in it; says what was found.

    Effects: one Payout per provider's id, however often; a failed one gives its transfers back to the next payout, and
             an operator's task names it.
    """
    with tenancy.as_market():
        account = db.session.scalar(select(PayoutAccount).filter_by(provider_account_id=provider_account_id))
        if account is None:
            return "unknown account"
        said = jobs.outside(lambda: gateway.current().payout(payout_id, provider_account_id))
        payout = _recorded(account.organization_id, said)
        _join(payout, said)
        if said.status == "failed" and payout.status != "failed":
            amount = money.said(payout.amount_minor, payout.currency)
            task("payout_failed", f"A payout of {amount} failed: {said.because}" if said.because else f"A payout of {amount} failed.",
                 {"payout_id": payout.id, "organization_id": account.organization_id})
        payout.status, payout.because = said.status, said.because
        payout.arrived_at = datetime.fromtimestamp(said.arrives_at, UTC) if said.arrives_at and said.status not in RETURNED else None
        db.session.flush()
        return said.status


def catch_up(provider_account_id: str) -> int:
    """Look at every payout of an account that stands otherwise at the provider than here, as when its message was lost; gives how many."""
    said = jobs.outside(lambda: gateway.current().payouts(provider_account_id))
    with tenancy.as_market():
        known = dict(db.session.execute(select(Payout.provider_id, Payout.status).where(Payout.provider_id.in_([one.id for one in said]))).all())
    other = [one.id for one in said if known.get(one.id) != one.status]
    for payout_id in reversed(other):
        look(payout_id, provider_account_id)
    return len(other)


def _recorded(organization_id: str, said: PayoutSaid) -> Payout:
    row = {"id": new_id("pyo"), "organization_id": organization_id, "provider_id": said.id, "amount_minor": said.amount_minor,
           "currency": said.currency, "status": "pending", "created_at": clock.now()}
    db.session.execute(insert(Payout).values(row).on_conflict_do_nothing(index_elements=["provider_id"]))
    return db.session.scalars(select(Payout).filter_by(provider_id=said.id).with_for_update(),
                              execution_options={"populate_existing": True}).one()


def _join(payout: Payout, said: PayoutSaid) -> None:
    if said.status in RETURNED:
        db.session.execute(update(Transfer).filter_by(payout_id=payout.id).values(payout_id=None))
    elif said.transfer_ids:
        db.session.execute(update(Transfer).where(Transfer.provider_id.in_(said.transfer_ids),
                                                  Transfer.organization_id == payout.organization_id).values(payout_id=payout.id))


def listed(actor: Actor, limit: int = 50) -> list[dict[str, Any]]:
    """The organization's last payouts with the transfers in each, newest first; two statements. Raises: Forbidden."""
    authorize(actor, "finance:read", actor.organization_id)
    with tenancy.as_market():
        rows = db.session.scalars(select(Payout).filter_by(organization_id=actor.organization_id)
                                  .order_by(Payout.id.desc()).limit(limit)).all()
        inside: dict[str | None, list[Transfer]] = {}
        for transfer in db.session.scalars(select(Transfer).where(Transfer.payout_id.in_([row.id for row in rows])).order_by(Transfer.id)):
            inside.setdefault(transfer.payout_id, []).append(transfer)
    return [{"id": row.id, "amount_minor": row.amount_minor, "currency": row.currency, "status": row.status, "because": row.because,
             "at": row.created_at.isoformat(), "arrives_at": row.arrived_at.isoformat() if row.arrived_at else None,
             "transfers": [{"id": one.id, "seller_order_id": one.seller_order_id, "amount_minor": one.amount_minor,
                            "currency": one.currency} for one in inside.get(row.id, [])]} for row in rows]
