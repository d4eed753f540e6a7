"""The shapes that a payment provider is spoken to with; `gateway` chooses the provider.

Everything the provider says is as of the moment of the call. Amounts are minor units of the currency beside them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar, Protocol

from marketplace.core.errors import Conflict, Unavailable
from marketplace.identity.models import Organization
from marketplace.orders.models import Order
from marketplace.payments.models import Payment, PayoutAccount, Refund, Transfer

VERSION = "2026-05-27.dahlia"
"""The provider's version that our requests ask for, and that its messages must come in."""


@dataclass(frozen=True)
class Session:
    """A hosted page."""

    id: str
    url: str


@dataclass(frozen=True)
class Paid:
    """What the provider says was paid, now; `fee_minor` is what it kept, in the same currency."""

    charge_id: str
    amount_minor: int
    currency: str
    order_id: str
    fee_minor: int = 0


@dataclass(frozen=True)
class Looked:
    """How a hosted page stands: 'open', 'processing', 'failed', 'expired' or 'paid'."""

    state: str
    paid: Paid | None = None
    order_id: str | None = None


@dataclass(frozen=True)
class PayoutSaid:
    """A payout of a connected account, and the transfers it took to the bank."""

    id: str
    amount_minor: int
    currency: str
    status: str
    because: str | None
    arrives_at: int | None
    """Seconds since 1970."""
    transfer_ids: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class PayoutHead:
    """A payout of a connected account in the provider's list."""

    id: str
    amount_minor: int
    currency: str
    status: str
    made_at: int
    """Seconds since 1970."""


@dataclass(frozen=True)
class Found:
    """A charge, refund or transfer in the provider's list; `back_minor` was refunded or reversed of it."""

    id: str
    amount_minor: int
    currency: str
    back_minor: int
    destination: str | None
    ours: str | None
    """Our row's id, from the metadata."""


class Gateway(Protocol):
    """What the payments room asks of a provider. Each call that moves something carries our row's key.

    No call touches the database, so that none is made while a row is locked (`core.jobs.outside`).
    Raises: ProviderDown when it is unknown what happened; ProviderRefuses when nothing did.
    """

    def open_session(self, payment: Payment, order: Order, back: str) -> Session: ...
    def look(self, session_id: str) -> Looked: ...
    def session_of(self, payment_intent_id: str) -> str | None: ...
    def paid(self, session_id: str) -> Paid | None: ...
    def close_session(self, session_id: str) -> None: ...
    def refund(self, refund: Refund, charge_id: str) -> tuple[str, str]: ...
    def refund_status(self, refund_id: str) -> str: ...
    def transfer(self, transfer: Transfer, charge_id: str, account_id: str) -> str: ...
    def reversed_minor(self, transfer_id: str) -> int: ...
    def open_account(self, account: PayoutAccount, owner: Organization, email: str) -> str: ...
    def onboarding(self, account_id: str, back: str) -> str: ...
    def account_status(self, account_id: str) -> str: ...
    def payout(self, payout_id: str, account_id: str) -> PayoutSaid: ...
    def payouts(self, account_id: str) -> list[PayoutHead]: ...
    def balance(self, account_id: str | None = None) -> dict[str, int]: ...
    def listed(self, kind: str) -> Iterator[Found]: ...
    def event(self, body: bytes, signature: str) -> dict[str, Any]: ...
    def reaches(self) -> dict[str, Any]: ...
    def endpoints(self) -> list[dict[str, Any]]: ...


class ProviderDown(Unavailable):
    """The payment provider does not answer; nothing was charged twice, try again."""

    code: ClassVar[str] = "provider_unavailable"
    message = "The payment provider does not answer at the moment. Try again in a moment."


class ProviderRefuses(Conflict):
    """The provider refused for good: nothing moved, and the next try takes a new key. `reason` is its code."""

    code: ClassVar[str] = "provider_refused"
    message = "The payment provider refused this."

    def __init__(self, reason: str, said: str) -> None:
        self.reason, self.said = reason, said
        super().__init__(f"{type(self).message} ({reason})", reason=reason)
