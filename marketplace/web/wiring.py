"""Who reacts to which fact: the one page where the rooms' handlers are subscribed.

`FACTS` lists (fact, topic, handler); `TOPICS` the outbox topics that verbs publish by name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask

from marketplace.analytics import handlers as analytics
from marketplace.catalog import handlers as catalog
from marketplace.core import events, outbox
from marketplace.offers import handlers as offers
from marketplace.orders import events as order_facts
from marketplace.web import doorbell

Handler = Callable[[Mapping[str, Any]], None]

FACTS: list[tuple[type, str, Handler]] = [
    (order_facts.ShipmentSent, "analytics.shipment_sent", analytics.shipment_sent),
]

TOPICS: dict[str, Handler] = {
    "catalog.stage": catalog.stage,
    "catalog.apply": catalog.apply,
    "offers.release_expired": offers.on_release_expired,
}


def wire(app: Flask) -> None:
    """Subscribe every handler, and hang up the doorbell."""
    for fact, topic, handler in FACTS:
        events.subscribe(fact, topic, handler)
    outbox.handlers.update(TOPICS)
    doorbell.hang(app)
