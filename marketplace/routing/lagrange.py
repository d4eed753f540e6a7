"""A true lower bound by Lagrangian relaxation, and what using an offer must cost at least.

Every unit of a line gets a price (a multiplier); sellers then decide alone which lines to serve at those
prices, with their fixed charges. Whatever the multipliers, what comes out is never above the optimum;
good ones (the row prices of the linear program) bring it near. A seller whose charges fall at a threshold
is looked at once per way to run its order (`modes`), so that half a threshold earns nothing.

The multipliers may come from floating point; the bound is computed from them in whole numbers, in units
of 1/SCALE minor. Slack that stays: packs and stock inside one line.
Source: M. L. Fisher, "The Lagrangian relaxation method for solving integer programming problems" (1981).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from marketplace.routing.problem import Problem, Seller
from marketplace.routing.reduce import Parts

SCALE = 1024
LARGEST = 2**61
Vector = np.ndarray[Any, np.dtype[Any]]


@dataclass
class Multipliers:
    """The prices of the relaxed rules, in minor units."""

    line: Vector
    """Per line: what a unit is worth."""
    share: Vector
    """Per line: what one more offer on it costs, >= 0; 0 without `max_offers`."""
    pool: Vector
    """Per pool: what a unit of its stock costs, >= 0; 0 unless several offers draw from it."""
    credit: Vector
    """Per seller of the problem: what a minor unit of goods is worth towards its threshold, 0..1."""
    count: float = 0.0
    """What one more seller costs beside the split, >= 0; 0 without `max_sellers`."""


@dataclass
class Value:
    """What the relaxation says, in units of 1/SCALE minor."""

    bound: int
    """No allowed answer that uses any offer costs less."""
    forced: Vector
    """Per offer of the relaxation: no allowed answer that uses it costs less."""
    line: Vector
    """The line multipliers as they were used."""

    @property
    def minor(self) -> int:
        """The bound in minor units: costs are whole, so it is rounded up."""
        return -(-self.bound // SCALE)


class Relaxation:
    """`problem` over the offers of `parts`, laid out in arrays once.

    A way is a quantity at an end of one part of an offer; ways stand in order of seller, then offer.
    """

    def __init__(self, problem: Problem, parts: Parts) -> None:
        self.problem = problem
        self.ats = sorted(parts, key=lambda at: (problem.offers[at].seller, at))
        offers = [problem.offers[at] for at in self.ats]
        ways = [(number, *way) for number, at in enumerate(self.ats) for way in _ways(problem, at, parts)]
        columns = np.array(ways, dtype=np.int64).reshape(-1, 4).T
        self.way_offer, self.quantity, self.goods, self.cost = columns
        self.first_way = np.searchsorted(self.way_offer, np.arange(len(offers)))
        self.line = np.array([offer.line for offer in offers], dtype=np.int64)
        self.pool = np.array([offer.pool for offer in offers], dtype=np.int64)
        seller = np.array([offer.seller for offer in offers], dtype=np.int64)
        self.sellers, self.first_offer, self.seller_of = np.unique(seller, return_index=True, return_inverse=True)
        self._set_modes()

    def _set_modes(self) -> None:
        """Per mode number and seller: its charge and what its goods must reach; -1 where there is no such mode."""
        best = np.maximum.reduceat(self.goods, self.first_way)
        reach = np.add.reduceat(best, self.first_offer).tolist()
        found = [modes(self.problem.sellers[at], most) for at, most in zip(self.sellers.tolist(), reach, strict=True)]
        shape = (max(map(len, found), default=0), len(found))
        self.charge, self.need = np.zeros(shape, dtype=np.int64), np.full(shape, -1, dtype=np.int64)
        for column, rows in enumerate(found):
            for number, (charge, need) in enumerate(rows):
                self.charge[number, column], self.need[number, column] = charge, need

    def fits(self) -> bool:
        """Whether all sums stay whole in 64 bits."""
        problem = self.problem
        most = sum((line.unfilled_minor or 0) * line.quantity for line in problem.lines) + 4 * sum(map(abs, self.cost.tolist()))
        most += sum(abs(one.opening_minor) + one.freight_minor + one.surcharge_minor for one in problem.sellers)
        return (most + problem.split_minor * len(problem.sellers)) * SCALE < LARGEST

    def value(self, at: Multipliers) -> Value:
        """The relaxation at the multipliers rounded to 1/SCALE."""
        problem = self.problem
        limits = [LARGEST if line.unfilled_minor is None else line.unfilled_minor * SCALE for line in problem.lines]
        line = np.minimum(_whole(at.line), np.array(limits, dtype=np.int64))
        share, pool = np.maximum(_whole(at.share), 0), np.maximum(_whole(at.pool), 0)
        count = max(int(_whole(at.count)), 0) if problem.max_sellers is not None else 0
        credit = np.clip(_whole(at.credit), 0, SCALE)[self.sellers]
        fixed = sum(int(a) * one.quantity - int(b) * (one.max_offers or 0) for a, b, one in zip(line, share, problem.lines, strict=True))
        fixed -= sum(int(a) * available for a, (_, available) in zip(pool, problem.pools, strict=True) if a)
        fixed -= problem.split_minor * SCALE + count * (problem.max_sellers or 0)
        share = np.where([one.max_offers is None for one in problem.lines], 0, share)
        units = (line[self.line] - pool[self.pool])[self.way_offer] * self.quantity - self.cost * SCALE - share[self.line][self.way_offer]
        totals, losses = self._by_mode(units, credit, problem.split_minor * SCALE + count)
        seller = totals.min(axis=0)
        taken = np.minimum(seller, 0)
        opened = int(taken.sum()) if seller.min() < 0 else int(seller.min())
        forced = (totals[:, self.seller_of] + losses).min(axis=0) - taken[self.seller_of] + (fixed + int(taken.sum()))
        return Value(fixed + opened, forced, line)

    def _by_mode(self, units: Vector, credit: Vector, opening: int) -> tuple[Vector, Vector]:
        """Per mode: each seller's least addition, and what each offer loses where it is used all the same."""
        totals, losses = [], []
        for charge, need in zip(self.charge, self.need, strict=True):
            worth = np.where(need > 0, credit, 0)
            gain = np.maximum.reduceat(units + worth[self.seller_of][self.way_offer] * self.goods, self.first_way)
            total = charge * SCALE + opening + worth * need - np.add.reduceat(np.maximum(gain, 0), self.first_offer)
            totals.append(np.where(need >= 0, total, LARGEST))
            losses.append(np.maximum(-gain, 0))
        return np.stack(totals), np.stack(losses)


def _whole(numbers: Any) -> Vector:
    return np.rint(np.asarray(numbers, dtype=float) * SCALE).astype(np.int64)


def _ways(problem: Problem, at: int, parts: Parts) -> Iterator[tuple[int, int, int]]:
    """(quantity, goods, cost with extras) at both ends of every part of an offer."""
    offer = problem.offers[at]
    for price, low, high in parts[at]:
        for packs in sorted({low, high}):
            quantity = packs * offer.multiple
            goods = price * quantity
            yield quantity, goods, goods + offer.extra_minor + offer.extra_unit_minor * quantity


def modes(seller: Seller, reach: int) -> list[tuple[int, int]]:
    """(charge, goods needed) of each way to run a seller order whose goods are at most `reach`, cheapest last."""
    minimum = seller.minimum_minor or 0
    floor = minimum if seller.blocks else 0
    marks = {floor}
    if seller.free_from_minor is not None and seller.freight_minor:
        marks.add(max(floor, seller.free_from_minor))
    if not seller.blocks and minimum and seller.surcharge_minor:
        marks.add(minimum)
    found: list[tuple[int, int]] = []
    for need in sorted(marks):
        free = seller.free_from_minor is not None and need >= seller.free_from_minor
        short = not seller.blocks and need < minimum
        charge = seller.opening_minor + (0 if free else seller.freight_minor) + (seller.surcharge_minor if short else 0)
        if need <= reach or not found:
            found.append((charge, need))
    return found
