"""The provider by its own client: separate charges and transfers on the platform account, one version pinned.

Each POST carries our row's id and attempt as its idempotency key, so that a call whose answer was lost is
repeated without harm.
"""

from __future__ import annotations

import json
import os

import stripe

from marketplace.core import clock
from marketplace.core.db import db
from marketplace.core.errors import Invalid
from marketplace.identity.models import Storefront
from marketplace.orders.models import Order
from marketplace.payments.models import Payment, Refund, Transfer
from marketplace.payments.provider import Paid, ProviderDown, Session

VERSION = "2026-05-27.dahlia"
TOLERANCE = 300
RETRIES = 2


class BadSignature(Invalid):
    """A message that the provider did not sign, or not just now."""

    code = "bad_signature"
    message = "The signature is not valid."


def public_url(host: str) -> str:
    """Where a storefront's host is reached from outside: PUBLIC_SCHEME and PUBLIC_PORT say how."""
    port = os.environ.get("PUBLIC_PORT", "")
    return f"{os.environ.get('PUBLIC_SCHEME', 'http')}://{host}" + (f":{port}" if port else "")


class StripeGateway:
    """Stripe, or something that speaks like it at `address`."""

    def __init__(self, key: str, webhook_secret: str, address: str | None) -> None:
        addresses = {"base_addresses": {"api": address}} if address else {}
        self.client = stripe.StripeClient(key, stripe_version=VERSION, max_network_retries=RETRIES, **addresses)
        self.webhook_secret = webhook_secret

    def open_session(self, payment: Payment, order: Order) -> Session:
        """Open the hosted page for a payment."""
        back = public_url(db.session.get_one(Storefront, order.storefront_id).host)
        try:
            made = self.client.v1.checkout.sessions.create(
                {
                    "mode": "payment", "client_reference_id": order.id, "metadata": {"payment_id": payment.id, "order_id": order.id},
                    "line_items": [{"quantity": 1, "price_data": {
                        "currency": payment.currency.lower(), "unit_amount": payment.amount_minor,
                        "product_data": {"name": f"Order {order.number}"}}}],
                    "payment_intent_data": {"transfer_group": order.id, "metadata": {"payment_id": payment.id, "order_id": order.id}},
                    "success_url": f"{back}/orders/{order.id}?paid=1", "cancel_url": f"{back}/orders/{order.id}",
                },
                {"idempotency_key": f"{payment.id}.{payment.attempt}"},
            )
        except stripe.APIConnectionError as error:
            raise ProviderDown from error
        return Session(made.id, made.url)

    def paid(self, session_id: str) -> Paid | None:
        """What was paid on a page, as of now; None while it is not."""
        found = self.client.v1.checkout.sessions.retrieve(session_id, {"expand": ["payment_intent"]})
        if found.payment_status != "paid":
            return None
        intent = found.payment_intent
        return Paid(intent.latest_charge, intent.amount_received, intent.currency.upper(), found.client_reference_id)

    def refund(self, refund: Refund, charge_id: str) -> tuple[str, str]:
        """Send money back; gives the provider's id and status."""
        made = self.client.v1.refunds.create(
            {"charge": charge_id, "amount": refund.amount_minor, "metadata": {"refund_id": refund.id}},
            {"idempotency_key": f"{refund.id}.{refund.attempt}"})
        return made.id, made.status

    def transfer(self, transfer: Transfer, charge_id: str, account_id: str) -> str:
        """Send released money to a connected account; gives the provider's id."""
        made = self.client.v1.transfers.create(
            {"amount": transfer.amount_minor, "currency": transfer.currency.lower(), "destination": account_id,
             "source_transaction": charge_id, "transfer_group": transfer.order_id, "metadata": {"transfer_id": transfer.id}},
            {"idempotency_key": f"{transfer.id}.{transfer.attempt}"})
        return made.id

    def event(self, body: bytes, signature: str) -> dict:
        """The message in a webhook's body. Raises: BadSignature when forged, too old, or from the future."""
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, self.webhook_secret, TOLERANCE)
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise BadSignature from error
        said = next((int(part[2:]) for part in signature.split(",") if part.startswith("t=") and part[2:].isdigit()), 0)
        if said > clock.now().timestamp() + TOLERANCE:
            raise BadSignature
        return json.loads(body)
