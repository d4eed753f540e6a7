"""Reactions of the channel's memory: what was shipped becomes sell-through.

Sell-through counts when goods leave the seller: what is refused or cancelled before never counts, so
nothing has to be taken back. A repeated message writes nothing new.
"""

from collections.abc import Mapping
from typing import Any

from marketplace.analytics import facts


def shipment_sent(payload: Mapping[str, Any]) -> None:
    """Count a shipment's quantities as sell-through of the day it left."""
    facts.record_shipment(payload["shipment_id"])
