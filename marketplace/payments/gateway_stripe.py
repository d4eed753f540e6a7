"""The provider by its own client: separate charges and transfers on the platform account, one version pinned.

Each call that moves something carries our row's id and attempt as its idempotency key, so that a call whose answer
was lost is repeated without harm. Retries and waiting are bounded; what is left is the outbox's.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import stripe

from marketplace.core.errors import Invalid
from marketplace.orders.models import Order
from marketplace.payments.gateway_accounts import Accounts, asked
from marketplace.payments.models import Payment, Refund, Transfer
from marketplace.payments.provider import VERSION, Found, Looked, Paid, Session

TOLERANCE = 300
RETRIES = 2
TIMEOUT = (3.0, 15.0)
"""Seconds to connect and to wait for an answer; with the retries less than a job's lease."""
PAGE = 100
EXPAND: Any = {"expand": ["payment_intent.latest_charge.balance_transaction"]}


class BadSignature(Invalid):
    """A message that the provider did not sign, or not just now."""

    code = "bad_signature"
    message = "The signature is not valid."


class BadMessage(Invalid):
    """A message that was signed, and is no event: another program holds the secret."""

    code = "bad_message"
    message = "The message is no event with an id, a type and what it is about."


class StripeGateway(Accounts):
    """Stripe, or something that speaks like it at `address`. `webhook_secret` may be several, with commas between."""

    def __init__(self, key: str, webhook_secret: str, address: str | None, http_client: stripe.HTTPClient | None = None) -> None:
        addresses: Any = {"base_addresses": {"api": address}} if address else {}
        self.client = stripe.StripeClient(key, stripe_version=VERSION, max_network_retries=RETRIES,
                                          http_client=http_client or stripe.RequestsClient(timeout=TIMEOUT), **addresses)
        self.key = key
        self.webhook_secrets = [secret.strip() for secret in webhook_secret.split(",") if secret.strip()]

    def open_session(self, payment: Payment, order: Order, back: str) -> Session:
        """Open the hosted page for a payment; `back` is the storefront's own address."""
        ours = {"payment_id": payment.id, "order_id": order.id}
        with asked():
            made = self.client.v1.checkout.sessions.create(
                {
                    "mode": "payment", "client_reference_id": order.id, "metadata": ours,
                    "line_items": [{"quantity": 1, "price_data": {
                        "currency": payment.currency.lower(), "unit_amount": payment.amount_minor,
                        "product_data": {"name": f"Order {order.number}"}}}],
                    "payment_intent_data": {"transfer_group": order.id, "metadata": ours},
                    "success_url": f"{back}/orders/{order.id}?paid=1", "cancel_url": f"{back}/orders/{order.id}",
                },
                {"idempotency_key": f"{payment.id}.{payment.attempt}"},
            )
        return Session(made.id, made.url or "")

    def look(self, session_id: str) -> Looked:
        """How a hosted page stands now."""
        with asked():
            found = self.client.v1.checkout.sessions.retrieve(session_id, EXPAND)
        intent: Any = found.payment_intent
        order_id = found.client_reference_id or ""
        if found.payment_status == "paid":
            return Looked("paid", _paid(intent, order_id), order_id)
        if found.status == "complete":
            return Looked("processing" if intent.status == "processing" else "failed", None, order_id)
        return Looked("expired" if found.status == "expired" else "open", None, order_id)

    def session_of(self, payment_intent_id: str) -> str | None:
        """The hosted page that a payment intent belongs to."""
        with asked():
            found = self.client.v1.checkout.sessions.list({"payment_intent": payment_intent_id, "limit": 1})
        return found.data[0].id if found.data else None

    def paid(self, session_id: str) -> Paid | None:
        """What was paid on a page, as of now; None while it is not."""
        return self.look(session_id).paid

    def close_session(self, session_id: str) -> None:
        """Let nobody pay on a page any more; one that is not open any more refuses."""
        with asked():
            self.client.v1.checkout.sessions.expire(session_id)

    def refund(self, refund: Refund, charge_id: str) -> tuple[str, str]:
        """Send money back; gives the provider's id and status."""
        with asked():
            made = self.client.v1.refunds.create(
                {"charge": charge_id, "amount": refund.amount_minor, "metadata": {"refund_id": refund.id}},
                {"idempotency_key": f"{refund.id}.{refund.attempt}"})
        return made.id, made.status or "pending"

    def refund_status(self, refund_id: str) -> str:
        """How a refund stands now, in the provider's word."""
        with asked():
            return self.client.v1.refunds.retrieve(refund_id).status or "pending"

    def transfer(self, transfer: Transfer, charge_id: str, account_id: str) -> str:
        """Send released money to a connected account; gives the provider's id."""
        with asked():
            made = self.client.v1.transfers.create(
                {"amount": transfer.amount_minor, "currency": transfer.currency.lower(), "destination": account_id,
                 "source_transaction": charge_id, "transfer_group": transfer.order_id, "metadata": {"transfer_id": transfer.id}},
                {"idempotency_key": f"{transfer.id}.{transfer.attempt}"})
        return made.id

    def reversed_minor(self, transfer_id: str) -> int:
        """How much of a transfer came back so far."""
        with asked():
            return self.client.v1.transfers.retrieve(transfer_id).amount_reversed

    def listed(self, kind: str) -> Iterator[Found]:
        """The provider's 'charges', 'refunds' or 'transfers', newest first, a page of 100 at a time."""
        with asked():
            for row in getattr(self.client.v1, kind).list({"limit": PAGE}).auto_paging_iter():
                yield _found(kind, row)

    def event(self, body: bytes, signature: str) -> dict[str, Any]:
        """The message in a webhook's body. Raises: BadSignature when forged, too old, or from the future; BadMessage."""
        if not any(_signed(body, signature, secret) for secret in self.webhook_secrets):
            raise BadSignature
        said = next((int(part[2:]) for part in signature.split(",") if part.startswith("t=") and part[2:].isdigit()), 0)
        # The provider signs by the wall clock; a replay that lives in another year is sent messages of today.
        if said > time.time() + TOLERANCE:
            raise BadSignature
        return _event(body)

    def reaches(self) -> dict[str, Any]:
        """What the key reaches: the platform's account. For the doctor."""
        with asked():
            account = self.client.v1.accounts.retrieve_current()
        return {"id": account.id, "country": account.country, "charges_enabled": bool(account.charges_enabled)}

    def endpoints(self) -> list[dict[str, Any]]:
        """The webhook endpoints that the provider sends to. For the doctor."""
        with asked():
            found = self.client.v1.webhook_endpoints.list({"limit": PAGE})
        return [{"url": row.url, "status": row.status, "api_version": row.api_version, "events": list(row.enabled_events)}
                for row in islice(found.data, PAGE)]


def _signed(body: bytes, signature: str, secret: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(body.decode(), signature, secret, TOLERANCE)
    except (stripe.SignatureVerificationError, UnicodeDecodeError):
        return False
    return True


def _event(body: bytes) -> dict[str, Any]:
    """Newer events name what they are about beside `data`, older ones hold it there."""
    try:
        event = json.loads(body)
        about = event["related_object"] if event.get("related_object") else event["data"]["object"]
        texts = [event["id"], event["type"], about.get("id") or "", event.get("account") or ""]
    except (ValueError, LookupError, AttributeError, TypeError):
        raise BadMessage from None
    if not all(isinstance(text, str) for text in texts):
        raise BadMessage
    return event


def _paid(intent: Any, order_id: str) -> Paid:
    charge = intent.latest_charge
    entry = getattr(charge, "balance_transaction", None)
    fee = entry.fee if entry is not None and entry.currency == intent.currency else 0
    return Paid(charge.id, intent.amount_received, intent.currency.upper(), order_id, fee)


def _found(kind: str, row: Any) -> Found:
    ours = row.metadata.to_dict() if row.metadata else {}
    back = {"charges": "amount_refunded", "transfers": "amount_reversed"}.get(kind)
    key = {"charges": "payment_id", "refunds": "refund_id", "transfers": "transfer_id"}[kind]
    return Found(row.id, row.amount, row.currency.upper(), getattr(row, back) if back else 0,
                 row.destination if kind == "transfers" else None, ours.get(key))
