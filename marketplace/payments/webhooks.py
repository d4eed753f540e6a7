"""Messages from the provider: verified, stored once, and then only believed for the id of the object to look at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock, outbox
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.payments import gateway, service
from marketplace.payments.models import Payment, WebhookReceipt

TOPIC = "payments.webhook"


def receive(name: str, body: bytes, signature: str) -> None:
    """Verify and store a message; a repeated one is taken and forgotten.

    Effects: one receipt and one piece of work. Raises: BadSignature; NotFound for a gateway that is not in use.
    """
    if name != gateway.name():
        raise NotFound
    event = gateway.current().event(body, signature)
    said = event.get("data", {}).get("object", {})
    row = {"id": new_id("whr"), "gateway": name, "event_id": str(event["id"]), "kind": str(event["type"]),
           "object_id": said.get("id"), "account_id": event.get("account"), "body": body, "received_at": clock.now()}
    claim = insert(WebhookReceipt).values(row).on_conflict_do_nothing(index_elements=["gateway", "event_id"])
    if db.session.execute(claim.returning(WebhookReceipt.id)).first() is not None:
        outbox.publish(TOPIC, f"{TOPIC}:{name}:{event['id']}", {"receipt_id": row["id"]})


def handle(payload: Mapping[str, Any]) -> None:
    """Look at what a stored message is about, and act on how that stands now."""
    receipt = db.session.get_one(WebhookReceipt, payload["receipt_id"])
    if receipt.kind.startswith("checkout.session."):
        receipt.outcome = look(receipt.object_id or "")
    else:
        receipt.outcome = "not for us"
    receipt.handled_at = clock.now()


def look(session_id: str) -> str:
    """Act on how a page stands at the provider now; says what was found."""
    payment = db.session.scalar(select(Payment).filter_by(session_id=session_id))
    if payment is None:
        return "unknown session"
    paid = gateway.current().paid(session_id)
    if paid is None:
        return "not paid"
    service.capture(payment.id, paid)
    return "paid"

