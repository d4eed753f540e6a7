"""How little more from a seller would change its charges, as a cart proposes it. Pure."""

from __future__ import annotations

from typing import Any

from marketplace.routing.plans import PlannedAllocation, PlannedSellerOrder


def of(part: PlannedSellerOrder, problem: dict[str, Any]) -> list[dict[str, Any]]:
    """What would spare a part of a plan its charges: [{"kind", "missing_minor", "pieces", "variant_id"}].

    Shapes:  kind is "free_freight" or "surcharge"; that many more pieces would do, of the part's largest line of which there are so many.
    """
    terms = next(row for row in problem["sellers"] if row["id"] == part.seller_id)
    found = []
    for kind, charge, wanted in (("free_freight", part.freight_minor, terms["free_freight_from_minor"]),
                                 ("surcharge", part.surcharge_minor, terms["minimum_minor"])):
        if charge and wanted is not None and part.goods_minor < wanted:
            missing = wanted - part.goods_minor
            pieces, line = next(((more, one) for one, more in _more(part, problem, missing) if more), (None, None))
            if line is not None:
                found.append({"kind": kind, "missing_minor": missing, "pieces": pieces, "variant_id": line.variant_id})
    return found


def _more(part: PlannedSellerOrder, problem: dict[str, Any], missing: int) -> list[tuple[PlannedAllocation, int | None]]:
    """The part's lines, the largest first, each with how many more of it bring `missing`."""
    offers = {row["id"]: row for row in problem["offers"]}
    held = {row["id"]: row["available"] for row in problem["pools"]}
    lines = sorted(part.lines, key=lambda one: -one.goods_minor)
    return [(one, pieces(one, offers[f"{one.offer_id}@{one.stock_level_id}"], held[one.stock_level_id], missing)) for one in lines]


def pieces(line: PlannedAllocation, offer: dict[str, Any], held: int, missing: int) -> int | None:
    """How many more of a line raise its goods by `missing`, at the price that so many have; None when there are not so many."""
    tiers = offer["tiers"]
    ends = [*(start for start, _ in tiers[1:]), None]
    for (start, unit), end in zip(tiers, ends, strict=True):
        total = max(start, -(-(line.goods_minor + missing) // unit))
        total += -total % offer["multiple"]
        if total > line.quantity and (end is None or total < end):
            return total - line.quantity if total <= min(held, offer["maximum"] or held) else None
    return None
