"""Money that buyers pay on the bank for orders on account: recorded by a person, booked to the cent.

An order is settled when nothing of it is open any more; only then are its sellers and its reseller paid.
What is paid too much is kept as the buyer's credit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from sqlalchemy import select

from marketplace.core import audit, clock, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Conflict, Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.identity.access import Actor, authorize
from marketplace.ledger import service as ledger
from marketplace.ledger.service import Move
from marketplace.payments import credit, releases
from marketplace.payments.models import Payment, PaymentStatus, ReceivedPayment

ON_ACCOUNT = "on_account"
A_ZONE = timedelta(days=1)
"""In the buyer's zone it may still be the day before that on which its order was placed."""


class NotOnAccount(Conflict):
    """Nothing is owed on account for this order."""

    code: ClassVar[str] = "not_on_account"
    message = "This order is not on account."


class ReferenceUsed(Conflict):
    """The same reference was recorded with another amount or date."""

    code: ClassVar[str] = "reference_used"
    message = "A payment with this reference is recorded for this order already, with another amount or date."


class MoreThanOpen(Invalid):
    """More than the buyer owes for the order; nothing is recorded before a person says that the rest is its credit."""

    code: ClassVar[str] = "more_than_open"
    message = "This is more than is open. Say that the rest is kept as the customer's credit, or correct the amount."


class AlreadySettled(Conflict):
    """The payment settled its order, whose sellers are paid by it."""

    code: ClassVar[str] = "already_settled"
    message = "This payment settled the order, and its sellers are paid: it cannot be taken back."


@dataclass(frozen=True)
class Receipt:
    """What stands on the bank statement; the amount in minor units of the order's currency.

    `keep_excess` says that what is more than open is meant, and kept as the buyer's credit.
    """

    amount_minor: int
    reference: str
    received_on: date
    keep_excess: bool = False


def record(actor: Actor, order_id: str, receipt: Receipt) -> ReceivedPayment:
    """Record a payment for an order on account; the same receipt again gives the same row.

    Shapes:  amount > 0, in part or too much; a reference of 1 to 100 characters; no day to come, nor one before the order.
    Effects: the row; an entry from the bank against the receivable, what is too much against the buyer's credit; the credit
             line lowered; once nothing is open, the order settled and its released money due. An audit entry.
    Raises:  Forbidden; NotFound for another reseller's order; NotOnAccount; Invalid; MoreThanOpen; ReferenceUsed.
    """
    authorize(actor, "payment:record")
    if receipt.amount_minor < 1 or not receipt.reference.strip():
        raise Invalid("A payment has an amount above zero and a reference.", field="amount_minor")
    if receipt.received_on > clock.today():
        raise Invalid("A payment is recorded when it has come.", field="received_on")
    with tenancy.as_market():
        payment = _payment(actor, order_id)
        if receipt.received_on < payment.created_at.date() - A_ZONE:
            raise Invalid("A payment comes after its order was placed. Check the date.", field="received_on")
        found = db.session.scalar(select(ReceivedPayment).filter_by(payment_id=payment.id, reference=receipt.reference, taken_back_at=None))
        if found is not None and (found.amount_minor, found.received_on) != (receipt.amount_minor, receipt.received_on):
            raise ReferenceUsed(field="reference")
        if found is None and receipt.amount_minor > payment.open_minor and not receipt.keep_excess:
            raise MoreThanOpen(field="amount_minor")
        return found or _book(actor, payment, receipt)


def take_back(actor: Actor, order_id: str, received_id: str) -> ReceivedPayment:
    """A payment was recorded by mistake: it is owed again; a second call changes nothing.

    Effects: its entry posted the other way, the credit line used again, an audit entry.
    Raises:  Forbidden, NotFound; AlreadySettled, unless all of it was too much.
    """
    authorize(actor, "payment:record")
    with tenancy.as_market():
        payment = _payment(actor, order_id)
        row = db.session.scalar(select(ReceivedPayment).filter_by(id=received_id, payment_id=payment.id))
        if row is None:
            raise NotFound
        owed = row.amount_minor - row.excess_minor
        if owed and payment.status != PaymentStatus.AUTHORIZED.value:
            raise AlreadySettled
        if row.taken_back_at is None:
            _unbook(actor, payment, row)
        return row


def _unbook(actor: Actor, payment: Payment, row: ReceivedPayment) -> None:
    owed = row.amount_minor - row.excess_minor
    ledger.post(f"taken_back:{row.id}", "payment.taken_back", [
        Move(f"buyer:receivable:{payment.buyer_id}", "bank:operator", owed, payment.currency),
        Move(f"buyer:credit:{payment.buyer_id}", "bank:operator", row.excess_minor, payment.currency),
    ], {"order_id": payment.order_id, "payment_id": payment.id, "received_id": row.id})
    credit.owe_again(payment.buyer_id, payment.reseller_id, payment.currency, owed)
    payment.received_minor -= owed
    row.taken_back_at = clock.now()
    audit.record(actor, "payment.taken_back", payment.id, before={"amount_minor": row.amount_minor, "reference": row.reference})
    db.session.flush()


def _payment(actor: Actor, order_id: str) -> Payment:
    query = select(Payment).filter_by(order_id=order_id).with_for_update()
    if "operator" not in actor.kinds:
        query = query.where(Payment.reseller_id == actor.organization_id)
    payment = db.session.scalar(query, execution_options={"populate_existing": True})
    if payment is None:
        raise NotFound
    if payment.method != ON_ACCOUNT:
        raise NotOnAccount
    return payment


def _book(actor: Actor, payment: Payment, receipt: Receipt) -> ReceivedPayment:
    lowered = min(receipt.amount_minor, payment.open_minor)
    excess = receipt.amount_minor - lowered
    row = ReceivedPayment(
        id=new_id("rcv"), payment_id=payment.id, order_id=payment.order_id, buyer_id=payment.buyer_id,
        reseller_id=payment.reseller_id, amount_minor=receipt.amount_minor, excess_minor=excess, currency=payment.currency,
        reference=receipt.reference, received_on=receipt.received_on, recorded_by=actor.user_id, created_at=clock.now(),
    )
    db.session.add(row)
    ledger.post(f"received:{row.id}", "payment.received", [
        Move("bank:operator", f"buyer:receivable:{payment.buyer_id}", lowered, payment.currency),
        Move("bank:operator", f"buyer:credit:{payment.buyer_id}", excess, payment.currency),
    ], {"order_id": payment.order_id, "payment_id": payment.id, "received_id": row.id})
    credit.settle(payment.buyer_id, payment.reseller_id, payment.currency, lowered)
    payment.received_minor += lowered
    audit.record(actor, "payment.received", payment.id, after={"amount_minor": receipt.amount_minor, "reference": receipt.reference})
    _settle(payment, actor.user_id)
    db.session.flush()
    return row


def _settle(payment: Payment, by: str) -> None:
    if payment.status == PaymentStatus.AUTHORIZED.value and payment.received_minor and not payment.open_minor:
        payment.captured_at = clock.now()
        advance(payment, PaymentStatus.CAPTURED, by, "the buyer has paid")
        db.session.flush()
        releases.on_settled(payment)


def credit_back(payment: Payment, minor: int, clearing: str, key: str) -> None:
    """What was cancelled of an order on account: off the buyer's debt first; what it had paid is its credit."""
    lowered = min(minor, payment.open_minor)
    credit.release(payment.buyer_id, payment.reseller_id, payment.currency, lowered)
    ledger.post(f"credited:{key}", "order.credited", [
        Move(clearing, f"buyer:receivable:{payment.buyer_id}", lowered, payment.currency),
        Move(clearing, f"buyer:credit:{payment.buyer_id}", minor - lowered, payment.currency),
    ], {"order_id": payment.order_id})
    payment.credited_minor += lowered
    _settle(payment, "payments")


def excess_of(order_id: str) -> int:
    """What came for an order beyond what was owed, and is the buyer's credit; in minor units of the order's currency."""
    return sum(row.excess_minor for row in of_order(order_id) if row.taken_back_at is None)


def of_order(order_id: str) -> list[ReceivedPayment]:
    """What was recorded for an order that the caller may see, oldest first."""
    return list(db.session.scalars(select(ReceivedPayment).filter_by(order_id=order_id).order_by(ReceivedPayment.id)))
