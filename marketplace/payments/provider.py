"""The shapes that a payment provider is spoken to with; `gateway` chooses the provider."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from marketplace.core.errors import Unavailable
from marketplace.orders.models import Order
from marketplace.payments.models import Payment, Refund, Transfer


@dataclass(frozen=True)
class Session:
    """A hosted page."""

    id: str
    url: str


@dataclass(frozen=True)
class Paid:
    """What the provider says was paid, now; amounts in minor units."""

    charge_id: str
    amount_minor: int
    currency: str
    order_id: str


class Gateway(Protocol):
    """What the payments room asks of a provider. Every call carries our row's key."""

    def open_session(self, payment: Payment, order: Order) -> Session: ...
    def paid(self, session_id: str) -> Paid | None: ...
    def refund(self, refund: Refund, charge_id: str) -> tuple[str, str]: ...
    def transfer(self, transfer: Transfer, charge_id: str, account_id: str) -> str: ...
    def event(self, body: bytes, signature: str) -> dict: ...


class ProviderDown(Unavailable):
    """The payment provider does not answer; nothing was charged twice, try again."""

    code = "provider_unavailable"
    message = "The payment provider does not answer at the moment. Try again in a moment."
