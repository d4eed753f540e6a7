"""Seeded families of random problems: what the solver is measured and tested on.

A family is a size (lines x sellers) and a kind. Lines are worth about what lines of a distributor's order
are (a median of 49.00), three sellers in four offer each, at prices some percent apart: so freight, parcels and
thresholds decide as much as prices do. The same seed gives the same problems on every machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

SIZES = {"1x20": (1, 20), "10x20": (10, 20), "50x20": (50, 20), "50x50": (50, 50), "200x50": (200, 50)}
KINDS = {
    "plain": "freight, opening and parcels only",
    "tiers": "prices by quantity, packs",
    "thresholds": "free freight, minimums that block or cost",
    "scarce": "half of the stock does not reach, lines may be shared by few",
    "few": "at most three sellers in the order",
    "mixed": "all of these",
}


def problems(size: str, kind: str, seed: int) -> Iterator[dict[str, Any]]:
    """One problem after the other, without end."""
    rng = Random(f"{seed} {size} {kind}")
    while True:
        yield problem(rng, *SIZES[size], kind)


def problem(rng: Random, lines: int, sellers: int, kind: str = "mixed") -> dict[str, Any]:
    """One random problem of the allocation format, version 1."""
    has = frozenset(KINDS) if kind == "mixed" else frozenset({kind})
    limit = rng.choice([None, None, 3, 5]) if kind == "mixed" else 3 if kind == "few" else None
    rows: dict[str, Any] = {
        "version": 1, "currency": "EUR", "split_minor": rng.choice([0, 200, 400, 800]), "max_sellers": limit,
        "lines": [], "pools": [], "offers": [], "sellers": [_seller(rng, number, has) for number in range(sellers)],
    }
    level = [rng.uniform(-0.04, 0.04) for _ in range(sellers)]
    for number in range(lines):
        _line(rng, rows, f"l{number:03}", (level, has))
    return rows


def _seller(rng: Random, number: int, has: frozenset[str]) -> dict[str, Any]:
    thresholds = "thresholds" in has
    minimum = rng.choice([None, None, 3000, 8000]) if thresholds else None
    return {
        "id": f"s{number:02}", "opening_minor": rng.randint(-100, 400), "freight_minor": rng.choice([0, 490, 790, 1490]),
        "free_freight_from_minor": rng.choice([None, 10_000, 25_000]) if thresholds else None, "minimum_minor": minimum,
        "minimum_rule": rng.choice(["block", "surcharge"]) if minimum else None, "surcharge_minor": 900 if minimum else 0,
    }


def _line(rng: Random, rows: dict[str, Any], id_: str, market: tuple[list[float], frozenset[str]]) -> None:
    """A line with offers of three sellers in four, each around the seller's own level of prices."""
    level, has = market
    scarce = "scarce" in has
    quantity = rng.choice([1, 2, 5, 10, 24, 60, 250])
    price = max(2, int(rng.lognormvariate(8.5, 1.0)) // quantity)
    rows["lines"].append({
        "id": id_, "quantity": quantity, "unfilled_minor": 100 * price + 100_000,
        "max_offers": rng.choice([None, 1, 2, 3]) if scarce else None,
    })
    for at, seller in enumerate(rows["sellers"]):
        if rng.random() < 0.75:
            available = rng.choice([max(1, quantity // 2), quantity, quantity * 5]) if scarce else quantity * 5
            pool: dict[str, Any] = {"id": f"p{id_}{seller['id']}", "available": available}
            rows["pools"].append(pool)
            first = max(1, round(price * (1 + level[at] + rng.uniform(-0.08, 0.08))))
            rows["offers"].append(_offer(rng, (id_, seller["id"], pool["id"]), (quantity, first), has))


def _offer(rng: Random, place: tuple[str, str, str], terms: tuple[int, int], has: frozenset[str]) -> dict[str, Any]:
    quantity, first = terms
    tiers, multiple = [[1, first]], 1
    if "tiers" in has:
        multiple = rng.choice([1, 1, 1, 5, 6]) if quantity >= 10 else 1
        if rng.random() < 0.5:
            tiers.append([rng.choice([5, 10, 50]), max(1, first * rng.randint(85, 98) // 100)])
        if len(tiers) > 1 and rng.random() < 0.3:
            tiers.append([tiers[1][0] * 4, max(1, tiers[1][1] * rng.randint(90, 98) // 100)])
    return {
        "id": f"o{place[0]}{place[1]}", "line": place[0], "seller": place[1], "pool": place[2], "tiers": tiers,
        "minimum": multiple, "multiple": multiple, "maximum": None,
        "extra_unit_minor": rng.choice([0, 0, 3]) if first > 50 else 0, "extra_minor": rng.choice([0, 50, 150]),
    }
