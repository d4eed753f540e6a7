"""Reactions of the offers room to its own outbox topics."""

from collections.abc import Mapping
from typing import Any

from marketplace.offers import stock


def on_release_expired(payload: Mapping[str, Any]) -> None:
    """Give back what was not paid in time; repeats do no harm."""
    while stock.release_expired() == stock.BATCH:
        pass
