"""Facts go up: a room publishes what happened, `web/wiring.py` alone says who reacts.

A fact is a frozen dataclass in the past tense, of plain JSON values. Each subscriber gets it through
the outbox, at least once, in its own transaction.
"""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from marketplace.core import outbox
from marketplace.core.ids import new_id

subscribers: dict[type, list[str]] = {}


def subscribe(fact: type, topic: str, handler: Callable[[Mapping[str, Any]], None]) -> None:
    """Let `handler` react to `fact` as outbox topic `topic`; the payload is the fact's fields."""
    topics = subscribers.setdefault(fact, [])
    if topic not in topics:
        topics.append(topic)
    outbox.handlers[topic] = handler


def publish(fact: Any) -> None:
    """Publish a fact in the current transaction. Effects: one outbox row per subscriber."""
    identity = getattr(fact, "key", None) or new_id("fct")
    outbox.publish_all(
        [(topic, f"{topic}:{identity}", asdict(fact), None) for topic in subscribers.get(type(fact), [])]
    )
