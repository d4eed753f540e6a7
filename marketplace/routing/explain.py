"""Why each line went where, in plain sentences and in cents.

`lines` is stored with the decision. `matrix` and `replay` work on the stored decision alone: the
problem, the answer and the lines are all they look at, so they hold when the world has moved on.
Regret: how much the total would have risen, had the whole line gone to that offer and the rest stayed.
"""

from __future__ import annotations

from typing import Any

from marketplace.core import money
from marketplace.routing import verify
from marketplace.routing.allocate import EXACT, allocate
from marketplace.routing.eligibility import SENTENCES
from marketplace.routing.plans import Plan

REPLAY_SECONDS = 5.0


def lines(plan: Plan) -> list[dict[str, Any]]:
    """One entry per line: candidates, exclusions, winners, and the sentence that says why."""
    quantities = {row["offer"]: row["quantity"] for row in plan.answer["allocations"]}
    return [_line(plan, wanted, quantities) for wanted in plan.wanted]


def _line(plan: Plan, wanted: tuple[str, str, int], quantities: dict[str, int]) -> dict[str, Any]:
    line_id, variant_id, quantity = wanted
    found = [_candidate(one, level, quantity) for one in plan.candidates[line_id] for level in one.levels]
    winners = [{**row, "quantity": quantities[row["offer"]]} for row in found if row["offer"] in quantities]
    return {
        "line": line_id, "variant_id": variant_id, "quantity": quantity, "candidates": found,
        "exclusions": plan.excluded[line_id], "winners": [{"offer": w["offer"], "quantity": w["quantity"]} for w in winners],
        "sentence": " ".join(sentences(quantity, winners, found, plan.currency)),
    }


def _candidate(one: Any, level: Any, quantity: int) -> dict[str, Any]:
    reached = [tier for tier in one.tiers if tier.min_quantity <= quantity][-1]
    return {
        "offer": f"{one.supply.offer_id}@{level.stock_level_id}", "seller_id": one.supply.seller_id,
        "seller_name": one.supply.seller_name, "unit_minor": reached.unit_minor,
        "freight_minor": one.freight.freight_minor, "days": one.days, "promised_on": one.promised_on.isoformat(),
        "available": level.available,
    }


def sentences(quantity: int, winners: list[dict[str, Any]], found: list[dict[str, Any]], currency: str) -> list[str]:
    """What happened to one line and why, for a person."""
    if not winners:
        return ["No seller can serve this line."] if not found else ["No seller was used for this line."]
    served = sum(winner["quantity"] for winner in winners)
    return [
        *(f"{one['seller_name']} serves {one['quantity']} at {money.said(one['unit_minor'], currency)}." for one in winners),
        _why(winners, found, currency),
        *([f"For {quantity - served} there is no seller."] if served < quantity else []),
    ]


def _why(winners: list[dict[str, Any]], found: list[dict[str, Any]], currency: str) -> str:
    sellers = len({row["seller_id"] for row in found})
    if sellers == 1:
        return "It is the only eligible seller."
    cheapest = min(found, key=lambda row: (row["unit_minor"], row["offer"]))
    more = max(winner["unit_minor"] for winner in winners) - cheapest["unit_minor"]
    if more <= 0:
        return f"This is the lowest of {sellers} sellers' prices."
    less = money.said(more, currency)
    return f"{cheapest['seller_name']} asks {less} less a unit, but freight, stock, dates and parcels make the total higher."


def regrets(problem: dict[str, Any], answer: dict[str, Any]) -> dict[str, dict[str, Any] | None]:
    """For each offer that did not win its line: what the total would be more, by part.

    Shapes:  {offer id: {"minor": int, "parts": {part: change}}}; None where that choice is not allowed
             (packs, stock, limits), and no entry for winners.
    """
    quantities = {row["offer"]: row["quantity"] for row in answer["allocations"]}
    before = verify.breakdown(problem, quantities)
    wanted = {line["id"]: line["quantity"] for line in problem["lines"]}
    line_of = {offer["id"]: offer["line"] for offer in problem["offers"]}
    found: dict[str, dict[str, Any] | None] = {}
    for offer in problem["offers"]:
        if offer["id"] in quantities:
            continue
        others = {id_: n for id_, n in quantities.items() if line_of[id_] != offer["line"]}
        changed = dict(sorted({**others, offer["id"]: wanted[offer["line"]]}.items()))
        after = verify.breakdown(problem, changed)
        parts = {part: after[part] - before[part] for part in verify.PARTS if after[part] != before[part]}
        allowed = not verify.rules(problem, changed)
        found[offer["id"]] = {"minor": sum(parts.values()), "parts": parts} if allowed else None
    return found


def matrix(decision: Any) -> list[dict[str, Any]]:
    """The decision as lines x offers, for the operator: winners first, then by regret, then the excluded.

    Shapes:  [{"line", "variant_id", "quantity", "sentences", "offers": [{"offer", "seller_id", "seller_name",
             "unit_minor", "freight_minor", "days", "promised_on", "available", "quantity", "is_winner",
             "regret_minor" (None: not possible, 0 for winners), "parts", "win_at_minor", "sentence"}],
             "exclusions": [{"offer_id", "seller_name", "codes", "sentences"}]}]
    """
    regret = regrets(decision.problem, decision.answer)
    won = {row["offer"]: row["quantity"] for row in decision.answer["allocations"]}
    currency = decision.problem["currency"]
    return [{
        "line": line["line"], "variant_id": line["variant_id"], "quantity": line["quantity"],
        "sentences": sentences(line["quantity"], _winners(line), line["candidates"], currency),
        "offers": sorted((_cell(row, line["quantity"], won, regret, currency) for row in line["candidates"]), key=_order),
        "exclusions": [{**row, "sentences": [SENTENCES.get(code, code) for code in row["codes"]]} for row in line["exclusions"]],
    } for line in decision.lines]


def _winners(line: dict[str, Any]) -> list[dict[str, Any]]:
    taken = {row["offer"]: row["quantity"] for row in line["winners"]}
    return [{**row, "quantity": taken[row["offer"]]} for row in line["candidates"] if row["offer"] in taken]


def _order(cell: dict[str, Any]) -> tuple[bool, bool, int, str]:
    """Winners, then what could have been chosen by its regret, then the rest."""
    return not cell["is_winner"], cell["regret_minor"] is None, cell["regret_minor"] or 0, cell["offer"]


def _cell(
    row: dict[str, Any], quantity: int, won: dict[str, int], regret: dict[str, Any], currency: str
) -> dict[str, Any]:
    cost = regret.get(row["offer"])
    winner = row["offer"] in won
    within = cost if cost is not None and 0 < cost["minor"] < row["unit_minor"] * quantity else None
    win_at = row["unit_minor"] - -(-within["minor"] // quantity) if within else None
    text = "Chosen." if winner else "It cannot serve this line alone." if cost is None else _regret(cost, currency)
    return {
        **row, "quantity": won.get(row["offer"], 0), "is_winner": winner, "sentence": text,
        "regret_minor": 0 if winner else cost and cost["minor"], "parts": cost["parts"] if cost else {}, "win_at_minor": win_at,
    }


def _regret(cost: dict[str, Any], currency: str) -> str:
    """What choosing this offer instead would have changed."""
    return f"Choosing it would cost {money.said(cost['minor'], currency)} more." if cost["parts"] else "As good as the choice made."


def replay(decision: Any) -> dict[str, Any]:
    """Solve the stored problem again, to proof where there is time for it, and compare.

    Shapes:  {"is_same": whether the total is the same, "is_better": whether a cheaper answer was found, "is_proven",
             "answer", "faults": what the verifier says of the stored answer}
    """
    again = allocate(decision.problem, REPLAY_SECONDS, depth=EXACT)
    total = decision.answer["total_minor"]
    return {
        "is_same": again["total_minor"] == total, "is_better": again["total_minor"] < total, "is_proven": again["status"] == "optimal",
        "answer": again, "faults": verify.check(decision.problem, decision.answer),
    }
