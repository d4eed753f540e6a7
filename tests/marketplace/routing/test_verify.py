"""The verifier confirms a sound answer and refuses one broken answer per rule."""

from __future__ import annotations

import pytest

from marketplace.routing import verify
from tests.marketplace.routing.samples import answer, problem


def rewritten(quantities, **changes):
    """An answer whose money is right for `quantities`, so that only the broken rule can tell."""
    data = problem()
    cost = verify.breakdown(data, quantities)
    left = {line["id"]: line["quantity"] for line in data["lines"]}
    for offer in data["offers"]:
        left[offer["line"]] -= quantities.get(offer["id"], 0)
    return answer() | {
        "allocations": [{"offer": id_, "quantity": n} for id_, n in sorted(quantities.items())],
        "unfilled": [{"line": id_, "quantity": n} for id_, n in sorted(left.items()) if n > 0],
        "breakdown": cost, "total_minor": sum(cost.values()), "bound_minor": 0,
    } | changes


def test_a_sound_answer_passes():
    assert verify.check(problem(), answer()) == []


@pytest.mark.parametrize(("quantities", "said"), [
    ({"o1": 15, "o3": 4}, "Line l1 gets more than it wants."),
    ({"o1": 7, "o3": 4}, "Offer o1 is no multiple of 5."),
    ({"o4": 10, "o3": 5}, "Offer o3 is above its maximum."),
    ({"o4": 10, "o3": 4}, "Pool p3 gives more than it has."),
    ({"o1": 5, "o4": 5, "o3": 4}, "Line l1 is split over too many offers."),
    ({"o1": 10}, "Line l2 must be filled."),
    ({"o1": 10, "o2": 2, "o3": 2}, "Too many sellers."),
    ({"o2": 1, "o3": 3}, "Seller s2 is below its minimum."),
])
def test_each_broken_rule_is_named(quantities, said):
    assert said in verify.check(problem(), rewritten(quantities))


def test_a_quantity_below_the_offers_minimum_is_named():
    data = problem()
    data["offers"][2]["minimum"] = 5
    assert "Offer o3 is below its minimum." in verify.check(data, answer())


@pytest.mark.parametrize(("change", "said"), [
    ({"total_minor": 15_319}, "The total is not what the allocations cost."),
    ({"bound_minor": 15_321}, "The bound is above the total."),
    ({"bound_minor": 15_320}, "The status does not follow from total and bound."),
    ({"status": "optimal"}, "The status does not follow from total and bound."),
    ({"status": "great"}, "Unknown status 'great'."),
    ({"version": 2}, "The answer is not of version 1."),
    ({"unfilled": [{"line": "l1", "quantity": 1}]}, "The unfilled quantities are not what is missing."),
    ({"breakdown": {}}, "The breakdown is not what the allocations cost."),
    ({"allocations": [{"offer": "o1", "quantity": 0}]}, "Offer o1 has no whole quantity above zero."),
    ({"allocations": [{"offer": "o1", "quantity": 10.0}]}, "Offer o1 has no whole quantity above zero."),
    ({"allocations": [{"offer": "o9", "quantity": 1}]}, "Allocation {'offer': 'o9', 'quantity': 1} names no offer."),
    ({"allocations": [{"offer": "o3", "quantity": 4}, {"offer": "o1", "quantity": 10}]},
     "Allocations are not sorted by offer, each once."),
    ({"status": "infeasible", "because": ["l1"]}, "Infeasible without naming lines that must be filled."),
])
def test_a_false_statement_about_the_answer_is_named(change, said):
    assert said in verify.check(problem(), answer() | change)
