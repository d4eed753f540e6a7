"""Payments: which methods a buyer has, an order's payment from intent to money, and its split in the ledger.

`start` belongs to the unit of work that placed the order and calls nobody. `capture` is called with what the provider
says now, never with what a message said. The provider's page between the two is `hosted`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy import select

from marketplace.core import audit, clock, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.core.ids import new_id
from marketplace.core.transitions import advance
from marketplace.identity.access import Actor
from marketplace.identity.buying import BuyingContext
from marketplace.ledger import service as ledger
from marketplace.ledger.service import Move
from marketplace.orders import service as orders
from marketplace.orders.models import Order, OrderStatus
from marketplace.payments import credit, gateway, refunds, shares
from marketplace.payments.models import LineShare, Payment, PaymentMethodRule, PaymentStatus
from marketplace.payments.provider import Paid
from marketplace.payments.tasks import task

CARD, ON_ACCOUNT = "card", "on_account"


class MethodNotAllowed(Invalid):
    """The buyer may not pay this order this way."""

    code: ClassVar[str] = "payment_method_not_allowed"
    message = "This payment method is not available for this order."


@dataclass(frozen=True)
class Method:
    """A way to pay, and why it is not open to this buyer for this order; None when it is.

    because: "not_granted", "above_limit" (`most_minor` is the limit), "no_credit", "credit_too_small" (`most_minor` is what is left).
    """

    name: str
    because: str | None = None
    most_minor: int | None = None


def methods(context: BuyingContext, total_minor: int) -> list[Method]:
    """Every way to pay an order of `total_minor`, open to this buyer or not; none for a guest.

    The buyer's own rules hold, else its group's, else everybody's; without any rule a card may be used. On account needs
    enough credit left.
    """
    if context.buyer_id is None:
        return []
    with tenancy.as_market():
        rules = _nearest(context)
        free = credit.left(context.buyer_id, context.reseller_id, context.currency)
    return [_credited(_judged(name, rules, total_minor), total_minor, free) for name in (CARD, ON_ACCOUNT)]


def allowed_methods(context: BuyingContext, total_minor: int) -> list[str]:
    """The names of the ways to pay that are open to this buyer."""
    return [method.name for method in methods(context, total_minor) if method.because is None]


def _nearest(context: BuyingContext) -> list[PaymentMethodRule] | None:
    """The rules of the nearest level that has any."""
    rules = list(db.session.scalars(select(PaymentMethodRule).filter_by(reseller_id=context.reseller_id)
                                    .order_by(PaymentMethodRule.id.desc())))
    levels = (
        [rule for rule in rules if rule.organization_id is not None and rule.organization_id in context.lineage],
        [rule for rule in rules if rule.organization_id is None and rule.customer_group is not None
         and rule.customer_group == context.customer_group],
        [rule for rule in rules if rule.organization_id is None and rule.customer_group is None],
    )
    return next((level for level in levels if level), None)


def _judged(name: str, rules: list[PaymentMethodRule] | None, total_minor: int) -> Method:
    """What the rules say, before any question of credit."""
    limits = [rule.max_minor for rule in rules if name in rule.methods] if rules is not None else [None] * (name == CARD)
    if not limits:
        return Method(name, "not_granted")
    caps = [limit for limit in limits if limit is not None]
    is_open = len(caps) < len(limits) or total_minor <= max(caps)
    return Method(name) if is_open else Method(name, "above_limit", max(caps))


def _credited(method: Method, total_minor: int, free: int | None) -> Method:
    if method.name != ON_ACCOUNT or method.because is not None:
        return method
    if free is None:
        return Method(method.name, "no_credit")
    return Method(method.name, None if free >= total_minor else "credit_too_small", free)


def start(actor: Actor, context: BuyingContext, order: Order) -> Payment:
    """Begin the payment of an order that was placed in this context; a second call gives the same one.

    Effects: the frozen shares of every line and the Payment. On account: credit reserved, the split posted, sellers started.
    Raises:  MethodNotAllowed when the relationship does not grant the order's method, CreditExceeded.
    """
    with tenancy.as_market():
        found = db.session.scalar(select(Payment).filter_by(order_id=order.id))
        if found is not None:
            return found
        if order.payment_method not in {CARD, ON_ACCOUNT} or _judged(order.payment_method, _nearest(context), order.total_minor).because:
            raise MethodNotAllowed(field="payment_method")
        on_account = order.payment_method == ON_ACCOUNT
        payment = Payment(
            id=new_id("pay"), order_id=order.id, buyer_id=order.buyer_id, reseller_id=order.reseller_id,
            method=order.payment_method, gateway="account" if on_account else gateway.name(), amount_minor=order.total_minor,
            currency=order.currency, status=(PaymentStatus.AUTHORIZED if on_account else PaymentStatus.CREATED).value, created_at=clock.now(),
        )
        db.session.add(payment)
        rows = shares.freeze(order)
        if on_account:
            credit.reserve(order.buyer_id, order.reseller_id, order.currency, order.total_minor)
            _post(payment, "order.on_account", f"buyer:receivable:{order.buyer_id}", rows)
            orders.mark_paid(order.id, "accepted on account")
        audit.record(actor, "payment.started", payment.id, after={"method": payment.method, "amount_minor": payment.amount_minor})
        db.session.flush()
        return payment


def _post(payment: Payment, kind: str, source: str, rows: list[dict[str, Any]]) -> None:
    clearing = f"order:clearing:{payment.order_id}"
    moves = [Move(source, clearing, payment.amount_minor, payment.currency), *shares.out_of(clearing, rows)]
    ledger.post(f"captured:{payment.id}", kind, moves, {"order_id": payment.order_id, "payment_id": payment.id})


def capture(payment_id: str, paid: Paid) -> None:
    """Book a payment as the provider says it is now; a second call does nothing.

    Effects: ledger entry with the whole split, sellers started; a difference makes an operator's task instead. Money for
             an order that was cancelled meanwhile is sent back.
    """
    with tenancy.as_market():
        payment = db.session.scalars(select(Payment).filter_by(id=payment_id).with_for_update(),
                                     execution_options={"populate_existing": True}).one()
        if payment.status == PaymentStatus.CAPTURED.value:
            return
        if (paid.amount_minor, paid.currency, paid.order_id) != (payment.amount_minor, payment.currency, payment.order_id):
            task("payment_differs", f"The provider's payment for {payment.id} differs from ours: nothing was booked.",
                 {"payment_id": payment.id, "said": [paid.amount_minor, paid.currency, paid.order_id]})
            return
        if payment.method != CARD or payment.status == PaymentStatus.CANCELLED.value:
            task("late_payment", f"{payment.id} was paid although it is {payment.status}.", {"payment_id": payment.id})
            return
        payment.charge_id, payment.captured_at = paid.charge_id, clock.now()
        advance(payment, PaymentStatus.CAPTURED, "payments", "paid")
        found = list(db.session.scalars(select(LineShare).filter_by(order_id=payment.order_id).order_by(LineShare.id)))
        _post(payment, "order.captured", "provider:pending", [shares.as_row(share) for share in found])
        ledger.post(f"fee:{payment.id}", "provider.fee", [Move("operator:fees", "provider:pending", paid.fee_minor, paid.currency)],
                    {"order_id": payment.order_id, "payment_id": payment.id})
        if db.session.get_one(Order, payment.order_id, populate_existing=True).status == OrderStatus.CANCELLED.value:
            refunds.whole(payment, found, "paid after the order was cancelled")
        else:
            orders.mark_paid(payment.order_id, "paid")
        db.session.flush()
