"""The demo's routing policy: the market's in two versions, and one storefront with its own, with a quota between two sellers."""

from __future__ import annotations

from typing import Any

from marketplace.identity.access import Actor
from marketplace.operators.demo.world import World
from marketplace.routing import policy

BEGAN = {"currency": "EUR", "split_minor": 400, "day_minor": 50}


def make(operator: Actor, world: World) -> None:
    """Effects: three versions of policies, made when the market began; what is traded is decided by them."""
    first, second, third = world.sellers[:3]
    policy.set_policy(operator, BEGAN)
    near = {"seller_id": third.id, "countries": [third.country], "minor": 150}
    policy.set_policy(operator, BEGAN | {"split_minor": 600, "max_sellers": 4, "preferences": [near]})
    shares = {first.id: 7_000, second.id: 3_000}
    shared: dict[str, Any] = {"name": "First choice", "brand_id": None, "countries": [], "shares": shares, "drift_minor": 500}
    policy.set_policy(operator, BEGAN | {"max_sellers": 3, "quotas": [shared]}, world.storefronts[1].id)
