"""What a reseller grants a customer: payment methods and credit. Both hold from the next order on."""

from __future__ import annotations

from sqlalchemy import delete, select

from marketplace.core import audit
from marketplace.core.db import db
from marketplace.core.errors import Invalid, NotFound
from marketplace.core.ids import new_id
from marketplace.identity.access import Actor, authorize
from marketplace.identity.models import Organization
from marketplace.payments.models import CreditLine, PaymentMethodRule

METHODS = ("card", "on_account")


def _customer(actor: Actor, buyer_id: str) -> Organization:
    authorize(actor, "customer:write", actor.organization_id)
    buyer = db.session.scalar(select(Organization).filter_by(id=buyer_id, reseller_id=actor.organization_id))
    if buyer is None:
        raise NotFound
    return buyer


def set_methods(actor: Actor, buyer_id: str, methods: list[str]) -> None:
    """Let a customer pay by these methods only; none at all gives it those of its group or of everybody again.

    Effects: replaces the customer's own rules. Raises: Forbidden, NotFound, Invalid.
    """
    buyer = _customer(actor, buyer_id)
    if set(methods) - set(METHODS):
        raise Invalid("There is no such payment method.", field="methods")
    mine = {"reseller_id": actor.organization_id, "organization_id": buyer.id}
    db.session.execute(delete(PaymentMethodRule).filter_by(**mine))
    if methods:
        chosen = [method for method in METHODS if method in methods]
        db.session.add(PaymentMethodRule(id=new_id("pmr"), **mine, customer_group=None, methods=chosen, max_minor=None))
    audit.record(actor, "payment_methods.set", buyer.id, after={"methods": methods})
    db.session.flush()


def set_credit(actor: Actor, buyer_id: str, limit_minor: int, terms_days: int) -> CreditLine:
    """Set what a customer may owe, in its own currency. Lowering it touches no open order.

    Units:   minor units of the customer's currency; days from the invoice's date.
    Raises:  Forbidden, NotFound, Invalid below zero.
    """
    buyer = _customer(actor, buyer_id)
    if limit_minor < 0 or not 0 <= terms_days <= 365:
        raise Invalid("A limit is zero or more, and terms are 0 to 365 days.", field="limit")
    mine = {"reseller_id": actor.organization_id, "buyer_id": buyer.id, "currency": buyer.currency}
    line = db.session.scalar(select(CreditLine).filter_by(**mine).with_for_update())
    if line is None:
        line = CreditLine(id=new_id("crl"), **mine, limit_minor=0, reserved_minor=0, receivable_minor=0, terms_days=0)
        db.session.add(line)
    audit.record(actor, "credit.set", buyer.id, before={"limit_minor": line.limit_minor}, after={"limit_minor": limit_minor})
    line.limit_minor, line.terms_days = limit_minor, terms_days
    db.session.flush()
    return line
