"""Seeded families of random problems, with every feature mixed: for the benchmark and for tests.

The same seed gives the same problems on every machine. Times are wall time of this process.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from random import Random
from typing import Any

from marketplace.routing.allocate import allocate

FAMILIES = {
    "1x20": (1, 20), "5x8": (5, 8), "10x20": (10, 20), "50x20": (50, 20), "50x50": (50, 50), "200x50": (200, 50),
}


def problem(rng: Random, lines: int, sellers: int) -> dict[str, Any]:
    """One random problem: tiers, packs, thresholds, minimums, scarce and shared stock, limits."""
    rows: dict[str, Any] = {
        "version": 1, "currency": "EUR", "split_minor": rng.choice([0, 200, 400, 800]),
        "max_sellers": rng.choice([None, None, 3, 5]), "lines": [], "pools": [], "offers": [],
        "sellers": [_seller(rng, number) for number in range(sellers)],
    }
    for number in range(lines):
        _line(rng, rows, f"l{number:03}")
    return rows


def _seller(rng: Random, number: int) -> dict[str, Any]:
    minimum = rng.choice([None, None, 3000, 8000])
    return {
        "id": f"s{number:02}", "opening_minor": rng.randint(-100, 400), "freight_minor": rng.choice([0, 490, 790, 1490]),
        "free_freight_from_minor": rng.choice([None, 10_000, 25_000]), "minimum_minor": minimum,
        "minimum_rule": rng.choice(["block", "surcharge"]) if minimum else None, "surcharge_minor": 900 if minimum else 0,
    }


def _line(rng: Random, rows: dict[str, Any], id_: str) -> None:
    """A line with offers of most sellers, around one price."""
    quantity, price = rng.choice([1, 2, 5, 10, 24, 60, 250]), rng.randint(100, 6000)
    rows["lines"].append({
        "id": id_, "quantity": quantity, "unfilled_minor": 1_000_000, "max_offers": rng.choice([None, 1, 2, 3]),
    })
    for seller in rows["sellers"]:
        if rng.random() < 0.75:
            pool: dict[str, Any] = {"id": f"p{id_}{seller['id']}", "available": rng.choice([quantity // 2, quantity, quantity * 5])}
            rows["pools"].append(pool)
            rows["offers"].append(_offer(rng, (id_, seller["id"], pool["id"]), quantity, price))


def _offer(rng: Random, place: tuple[str, str, str], quantity: int, price: int) -> dict[str, Any]:
    first = max(1, price * rng.randint(88, 118) // 100)
    multiple = rng.choice([1, 1, 1, 5, 6]) if quantity >= 10 else 1
    tiers = [[1, first]]
    if rng.random() < 0.5:
        tiers.append([rng.choice([5, 10, 50]), max(1, first * rng.randint(85, 98) // 100)])
    return {
        "id": f"o{place[0]}{place[1]}", "line": place[0], "seller": place[1], "pool": place[2], "tiers": tiers,
        "minimum": multiple, "multiple": multiple, "maximum": None,
        "extra_unit_minor": rng.choice([0, 0, 3]), "extra_minor": rng.choice([0, 50, 150]),
    }


def table(families: Sequence[str], problems: int, box: tuple[float, int], seed: int) -> Iterator[str]:
    """Lines of a table: per family the times, how far the bound is, and how many were proven."""
    yield f"seed {seed}, {problems} problems a family, time box {box[0]} s, depth {box[1]}"
    yield f"{'family':>8} {'p50 ms':>9} {'p99 ms':>9} {'gap mean':>9} {'gap max':>9} {'proven':>7}"
    for family in families:
        yield _row(family, problems, box, seed)


def _row(family: str, problems: int, box: tuple[float, int], seed: int) -> str:
    """One family's line of the table."""
    rng = Random(f"{seed} {family}")
    times, gaps, proven = [], [], 0
    for _ in range(problems):
        data = problem(rng, *FAMILIES[family])
        begun = time.perf_counter()
        answer = allocate(data, box[0], depth=box[1])
        times.append((time.perf_counter() - begun) * 1000)
        gaps.append((answer["total_minor"] - answer["bound_minor"]) / max(1, abs(answer["total_minor"])))
        proven += answer["status"] == "optimal"
    times.sort()
    return (f"{family:>8} {times[len(times) // 2]:9.2f} {times[-1 - len(times) // 100]:9.2f} "
            f"{sum(gaps) / len(gaps):9.2%} {max(gaps):9.2%} {proven:7}")
