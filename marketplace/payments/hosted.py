"""The provider's page on which a buyer pays: opened, looked at, closed. Every call is made with no transaction open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar

from sqlalchemy import select

from marketplace.core import clock, jobs, outbox, tenancy
from marketplace.core.db import db
from marketplace.core.errors import Conflict, NotFound
from marketplace.core.transitions import advance
from marketplace.identity.models import Storefront
from marketplace.orders import service as orders
from marketplace.orders.deadlines import UNPAID
from marketplace.orders.models import Order, OrderStatus
from marketplace.payments import gateway, places, service
from marketplace.payments.models import Payment, PaymentStatus
from marketplace.payments.provider import Looked, ProviderRefuses, Session

OPENABLE = {PaymentStatus.CREATED.value, PaymentStatus.PENDING.value, PaymentStatus.FAILED.value}
SLOW = timedelta(days=1)
LONGEST_WAITS = 10
"""How often, a day apart, an order waits for a slow payment before it is cancelled."""


class NotPayable(Conflict):
    """The payment is finished or under way, or needs no page."""

    code: ClassVar[str] = "not_payable"
    message = "This order does not wait for a payment."


def _locked(payment_id: str) -> Payment | None:
    return db.session.scalar(select(Payment).filter_by(id=payment_id).with_for_update(), execution_options={"populate_existing": True})


def open_page(payment_id: str) -> str:
    """The address of the provider's page for a payment that waits for its buyer; after a failure, of a new page.

    Effects: commits the intent (the payment's attempt), calls the provider with its key and no transaction open, and
             records the page, so that a repetition gives the same page.
    Raises:  NotFound, NotPayable; ProviderDown; ProviderRefuses, after which the next try has a key of its own.
    """
    with tenancy.as_market():
        payment, order, back = _intent(payment_id)
        if payment.page_url is not None:
            return payment.page_url
        attempt = payment.attempt
        try:
            made = jobs.outside(lambda: gateway.current().open_session(payment, order, back))
        except ProviderRefuses:
            _refused(payment_id, attempt)
            raise
        return _opened(payment_id, attempt, made)


def is_payable(order: Order, payment: Payment) -> bool:
    """Whether the order waits for its buyer to pay on the provider's page; not while a slow payment is under way."""
    return payment.method == service.CARD and payment.status in OPENABLE and order.status == OrderStatus.PENDING_PAYMENT.value


def _intent(payment_id: str) -> tuple[Payment, Order, str]:
    payment = _locked(payment_id)
    if payment is None:
        raise NotFound
    order = db.session.get_one(Order, payment.order_id, populate_existing=True)
    if not is_payable(order, payment):
        raise NotPayable
    if payment.status == PaymentStatus.FAILED.value:
        payment.attempt, payment.session_id, payment.page_url = payment.attempt + 1, None, None
    if payment.status != PaymentStatus.PENDING.value:
        advance(payment, PaymentStatus.PENDING, "payments", "hosted page asked for")
    return payment, order, places.public_url(db.session.get_one(Storefront, order.storefront_id).host)


def _opened(payment_id: str, attempt: int, made: Session) -> str:
    payment = _locked(payment_id)
    if payment is not None and payment.attempt == attempt and payment.session_id is None:
        payment.session_id, payment.page_url = made.id, made.url
        db.session.flush()
    return made.url


def _refused(payment_id: str, attempt: int) -> None:
    payment = _locked(payment_id)
    if payment is not None and payment.attempt == attempt:
        payment.attempt += 1
    jobs.outside(lambda: None)


def look(session_id: str) -> str:
    """Ask the provider how a page stands now, and act on it; says what was found.

    Effects: what `service.capture` does for money that came; 'processing' or 'failed' for a page that is ours.
    """
    said = jobs.outside(lambda: gateway.current().look(session_id))
    with tenancy.as_market():
        # A page whose address we never recorded (a crash after the call) is found by the order that it names.
        found = db.session.scalar(select(Payment).filter_by(session_id=session_id)) or db.session.scalar(
            select(Payment).filter_by(order_id=said.order_id or ""))
        if found is None:
            return "unknown session"
        if said.paid is not None:
            service.capture(found.id, said.paid)
            return "paid"
        return _moved(found.id, session_id, said)


def _moved(payment_id: str, session_id: str, said: Looked) -> str:
    payment = _locked(payment_id)
    if payment is None or payment.session_id != session_id:
        return f"an older page is {said.state}"
    waiting = {PaymentStatus.PENDING.value, PaymentStatus.PROCESSING.value}
    if said.state == "processing" and payment.status == PaymentStatus.PENDING.value:
        advance(payment, PaymentStatus.PROCESSING, "provider", "a slow payment method")
    elif said.state in {"failed", "expired"} and payment.status in waiting:
        advance(payment, PaymentStatus.FAILED, "provider", f"the page {said.state}")
    db.session.flush()
    return "not paid" if said.state == "open" else said.state


def on_unpaid(payload: Mapping[str, Any]) -> None:
    """React to the end of an order's time to pay: close its page and cancel it.

    Effects: a slow payment that is under way gets another day; one that came at the last moment is booked.
    """
    payment = db.session.scalar(select(Payment).filter_by(order_id=payload["order_id"]))
    waits = payload.get("waits", 0)
    if payment is not None and payment.status == PaymentStatus.PROCESSING.value and waits < LONGEST_WAITS:
        outbox.publish(UNPAID, f"{UNPAID}:{payment.order_id}:{waits + 1}",
                       {**payload, "waits": waits + 1}, clock.now() + SLOW)
        return
    if payment is not None and payment.status == PaymentStatus.PENDING.value and payment.session_id and not _closed(payment.session_id):
        return
    orders.cancel_unpaid(payload["order_id"], "not paid in time")
    payment = _locked(payment.id) if payment is not None else None
    if payment is not None and payment.status in OPENABLE - {PaymentStatus.FAILED.value}:
        advance(payment, PaymentStatus.CANCELLED, "payments", "not paid in time")


def _closed(session_id: str) -> bool:
    """Whether nobody can pay on the page any more, and nobody did."""
    try:
        jobs.outside(lambda: gateway.current().close_session(session_id))
    except ProviderRefuses:
        return look(session_id) not in {"paid", "processing"}
    return True
