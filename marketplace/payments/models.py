"""Intents and records of money.

Invariants: our row comes first and its id (with the attempt's number) is the provider's idempotency key;
amounts are integer minor units; a share is frozen when the order is placed. Nothing here is trusted from
a webhook beyond the id of the object to fetch.
"""

from enum import StrEnum
from typing import ClassVar

from sqlalchemy import BigInteger, CheckConstraint, Index, Integer, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from marketplace.core.db import ID, Base, Bps, Currency, Day, Json, Minor, Moment, PrimaryKey, Words, reference


class PaymentStatus(StrEnum):
    """From the intent to the money."""

    CREATED = "created"
    PENDING = "pending"
    """The hosted page is open."""
    PROCESSING = "processing"
    """The buyer chose a slow method: the money is on its way, or will not come."""
    CAPTURED = "captured"
    AUTHORIZED = "authorized"
    """On account: credit reserved, nothing paid yet."""
    FAILED = "failed"
    CANCELLED = "cancelled"


class Payment(Base):
    """One order's payment. `attempt` numbers the provider calls; the key is `id.attempt`."""

    __tablename__ = "payments"
    __tenants__ = ("buyer_id", "reseller_id")
    __transitions__: ClassVar = {
        PaymentStatus.CREATED: frozenset({PaymentStatus.PENDING, PaymentStatus.AUTHORIZED, PaymentStatus.CAPTURED,
                                          PaymentStatus.FAILED, PaymentStatus.CANCELLED}),
        PaymentStatus.PENDING: frozenset({PaymentStatus.CAPTURED, PaymentStatus.PROCESSING, PaymentStatus.FAILED,
                                          PaymentStatus.CANCELLED}),
        PaymentStatus.PROCESSING: frozenset({PaymentStatus.CAPTURED, PaymentStatus.FAILED}),
        PaymentStatus.AUTHORIZED: frozenset({PaymentStatus.CAPTURED, PaymentStatus.CANCELLED}),
        PaymentStatus.CAPTURED: frozenset(),
        PaymentStatus.FAILED: frozenset({PaymentStatus.PENDING, PaymentStatus.CAPTURED}),
        PaymentStatus.CANCELLED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    order_id: Mapped[str] = reference("orders.id", unique=True)
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    method: Mapped[Words]
    """'card' or 'on_account'."""
    gateway: Mapped[Words]
    """'stripe', 'sandbox' or 'account'."""
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    status: Mapped[Words]
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    session_id: Mapped[str | None] = mapped_column(index=True)
    """The provider's Checkout Session; null before the call and on account."""
    charge_id: Mapped[Words | None]
    """The provider's charge; null before capture."""
    page_url: Mapped[Words | None]
    """The provider's hosted page."""
    received_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """On account: what the buyer has paid towards this order so far, without what was too much."""
    credited_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    """On account: what was taken off the buyer's debt because it was cancelled."""
    created_at: Mapped[Moment]
    captured_at: Mapped[Moment | None]

    @property
    def open_minor(self) -> int:
        """On account: what the buyer still owes for this order."""
        return self.amount_minor - self.received_minor - self.credited_minor


class LineShare(Base):
    """How one allocation, or one seller order's charges, is split; frozen at order. Units: `currency`.

    goods + tax = net + margin + commission + commission_tax + tax, each part >= 0 (margin may be
    negative only where the reseller owes it).
    """

    __tablename__ = "line_shares"
    __table_args__ = (
        UniqueConstraint("allocation_id"),
        CheckConstraint("goods_minor = net_minor + margin_minor + commission_minor + commission_tax_minor", name="split"),
    )
    __tenants__ = ("seller_id", "reseller_id")
    id: Mapped[PrimaryKey]
    order_id: Mapped[str] = mapped_column(ID, index=True)
    seller_order_id: Mapped[str] = reference("seller_orders.id", index=True)
    allocation_id: Mapped[str | None] = reference("allocations.id")
    """Null for the seller order's freight and surcharge."""
    seller_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    currency: Mapped[Currency]
    goods_minor: Mapped[Minor]
    seller_goods_minor: Mapped[Minor]
    tax_minor: Mapped[Minor]
    commission_minor: Mapped[Minor]
    commission_tax_minor: Mapped[Minor]
    net_minor: Mapped[Minor]
    margin_minor: Mapped[Minor]
    rule: Mapped[Json]
    """The commission rule as it was."""
    refunded: Mapped[Json]
    """Cumulative refunded minor units by part: net, margin, commission, commission_tax, tax."""


class CommissionRule(Base):
    """What the operator takes. Most specific wins: seller, then brand, then category, then none; then the newest."""

    __tablename__ = "commission_rules"
    id: Mapped[PrimaryKey]
    seller_id: Mapped[str | None] = reference("organizations.id")
    brand_id: Mapped[str | None] = reference("brands.id")
    category_id: Mapped[str | None] = reference("categories.id")
    rate_bps: Mapped[Bps]
    fixed_minor: Mapped[Minor]
    floor_minor: Mapped[Minor]
    cap_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Null means no cap. Fixed, floor and cap are in `currency`."""
    currency: Mapped[Currency]
    base: Mapped[Words]
    """'seller' (the seller's price, default) or 'goods' (the buyer's)."""
    tax_bps: Mapped[Bps]
    on_freight: Mapped[bool]
    valid_from: Mapped[Moment]
    valid_to: Mapped[Moment | None]


class RefundStatus(StrEnum):
    """From the intent to the buyer's account."""

    CREATED = "created"
    PENDING = "pending"
    SUCCEEDED = "succeeded"
    FAILED = "failed"


class Refund(Base):
    """Money back to the buyer for part of an order."""

    __tablename__ = "refunds"
    __tenants__ = ("buyer_id", "reseller_id")
    __transitions__: ClassVar = {
        RefundStatus.CREATED: frozenset({RefundStatus.PENDING, RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
        RefundStatus.PENDING: frozenset({RefundStatus.SUCCEEDED, RefundStatus.FAILED}),
        RefundStatus.SUCCEEDED: frozenset({RefundStatus.FAILED}),
        RefundStatus.FAILED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    payment_id: Mapped[str] = reference("payments.id", index=True)
    order_id: Mapped[str] = reference("orders.id", index=True)
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    reason: Mapped[Words]
    status: Mapped[Words]
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    provider_id: Mapped[Words | None]
    created_at: Mapped[Moment]


class TransferStatus(StrEnum):
    """From the intent to the connected account."""

    CREATED = "created"
    WAITING = "waiting"
    """Nobody can receive it yet: it goes as soon as there is an active payout account."""
    SENT = "sent"
    REFUSED = "refused"
    REVERSED = "reversed"
    """All of it came back."""


class Transfer(Base):
    """Released money on its way to one party's payout account."""

    __tablename__ = "transfers"
    __table_args__ = (UniqueConstraint("release_key"),)
    __tenants__ = ("organization_id",)
    __transitions__: ClassVar = {
        TransferStatus.CREATED: frozenset({TransferStatus.SENT, TransferStatus.REFUSED, TransferStatus.WAITING}),
        TransferStatus.WAITING: frozenset({TransferStatus.SENT, TransferStatus.REFUSED}),
        TransferStatus.REFUSED: frozenset({TransferStatus.SENT, TransferStatus.WAITING}),
        TransferStatus.SENT: frozenset({TransferStatus.REVERSED}),
        TransferStatus.REVERSED: frozenset(),
    }
    id: Mapped[PrimaryKey]
    release_key: Mapped[Words]
    """What is released: 'seller_order id:party', so that nothing is released twice."""
    order_id: Mapped[str] = reference("orders.id", index=True)
    seller_order_id: Mapped[str] = reference("seller_orders.id")
    organization_id: Mapped[str] = reference("organizations.id", index=True)
    payout_account_id: Mapped[str | None] = reference("payout_accounts.id")
    payout_id: Mapped[str | None] = reference("payouts.id", index=True)
    """The payout that took it to the bank; null until the provider says so."""
    gateway: Mapped[Words]
    """The provider's name; 'bank' for orders on account, which the operator pays from its bank."""
    amount_minor: Mapped[Minor]
    reversed_minor: Mapped[Minor] = mapped_column(default=0, server_default="0")
    currency: Mapped[Currency]
    status: Mapped[Words]
    because: Mapped[Words | None]
    """Why it waits or was refused."""
    attempt: Mapped[int] = mapped_column(Integer, default=1)
    provider_id: Mapped[Words | None]
    """The provider's transfer, or the reference of the bank transfer."""
    created_at: Mapped[Moment]
    sent_at: Mapped[Moment | None]


class PayoutAccountStatus(StrEnum):
    """Whether the provider lets an account receive transfers."""

    PENDING = "pending"
    ACTIVE = "active"
    RESTRICTED = "restricted"
    REJECTED = "rejected"


class PayoutAccount(Base):
    """An organization's connected account at the payment provider. Not a ledger account."""

    __tablename__ = "payout_accounts"
    __transitions__: ClassVar = {state: frozenset(PayoutAccountStatus) - {state} for state in PayoutAccountStatus}
    __table_args__ = (UniqueConstraint("organization_id", "gateway"),)
    __tenants__ = ("organization_id",)
    id: Mapped[PrimaryKey]
    organization_id: Mapped[str] = reference("organizations.id")
    gateway: Mapped[Words]
    provider_account_id: Mapped[str | None] = mapped_column(unique=True)
    """Null between our intent and the provider's answer."""
    status: Mapped[Words]
    """'pending', 'active', 'restricted' or 'rejected'."""
    created_at: Mapped[Moment]


class Payout(Base):
    """Connected account to bank, as the provider reported it."""

    __tablename__ = "payouts"
    __tenants__ = ("organization_id",)
    id: Mapped[PrimaryKey]
    organization_id: Mapped[str] = reference("organizations.id", index=True)
    provider_id: Mapped[str] = mapped_column(unique=True)
    amount_minor: Mapped[Minor]
    currency: Mapped[Currency]
    status: Mapped[Words]
    """'pending', 'in_transit', 'paid', 'failed' or 'canceled', the provider's words; paid may still fail."""
    because: Mapped[Words | None]
    """Why it failed."""
    arrived_at: Mapped[Moment | None]
    created_at: Mapped[Moment]


class PaymentMethodRule(Base):
    """Which payment methods a reseller lets its customers use: one buyer, one group, or all (both null)."""

    __tablename__ = "payment_method_rules"
    __tenants__ = ("reseller_id", "organization_id")
    id: Mapped[PrimaryKey]
    reseller_id: Mapped[str] = reference("organizations.id", index=True)
    organization_id: Mapped[str | None] = reference("organizations.id")
    customer_group: Mapped[Words | None]
    methods: Mapped[list[str]]
    max_minor: Mapped[int | None] = mapped_column(BigInteger)
    """Largest order total these methods may pay; null means any."""


class CreditLine(Base):
    """What a buyer may owe a reseller. reserved + receivable <= limit."""

    __tablename__ = "credit_lines"
    __table_args__ = (
        UniqueConstraint("buyer_id", "reseller_id", "currency"),
        CheckConstraint("reserved_minor >= 0 AND receivable_minor >= 0", name="used"),
    )
    __tenants__ = ("buyer_id", "reseller_id")
    id: Mapped[PrimaryKey]
    buyer_id: Mapped[str] = reference("organizations.id")
    reseller_id: Mapped[str] = reference("organizations.id")
    currency: Mapped[Currency]
    limit_minor: Mapped[Minor]
    reserved_minor: Mapped[Minor]
    """Ordered, not yet invoiced."""
    receivable_minor: Mapped[Minor]
    """Invoiced, not yet paid."""
    terms_days: Mapped[int] = mapped_column(Integer)


class ReceivedPayment(Base):
    """Money that a buyer paid on the bank for an order on account, as a person recorded it."""

    __tablename__ = "received_payments"
    __table_args__ = (
        Index("ix_received_payments_reference", "payment_id", "reference", unique=True, postgresql_where="taken_back_at IS NULL"),
        CheckConstraint("amount_minor > 0", name="positive"),
    )
    __tenants__ = ("buyer_id", "reseller_id")
    id: Mapped[PrimaryKey]
    payment_id: Mapped[str] = reference("payments.id")
    order_id: Mapped[str] = reference("orders.id", index=True)
    buyer_id: Mapped[str] = mapped_column(ID)
    reseller_id: Mapped[str] = mapped_column(ID)
    amount_minor: Mapped[Minor]
    excess_minor: Mapped[Minor]
    """The part that was more than was owed; it is kept as the buyer's credit."""
    currency: Mapped[Currency]
    reference: Mapped[Words]
    received_on: Mapped[Day]
    recorded_by: Mapped[Words]
    created_at: Mapped[Moment]
    taken_back_at: Mapped[Moment | None]
    """When a person said that it was recorded by mistake; its entry was posted the other way."""


class WebhookReceipt(Base):
    """A verified message of the provider, stored before anything is done with it."""

    __tablename__ = "webhook_receipts"
    __table_args__ = (UniqueConstraint("gateway", "event_id"), Index("ix_webhook_receipts_received_at", "received_at"))
    id: Mapped[PrimaryKey]
    gateway: Mapped[Words]
    event_id: Mapped[Words]
    kind: Mapped[Words]
    object_id: Mapped[Words | None]
    account_id: Mapped[Words | None]
    body: Mapped[bytes] = mapped_column(LargeBinary)
    received_at: Mapped[Moment]
    handled_at: Mapped[Moment | None]
    outcome: Mapped[Words | None]


class OperatorTask(Base):
    """Something about money that a person must look at."""

    __tablename__ = "operator_tasks"
    id: Mapped[PrimaryKey]
    kind: Mapped[Words]
    about: Mapped[Json]
    message: Mapped[Words]
    created_at: Mapped[Moment]
    closed_at: Mapped[Moment | None]
