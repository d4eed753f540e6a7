"""A state written out as an answer of the allocation format, version 1."""

from __future__ import annotations

from typing import Any

from marketplace.routing import verify
from marketplace.routing.search import Answer, Search, Unverified
from marketplace.routing.state import State


def quantities(state: State) -> dict[str, int]:
    """Offer id -> units > 0, in order of id."""
    return {state.problem.offers[at].id: quantity for at, quantity in enumerate(state.x) if quantity}


def written(data: dict[str, Any], quantities: dict[str, int], lower: int, stage: str) -> Answer:
    """Quantities (offer id -> units > 0, in order of id) as an answer; `optimal` when `lower` proves it."""
    cost = verify.breakdown(data, quantities)
    total = sum(cost.values())
    left = {line["id"]: line["quantity"] for line in data["lines"]}
    for offer in data["offers"]:
        left[offer["line"]] -= quantities.get(offer["id"], 0)
    return {
        "version": 1, "status": "optimal" if lower >= total else "feasible", "total_minor": total,
        "bound_minor": min(lower, total), "seconds": 0.0, "stage": stage,
        "allocations": [{"offer": id_, "quantity": quantity} for id_, quantity in quantities.items()],
        "unfilled": [{"line": id_, "quantity": left[id_]} for id_ in sorted(left) if left[id_]],
        "breakdown": cost,
    }


def infeasible(search: Search) -> Answer:
    """No way was found to fill the lines named, which must be filled."""
    state = search.state
    must = [line.id for line, room in zip(search.problem.lines, state.room, strict=True) if line.unfilled_minor is None and room]
    must = must or [line.id for line in search.problem.lines if line.unfilled_minor is None]
    trial = {
        "version": 1, "status": "infeasible", "total_minor": None, "bound_minor": None, "seconds": 0.0,
        "stage": search.stage, "because": must, "allocations": [], "unfilled": [], "breakdown": dict.fromkeys(verify.PARTS, 0),
    }
    if faults := verify.check(search.data, trial):
        raise Unverified("; ".join(faults))
    return trial
