"""What a seller or a reseller has on the square: held, free, sent on, paid out. Amounts are minor units of the row's currency."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from marketplace.core import paging, tenancy
from marketplace.core.db import db
from marketplace.identity.access import Actor, authorize
from marketplace.ledger import service as ledger
from marketplace.orders.models import SellerOrder
from marketplace.payments import accounts
from marketplace.payments.models import Payout, Transfer

TRANSFER_SORTS: paging.Sorts = {"at": Transfer.id, "amount": Transfer.amount_minor}
PAYOUT_SORTS: paging.Sorts = {"at": Payout.id, "amount": Payout.amount_minor}
NEWEST = paging.Ask(limit=10)


def of(actor: Actor, party: str) -> dict[str, Any]:
    """Balances per currency, the payout account's status, and the newest transfers and payouts. Raises: Forbidden.

    Shapes:  party is 'seller' or 'reseller': in which of its parts the organization's money is asked for.
    """
    return {"balances": balances(actor, party), "payout_account": accounts.status_of(actor.organization_id),
            "transfers": transfers(actor, NEWEST)["items"], "payouts": payouts(actor, NEWEST)["items"]}


def balances(actor: Actor, party: str) -> list[dict[str, Any]]:
    """What is held until delivery and what is free to be sent, per currency. Raises: Forbidden."""
    authorize(actor, "finance:read")
    with tenancy.as_market():
        held, free = (ledger.balances(f"{party}:{which}:{actor.organization_id}") for which in ("payable", "available"))
    found: dict[str, dict[str, Any]] = {}
    for name, amounts in (("held_minor", held), ("free_minor", free)):
        for (_, currency), minor in amounts.items():
            found.setdefault(currency, {"currency": currency, "held_minor": 0, "free_minor": 0})[name] = minor
    return [found[currency] for currency in sorted(found)]


def transfers(actor: Actor, ask: paging.Ask = paging.FIRST) -> dict[str, Any]:
    """One page of what was sent to the organization's account or waits for it, newest first or as asked. Raises: Forbidden."""
    authorize(actor, "finance:read")
    with tenancy.as_market():
        found = paging.sorted_page(select(Transfer).filter_by(organization_id=actor.organization_id), Transfer.id, ask, TRANSFER_SORTS)
        parts = [row.seller_order_id for row in found.items]
        numbers = dict(db.session.execute(select(SellerOrder.id, SellerOrder.number).where(SellerOrder.id.in_(parts))).all())
    items = [{**_moved(row), "because": row.because, "order_id": row.order_id, "seller_order_id": row.seller_order_id,
              "number": numbers[row.seller_order_id]} for row in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


def payouts(actor: Actor, ask: paging.Ask = paging.FIRST) -> dict[str, Any]:
    """One page of what went from the organization's account to its bank, newest first or as asked. Raises: Forbidden."""
    authorize(actor, "finance:read")
    with tenancy.as_market():
        found = paging.sorted_page(select(Payout).filter_by(organization_id=actor.organization_id), Payout.id, ask, PAYOUT_SORTS)
    items = [{**_moved(row), "because": row.because, "arrived_at": row.arrived_at.isoformat() if row.arrived_at else None}
             for row in found.items]
    return {"items": items, "next_cursor": found.next_cursor}


def _moved(row: Transfer | Payout) -> dict[str, Any]:
    return {"id": row.id, "amount_minor": row.amount_minor, "currency": row.currency, "status": row.status,
            "at": row.created_at.isoformat()}
