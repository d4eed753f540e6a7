"""Money back for units that nobody delivers, and the split following units that another seller took."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from marketplace.core import clock, jobs, money, outbox
from marketplace.core.db import db
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.ledger import service as ledger
from marketplace.ledger.service import Move
from marketplace.orders.models import Allocation, Order
from marketplace.payments import gateway, received, shares
from marketplace.payments.models import LineShare, Payment, Refund, RefundStatus
from marketplace.payments.provider import ProviderRefuses
from marketplace.payments.tasks import task

TOPIC = "payments.refund"


def on_cancelled(payload: Mapping[str, Any]) -> None:
    """React to QuantityCancelled: take the parts back, and give the buyer its money, or its credit."""
    payment = db.session.scalars(select(Payment).filter_by(order_id=payload["order_id"]).with_for_update()).one()
    clearing = f"refund:clearing:{payment.order_id}"
    moves, total = _taken(payload, clearing)
    key = "cancelled:" + ",".join(f"{item['allocation_id']}/{_done(item)}" for item in payload["items"])
    if not total or not ledger.post(key, "order.cancelled", moves, {"order_id": payment.order_id}):
        return
    _give(payment, total, key, payload["because"])


def _give(payment: Payment, minor: int, key: str, because: str) -> None:
    """Money in the order's refund clearing goes to the buyer: off its debt, or by a refund."""
    if payment.method == "on_account":
        received.credit_back(payment, minor, f"refund:clearing:{payment.order_id}", key)
    else:
        _ask(payment, minor, because)


def _done(item: Mapping[str, Any]) -> int:
    share = db.session.scalars(select(LineShare).filter_by(allocation_id=item["allocation_id"])).one()
    return int(share.refunded.get("pieces", 0))


def _taken(payload: Mapping[str, Any], clearing: str) -> tuple[list[Move], int]:
    moves: list[Move] = []
    for item in payload["items"]:
        share = db.session.scalars(select(LineShare).filter_by(allocation_id=item["allocation_id"]).with_for_update()).one()
        quantity = db.session.get_one(Allocation, item["allocation_id"]).quantity
        moves += shares.back_to(clearing, share, shares.take_back(share, item["quantity"], quantity, item["tax_minor"]))
    if payload["charges_cancelled"]:
        charges = db.session.scalar(select(LineShare).filter_by(seller_order_id=payload["seller_order_id"], allocation_id=None))
        if charges is not None and not charges.refunded:
            moves += shares.back_to(clearing, charges, shares.take_all(charges))
    return moves, sum(move.minor for move in moves)


def whole(payment: Payment, found: Sequence[LineShare], because: str) -> None:
    """Send a captured payment back as a whole, nothing of it having been given back before."""
    clearing = f"refund:clearing:{payment.order_id}"
    moves = [move for share in found for move in shares.back_to(clearing, share, shares.take_all(share))]
    ledger.post(f"returned:{payment.id}", "order.returned", moves, {"order_id": payment.order_id, "payment_id": payment.id})
    _ask(payment, payment.amount_minor, because)


def _ask(payment: Payment, minor: int, because: str) -> None:
    refund = Refund(id=new_id("ref"), payment_id=payment.id, order_id=payment.order_id, buyer_id=payment.buyer_id,
                    reseller_id=payment.reseller_id, amount_minor=minor, currency=payment.currency, reason=because,
                    status=RefundStatus.CREATED.value, created_at=clock.now())
    db.session.add(refund)
    db.session.flush()
    outbox.publish(TOPIC, f"{TOPIC}:{refund.id}", {"refund_id": refund.id})


def _locked(**which: str) -> Refund | None:
    return db.session.scalar(select(Refund).filter_by(**which).with_for_update(), execution_options={"populate_existing": True})


def send(payload: Mapping[str, Any]) -> None:
    """Ask the provider to send a refund, with no transaction open; repeated with the same key until it answers.

    Effects: refused for good, the money is kept as the buyer's credit, and an operator's task asks to pay it another way.
    """
    refund = db.session.get_one(Refund, payload["refund_id"])
    if refund.status != RefundStatus.CREATED.value:
        return
    charge_id = db.session.get_one(Payment, refund.payment_id).charge_id or ""
    try:
        provider_id, said = jobs.outside(lambda: gateway.current().refund(refund, charge_id))
    except ProviderRefuses as refusal:
        _stands(_locked(id=refund.id), "failed", refusal.said)
        return
    found = _locked(id=refund.id)
    if found is not None and found.provider_id is None:
        found.provider_id = provider_id
    _stands(found, said, f"provider says {said}")


def look(provider_id: str) -> str:
    """Ask the provider how a refund stands now, and act on it; says what was found."""
    said = jobs.outside(lambda: gateway.current().refund_status(provider_id))
    refund = _locked(provider_id=provider_id)
    if refund is None:
        return "unknown refund"
    _stands(refund, said, f"provider says {said}")
    return said


def _stands(refund: Refund | None, said: str, because: str) -> None:
    to = {"succeeded": RefundStatus.SUCCEEDED, "failed": RefundStatus.FAILED, "canceled": RefundStatus.FAILED}.get(said, RefundStatus.PENDING)
    if refund is None or to.value == refund.status or to not in refund.__transitions__[RefundStatus(refund.status)]:
        return
    advance(refund, to, "provider", because)
    clearing = f"refund:clearing:{refund.order_id}"
    about = {"order_id": refund.order_id, "refund_id": refund.id}
    if to is RefundStatus.SUCCEEDED:
        ledger.post(f"refunded:{refund.id}", "refund.succeeded",
                    [Move(clearing, "provider:pending", refund.amount_minor, refund.currency)], about)
    elif to is RefundStatus.FAILED:
        moves = [Move(clearing, f"buyer:credit:{refund.buyer_id}", refund.amount_minor, refund.currency)]
        if ledger.posted(f"refunded:{refund.id}"):
            moves.insert(0, Move("provider:balance", clearing, refund.amount_minor, refund.currency))
        ledger.post(f"refund_failed:{refund.id}", "refund.failed", moves, about)
        amount = money.said(refund.amount_minor, refund.currency)
        task("refund_failed", f"A refund of {amount} could not be sent back: the buyer has it as credit. Pay it another way. ({because})", about)
    db.session.flush()


def on_rerouted(payload: Mapping[str, Any]) -> None:
    """React to SellerOrderRerouted: the refused units' parts go back to clearing and out to the new seller's.

    Effects: what the units cost the buyer less than before is given back, as what is cancelled is.
    """
    order = db.session.get_one(Order, payload["order_id"])
    payment = db.session.scalars(select(Payment).filter_by(order_id=order.id).with_for_update()).one()
    clearing, key = f"order:clearing:{order.id}", f"rerouted:{payload['seller_order_id']}"
    if db.session.scalar(select(LineShare.id).filter_by(seller_order_id=payload["seller_order_id"]).limit(1)):
        return
    back = _moved(payload, clearing)
    out = shares.out_of(clearing, shares.freeze(order, [payload["seller_order_id"]]))
    spared = sum(move.minor for move in back) - sum(move.minor for move in out)
    refund = f"refund:clearing:{order.id}"
    ledger.post(key, "order.rerouted", [*back, *out, Move(clearing, refund, spared, order.currency)], {"order_id": order.id})
    if spared:
        _give(payment, spared, key, "another seller took over at a lower price")
    db.session.flush()


def _moved(payload: Mapping[str, Any], clearing: str) -> list[Move]:
    moves: list[Move] = []
    for move in payload["moves"]:
        share = db.session.scalars(select(LineShare).filter_by(allocation_id=move["from_allocation_id"]).with_for_update()).one()
        quantity = db.session.get_one(Allocation, move["from_allocation_id"]).quantity
        moves += shares.back_to(clearing, share, shares.take_back(share, move["quantity"], quantity, move["tax_minor"]))
    if payload["charges_moved"]:
        charges = db.session.scalar(select(LineShare).filter_by(seller_order_id=payload["from_seller_order_id"], allocation_id=None))
        if charges is not None:
            moves += shares.back_to(clearing, charges, shares.take_all(charges))
    return moves
