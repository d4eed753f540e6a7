"""The verifier: recomputes an answer from the problem's JSON, and has the last word.

Independent of the solver on purpose: it shares no code with it, works on the raw JSON by names, in
whole numbers, and is written for reading rather than speed.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

PARTS = ("goods", "opening", "freight", "surcharge", "split", "extra", "unfilled")


def breakdown(problem: dict[str, Any], quantities: dict[str, int]) -> dict[str, int]:
    """What the quantities (offer id -> units > 0) cost, by part; rules are not checked here."""
    offers = {offer["id"]: offer for offer in problem["offers"]}
    goods: dict[str, int] = defaultdict(int)
    given: dict[str, int] = defaultdict(int)
    cost = dict.fromkeys(PARTS, 0)
    for id_, quantity in quantities.items():
        offer = offers[id_]
        goods[offer["seller"]] += unit_price(offer["tiers"], quantity) * quantity
        given[offer["line"]] += quantity
        cost["extra"] += offer["extra_minor"] + offer["extra_unit_minor"] * quantity
    cost["goods"] = sum(goods.values())
    for seller in problem["sellers"]:
        if seller["id"] in goods:
            for part, minor in charges(seller, goods[seller["id"]]).items():
                cost[part] += minor
    cost["split"] = problem["split_minor"] * max(0, len(goods) - 1)
    cost["unfilled"] = sum(
        (line.get("unfilled_minor") or 0) * (line["quantity"] - given[line["id"]]) for line in problem["lines"]
    )
    return cost


def unit_price(tiers: list[list[int]], quantity: int) -> int:
    """The price of the last tier that `quantity` reaches."""
    return [price for start, price in tiers if start <= quantity][-1]


def charges(seller: dict[str, Any], goods: int) -> dict[str, int]:
    """Opening, freight and surcharge of one seller order with goods for `goods`."""
    free_from, minimum = seller.get("free_freight_from_minor"), seller.get("minimum_minor")
    short = minimum is not None and goods < minimum and seller.get("minimum_rule") == "surcharge"
    return {
        "opening": seller["opening_minor"],
        "freight": 0 if free_from is not None and goods >= free_from else seller["freight_minor"],
        "surcharge": seller["surcharge_minor"] if short else 0,
    }


def check(problem: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    """Every rule that `answer` breaks, as plain sentences; an empty list is a pass.

    Shapes: `problem` has passed `problem.read`; `answer` may be anything.
    """
    if not isinstance(answer, dict) or answer.get("version") != 1:
        return ["The answer is not of version 1."]
    status = answer.get("status")
    if status == "infeasible":
        return _infeasible(problem, answer)
    if status not in ("optimal", "feasible"):
        return [f"Unknown status {status!r}."]
    rows: Any = answer.get("allocations")
    faults = _rows(problem, rows)
    if faults:
        return faults
    quantities = {row["offer"]: row["quantity"] for row in rows}
    return [*rules(problem, quantities), *_unfilled(problem, answer, quantities), *_money(problem, answer, quantities)]


def rules(problem: dict[str, Any], quantities: dict[str, int]) -> list[str]:
    """Every rule that the quantities (offer id -> units > 0) break."""
    return [*_offers(problem, quantities), *_lines(problem, quantities), *_sellers(problem, quantities)]


def _infeasible(problem: dict[str, Any], answer: dict[str, Any]) -> list[str]:
    because = answer.get("because")
    must = {line["id"] for line in problem["lines"] if line.get("unfilled_minor") is None}
    if not isinstance(because, list) or not because or not set(because) <= must:
        return ["Infeasible without naming lines that must be filled."]
    return ["Infeasible, yet with allocations."] if answer.get("allocations") else []


def _rows(problem: dict[str, Any], rows: Any) -> list[str]:
    known = {offer["id"] for offer in problem["offers"]}
    if not isinstance(rows, list):
        return ["Allocations are not a list."]
    for row in rows:
        if not isinstance(row, dict) or row.get("offer") not in known:
            return [f"Allocation {row!r} names no offer."]
        if type(row.get("quantity")) is not int or row["quantity"] <= 0:
            return [f"Offer {row['offer']} has no whole quantity above zero."]
    ids = [row["offer"] for row in rows]
    return [] if ids == sorted(set(ids)) else ["Allocations are not sorted by offer, each once."]


def _offers(problem: dict[str, Any], quantities: dict[str, int]) -> list[str]:
    faults: list[str] = []
    drawn: dict[str, int] = defaultdict(int)
    for offer in problem["offers"]:
        quantity = quantities.get(offer["id"], 0)
        drawn[offer["pool"]] += quantity
        if quantity and quantity < offer["minimum"]:
            faults.append(f"Offer {offer['id']} is below its minimum.")
        if quantity % offer["multiple"]:
            faults.append(f"Offer {offer['id']} is no multiple of {offer['multiple']}.")
        if offer.get("maximum") is not None and quantity > offer["maximum"]:
            faults.append(f"Offer {offer['id']} is above its maximum.")
    for pool in problem["pools"]:
        if drawn[pool["id"]] > pool["available"]:
            faults.append(f"Pool {pool['id']} gives more than it has.")
    return faults


def _lines(problem: dict[str, Any], quantities: dict[str, int]) -> list[str]:
    faults: list[str] = []
    given: dict[str, int] = defaultdict(int)
    sharing: dict[str, int] = defaultdict(int)
    for offer in problem["offers"]:
        if offer["id"] in quantities:
            given[offer["line"]] += quantities[offer["id"]]
            sharing[offer["line"]] += 1
    for line in problem["lines"]:
        if given[line["id"]] > line["quantity"]:
            faults.append(f"Line {line['id']} gets more than it wants.")
        if given[line["id"]] < line["quantity"] and line.get("unfilled_minor") is None:
            faults.append(f"Line {line['id']} must be filled.")
        if line.get("max_offers") is not None and sharing[line["id"]] > line["max_offers"]:
            faults.append(f"Line {line['id']} is split over too many offers.")
    return faults


def _unfilled(problem: dict[str, Any], answer: dict[str, Any], quantities: dict[str, int]) -> list[str]:
    missing = {line["id"]: line["quantity"] for line in problem["lines"]}
    for offer in problem["offers"]:
        missing[offer["line"]] -= quantities.get(offer["id"], 0)
    want = [{"line": id_, "quantity": missing[id_]} for id_ in sorted(missing) if missing[id_] > 0]
    return [] if answer.get("unfilled") == want else ["The unfilled quantities are not what is missing."]


def _sellers(problem: dict[str, Any], quantities: dict[str, int]) -> list[str]:
    goods: dict[str, int] = defaultdict(int)
    for offer in problem["offers"]:
        if quantity := quantities.get(offer["id"], 0):
            goods[offer["seller"]] += unit_price(offer["tiers"], quantity) * quantity
    faults = []
    if problem.get("max_sellers") is not None and len(goods) > problem["max_sellers"]:
        faults.append("Too many sellers.")
    for seller in problem["sellers"]:
        blocks = seller.get("minimum_minor") is not None and seller.get("minimum_rule") == "block"
        if blocks and seller["id"] in goods and goods[seller["id"]] < seller["minimum_minor"]:
            faults.append(f"Seller {seller['id']} is below its minimum.")
    return faults


def _money(problem: dict[str, Any], answer: dict[str, Any], quantities: dict[str, int]) -> list[str]:
    cost = breakdown(problem, quantities)
    faults = []
    if answer.get("breakdown") != cost:
        faults.append("The breakdown is not what the allocations cost.")
    total, bound = answer.get("total_minor"), answer.get("bound_minor")
    if type(total) is not int or total != sum(cost.values()):
        faults.append("The total is not what the allocations cost.")
    elif type(bound) is not int or bound > total:
        faults.append("The bound is above the total.")
    elif (bound == total) != (answer["status"] == "optimal"):
        faults.append("The status does not follow from total and bound.")
    return faults
