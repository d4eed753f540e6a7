"""Money back for units that nobody delivers, and the split following units that another seller took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, outbox
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.ledger import service as ledger
from marketplace.ledger.service import Move
from marketplace.orders.models import Allocation, Order
from marketplace.payments import credit, gateway, shares
from marketplace.payments.models import LineShare, Payment, PaymentStatus, Refund, RefundStatus

TOPIC = "payments.refund"


def on_cancelled(payload: Mapping[str, Any]) -> None:
    """React to QuantityCancelled: take the parts back, and give the buyer its money, or its credit."""
    payment = db.session.scalars(select(Payment).filter_by(order_id=payload["order_id"]).with_for_update()).one()
    clearing = f"refund:clearing:{payment.order_id}"
    moves, total = _taken(payload, clearing)
    key = "cancelled:" + ",".join(f"{item['allocation_id']}/{_done(item)}" for item in payload["items"])
    if not total or not ledger.post(key, "order.cancelled", moves, {"order_id": payment.order_id}):
        return
    if payment.status == PaymentStatus.AUTHORIZED.value:
        credit.release(payment.buyer_id, payment.reseller_id, payment.currency, total)
        ledger.post(f"credited:{key}", "order.credited",
                    [Move(clearing, f"buyer:receivable:{payment.buyer_id}", total, payment.currency)], {"order_id": payment.order_id})
        return
    refund = Refund(id=new_id("ref"), payment_id=payment.id, order_id=payment.order_id, buyer_id=payment.buyer_id,
                    reseller_id=payment.reseller_id, amount_minor=total, currency=payment.currency, reason=payload["because"],
                    status=RefundStatus.CREATED.value, created_at=clock.now())
    db.session.add(refund)
    db.session.flush()
    outbox.publish(TOPIC, f"{TOPIC}:{refund.id}", {"refund_id": refund.id})


def _done(item: Mapping[str, Any]) -> int:
    share = db.session.scalars(select(LineShare).filter_by(allocation_id=item["allocation_id"])).one()
    return int(share.refunded.get("pieces", 0))


def _taken(payload: Mapping[str, Any], clearing: str) -> tuple[list[Move], int]:
    moves: list[Move] = []
    for item in payload["items"]:
        share = db.session.scalars(select(LineShare).filter_by(allocation_id=item["allocation_id"]).with_for_update()).one()
        quantity = db.session.get_one(Allocation, item["allocation_id"]).quantity
        moves += shares.back_to(clearing, share, shares.take_back(share, item["quantity"], quantity))
    if payload["charges_cancelled"]:
        charges = db.session.scalar(select(LineShare).filter_by(seller_order_id=payload["seller_order_id"], allocation_id=None))
        if charges is not None and not charges.refunded:
            moves += shares.back_to(clearing, charges, shares.take_back(charges, 1, 1))
    return moves, sum(move.minor for move in moves)


def send(payload: Mapping[str, Any]) -> None:
    """Ask the provider to send a refund; repeated with the same key until it answers."""
    refund = db.session.get_one(Refund, payload["refund_id"])
    if refund.status != RefundStatus.CREATED.value:
        return
    payment = db.session.get_one(Payment, refund.payment_id)
    refund.provider_id, said = gateway.current().refund(refund, payment.charge_id or "")
    to = {"succeeded": RefundStatus.SUCCEEDED, "failed": RefundStatus.FAILED}.get(said, RefundStatus.PENDING)
    advance(refund, to, "payments", f"provider says {said}")
    if to is RefundStatus.SUCCEEDED:
        ledger.post(f"refunded:{refund.id}", "refund.succeeded",
                    [Move(f"refund:clearing:{refund.order_id}", "provider:pending", refund.amount_minor, refund.currency)],
                    {"order_id": refund.order_id, "refund_id": refund.id})


def on_rerouted(payload: Mapping[str, Any]) -> None:
    """React to SellerOrderRerouted: the refused units' parts go back to clearing and out to the new seller's."""
    order = db.session.get_one(Order, payload["order_id"])
    clearing = f"order:clearing:{order.id}"
    if db.session.scalar(select(LineShare.id).filter_by(seller_order_id=payload["seller_order_id"]).limit(1)):
        return
    moves: list[Move] = []
    for move in payload["moves"]:
        share = db.session.scalars(select(LineShare).filter_by(allocation_id=move["from_allocation_id"]).with_for_update()).one()
        quantity = db.session.get_one(Allocation, move["from_allocation_id"]).quantity
        moves += shares.back_to(clearing, share, shares.take_back(share, move["quantity"], quantity))
    if payload["charges_moved"]:
        charges = db.session.scalar(select(LineShare).filter_by(seller_order_id=payload["from_seller_order_id"], allocation_id=None))
        if charges is not None:
            moves += shares.back_to(clearing, charges, shares.take_back(charges, 1, 1))
    moves += shares.out_of(clearing, shares.freeze(order, [payload["seller_order_id"]]))
    ledger.post(f"rerouted:{payload['seller_order_id']}", "order.rerouted", moves, {"order_id": order.id})
    db.session.flush()
