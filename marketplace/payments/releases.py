"""Delivered and past the hold: what is owed becomes available, and is transferred once the buyer's money is there.

A transfer's row comes first; its id is the provider's key, so that nothing is sent twice.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, config, outbox
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.ledger import service as ledger
from marketplace.ledger.service import Move
from marketplace.orders.models import SellerOrder
from marketplace.payments import gateway, service, shares
from marketplace.payments.models import LineShare, Payment, PaymentStatus, PayoutAccount, Transfer, TransferStatus

RELEASE, TRANSFER = "payments.release", "payments.transfer"


def on_delivered(payload: Mapping[str, Any]) -> None:
    """React to SellerOrderDelivered: release the money after the hold."""
    at = clock.now() + timedelta(days=config.from_environment().hold_days)
    outbox.publish(RELEASE, f"{RELEASE}:{payload['seller_order_id']}", dict(payload), at)


def release(payload: Mapping[str, Any]) -> None:
    """Make a delivered seller order's money available to its seller and its reseller, and ask for the transfers."""
    part = db.session.get_one(SellerOrder, payload["seller_order_id"])
    owed = {"seller": (part.seller_id, 0), "reseller": (part.reseller_id, 0)}
    for share in db.session.scalars(select(LineShare).filter_by(seller_order_id=part.id).with_for_update()):
        owed["seller"] = (part.seller_id, owed["seller"][1] + shares.left(share, "net") + shares.left(share, "tax"))
        owed["reseller"] = (part.reseller_id, owed["reseller"][1] + shares.left(share, "margin"))
    moves = [Move(f"{who}:payable:{id_}", f"{who}:available:{id_}", minor, part.currency) for who, (id_, minor) in owed.items()
             if minor > 0]
    if not ledger.post(f"released:{part.id}", "seller_order.released", moves, {"order_id": part.order_id, "seller_order_id": part.id}):
        return
    payment = db.session.scalars(select(Payment).filter_by(order_id=part.order_id)).one()
    if payment.status == PaymentStatus.CAPTURED.value:
        for who, (id_, minor) in owed.items():
            if minor > 0:
                _ask(part, f"{part.id}:{who}", id_, minor)


def _ask(part: SellerOrder, release_key: str, organization_id: str, minor: int) -> None:
    transfer = Transfer(id=new_id("trf"), release_key=release_key, order_id=part.order_id, seller_order_id=part.id,
                        organization_id=organization_id, gateway=gateway.name(), amount_minor=minor, currency=part.currency,
                        status=TransferStatus.CREATED.value, created_at=clock.now())
    db.session.add(transfer)
    db.session.flush()
    outbox.publish(TRANSFER, f"{TRANSFER}:{transfer.id}", {"transfer_id": transfer.id})


def send(payload: Mapping[str, Any]) -> None:
    """Send a transfer. Without an active payout account the money stays available and an operator's task says so."""
    transfer = db.session.scalars(select(Transfer).filter_by(id=payload["transfer_id"]).with_for_update()).one()
    if transfer.status == TransferStatus.SENT.value:
        return
    account = db.session.scalar(
        select(PayoutAccount).filter_by(organization_id=transfer.organization_id, gateway=transfer.gateway, status="active"))
    if account is None:
        service.task("no_payout_account", f"{transfer.id} waits: the organization has no active payout account.",
                     {"transfer_id": transfer.id, "organization_id": transfer.organization_id})
        return
    payment = db.session.scalars(select(Payment).filter_by(order_id=transfer.order_id)).one()
    transfer.provider_id = gateway.current().transfer(transfer, payment.charge_id or "", account.provider_account_id)
    transfer.payout_account_id, transfer.sent_at = account.id, clock.now()
    advance(transfer, TransferStatus.SENT, "payments", "provider took it")
    who = transfer.release_key.rpartition(":")[2]
    clearing = f"transfer:clearing:{transfer.id}"
    ledger.post(f"transferred:{transfer.id}", "transfer.sent", [
        Move(f"{who}:available:{transfer.organization_id}", clearing, transfer.amount_minor, transfer.currency),
        Move(clearing, "provider:pending", transfer.amount_minor, transfer.currency),
    ], {"order_id": transfer.order_id, "transfer_id": transfer.id})
    db.session.flush()
