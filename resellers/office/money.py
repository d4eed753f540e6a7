"""A reseller's money on the square: margin held and free, transfers and payouts."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, select

from marketplace.core.db import db
from marketplace.identity.access import Actor, authorize
from marketplace.ledger.models import LedgerAccount, Posting
from marketplace.payments import accounts
from marketplace.payments.models import Payout, Transfer


def statement(actor: Actor) -> dict[str, Any]:
    """Balances per currency with the last transfers and payouts, newest first. Raises: Forbidden."""
    authorize(actor, "finance:read", actor.organization_id)
    mine = actor.organization_id
    transfers = db.session.scalars(select(Transfer).filter_by(organization_id=mine).order_by(Transfer.id.desc()).limit(50))
    payouts = db.session.scalars(select(Payout).filter_by(organization_id=mine).order_by(Payout.id.desc()).limit(50))
    return {
        "balances": _balances(mine), "payout_account": accounts.status_of(mine),
        "transfers": [_moved(row) for row in transfers], "payouts": [_moved(row) for row in payouts],
    }


def _moved(row: Any) -> dict[str, Any]:
    return {"id": row.id, "amount_minor": row.amount_minor, "currency": row.currency, "status": row.status,
            "at": row.created_at.isoformat()}


def _balances(organization_id: str) -> list[dict[str, Any]]:
    """What is held and what is free, per currency: in less out, over the reseller's own accounts."""
    change = func.sum(case((Posting.destination_id == LedgerAccount.id, Posting.amount_minor), else_=-Posting.amount_minor))
    rows = db.session.execute(
        select(LedgerAccount.name, LedgerAccount.currency, func.coalesce(change, 0))
        .outerjoin(Posting, (Posting.destination_id == LedgerAccount.id) | (Posting.source_id == LedgerAccount.id))
        .where(LedgerAccount.organization_id == organization_id).group_by(LedgerAccount.name, LedgerAccount.currency)
    )
    found: dict[str, dict[str, Any]] = {}
    for name, currency, minor in rows:
        one = found.setdefault(currency, {"currency": currency, "held_minor": 0, "free_minor": 0})
        if name.startswith("reseller:payable:"):
            one["held_minor"] += int(minor)
        elif name.startswith("reseller:available:"):
            one["free_minor"] += int(minor)
    return sorted(found.values(), key=lambda one: one["currency"])
