"""The ways to plan a cart that its buyer may choose from, each with what it comes to. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.routing.plans import Plan


def of(plans: Mapping[str, Plan], wish: str) -> list[dict[str, Any]]:
    """What each way comes to, beside the one chosen.

    Shapes:  [{"wish", "is_chosen", "complete", "parcels", "arrives_on", "total_minor", "more_minor": than the chosen one's total}], in
             the order of `plans`; empty when all ways are one and the same.
    """
    ways = {name: sorted((row["offer"], row["quantity"]) for row in plan.answer["allocations"]) for name, plan in plans.items()}
    if all(way == ways[wish] for way in ways.values()):
        return []
    return [_choice(name, plan, plans[wish]) | {"is_chosen": name == wish} for name, plan in plans.items()]


def _choice(name: str, plan: Plan, chosen: Plan) -> dict[str, Any]:
    return {
        "wish": name, "complete": not plan.unfilled, "parcels": len(plan.parts), "total_minor": plan.total_minor,
        "arrives_on": max(part.promised_on for part in plan.parts).isoformat() if plan.parts else None,
        "more_minor": plan.total_minor - chosen.total_minor,
    }
