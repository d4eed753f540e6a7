"""Messages from the provider: verified, stored once, and then only believed for the id of the object to look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import insert

from marketplace.core import clock, jobs, outbox
from marketplace.core.db import db
from marketplace.core.errors import NotFound
from marketplace.core.ids import new_id
from marketplace.payments import accounts, gateway, hosted, payouts, refunds, releases
from marketplace.payments.models import WebhookReceipt

TOPIC = "payments.webhook"
Act = Callable[[str, str], str]


def receive(name: str, body: bytes, signature: str) -> None:
    """Verify and store a message; a repeated one is taken and forgotten.

    Effects: one receipt and one piece of work; of a kind that we do not act on the receipt alone, closed.
    Raises:  BadSignature; NotFound for a gateway that is not in use.
    """
    if name != gateway.name():
        raise NotFound
    event = gateway.current().event(body, signature)
    said = event.get("related_object") or event.get("data", {}).get("object", {})
    row = {"id": new_id("whr"), "gateway": name, "event_id": str(event["id"]), "kind": str(event["type"]),
           "object_id": said.get("id"), "account_id": event.get("account"), "body": body, "received_at": clock.now()}
    if _act(row["kind"]) is None:
        row |= {"outcome": "not for us", "handled_at": row["received_at"]}
    claim = insert(WebhookReceipt).values(row).on_conflict_do_nothing(index_elements=["gateway", "event_id"])
    if db.session.execute(claim.returning(WebhookReceipt.id)).first() is not None and "handled_at" not in row:
        outbox.publish(TOPIC, f"{TOPIC}:{name}:{event['id']}", {"receipt_id": row["id"]})


def handle(payload: Mapping[str, Any]) -> None:
    """Look at what a stored message is about, and act on how that stands now; a kind that we do not know is closed."""
    receipt = db.session.get_one(WebhookReceipt, payload["receipt_id"])
    if receipt.handled_at is not None:
        return
    act = _act(receipt.kind)
    outcome = act(receipt.object_id or "", receipt.account_id or "") if act else "not for us"
    receipt.outcome, receipt.handled_at = outcome, clock.now()


def _act(kind: str) -> Act | None:
    return next((act for prefix, act in KINDS if kind.startswith(prefix)), None)


def _intent(intent_id: str, account_id: str) -> str:
    found = jobs.outside(lambda: gateway.current().session_of(intent_id))
    return hosted.look(found) if found else "unknown intent"


KINDS: tuple[tuple[str, Act], ...] = (
    ("checkout.session.", lambda id_, account_id: hosted.look(id_)),
    ("payment_intent.", _intent),
    ("refund.", lambda id_, account_id: refunds.look(id_)),
    ("charge.refund.", lambda id_, account_id: refunds.look(id_)),
    ("transfer.reversed", lambda id_, account_id: releases.look(id_)),
    ("transfer.updated", lambda id_, account_id: releases.look(id_)),
    ("payout.", payouts.look),
    ("account.updated", lambda id_, account_id: accounts.look(id_)),
    ("capability.updated", lambda id_, account_id: accounts.look(account_id)),
    ("v2.core.account", lambda id_, account_id: accounts.look(id_)),
)
