"""A small sound problem with every feature, and an answer to it, for tests to break."""

from __future__ import annotations

import copy
from typing import Any

PROBLEM: dict[str, Any] = {
    "version": 1, "currency": "EUR", "split_minor": 400, "max_sellers": 2,
    "lines": [{"id": "l1", "quantity": 10, "unfilled_minor": 100_000, "max_offers": 1},
              {"id": "l2", "quantity": 4, "unfilled_minor": None, "max_offers": None}],
    "sellers": [
        {"id": "s1", "opening_minor": 250, "freight_minor": 790, "free_freight_from_minor": 15_000, "minimum_minor": 20_000,
         "minimum_rule": "surcharge", "surcharge_minor": 1500},
        {"id": "s2", "opening_minor": 0, "freight_minor": 500, "free_freight_from_minor": None, "minimum_minor": 1000,
         "minimum_rule": "block", "surcharge_minor": 0},
        {"id": "s3", "opening_minor": 0, "freight_minor": 0, "free_freight_from_minor": None, "minimum_minor": None,
         "minimum_rule": None, "surcharge_minor": 0},
    ],
    "pools": [{"id": "p1", "available": 40}, {"id": "p2", "available": 3}, {"id": "p3", "available": 12}],
    "offers": [
        {"id": "o1", "line": "l1", "seller": "s1", "pool": "p1", "tiers": [[1, 1000], [10, 940]], "minimum": 5, "multiple": 5,
         "maximum": 100, "extra_unit_minor": 12, "extra_minor": 60},
        {"id": "o2", "line": "l2", "seller": "s2", "pool": "p2", "tiers": [[1, 600]], "minimum": 1, "multiple": 1,
         "maximum": 4, "extra_unit_minor": 0, "extra_minor": 0},
        {"id": "o3", "line": "l2", "seller": "s3", "pool": "p3", "tiers": [[1, 700]], "minimum": 1, "multiple": 1,
         "maximum": 4, "extra_unit_minor": 0, "extra_minor": 0},
        {"id": "o4", "line": "l1", "seller": "s3", "pool": "p3", "tiers": [[1, 1400]], "minimum": 1, "multiple": 1,
         "maximum": None, "extra_unit_minor": 0, "extra_minor": 0},
    ],
}
ANSWER: dict[str, Any] = {
    "version": 1, "status": "feasible", "total_minor": 15_320, "bound_minor": 15_000, "seconds": 0.0, "stage": "construct",
    "allocations": [{"offer": "o1", "quantity": 10}, {"offer": "o3", "quantity": 4}], "unfilled": [],
    "breakdown": {"goods": 12_200, "opening": 250, "freight": 790, "surcharge": 1500, "split": 400, "extra": 180, "unfilled": 0},
}


def problem() -> dict[str, Any]:
    return copy.deepcopy(PROBLEM)


def answer() -> dict[str, Any]:
    return copy.deepcopy(ANSWER)
