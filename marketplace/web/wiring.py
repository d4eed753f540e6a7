"""Who reacts to which fact: the one page where the rooms' handlers are subscribed.

`FACTS` lists (fact, topic, handler); `TOPICS` the outbox topics that verbs publish by name; `ROUNDS` the topics
that come round by themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from flask import Flask

from marketplace.analytics import handlers as analytics
from marketplace.analytics import models as _tables  # noqa: F401 - its tables belong to every schema
from marketplace.analytics import scores
from marketplace.catalog import handlers as catalog
from marketplace.core import events, outbox, rounds
from marketplace.orders import deadlines
from marketplace.orders import events as order_facts
from marketplace.orders import handlers as orders
from marketplace.payments import handlers as payments
from marketplace.pricing import feeds
from marketplace.routing import proofs
from marketplace.web import doorbell

Handler = Callable[[Mapping[str, Any]], None]

FACTS: list[tuple[type, str, Handler]] = [
    (order_facts.ShipmentSent, "analytics.shipment_sent", analytics.shipment_sent),
    (order_facts.QuantityRefused, "orders.refused", orders.on_refused),
    (order_facts.QuantityCancelled, "payments.cancelled", payments.on_cancelled),
    (order_facts.SellerOrderRerouted, "payments.rerouted", payments.on_rerouted),
    (order_facts.SellerOrderDelivered, "payments.delivered", payments.on_delivered),
]

TOPICS: dict[str, Handler] = {
    scores.TOPIC: scores.on_round,
    "catalog.stage": catalog.stage,
    "catalog.apply": catalog.apply,
    deadlines.TOPIC: orders.on_deadlines,
    deadlines.TIMEOUT: orders.on_accept_timeout,
    deadlines.UNPAID: payments.on_unpaid,
    "payments.look": payments.look,
    "payments.reconcile": payments.reconcile,
    "payments.refund": payments.send_refund,
    "payments.release": payments.release,
    "payments.transfer": payments.send_transfer,
    "payments.webhook": payments.handle_webhook,
    feeds.TOPIC: feeds.on_import,
    proofs.TOPIC: proofs.on_round,
}

ROUNDS: dict[str, timedelta] = {
    "payments.reconcile": timedelta(minutes=15),
    deadlines.TOPIC: deadlines.EVERY,
    proofs.TOPIC: proofs.EVERY,
    scores.TOPIC: scores.EVERY,
}


def wire(app: Flask) -> None:
    """Subscribe every handler, and hang up the doorbell."""
    for fact, topic, handler in FACTS:
        events.subscribe(fact, topic, handler)
    outbox.handlers.update(TOPICS)
    rounds.every.update(ROUNDS)
    doorbell.hang(app)
